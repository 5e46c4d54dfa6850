// @vitest-environment happy-dom
// @vitest-environment-options {"settings": {"disableIframePageLoading": true, "handleDisabledFileLoadingAsSuccess": true}}
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ClientOptions } from "./address";
import { EngineClient } from "./client";
import { FakeMeeting } from "./fake-meeting";

let client: EngineClient;
let meeting: FakeMeeting;

function open(options: ClientOptions = {}): void {
  client = new EngineClient("meet.example/team", { roomName: "standup", jwt: "a.b.c", ...options });
  meeting = new FakeMeeting(client);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async () => new Response());
  open();
});

afterEach(() => {
  client.dispose();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("the frame requests a meeting's permissions, has a title, and sends no referrer", () => {
  const frame = client.getIFrame();
  expect(frame.parentNode).toBe(document.body);
  expect(frame.title).not.toBe("");
  expect(frame.getAttribute("referrerpolicy")).toBe("no-referrer");
  for (const permission of ["camera", "microphone", "display-capture", "fullscreen"]) {
    expect(frame.getAttribute("allow")).toContain(permission);
  }
});

test("two clients on one page have different scopes", () => {
  const other = new EngineClient("meet.example/team");
  expect(other.getIFrame().id).not.toBe(client.getIFrame().id);
  other.dispose();
});

test("a command is an event with its arguments; sent too early, it is queued", async () => {
  client.executeCommand("startRecording", { mode: "stream", rtmpStreamKey: "rtmp://x" });
  client.executeCommands({ displayName: ["Ada"], hangup: [] });
  await vi.advanceTimersByTimeAsync(60);
  expect(meeting.commands).toEqual([
    ["start-recording", [{ mode: "stream", rtmpStreamKey: "rtmp://x" }]],
    ["display-name", ["Ada"]],
    ["video-hangup", []],
  ]);
});

test("an unknown command is logged, and the page continues", async () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  client.executeCommand("dance");
  client.executeCommand(undefined as unknown as string);
  client.executeCommands({ constructor: [], subject: "Sets" });
  expect(logged.mock.calls.map(([words]) => words)).toEqual([
    expect.stringContaining('"dance"'),
    expect.stringContaining("undefined"),
    expect.stringContaining('"constructor"'),
  ]);
  await vi.advanceTimersByTimeAsync(60);
  expect(meeting.commands).toEqual([["subject", ["Sets"]]]);
});

test("commands that are also methods", async () => {
  client.startRecording({ mode: "stream", rtmpStreamKey: "rtmp://x" });
  client.stopRecording("stream");
  client.toggleE2EE(true);
  client.setVirtualBackground(false);
  client.showPiP();
  client.hidePiP();
  client.resizeLargeVideo(320, 180);
  await client.setMediaEncryptionKey({ index: 1 });
  client.sendProxyConnectionEvent({ to: "x" });
  client.executeCommand("nanomeetPauseBroadcast", true);
  await vi.advanceTimersByTimeAsync(60);
  expect(meeting.commands).toEqual([
    ["start-recording", [{ mode: "stream", rtmpStreamKey: "rtmp://x" }]],
    ["stop-recording", ["stream", null]],
    ["toggle-e2ee", [true]],
    ["set-virtual-background", [false, null]],
    ["show-pip", []],
    ["hide-pip", []],
    ["resize-large-video", [320, 180]],
    ["set-media-encryption-key", ['{"exportedKey":false,"index":1}']],
    ["proxy-connection-event", [{ to: "x" }]],
    ["nanomeet-pause-broadcast", [true]],
  ]);
});

test.each(["setAudioOnly", "setLowBandwidthMode"])(
  "%s reaches engines of any version, and our own once",
  async (name) => {
    client.executeCommand(name, true);
    await vi.advanceTimersByTimeAsync(60);
    expect(meeting.commands.sort()).toEqual([
      ["set-audio-only", [true]],
      ["set-low-bandwidth-mode", [true]],
    ]);
    meeting.commands.length = 0;
    meeting.emit("ready", { nanomeet: true });
    client.executeCommand(name, false);
    expect(meeting.commands).toHaveLength(1);
  },
);

test.each(["audio-only-changed", "low-bandwidth-mode-changed"])(
  "%s is heard by both of its names, once each",
  (wire) => {
    const heard: unknown[] = [];
    for (const event of ["audioOnlyChanged", "lowBandwidthModeChanged"]) {
      client.on(event, (data) => heard.push([event, data]));
    }
    meeting.emit("ready");
    meeting.emit(wire, { enabled: true });
    const both = [
      ["audioOnlyChanged", { enabled: true }],
      ["lowBandwidthModeChanged", { enabled: true }],
    ];
    expect(heard.sort()).toEqual(both);
    heard.length = 0;
    // Our own engine emits both itself.
    meeting.emit("ready", { nanomeet: true });
    meeting.emit("audio-only-changed", { enabled: true });
    meeting.emit("low-bandwidth-mode-changed", { enabled: true });
    expect(heard.sort()).toEqual(both);
  },
);

test("an invalid address is a fatal error at once, with a message", async () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  const errors: unknown[] = [];
  const lost = new EngineClient("a b", { roomName: "standup", jwt: "a.b.c" });
  lost.on("errorOccurred", ({ name, message, isFatal }) => errors.push([name, message, isFatal]));
  const asked = expect(lost.isAudioMuted()).rejects.toMatchObject({ kind: "disposed" });
  await vi.advanceTimersByTimeAsync(0);
  await asked;
  expect(errors).toEqual([["address_invalid", expect.stringContaining('"a b"'), true]]);
  expect(logged).toHaveBeenCalledWith(expect.stringContaining('"a b"'));
  expect(lost.getIFrame().src).not.toContain("a.b.c");
  lost.dispose();
});

