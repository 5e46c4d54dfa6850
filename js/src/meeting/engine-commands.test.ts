import { signal } from "@preact/signals";
import { beforeEach, expect, test, vi } from "vitest";
import { runCommand } from "./engine-commands";
import type { Meeting } from "./meeting";
import { type Ask, RoomRequests } from "./requests";
import { RoomStore } from "./room";
import { person } from "./test-people";
import { ViewStore } from "./view";

const ID = "0123456789abcdef";
let asked: unknown[];
let told: [string, unknown][];
let meeting: Meeting;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  told = [];
  const ask: Ask = async (request) => void asked.push(request);
  const room = new RoomStore();
  room.own.value = person({ id: "ab", moderator: true });
  const media = { screen: signal(null) };
  const parts = { view: new ViewStore(), room, media, ask: new RoomRequests(ask) };
  meeting = parts as unknown as Meeting;
  return () => vi.useRealTimers();
});

function run(name: string, ...args: unknown[]): Promise<void> {
  return runCommand(meeting, (event, data) => told.push([event, data]), name, args);
}

test.each([
  ["subject", ["Sets"], { type: "set_subject", subject: "Sets" }],
  ["toggle-lobby", [], { type: "set_lobby", active: true }],
  ["toggle-lobby", [false], { type: "set_lobby", active: false }],
  ["answer-knocking-participant", [ID, true], { type: "admit", id: ID, admitted: true }],
  ["answer-knocking-participant", [ID], { type: "admit", id: ID, admitted: false }],
  ["nanomeet-admit-all", [], { type: "admit_all" }],
  ["send-chat-message", ["Hello"], { type: "send_chat", text: "Hello", to: null }],
  ["send-chat-message", ["Hello", ID], { type: "send_chat", text: "Hello", to: ID }],
  ["send-chat-message", ["Hello", ""], { type: "send_chat", text: "Hello", to: null }],
  ["mute-everyone", [], { type: "mute_everyone", media: "audio" }],
  ["mute-everyone", ["video"], { type: "mute_everyone", media: "video" }],
  ["mute-remote-participant", [ID, "video"], { type: "mute", id: ID, media: "video" }],
  ["mute-remote-participant", [ID], { type: "mute", id: ID, media: "audio" }],
  ["ask-to-unmute", [ID], { type: "ask_to_unmute", id: ID, media: "audio" }],
  ["approve-video", [ID], { type: "ask_to_unmute", id: ID, media: "video" }],
  ["kick-participant", [ID], { type: "kick", id: ID }],
  [
    "nanomeet-remove-participant",
    [ID, { revoke: true, address: true }],
    { type: "kick", id: ID, revoke: true, address: true },
  ],
  ["nanomeet-remove-participant", [ID, { revoke: "yes" }], { type: "kick", id: ID }],
  ["grant-moderator", [ID], { type: "grant_moderator", id: ID }],
  ["set-large-video-participant", [ID, "camera"], { type: "set_main", id: ID }],
  ["set-large-video-participant", [], { type: "set_main", id: null }],
  ["toggle-raise-hand", [], { type: "raise_hand", raised: true }],
  ["end-conference", [], { type: "end_meeting" }],
])("%s%j asks the room", async (name, args, request) => {
  await run(name, ...args);
  expect(asked).toEqual([request]);
});

test("a broadcast goes to whom and where it is to", async () => {
  const startBroadcast = vi.fn(async () => {});
  Object.assign(meeting, { startBroadcast });
  const to = ["rtmp://live.example/app/key"];
  await run("start-recording", { mode: "stream", record: true, private: true, to });
  const usual = { quality: "360p", codec: null, paused: false };
  expect(startBroadcast).toHaveBeenLastCalledWith(true, { ...usual, private: true, to });
  await run("start-recording", { mode: "stream", private: 1, to: "rtmp://live.example/app/key" });
  expect(startBroadcast).toHaveBeenLastCalledWith(false, { ...usual, private: false, to: [] });
});

test("a broadcast is what it is asked to be", async () => {
  const startBroadcast = vi.fn(async () => {});
  Object.assign(meeting, { startBroadcast });
  const wanted = { quality: "audio", codec: "av1", paused: true };
  await run("start-recording", { mode: "stream", ...wanted });
  expect(startBroadcast).toHaveBeenLastCalledWith(false, { private: false, to: [], ...wanted });
});

test.each([
  [{ quality: "4K" }, "A broadcast's quality is one of: 360p, 540p, 720p, 1080p, audio."],
  [{ codec: "vp8" }, "A broadcast's codec is one of: h264, vp9, av1."],
])("no broadcast can be %j", async (wanted, error) => {
  const startBroadcast = vi.fn(async () => {});
  Object.assign(meeting, { startBroadcast });
  await run("start-recording", { mode: "stream", ...wanted });
  expect(startBroadcast).not.toHaveBeenCalled();
  expect(told.at(-1)).toEqual([
    "recording-status-changed",
    expect.objectContaining({ on: false, error }),
  ]);
});

