import { signal } from "@preact/signals";
import { beforeEach, expect, test, vi } from "vitest";
import type { Knock } from "../../shared/protocol";
import { FakeMeeting, person } from "../testing/fake-room";
import { runCommand } from "./engine-commands";

const ID = "0123456789abcdef";
const PUSHED = "to is a list of at most 4 addresses: rtmp://host/application/key.";
let asked: unknown[];
let told: [string, unknown][];
let meeting: FakeMeeting;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  meeting = new FakeMeeting(person({ id: "ab", moderator: true }), [person({ id: ID })]);
  asked = meeting.asked;
  meeting.room.knocking.value = [{ type: "knock", id: ID, name: "Grace" }] as unknown as Knock[];
  return () => vi.useRealTimers();
});

function run(name: string, ...args: unknown[]): Promise<unknown> {
  return runCommand(meeting.page, (event, data) => told.push([event, data]), name, args);
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
  ["send-endpoint-text-message", [ID, "{}"], { type: "send_endpoint_text", text: "{}", to: ID }],
  ["send-endpoint-text-message", ["", "{}"], { type: "send_endpoint_text", text: "{}", to: null }],
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
  ["nanomeet-remove-participant", [ID], { type: "kick", id: ID }],
  ["nanomeet-stop-reading", [{ id: "r1" }], { type: "stop_reading", id: "r1" }],
  [
    "nanomeet-open-poll",
    [{ question: "Slope?", options: ["1", "2"], correct: [1], seconds: 60, show: "live" }],
    {
      ...{ type: "open_poll", question: "Slope?", options: ["1", "2"], multiple: false },
      ...{ anonymous: false, correct: [1], seconds: 60, show: "live" },
    },
  ],
  [
    "nanomeet-vote",
    [{ poll: "p1", choices: [0, 1] }],
    { type: "vote", poll: "p1", choices: [0, 1] },
  ],
  ["nanomeet-vote", [{ poll: "p1", choices: [] }], { type: "vote", poll: "p1", choices: [] }],
  ["nanomeet-close-poll", [{ poll: "p1" }], { type: "close_poll", poll: "p1" }],
  ["nanomeet-read-votes", [{ poll: "p1" }], { type: "read_votes", poll: "p1" }],
  ["grant-moderator", [ID], { type: "grant_moderator", id: ID }],
  ["set-large-video-participant", [ID, "camera"], { type: "set_main", id: ID }],
  ["set-large-video-participant", [], { type: "set_main", id: null }],
  ["toggle-raise-hand", [], { type: "raise_hand", raised: true }],
  ["end-conference", [], { type: "end_meeting" }],
  [
    "nanomeet-open-source",
    [{ use: "screen", title: "Loss" }],
    { type: "open_source", use: "screen", title: "Loss" },
  ],
  ["nanomeet-open-source", [{ use: "camera" }], { type: "open_source", use: "camera", title: "" }],
  ["nanomeet-end-element", [{ stream: "s" }], { type: "end_element", stream: "s" }],
  ["nanomeet-present-element", [{ title: "Plot" }], { type: "ask_for_element", title: "Plot" }],
  [
    "nanomeet-close-source",
    [{ use: "camera", failed: true }],
    { type: "close_source", use: "camera", failed: true },
  ],
  [
    "nanomeet-close-source",
    [{ use: "screen" }],
    { type: "close_source", use: "screen", failed: false },
  ],
])("%s%j sends a request to the room", async (name, args, request) => {
  await run(name, ...args);
  expect(asked).toEqual([request]);
});

test("a source gives what its program sends with", async () => {
  const opened = await run("nanomeet-open-source", { use: "screen" });
  expect(opened).toEqual({ stream: "s", ticket: "t" });
});

