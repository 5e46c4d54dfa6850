import { batch, computed, signal } from "@preact/signals";
import { beforeEach, expect, test } from "vitest";
import type { ChatMessage, ServerMessage } from "../../shared/protocol";
import { RefusedError } from "../../shared/refused-error";
import { ViewStore } from "../look/view";
import { ChatStore } from "../room/chat";
import type { MeetingPage } from "../room/meeting-page";
import { PasswordQuestion } from "../room/password-question";
import { NO_BROADCAST, RoomStore } from "../room/room";
import { person } from "../room/test-people";
import { followMeeting } from "./engine-events";

const ME = "aaaaaaaa";
const ADA = "bbbbbbbb";
let told: [string, unknown][];
let room: RoomStore;
let chat: ChatStore;
let view: ViewStore;
let media: Record<string, ReturnType<typeof signal>>;
let health: ReturnType<typeof signal<object | null>>;
let prejoin: ReturnType<typeof signal<boolean>>;
let large: ReturnType<typeof signal<string | null>>;
let question: PasswordQuestion;
let profile: {
  avatar: ReturnType<typeof signal<string | null>>;
  email: ReturnType<typeof signal<string>>;
};
let say: (message: ServerMessage) => void;

/** The stores are real; who fills them is not here. */
beforeEach(() => {
  told = [];
  room = new RoomStore();
  chat = new ChatStore();
  view = new ViewStore();
  large = signal<string | null>(null);
  prejoin = signal(false);
  profile = { avatar: signal<string | null>(null), email: signal("") };
  question = new PasswordQuestion();
  health = signal<object | null>(null);
  media = {
    microphone: signal(null),
    microphoneOn: signal(false),
    camera: signal(null),
    screen: signal(null),
    noise: signal("unavailable"),
    problems: signal({}),
    devices: signal([]),
  };
  const meeting = {
    ...{ room, chat, view, media, large },
    launch: { room: "standup" },
    status: signal("joined"),
    ending: signal(null),
    question,
    prejoin,
    health,
    connection: signal("joined"),
    name: signal("Me"),
    profile,
    dominant: signal(null),
    remotes: computed(() => new Map()),
    listen: (listener: typeof say) => {
      say = listener;
      return () => {};
    },
  };
  batch(() => {
    room.own.value = person({ id: ME });
    room.others.value = [person({ id: ADA, name: "Ada" })];
  });
  return followMeeting(meeting as unknown as MeetingPage, (name, data) => told.push([name, data]));
});

const heard = (name: string): unknown[] =>
  told.filter(([event]) => event === name).map(([, data]) => data);

function message(id: number, some: Partial<ChatMessage> = {}): ChatMessage {
  const words = { name: "Ada", text: `Message ${id}`, at: 1_000 + id, to: null, to_name: null };
  return { type: "chat_message", id, sender: ADA, ...words, ...some };
}

test("what somebody writes, and what one writes oneself", () => {
  say(message(1));
  say(message(2, { sender: ME, to: ADA }));
  expect(heard("incoming-message")).toEqual([
    {
      ...{ from: ADA, nick: "Ada", message: "Message 1", privateMessage: false },
      ...{ stamp: "1970-01-01T00:16:41.000Z", messageId: "1" },
    },
  ]);
  expect(heard("outgoing-message")).toEqual([
    { message: "Message 2", privateMessage: true, messageId: "2" },
  ]);
});

test("the chat is told as it grows, and whole where it begins anew", () => {
  chat.fill([message(1), message(2)]);
  chat.add(message(3), false);
  chat.fill([message(1), message(2), message(3)]);
  chat.fill([message(1, { at: 5_000 })]);
  const ids = (heard("nanomeet-chat") as { whole: boolean; messages: { id: number }[] }[]).map(
    ({ whole, messages }) => [whole, messages.map(({ id }) => id)],
  );
  expect(ids).toEqual([
    [true, [1, 2]],
    [false, [3]],
    [true, [1]],
  ]);
});

test("how much of the chat is unread, and whether it is open", () => {
  batch(() => chat.fill([message(1)]));
  chat.add(message(2), false);
  view.toggle("chat");
  expect(heard("chat-updated").slice(-2)).toEqual([
    { unreadCount: 1, isOpen: false },
    { unreadCount: 1, isOpen: true },
  ]);
});

test("hands go up and down", () => {
  room.others.value = [person({ id: ADA, hand: 17 })];
  room.own.value = person({ id: ME, hand: 18 });
  room.others.value = [person({ id: ADA })];
  expect(heard("raise-hand-updated")).toEqual([
    { id: ADA, handRaised: 17 },
    { id: ME, handRaised: 18 },
    { id: ADA, handRaised: 0 },
  ]);
});

test("pictures, of others and of oneself; an e-mail address, of oneself", () => {
  room.avatars.value = new Map([[ADA, "data:a"]]);
  profile.avatar.value = "data:b";
  profile.email.value = "me@example.org";
  room.apply({ type: "left", id: ADA, reason: "left", by: null });
  profile.avatar.value = null;
  expect(heard("avatar-changed")).toEqual([
    { id: ADA, avatarURL: "data:a" },
    { id: ME, avatarURL: "data:b" },
    { id: ME, avatarURL: null },
  ]);
  expect(heard("email-change")).toEqual([{ id: ME, email: "me@example.org" }]);
});

