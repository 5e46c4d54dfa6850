// @vitest-environment happy-dom
// @vitest-environment-options {"settings": {"disableIframePageLoading": true, "handleDisabledFileLoadingAsSuccess": true}}
import { expect, test, vi } from "vitest";
import { MARK } from "../player/page-api";
import widget from "./index";

const LIVE = "https://meet.example/live/lecture";
const FACTS = { state: "live", paused: false, sound: "none", title: "", vod: null, behind: 0 };

/** A cell with a broadcast whose page has sent nothing yet. */
function cell() {
  const listeners = new Map<string, (message: unknown) => void>();
  const traits = { width: 640, height: 360, volume: 0.5, muted: true };
  const model = {
    get: (name: keyof typeof traits) => traits[name],
    on: (event: string, listener: (message: unknown) => void) => listeners.set(event, listener),
    off: () => {},
    send: vi.fn(),
  };
  const el = document.createElement("div");
  document.body.replaceChildren(el);
  const { render } = widget as unknown as { render(context: object): () => void };
  render({ model, el });
  const tell = (message: object): void => listeners.get("msg:custom")?.(message);
  tell({ type: "source", url: LIVE, captions: null });
  const frame = el.querySelector("iframe");
  if (!frame) throw new Error("there is no frame");
  const heard: unknown[] = [];
  const page = {
    postMessage: (message: { command: unknown }) => heard.push(message.command),
  } as unknown as Window;
  Object.defineProperty(frame, "contentWindow", { value: page });
  const speak = (facts = FACTS): void => {
    const data = { mark: MARK, facts };
    const { origin } = new URL(LIVE);
    dispatchEvent(new MessageEvent("message", { source: page, origin, data }));
  };
  let asked = 0;
  const ask = (command: object): void => {
    asked += 1;
    tell({ type: "command", id: asked, args: [command] });
  };
  const told = (): { view: string; number: number }[] =>
    model.send.mock.calls.map(([message]) => message).filter(({ type }) => type === "facts");
  return { heard, speak, ask, frame, told };
}

const SOUND = { name: "sound", volume: 0.5, muted: true };
const THEME = expect.objectContaining({ name: "theme" });

test("facts are numbered, each view's on their own", () => {
  const [first, second] = [cell(), cell()];
  first.speak();
  second.speak();
  first.speak({ ...FACTS, paused: true });
  expect(first.told().map(({ number }) => number)).toEqual([0, 1]);
  expect(second.told().map(({ number }) => number)).toEqual([0]);
  expect(second.told()[0]?.view).not.toBe(first.told()[0]?.view);
});

test("commands sent before the player's page is ready are delivered after its first message", () => {
  const { heard, speak, ask } = cell();
  ask({ name: "play" });
  ask({ name: "pause" });
  expect(heard).toEqual([]);
  speak();
  expect(heard).toEqual([THEME, SOUND, { name: "pause" }]);
  ask({ name: "play" });
  speak();
  expect(heard.slice(3)).toEqual([{ name: "play" }]);
});

test("playing and seeking are two separate commands", () => {
  const { heard, speak, ask } = cell();
  ask({ name: "seek", behind: 5 });
  ask({ name: "seek", behind: 9 });
  ask({ name: "pause" });
  speak();
  expect(heard.slice(2)).toEqual([{ name: "seek", behind: 9 }, { name: "pause" }]);
});

test("a reloaded page gets its volume again", () => {
  const { heard, speak, frame } = cell();
  speak();
  heard.length = 0;
  frame.dispatchEvent(new Event("load"));
  speak();
  expect(heard).toEqual([THEME, SOUND]);
});