test.each([
  [
    { media: "video", of: ID, lines: 720, fps: 30 },
    { media: "video", of: ID, lines: 720, fps: 30 },
  ],
  [
    { media: "audio", of: "ab" },
    { media: "audio", of: "ab", lines: 360, fps: 10 },
  ],
  [
    { media: "video", of: null },
    { media: "video", of: null, lines: 360, fps: 10 },
  ],
  [
    { media: "video", of: "me" },
    { media: "video", of: "ab", lines: 360, fps: 10 },
  ],
])("reading %j settles with the stream and its ticket", async (wanted, request) => {
  const opened = await run("nanomeet-read-media", wanted);
  expect(opened).toEqual({ id: "r1", stream: "read_1", ticket: "secret" });
  expect(asked).toEqual([{ type: "read_media", ...request }]);
});

test("a poll settles with its id, and its votes with who voted", async () => {
  const wanted = { question: "Slope?", options: ["1", "2"] };
  await expect(run("nanomeet-open-poll", wanted)).resolves.toEqual({ id: "poll1" });
  const votes = [{ id: "ab", name: "Ada", choices: [1] }];
  await expect(run("nanomeet-read-votes", { poll: "poll1" })).resolves.toEqual({ votes });
});

test.each([
  ["nanomeet-open-poll", undefined, "options has to be a list of 2 to 20 texts."],
  ["nanomeet-open-poll", { options: ["1"] }, "options has to be a list of 2 to 20 texts."],
  ["nanomeet-open-poll", { question: " ", options: ["1", "2"] }, "The question is empty."],
  ["nanomeet-open-poll", { question: "?", options: ["1", ""] }, "Option 2 is empty."],
  [
    "nanomeet-open-poll",
    { question: "?", options: ["1", "2"], correct: [2] },
    "correct is a list of options' numbers, from 0 to 1.",
  ],
  [
    "nanomeet-open-poll",
    { question: "?", options: ["1", "2"], seconds: 4 },
    "seconds is a whole number from 5 to 86400.",
  ],
  [
    "nanomeet-open-poll",
    { question: "?", options: ["1", "2"], show: "later" },
    "show is one of: live, after, never.",
  ],
  ["nanomeet-vote", { choices: [0] }, "The poll's id has to be text, not nothing."],
  [
    "nanomeet-vote",
    { poll: "p1", choices: [0.5] },
    "choices is a list of options' numbers, from 0 to 19.",
  ],
  ["nanomeet-close-poll", {}, "The poll's id has to be text, not nothing."],
])("%s%j is refused with the rule", async (name, wanted, message) => {
  await expect(run(name, wanted)).rejects.toMatchObject({ kind: "invalid", message });
  expect(asked).toEqual([]);
});

test("a check-in is begun, answered and ended", async () => {
  await run("nanomeet-start-check-in", { question: "Finished?" });
  await expect(run("nanomeet-answer-check-in", { done: true })).rejects.toMatchObject({
    kind: "not_found",
  });
  meeting.room.apply({
    ...{ type: "check_in_changed", id: "c1", question: "Finished?", since: 5, done: [] },
  });
  await run("nanomeet-answer-check-in", { done: true });
  await run("nanomeet-answer-check-in", { id: "c0", done: false });
  await run("nanomeet-end-check-in");
  expect(meeting.asked).toEqual([
    { type: "start_check_in", question: "Finished?" },
    { type: "answer_check_in", id: "c1", done: true },
    { type: "answer_check_in", id: "c0", done: false },
    { type: "end_check_in" },
  ]);
});

test("a call on a hand says who was called", async () => {
  expect(await run("nanomeet-call-hand", { id: ID })).toEqual({ id: ID });
  expect(await run("nanomeet-call-hand", { id: null })).toEqual({ id: null });
  await expect(run("nanomeet-call-hand", { id: "ffff" })).rejects.toMatchObject({
    kind: "not_found",
  });
});

test("a reading of someone who is not in the room finds no participant", async () => {
  const wanted = { media: "video", of: "fedcba9876543210" };
  await expect(run("nanomeet-read-media", wanted)).rejects.toMatchObject({ kind: "not_found" });
  expect(asked).toEqual([]);
});

