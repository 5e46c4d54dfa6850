// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import type { PostisMessage } from "../shared/postis";
import { Relay } from "./relay";

const scope = "jitsi_meet_external_api_0";
const origin = "https://meet.example";

let sent: PostisMessage[];
let outside: {
  send(message: PostisMessage): void;
  onMessage: ((message: PostisMessage) => void) | null;
};
let self: EventTarget & Pick<Window, "document" | "addEventListener">;
let heardByLibrary: string[];
const told = vi.fn();
const framed = { postMessage: (text: string, to: string) => told(JSON.parse(text), to) };

function says(params: unknown, source: unknown = framed, method = "message"): void {
  const data = JSON.stringify({ postis: true, scope, method, params });
  self.dispatchEvent(Object.assign(new Event("message"), { data, origin, source }));
}

beforeEach(() => {
  told.mockClear();
  sent = [];
  heardByLibrary = [];
  outside = { send: (message) => sent.push(message), onMessage: null };
  document.body.replaceChildren();
  self = Object.assign(new EventTarget(), { document });
  new Relay(outside, self);
  self.addEventListener("message", (event) => heardByLibrary.push((event as MessageEvent).data));
  const frame = document.createElement("iframe");
  Object.defineProperty(frame, "contentWindow", { value: framed });
  document.body.append(frame);
});

test("what the meeting says is passed on, and heard by the library as well", () => {
  const event = { type: "event", data: { name: "ready" } };
  says(event);
  expect(sent).toEqual([event]);
  expect(heardByLibrary).toHaveLength(1);
});

test("commands wait for the meeting, and go to its origin in its own scope", () => {
  const params = { type: "event", data: { name: "video-hangup", data: [] } } as const;
  outside.onMessage?.(params);
  expect(told).not.toHaveBeenCalled();
  says({ type: "event", data: { name: "ready" } });
  expect(told.mock.calls).toEqual([
    [{ postis: true, scope, method: "message", params }, "https://meet.example"],
  ]);
});

test("an answer goes to who asked: the library's own requests have the same ids", () => {
  says({ type: "event", data: { name: "ready" } });
  outside.onMessage?.({ type: "request", id: 1, data: { name: "rooms-info" } });
  const asked = told.mock.calls[0]?.[0].params;
  expect(asked.id).toBeGreaterThan(2 ** 31);
  heardByLibrary.length = 0;

  says({ type: "response", id: 1, result: "the library's" });
  expect(heardByLibrary).toHaveLength(1);
  says({ type: "response", id: asked.id, result: "ours" });
  expect(heardByLibrary).toHaveLength(1);
  expect(sent.slice(1)).toEqual([{ type: "response", id: 1, result: "ours", error: undefined }]);
});

test("only a meeting that is framed here is heard", () => {
  says({ type: "event", data: { name: "ready" } }, { postMessage: () => {} });
  says("shake", framed, "__ready__");
  expect(sent).toEqual([]);
});