test("whether noise is taken out, as the browser says it", () => {
  const { noise } = media;
  for (const state of ["on", "off", "unavailable"]) if (noise) noise.value = state;
  expect(heard("nanomeet-noise-suppression")).toEqual([
    { available: true, enabled: true },
    { available: true, enabled: false },
    { available: false, enabled: false },
  ]);
});

test("who shares a screen", () => {
  room.others.value = [person({ id: ADA, screen: true })];
  const screen = media.screen;
  if (screen) screen.value = {};
  room.others.value = [person({ id: ADA })];
  expect(heard("content-sharing-participants-changed")).toEqual([
    { data: [ADA] },
    { data: [ME, ADA] },
    { data: [ME] },
  ]);
  expect(heard("screen-sharing-status-changed")).toEqual([
    { on: true, details: { sourceType: "screen" } },
  ]);
});

test("the lobby, as it fills and empties", () => {
  const knock = { type: "knock", id: "cccccccc", name: "Bo" } as const;
  room.knocking.value = [knock];
  room.knocking.value = [];
  expect(heard("knocking-participant")).toEqual([{ participant: { id: "cccccccc", name: "Bo" } }]);
  expect(heard("nanomeet-lobby")).toEqual([
    { waiting: [{ id: "cccccccc", name: "Bo" }] },
    { waiting: [] },
  ]);
});

test("what is looked at", () => {
  view.toggle("people");
  view.tileView.value = false;
  large.value = ADA;
  view.toggle("people");
  expect(told.map(([name, data]) => [name, data])).toEqual([
    ["participants-pane-toggled", { open: true }],
    ["tile-view-changed", { enabled: false }],
    ["on-stage-participant-changed", { id: ADA }],
    ["participants-pane-toggled", { open: false }],
  ]);
});

test("everybody, with all that is known", () => {
  room.others.value = [person({ id: ADA, name: "Ada", stage: false, hand: 17 })];
  const [{ participants }] = heard("nanomeet-participants") as [{ participants: unknown[] }];
  expect(participants[1]).toEqual({
    ...{ id: ADA, display_name: "Ada", moderator: false, audio: true, video: true },
    ...{ screen: false, stage: false, hand: 17, local: false },
  });
});

test("who was sent out, and by whom", () => {
  say({ type: "left", id: ADA, reason: "kicked", by: ME });
  expect(heard("participant-kicked-out")).toEqual([
    { kicked: { id: ADA, local: false }, kicker: { id: ME } },
  ]);
});

test("a recording can be fetched once the broadcast is over", () => {
  const state = { ...NO_BROADCAST, broadcaster: ME };
  const vod = "http://h/vod/a.mp4";
  room.broadcast.value = { ...state, state: "live", playout: { live: "http://h/live/a", vod } };
  room.broadcast.value = { ...state, state: "off" };
  expect(heard("recording-status-changed")).toMatchObject([{ on: true }, { on: false }]);
  expect(heard("recording-link-available")).toEqual([{ link: vod, ttl: null }]);
});

test("a person chooses name and devices first", () => {
  prejoin.value = true;
  prejoin.value = false;
  expect(heard("prejoin-screen-loaded")).toEqual([
    { id: "local", displayName: "Me", formattedDisplayName: "Me (me)" },
  ]);
});

test("what happens once", () => {
  say({ type: "reaction", sender: ADA, reaction: "clap" });
  say({ type: "endpoint_text", sender: ADA, text: '{"slide": 4}' });
  say({ type: "unmute_asked", media: "audio", by: ADA });
  say({ type: "stage_invited", by: ADA });
  expect(told).toEqual([
    ["nanomeet-reaction", { id: ADA, reaction: "clap" }],
    [
      "endpoint-text-message-received",
      {
        senderInfo: { jid: ADA, id: ADA },
        eventData: { name: "endpoint-text-message", text: '{"slide": 4}' },
      },
    ],
    ["nanomeet-unmute-asked", { mediaType: "audio", by: ADA }],
    ["nanomeet-stage-invited", { by: ADA }],
  ]);
});

test("how composing the broadcast fares, and that it is over", () => {
  health.value = { fps: 30 };
  health.value = null;
  expect(heard("nanomeet-broadcast-stats")).toEqual([
    { stats: { fps: 30, viewers: 0 } },
    { stats: null },
  ]);
});

test("a page that gives the same wrong password each time is asked for it twice, not for ever", async () => {
  const asked = (): number => heard("password-required").length;
  question.ask(false);
  expect(asked()).toBe(1);
  const wrong = { name: "RefusedError", kind: "wrong_password" };
  for (let again = 0; again < 5; again += 1) {
    const answer = question.answeredByPage("guess");
    question.ask(true);
    await expect(answer).rejects.toMatchObject(wrong);
  }
  expect(asked()).toBe(2);
  // Another answer is another's, perhaps: a person was asked by that page.
  const other = question.answeredByPage("another guess");
  question.ask(true);
  await expect(other).rejects.toMatchObject(wrong);
  expect(asked()).toBe(3);
  const right = question.answeredByPage("sesame");
  question.passed();
  await expect(right).resolves.toBeUndefined();
});

test("a page is not asked again while no answer is looked at", async () => {
  question.ask(false);
  const answer = question.answeredByPage("guess");
  question.pause(new RefusedError("too_many_attempts", "Wait."));
  await expect(answer).rejects.toMatchObject({ kind: "too_many_attempts" });
  expect(heard("password-required")).toHaveLength(1);
});