test("a broadcast is private and pushed as the command requests", async () => {
  const startBroadcast = vi.fn(async () => {});
  Object.assign(meeting, { startBroadcast });
  const to = ["rtmp://live.example/app/key"];
  await run("start-recording", { mode: "stream", record: true, private: true, to });
  const usual = { quality: "360p", codec: null, paused: false };
  const options = { ...usual, record: true, private: true, to };
  expect(startBroadcast).toHaveBeenLastCalledWith(options);
});

test("a broadcast has the requested options", async () => {
  const startBroadcast = vi.fn(async () => {});
  Object.assign(meeting, { startBroadcast });
  const wanted = { quality: "audio", codec: "av1", paused: true };
  await run("start-recording", { mode: "stream", ...wanted });
  const options = { record: false, private: false, to: [], ...wanted };
  expect(startBroadcast).toHaveBeenLastCalledWith(options);
});

test.each([
  [{ quality: "4K" }, "A broadcast's quality is one of: 360p, 540p, 720p, 1080p, audio."],
  [{ codec: "vp8" }, "A broadcast's codec is one of: h264, vp9, av1."],
  [{ private: 1 }, "private has to be true or false, not number."],
  [{ to: "rtmp://live.example/app/key" }, PUSHED],
  [{ to: ["http://live.example/app/key"] }, PUSHED],
  [{ to: Array(5).fill("rtmp://live.example/app/key") }, PUSHED],
])("%j does not start a broadcast", async (wanted, error) => {
  const startBroadcast = vi.fn(async () => {});
  Object.assign(meeting, { startBroadcast });
  await run("start-recording", { mode: "stream", ...wanted });
  expect(startBroadcast).not.toHaveBeenCalled();
  expect(told.at(-1)).toEqual([
    "recording-status-changed",
    expect.objectContaining({ on: false, error }),
  ]);
});

test("a raised hand is lowered", async () => {
  meeting.room.own.value = person({ id: "ab", hand: 5 });
  await run("toggle-raise-hand");
  expect(asked).toEqual([{ type: "raise_hand", raised: false }]);
});

test("toggling the hand three times at once raises, lowers and raises it", async () => {
  const { room } = meeting;
  Object.assign(meeting.ask, {
    raiseHand: async (raised: boolean) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      room.own.value = person({ id: "ab", hand: raised ? 5 : null });
    },
  });
  const hands = [1, 2, 3].map(() => run("toggle-raise-hand"));
  await vi.advanceTimersByTimeAsync(3_000);
  await expect(Promise.all(hands)).resolves.toEqual([true, false, true]);
});

test("for a participant who is not a moderator, enlarging is local", async () => {
  meeting.room.own.value = person({ id: "ab" });
  await run("set-large-video-participant", ID);
  expect(asked).toEqual([]);
  expect([meeting.view.large.value, meeting.view.tileView.value]).toEqual([ID, false]);
});

