// @vitest-environment happy-dom
// @vitest-environment-options {"settings": {"disableIframePageLoading": true, "handleDisabledFileLoadingAsSuccess": true}}
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ClientOptions, EngineClient } from "./client";
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
});

test("the frame asks for what a meeting needs, tells its name and no referrer", () => {
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

test("a command is an event with its arguments; sent too early, it waits", async () => {
  client.executeCommand("startRecording", { mode: "stream", rtmpStreamKey: "rtmp://x" });
  client.executeCommands({ displayName: ["Ada"], hangup: [] });
  await vi.advanceTimersByTimeAsync(60);
  expect(meeting.commands).toEqual([
    ["start-recording", [{ mode: "stream", rtmpStreamKey: "rtmp://x" }]],
    ["display-name", ["Ada"]],
    ["video-hangup", []],
  ]);
});

test("an unknown command is refused", () => {
  expect(() => client.executeCommand("dance")).toThrow("dance");
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

test("a request gives its answer, also a false one", async () => {
  const muted = client.isAudioMuted();
  await vi.advanceTimersByTimeAsync(60);
  await expect(muted).resolves.toBe(false);
});

test("setAudioInputDevice says which device by label and id", async () => {
  const asked = vi.fn(() => ({ result: true }));
  meeting.answer = asked;
  const set = client.setAudioInputDevice("Built-in", "mic1");
  await vi.advanceTimersByTimeAsync(60);
  await set;
  const device = { kind: "audioinput", label: "Built-in", id: "mic1" };
  expect(asked).toHaveBeenCalledWith({ type: "devices", name: "setDevice", device });
});

test("a refused request is rejected with the engine's words", async () => {
  meeting.answer = () => ({ error: { message: "not now" } });
  const asked = expect(client.getRoomsInfo()).rejects.toMatchObject({
    kind: "refused",
    message: "not now",
  });
  await vi.advanceTimersByTimeAsync(60);
  await asked;
});

test("a request that nobody answers is rejected in time", async () => {
  meeting.answer = () => null;
  const asked = expect(client.getRoomsInfo()).rejects.toMatchObject({ kind: "timeout" });
  await vi.advanceTimersByTimeAsync(10_000);
  await asked;
});

test("dispose rejects what is pending, tells it and removes the frame", async () => {
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

test("a server that is away is an error as soon as that is known", async () => {
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

test("a frame of the own origin that shows no page of it was refused by a header", async () => {
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

test("a server that answers with no meeting page is told from one that is away", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve());
  const silent = new EngineClient("away.example/team");
  const errors: unknown[] = [];
  silent.on("errorOccurred", ({ name, message }) => errors.push([name, message]));
  silent.getIFrame().dispatchEvent(new Event("load"));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(errors).toEqual([["frame_silent", expect.stringContaining("though its server does")]]);
  silent.dispose();
});

test("a page that may not ask a server believes the meeting page that answers", async () => {
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
});