test("a disposed client emits no error", async () => {
  const failed = vi.fn();
  const lost = new EngineClient("a b", { roomName: "standup" });
  lost.on("errorOccurred", failed);
  lost.dispose();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(failed).not.toHaveBeenCalled();
});

test("arguments may be positional", () => {
  const loaded = vi.fn();
  const parent = document.createElement("div");
  const old = new EngineClient(
    ...(["meet.example/team", "standup", 700, "50%", parent, { a: 1 }, { B: 2 }] as const),
    ...[true, "a.b.c", loaded],
  );
  const frame = old.getIFrame();
  expect(frame.parentNode).toBe(parent);
  expect([frame.style.width, frame.style.height]).toEqual(["700px", "50%"]);
  expect(frame.src).toMatch(/^http:\/\/meet\.example\/team\/standup#/);
  old.emit("ready");
  expect(loaded).toHaveBeenCalledOnce();
  old.dispose();
});

test("a listener is called once, first, or in its turn, with the client as `this`", () => {
  const calls: string[] = [];
  const last = function (this: unknown, ...args: unknown[]): void {
    calls.push(`last ${this === client} ${args}`);
  };
  expect(client.on("x", last)).toBe(client);
  expect(client.prependListener("x", () => calls.push("first"))).toBe(client);
  expect(client.once("x", () => calls.push("once"))).toBe(client);
  expect(client.prependOnceListener("x", () => calls.push("once first"))).toBe(client);
  expect(client.addListener("x", () => client.removeAllListeners("x"))).toBe(client);
  expect(client.listenerCount("x")).toBe(5);
  expect(client.emit("x", 1, 2)).toBe(true);
  expect(calls).toEqual(["once first", "first", "last true 1,2", "once"]);
  expect(client.emit("x")).toBe(false);
  expect(client.listenerCount("x")).toBe(0);
});

test("a listener that was added twice is called twice, and removed one at a time", () => {
  const heard = vi.fn();
  client.on("x", heard).once("x", heard);
  expect(client.listeners("x")).toEqual([heard, heard]);
  expect(client.removeListener("x", heard)).toBe(client);
  client.emit("x");
  expect(heard).toHaveBeenCalledOnce();
  client.off("x", heard).off("x", heard);
  expect(client.eventNames()).toEqual([]);
});

test("a once listener can be removed", () => {
  const heard = vi.fn();
  client.once("x", heard).removeListener("x", heard);
  client.emit("x");
  expect(heard).not.toHaveBeenCalled();
});

test("all listeners are removed: of an event, of some, of all", () => {
  const heard = vi.fn();
  const key = Symbol("own");
  client.addEventListeners({ a: heard, b: heard, c: heard });
  client.on(key, heard);
  expect(client.eventNames()).toEqual(["a", "b", "c", key]);
  client.removeEventListeners(["a"]);
  client.removeEventListener("b");
  expect(client.eventNames()).toEqual(["c", key]);
  expect(client.removeAllListeners()).toBe(client);
  for (const event of ["a", "b", "c", key]) expect(client.emit(event)).toBe(false);
  meeting.emit("ready");
  expect(heard).not.toHaveBeenCalled();
});

test("adding and removing listeners emits events", () => {
  const told: unknown[] = [];
  const heard = (): void => {};
  for (const event of ["newListener", "removeListener"]) {
    client.on(event, (...args: unknown[]) => told.push([event, ...args]));
  }
  told.length = 0;
  client.on("x", heard).off("x", heard);
  expect(told).toEqual([
    ["newListener", "x", heard],
    ["removeListener", "x", heard],
  ]);
});

test("a listener that throws does not stop the others", () => {
  const reported = vi.fn();
  vi.stubGlobal("reportError", reported);
  const mistake = new Error("mine");
  const heard = vi.fn();
  client.on("x", () => {
    throw mistake;
  });
  client.on("x", heard);
  expect(client.emit("x", 1)).toBe(true);
  expect(heard).toHaveBeenCalledWith(1);
  expect(reported).toHaveBeenCalledWith(mistake);
});

test.each([undefined, null, "heard", {}])("%j is no listener", (listener) => {
  expect(() => client.on("x", listener as () => void)).toThrow(TypeError);
  expect(client.listenerCount("x")).toBe(0);
});

test("the number of listeners has no limit, though it can be set", () => {
  expect(client.setMaxListeners(1)).toBe(client);
  expect(client.getMaxListeners()).toBe(1);
  for (let n = 0; n < 20; n += 1) client.on("x", () => {});
  expect(client.listenerCount("x")).toBe(20);
});

test("events that a page emits do not change the client's state", () => {
  meeting.join();
  client.emit("videoConferenceLeft", {});
  expect(client.getNumberOfParticipants()).toBe(1);
});

test("listeners hear an event until they stop listening", () => {
  const heard = vi.fn();
  client.addEventListener("participantMuted", heard);
  meeting.emit("participant-muted", { id: "p1", isMuted: true });
  client.removeEventListener("participantMuted", heard);
  meeting.emit("participant-muted", { id: "p1", isMuted: false });
  expect(heard.mock.calls).toEqual([[{ id: "p1", participantId: "p1", isMuted: true }]]);
});

test("who is in the meeting follows its events", () => {
  meeting.join({ displayName: "Me" });
  meeting.emit("participant-joined", { id: "p1", displayName: "Ada" });
  meeting.emit("participant-joined", { id: "p2", displayName: "Bob" });
  meeting.emit("display-name-change", { id: "p1", displayname: "Ada L." });
  meeting.emit("participant-left", { id: "p2" });
  expect(client.getParticipantsInfo().map((one) => [one.participantId, one.displayName])).toEqual([
    ["me", "Me"],
    ["p1", "Ada L."],
  ]);
  expect(client.getNumberOfParticipants()).toBe(2);
  meeting.emit("video-conference-left", { roomName: "standup" });
  expect(client.getNumberOfParticipants()).toBe(0);
});

test("a request resolves with its answer, also a falsy one", async () => {
  const muted = client.isAudioMuted();
  await vi.advanceTimersByTimeAsync(60);
  await expect(muted).resolves.toBe(false);
});

test("setAudioInputDevice names the device by label and id", async () => {
  const asked = vi.fn(() => ({ result: true }));
  meeting.answer = asked;
  const set = client.setAudioInputDevice("Built-in", "mic1");
  await vi.advanceTimersByTimeAsync(60);
  await set;
  const device = { kind: "audioinput", label: "Built-in", id: "mic1" };
  expect(asked).toHaveBeenCalledWith({ type: "devices", name: "setDevice", device });
});

test("a refused request is rejected with the engine's message", async () => {
  meeting.answer = () => ({ error: { message: "not now" } });
  const asked = expect(client.getRoomsInfo()).rejects.toMatchObject({
    kind: "refused",
    message: "not now",
  });
  await vi.advanceTimersByTimeAsync(60);
  await asked;
});

test("a request without an answer is rejected in time", async () => {
  meeting.answer = () => null;
  const asked = expect(client.getRoomsInfo()).rejects.toMatchObject({ kind: "timeout" });
  await vi.advanceTimersByTimeAsync(10_000);
  await asked;
});

test("dispose rejects pending requests, reports it and removes the frame", async () => {
  const disposed = vi.fn();
  client.on("_willDispose", disposed);
  const asked = expect(client.getRoomsInfo()).rejects.toMatchObject({ kind: "disposed" });
  client.dispose();
  client.dispose();
  await asked;
  expect(disposed).toHaveBeenCalledOnce();
  expect(client.getIFrame().isConnected).toBe(false);
  await expect(client.isAudioMuted()).rejects.toMatchObject({ kind: "disposed" });
});

test("a meeting page that never answers is an error, not a silence", async () => {
  const silent = new EngineClient("away.example/team", { handshakeTimeout: 5000 });
  const errors: unknown[] = [];
  silent.on("errorOccurred", ({ name, isFatal }) => errors.push([name, isFatal]));
  const asked = expect(silent.isAudioMuted()).rejects.toMatchObject({ kind: "disposed" });
  await vi.advanceTimersByTimeAsync(5000);
  await asked;
  expect(errors).toEqual([["server_unreachable", true]]);
  silent.dispose();
});

const FORBIDDEN = () => Promise.reject(new TypeError("Failed to fetch"));

test("an unreachable server is an error as soon as that is known", async () => {
  vi.stubGlobal("fetch", FORBIDDEN);
  const away = new EngineClient("away.example/team");
  const errors: unknown[] = [];
  away.on("errorOccurred", ({ name, message }) => errors.push([name, message]));
  away.getIFrame().dispatchEvent(new Event("load"));
  await vi.advanceTimersByTimeAsync(3000);
  const words = "the meeting page of away.example cannot be reached";
  expect(errors).toEqual([["server_unreachable", words]]);
  away.dispose();
});

test("a same-origin frame that shows another page was blocked by a header", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve());
  const refused = new EngineClient(`${location.origin}/team`);
  const errors: unknown[] = [];
  refused.on("errorOccurred", ({ name, message }) => errors.push([name, message]));
  Object.defineProperty(refused.getIFrame(), "contentDocument", { value: null });
  refused.getIFrame().dispatchEvent(new Event("load"));
  await vi.advanceTimersByTimeAsync(0);
  expect(errors).toEqual([["frame_blocked", expect.stringContaining("X-Frame-Options")]]);
  refused.dispose();
});