test("pinning is local", async () => {
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

test("a notification stays for its timeout, or until it is hidden", async () => {
  await run("show-notification", { title: "Break", description: "Back at 3", timeout: "short" });
  await run("show-notification", { title: "Rules", uid: "rules", timeout: "sticky" });
  expect(meeting.view.toasts.value.map(({ text }) => text)).toEqual(["Break: Back at 3", "Rules"]);
  expect(told[0]).toEqual(["notification-triggered", { title: "Break", description: "Back at 3" }]);
  vi.advanceTimersByTime(60_000);
  expect(meeting.view.toasts.value.map(({ text }) => text)).toEqual(["Rules"]);
  await run("hide-notification", "rules");
  expect(meeting.view.toasts.value).toEqual([]);
});

test.each([[{}], [null], ["words"]])("the notification %j is rejected", async (notice) => {
  await expect(run("show-notification", notice)).rejects.toMatchObject({ kind: "invalid" });
});

test("a profile picture can be set and removed, and an e-mail address is not sent", async () => {
  const setAvatar = vi.fn(async () => {});
  const email = signal("");
  Object.assign(meeting, { profile: { setAvatar, email } });
  await run("avatar-url", "data:image/png;base64,AA==");
  await run("avatar-url", "");
  expect(setAvatar.mock.calls).toEqual([["data:image/png;base64,AA=="], [null]]);
  await run("email", "ada@example.org");
  expect(email.value).toBe("ada@example.org");
  for (const wrong of ["ada", "a b@c", "@", `${"x".repeat(250)}@x.org`, 7, HALF]) {
    await expect(run("email", wrong)).rejects.toMatchObject({ kind: "invalid" });
  }
  expect(email.value).toBe("ada@example.org");
  await run("email", "");
  expect([email.value, asked]).toEqual(["", []]);
});

test("the volume applies to one voice only", async () => {
  const set = vi.fn();
  Object.assign(meeting, { volumes: { set } });
  await run("set-participant-volume", ID, 0.25);
  await run("set-participant-volume", ID, 0);
  expect(set.mock.calls).toEqual([
    [ID, 0.25],
    [ID, 0],
  ]);
  for (const wrong of [undefined, null, -0.1, 1.01, Number.NaN, "0.5", true]) {
    await expect(run("set-participant-volume", ID, wrong)).rejects.toMatchObject({
      kind: "invalid",
      message: "The volume is a number from 0 to 1.",
    });
  }
  await expect(run("set-participant-volume", "ab", 1)).rejects.toMatchObject({ kind: "invalid" });
  expect([set.mock.calls.length, asked]).toEqual([2, []]);
});

test("noise suppression can be switched on and off", async () => {
  const setNoiseSuppression = vi.fn(async () => {});
  const noise = signal("on");
  Object.assign(meeting.media, { setNoiseSuppression, noise });
  await run("set-noise-suppression-enabled", { enabled: false });
  await run("toggle-noise-suppression");
  noise.value = "off";
  await run("toggle-noise-suppression");
  expect(setNoiseSuppression.mock.calls).toEqual([[false], [false], [true]]);
  for (const wrong of [undefined, null, true, {}, { enabled: "yes" }]) {
    await expect(run("set-noise-suppression-enabled", wrong)).rejects.toMatchObject({
      kind: "invalid",
    });
  }
});

test("the self-view can be mirrored or not", async () => {
  expect(meeting.view.mirrored.value).toBe(true);
  await run("toggle-camera-mirror");
  expect(meeting.view.mirrored.value).toBe(false);
  await expect(run("toggle-camera", "back")).rejects.toMatchObject({
    message: "The way a camera looks is one of: user, environment.",
  });
});

test("video has the requested height, and none in audio-only mode", async () => {
  const setCamera = vi.fn(async () => {});
  Object.assign(meeting, { setCamera });
  await run("set-video-quality", 360);
  expect(meeting.view.lines.value).toBe(360);
  await expect(run("set-video-quality", "high")).rejects.toMatchObject({ kind: "invalid" });
});

test.each(["set-audio-only", "set-low-bandwidth-mode"])(
  "%s does not change the audio",
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
  "%s, which Jitsi's script sends by itself, is ignored",
  async (name) => {
    await run(name, true);
    expect(told).toEqual([]);
  },
);

test("the room's name can be overridden on this page", async () => {
  await run("local-subject", "My lesson");
  expect(meeting.view.subject.value).toBe("My lesson");
});

test("the embedding page can change the theme", async () => {
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

test.each(["start-share-video", "constructor", "toggle-whiteboard"])(
  "%s is rejected with a message",
  async (name) => {
    await expect(run(name)).rejects.toMatchObject({ kind: "unsupported" });
  },
);

const HALF = "\ud83d";
const LONG = "x".repeat(2001);

test.each([
  ["send-chat-message", []],
  ["send-chat-message", [""]],
  ["send-chat-message", [" \n"]],
  ["send-chat-message", [LONG]],
  ["send-chat-message", [HALF]],
  ["send-chat-message", [7]],
  ["send-chat-message", [{ text: "Hello" }]],
  ["send-chat-message", ["Hello", 7]],
  ["send-endpoint-text-message", [ID]],
  ["send-endpoint-text-message", [ID, LONG]],
  ["send-endpoint-text-message", [ID, HALF]],
  ["send-endpoint-text-message", [ID, { slide: 4 }]],
  ["send-endpoint-text-message", [7, "x"]],
  ["subject", []],
  ["subject", ["x".repeat(201)]],
  ["subject", [HALF]],
  ["display-name", []],
  ["display-name", [" "]],
  ["display-name", [HALF]],
  ["local-subject", [null]],
  ["password", []],
  ["password", ["x".repeat(129)]],
  ["password", [HALF]],
  ["toggle-lobby", ["yes"]],
  ["answer-knocking-participant", []],
  ["answer-knocking-participant", [ID, "true"]],
  ["mute-everyone", ["desktop"]],
  ["mute-remote-participant", [ID, "__proto__"]],
  ["kick-participant", []],
  ["kick-participant", [{}]],
  ["nanomeet-remove-participant", [ID, { revoke: "yes" }]],
  ["nanomeet-remove-participant", [ID, { address: 1 }]],
  ["grant-moderator", [null]],
  ["set-tile-view", [1]],
  ["set-audio-only", ["true"]],
  ["set-video-quality", ["720"]],
  ["set-video-quality", [null]],
  ["hide-notification", [["rules"]]],
  ["show-notification", [{ title: 7 }]],
  ["toggle-participants-pane", ["people"]],
  ["nanomeet-pause-broadcast", [0]],
  ["nanomeet-read-media", []],
  ["nanomeet-read-media", [{ media: "screen" }]],
  ["nanomeet-read-media", [{ media: "video", of: 7 }]],
  ["nanomeet-read-media", [{ media: "video", lines: 89 }]],
  ["nanomeet-read-media", [{ media: "video", lines: 721 }]],
  ["nanomeet-read-media", [{ media: "video", lines: "360" }]],
  ["nanomeet-read-media", [{ media: "video", fps: 0 }]],
  ["nanomeet-read-media", [{ media: "video", fps: 12.5 }]],
  ["nanomeet-stop-reading", []],
  ["nanomeet-stop-reading", [{ id: "" }]],
])("%s%j is invalid, and nothing is sent", async (name, args) => {
  await expect(run(name, ...args)).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringMatching(/^\w.*\.$/),
  });
  expect(asked).toEqual([]);
});

test.each([
  "answer-knocking-participant",
  "approve-video",
  "ask-to-unmute",
  "grant-moderator",
  "kick-participant",
  "nanomeet-remove-participant",
  "mute-remote-participant",
  "pin-participant",
  "set-participant-volume",
  "set-large-video-participant",
])("%s of an unknown id finds no participant", async (name) => {
  for (const id of ["fedcba9876543210", "unknown", "constructor", "__proto__", LONG]) {
    await expect(run(name, id)).rejects.toMatchObject({ kind: "not_found" });
  }
  await expect(run("send-chat-message", "Hello", "unknown")).rejects.toMatchObject({
    kind: "not_found",
  });
  await expect(run("send-endpoint-text-message", "unknown", "x")).rejects.toMatchObject({
    kind: "not_found",
  });
  expect(asked).toEqual([]);
});

test("a text's limit counts visible characters, each of any number of code points", async () => {
  const text = "👨‍👩‍👧‍👦".repeat(2000);
  await run("send-chat-message", text);
  expect(asked).toEqual([{ type: "send_chat", text, to: null }]);
  await expect(run("send-chat-message", `${text}!`)).rejects.toMatchObject({ kind: "invalid" });
});

test("a notification is truncated between characters", async () => {
  await run("show-notification", { title: `${"x".repeat(499)}👨‍👩‍👧‍👦👋`, timeout: "constructor" });
  expect(meeting.view.toasts.value.map(({ text }) => text)).toEqual([`${"x".repeat(499)}👨‍👩‍👧‍👦`]);
});