test("a hand that is up is taken down", async () => {
  meeting.room.own.value = person({ id: "ab", hand: 5 });
  await run("toggle-raise-hand");
  expect(asked).toEqual([{ type: "raise_hand", raised: false }]);
});

test("who is no moderator makes somebody large for himself", async () => {
  meeting.room.own.value = person({ id: "ab" });
  await run("set-large-video-participant", ID);
  expect(asked).toEqual([]);
  expect([meeting.view.large.value, meeting.view.tileView.value]).toEqual([ID, false]);
});

test("pinning concerns nobody else", async () => {
  await run("pin-participant", ID);
  expect([meeting.view.large.value, meeting.view.tileView.value, asked]).toEqual([ID, false, []]);
  await run("pin-participant");
  expect([meeting.view.large.value, meeting.view.tileView.value]).toEqual([null, true]);
});

test("panels open and close", async () => {
  await run("toggle-chat");
  expect(meeting.view.panel.value).toBe("chat");
  await run("toggle-participants-pane", true);
  expect(meeting.view.panel.value).toBe("people");
  await run("toggle-participants-pane", true);
  expect(meeting.view.panel.value).toBe("people");
  await run("toggle-participants-pane", false);
  expect(meeting.view.panel.value).toBeNull();
});

test("a notification stays as long as it shall, or until it is hidden", async () => {
  await run("show-notification", { title: "Break", description: "Back at 3", timeout: "short" });
  await run("show-notification", { title: "Rules", uid: "rules", timeout: "sticky" });
  expect(meeting.view.toasts.value.map(({ text }) => text)).toEqual(["Break: Back at 3", "Rules"]);
  expect(told[0]).toEqual(["notification-triggered", { title: "Break", description: "Back at 3" }]);
  vi.advanceTimersByTime(60_000);
  expect(meeting.view.toasts.value.map(({ text }) => text)).toEqual(["Rules"]);
  await run("hide-notification", "rules");
  expect(meeting.view.toasts.value).toEqual([]);
});

test.each([[{}], [null], ["words"]])("%j is no notification", async (notice) => {
  await expect(run("show-notification", notice)).rejects.toMatchObject({ kind: "invalid" });
});

test("a screen that the browser does not let be shared is an error in words", async () => {
  const late = (): Promise<void> => Promise.reject(new DOMException("no", "InvalidStateError"));
  Object.assign(meeting, { setScreen: late });
  await expect(run("toggle-share-screen")).rejects.toMatchObject({ kind: "needs_touch" });
});

test("pictures have as many lines as are wanted, and none where only sound is", async () => {
  const setCamera = vi.fn(async () => {});
  Object.assign(meeting, { setCamera });
  await run("set-video-quality", 360);
  expect(meeting.view.lines.value).toBe(360);
  await expect(run("set-video-quality", "high")).rejects.toMatchObject({ kind: "invalid" });
});

test.each(["set-audio-only", "set-low-bandwidth-mode"])(
  "%s leaves the sound alone",
  async (name) => {
    const setCamera = vi.fn(async () => {});
    Object.assign(meeting, { setCamera });
    await run(name, true);
    expect(meeting.view.audioOnly.value).toBe(true);
    expect(setCamera.mock.calls).toEqual([[false]]);
    await run(name, false);
    expect(meeting.view.audioOnly.value).toBe(false);
  },
);

test.each(["document-pip-capability", "document-pip-state"])(
  "%s, which a script says for itself, is passed over",
  async (name) => {
    await run(name, true);
    expect(told).toEqual([]);
  },
);

test("the room has another name on this page", async () => {
  await run("local-subject", "My lesson");
  expect(meeting.view.subject.value).toBe("My lesson");
});

test("the page around the meeting changes its theme", async () => {
  await run("overwrite-config", { theme: "dark" });
  expect(meeting.view.theme.value).toBe("dark");
  await run("overwrite-config", { theme: "light" });
  expect(meeting.view.theme.value).toBe("light");
});

test.each([[{ theme: "url(x)" }], [{ disableDeepLinking: false }], [null], ["dark"]])(
  "%j changes nothing",
  async (config) => {
    await run("overwrite-config", config);
    expect(meeting.view.theme.value).toBeNull();
  },
);

test.each(["start-share-video", "constructor", "add-breakout-room"])(
  "%s is refused in words",
  async (name) => {
    await expect(run(name)).rejects.toMatchObject({ kind: "unsupported" });
  },
);