test("a server without a meeting page is distinguished from an unreachable one", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve());
  const silent = new EngineClient("away.example/team");
  const errors: unknown[] = [];
  silent.on("errorOccurred", ({ name, message }) => errors.push([name, message]));
  silent.getIFrame().dispatchEvent(new Event("load"));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(errors).toEqual([["frame_silent", expect.stringContaining("though its server does")]]);
  silent.dispose();
});

test("a page that may not fetch from a server trusts the meeting page's answer", async () => {
  vi.stubGlobal("fetch", FORBIDDEN);
  client.dispose();
  open();
  const failed = vi.fn();
  client.on("errorOccurred", failed);
  client.getIFrame().dispatchEvent(new Event("load"));
  meeting.emit("ready");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(failed).not.toHaveBeenCalled();
});

test("onload runs when the meeting page has started", () => {
  const loaded = vi.fn();
  client.dispose();
  open({ onload: loaded });
  expect(loaded).not.toHaveBeenCalled();
  meeting.emit("ready");
  expect(loaded).toHaveBeenCalledOnce();
});

test("an encryption key is refused, rather than ignored", () => {
  const options = { e2eeKey: "00" } as ClientOptions;
  expect(() => new EngineClient("meet.example", options)).toThrow("e2eeKey");
  const none = { roomName: "r", e2eeKey: undefined } as ClientOptions;
  new EngineClient("meet.example", none).dispose();
});
