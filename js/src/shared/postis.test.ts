import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PostisClosedError, type PostisMessage, PostisPeer } from "./postis";

const SCOPE = "jitsi_meet_external_api_7";
const EVENT: PostisMessage = { type: "event", data: { name: "ready" } };

/** Two windows that can reach each other, like a page and a frame in it. */
class FakeWindow extends EventTarget {
  other: FakeWindow | null = null;
  readonly received: { data: string; targetOrigin: string }[] = [];

  constructor(readonly origin: string) {
    super();
  }

  /** Called by the other window. */
  postMessage(data: string, targetOrigin: string): void {
    this.received.push({ data, targetOrigin });
    if (targetOrigin !== "*" && targetOrigin !== this.origin) return;
    queueMicrotask(() => this.deliver(data, this.other?.origin ?? "", this.other));
  }

  deliver(data: unknown, origin: string, source: unknown): void {
    this.dispatchEvent(Object.assign(new Event("message"), { data, origin, source }));
  }
}

const asWindow = (fake: FakeWindow): Window => fake as unknown as Window;

let page: FakeWindow;
let frame: FakeWindow;

function pagePeer(): PostisPeer {
  return new PostisPeer({
    scope: SCOPE,
    target: () => asWindow(frame),
    targetOrigin: frame.origin,
    acceptOrigin: frame.origin,
    self: asWindow(page),
  });
}

function framePeer(scope = SCOPE): PostisPeer {
  const target = () => asWindow(page);
  return new PostisPeer({ scope, target, targetOrigin: "*", self: asWindow(frame) });
}

function heardBy(peer: PostisPeer): PostisMessage[] {
  const heard: PostisMessage[] = [];
  peer.onMessage = (message) => heard.push(message);
  return heard;
}

const envelope = (method: string, params: unknown, scope = SCOPE): string =>
  JSON.stringify({ postis: true, scope, method, params });

beforeEach(() => {
  vi.useFakeTimers();
  page = new FakeWindow("https://notebook.example");
  frame = new FakeWindow("https://meet.example");
  page.other = frame;
  frame.other = page;
});

afterEach(() => {
  vi.useRealTimers();
});

test("both ends become ready, whichever comes first", async () => {
  const first = pagePeer();
  await vi.advanceTimersByTimeAsync(200);
  const second = framePeer();
  await vi.advanceTimersByTimeAsync(100);
  await expect(Promise.all([first.ready, second.ready])).resolves.toBeDefined();
});

test("what is sent before the handshake arrives after it, in order", async () => {
  const sender = pagePeer();
  sender.send({ type: "event", data: { name: "first" } });
  sender.send({ type: "event", data: { name: "second" } });
  const heard = heardBy(framePeer());
  await vi.advanceTimersByTimeAsync(100);
  expect(heard.map((message) => message.type === "event" && message.data.name)).toEqual([
    "first",
    "second",
  ]);
});

test("messages received before there is a listener are queued", async () => {
  const sender = pagePeer();
  const receiver = framePeer();
  await vi.advanceTimersByTimeAsync(100);
  sender.send(EVENT);
  await vi.advanceTimersByTimeAsync(0);
  expect(heardBy(receiver)).toEqual([EVENT]);
});

test("the handshake stops when it is done", async () => {
  pagePeer();
  framePeer();
  await vi.advanceTimersByTimeAsync(200);
  const before = frame.received.length;
  await vi.advanceTimersByTimeAsync(1000);
  expect(frame.received.length).toBe(before);
});

test("a foreign id is echoed, also after the handshake: the other page may be reloaded", async () => {
  const peer = pagePeer();
  framePeer();
  await peer.ready;
  page.deliver(envelope("__ready__", "of a new page"), frame.origin, frame);
  expect(frame.received.at(-1)?.data).toBe(envelope("__ready__", "of a new page"));
});

test("messages go to the frame's origin only, the handshake to any origin", async () => {
  const peer = pagePeer();
  framePeer();
  await peer.ready;
  peer.send(EVENT);
  expect(frame.received[0]?.targetOrigin).toBe("*");
  expect(frame.received.at(-1)?.targetOrigin).toBe(frame.origin);
});

test.each([
  ["another window", () => page.deliver(envelope("message", EVENT), frame.origin, page)],
  ["another origin", () => page.deliver(envelope("message", EVENT), "https://evil.example", frame)],
  ["another scope", () => page.deliver(envelope("message", EVENT, "x"), frame.origin, frame)],
  ["something else", () => page.deliver("{not JSON", frame.origin, frame)],
  ["an object", () => page.deliver({ postis: true, scope: SCOPE }, frame.origin, frame)],
  [
    "a message without a name",
    () => page.deliver(envelope("message", { type: "event", data: {} }), frame.origin, frame),
  ],
])("a message from %s is ignored", (_, deliver) => {
  const heard = heardBy(pagePeer());
  deliver();
  expect(heard).toEqual([]);
  page.deliver(envelope("message", EVENT), frame.origin, frame);
  expect(heard).toEqual([EVENT]);
});

test("falsy results arrive unchanged", () => {
  const heard = heardBy(pagePeer());
  const response = { type: "response", id: 3, result: false };
  page.deliver(envelope("message", response), frame.origin, frame);
  expect(heard).toEqual([{ type: "response", id: 3, result: false, error: undefined }]);
});

test("ready is rejected when the channel is closed before it", async () => {
  const peer = pagePeer();
  peer.close();
  await expect(peer.ready).rejects.toThrow(PostisClosedError);
});

test("a closed channel neither sends nor receives", async () => {
  const peer = pagePeer();
  const heard = heardBy(peer);
  peer.close();
  const before = frame.received.length;
  peer.send(EVENT);
  page.deliver(envelope("message", EVENT), frame.origin, frame);
  await vi.advanceTimersByTimeAsync(200);
  expect([frame.received.length, heard]).toEqual([before, []]);
});
