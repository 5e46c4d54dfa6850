import { batch } from "@preact/signals";
import { beforeEach, expect, test } from "vitest";
import type { Health } from "../../composer/index";
import type { ChatMessage, PollChanged } from "../../shared/protocol";
import { RefusedError } from "../../shared/refused-error";
import { NO_BROADCAST } from "../room/room";
import { FakeMeeting, person } from "../testing/fake-room";
import { followMeeting } from "./engine-events";

const ME = "aaaaaaaa";
const ADA = "bbbbbbbb";
let told: [string, unknown][];
let meeting: FakeMeeting;

beforeEach(() => {
  told = [];
  meeting = new FakeMeeting(person({ id: ME }), [person({ id: ADA, name: "Ada" })]);
  return followMeeting(meeting.page, (name, data) => told.push([name, data]));
});

const heard = (name: string): unknown[] =>
  told.filter(([event]) => event === name).map(([, data]) => data);

function message(id: number, some: Partial<ChatMessage> = {}): ChatMessage {
  const words = { name: "Ada", text: `Message ${id}`, at: 1_000 + id, to: null, to_name: null };
  return { type: "chat_message", id, sender: ADA, ...words, ...some };
}

test("incoming and outgoing messages", () => {
  meeting.tells(message(1));
  meeting.tells(message(2, { sender: ME, to: ADA }));
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

test("readings are sent as they change, also when there is none any more", () => {
  const reading = { id: "r1", reader: ADA, of: ME, media: "video" } as const;
  meeting.room.apply({ type: "readings_changed", readings: [reading] });
  meeting.room.apply({ type: "readings_changed", readings: [] });
  expect(heard("nanomeet-readings-changed")).toEqual([{ readings: [reading] }, { readings: [] }]);
});

test("talk times are sent as they change", () => {
  meeting.room.apply({ type: "talk_times", seconds: { [ADA]: 12.5 } });
  meeting.room.apply({ type: "talk_times", seconds: { [ADA]: 14, [ME]: 1 } });
  expect(heard("nanomeet-talk-times")).toEqual([
    { seconds: { [ADA]: 12.5 } },
    { seconds: { [ADA]: 14, [ME]: 1 } },
  ]);
});

test("polls are sent as they change, with the own vote, and their counts as they come", () => {
  const poll = {
    ...{ id: "p1", question: "Slope?", options: ["1", "2"], multiple: false, anonymous: false },
    ...{ show: "after", open: true, ends: 5, counts: null, voters: 0, correct: [], own: [] },
  } as const satisfies object;
  const tells = (message: Parameters<typeof meeting.tells>[0]): void => {
    meeting.polls.apply(message);
    meeting.tells(message);
  };
  const opened = { type: "poll_changed", poll: structuredClone(poll) } as unknown as PollChanged;
  tells(opened);
  meeting.polls.voted("p1", [1]);
  tells({ type: "poll_counts", id: "p1", counts: null, voters: 1 });
  tells({ type: "poll_changed", poll: { ...opened.poll, open: false, counts: [0, 1], voters: 1 } });
  expect(heard("nanomeet-poll-changed")).toEqual([
    { poll },
    { poll: { ...poll, open: false, counts: [0, 1], voters: 1, own: [1] } },
  ]);
  expect(heard("nanomeet-poll-counts")).toEqual([{ id: "p1", counts: null, voters: 1 }]);
});

test("the roster and a check-in are sent as they change, and none outside the room", () => {
  const ada = { id: "s1", name: "Ada", moderator: false, here: [] };
  meeting.room.apply({ type: "roster_changed", people: [ada] });
  meeting.room.apply({ type: "roster_here", id: "s1", here: [ADA] });
  meeting.room.apply({ type: "roster_here", id: "unknown", here: [ADA] });
  const asked = { id: "c1", question: "Finished?", since: 5, done: [ADA] };
  meeting.room.apply({ type: "check_in_changed", ...asked });
  meeting.room.clear();
  meeting.room.clear();
  expect(heard("nanomeet-roster-changed").slice(0, 2)).toEqual([
    { people: [ada] },
    { people: [{ ...ada, here: [ADA] }] },
  ]);
  expect(heard("nanomeet-roster-changed").at(-1)).toEqual({ people: [] });
  expect(heard("nanomeet-check-in-changed")).toEqual([
    asked,
    { id: null, question: "", since: 0, done: [] },
  ]);
});

test("a reading of the stage that moves, and its end", () => {
  meeting.tells({ type: "reading_moved", id: "r1", stream: "feed_2", ticket: "secret" });
  meeting.tells({ type: "reading_moved", id: "r1", stream: null, ticket: null });
  const message = "They took it back.";
  meeting.tells({ type: "reading_ended", id: "r1", kind: "taken_back", message });
  expect(heard("nanomeet-reading-moved")).toEqual([
    { id: "r1", stream: "feed_2", ticket: "secret" },
    { id: "r1", stream: null, ticket: null },
  ]);
  expect(heard("nanomeet-reading-ended")).toEqual([{ id: "r1", kind: "taken_back", message }]);
});

test("the chat is sent as it grows, and in full when it restarts", () => {
  meeting.chat.fill([message(1), message(2)]);
  meeting.chat.add(message(3), false);
  meeting.chat.fill([message(1), message(2), message(3)]);
  meeting.chat.fill([message(1, { at: 5_000 })]);
  const ids = (heard("nanomeet-chat") as { whole: boolean; messages: { id: number }[] }[]).map(
    ({ whole, messages }) => [whole, messages.map(({ id }) => id)],
  );
  expect(ids).toEqual([
    [true, [1, 2]],
    [false, [3]],
    [true, [1]],
  ]);
});

test("the number of unread messages, and whether the chat is open", () => {
  batch(() => meeting.chat.fill([message(1)]));
  meeting.chat.add(message(2), false);
  meeting.view.toggle("chat");
  expect(heard("chat-updated").slice(-2)).toEqual([
    { unreadCount: 1, isOpen: false },
    { unreadCount: 1, isOpen: true },
  ]);
});

test("hands go up and down", () => {
  meeting.room.others.value = [person({ id: ADA, hand: 17 })];
  meeting.room.own.value = person({ id: ME, hand: 18 });
  meeting.room.others.value = [person({ id: ADA })];
  expect(heard("raise-hand-updated")).toEqual([
    { id: ADA, handRaised: 17 },
    { id: ME, handRaised: 18 },
    { id: ADA, handRaised: 0 },
  ]);
});

test("profile pictures of all participants, and the own e-mail address", () => {
  meeting.room.avatars.value = new Map([[ADA, "data:a"]]);
  meeting.profile.avatar.value = "data:b";
  meeting.profile.email.value = "me@example.org";
  meeting.room.apply({ type: "left", id: ADA, reason: "left", by: null });
  meeting.profile.avatar.value = null;
  expect(heard("avatar-changed")).toEqual([
    { id: ADA, avatarURL: "data:a" },
    { id: ME, avatarURL: "data:b" },
    { id: ME, avatarURL: null },
  ]);
  expect(heard("email-change")).toEqual([{ id: ME, email: "me@example.org" }]);
});

test("noise suppression, as the browser reports it", () => {
  const { noise } = meeting.media;
  for (const state of ["on", "off", "unavailable"] as const) noise.value = state;
  expect(heard("nanomeet-noise-suppression")).toEqual([
    { available: true, enabled: true },
    { available: true, enabled: false },
    { available: false, enabled: false },
  ]);
});

test("the participants who share a screen", () => {
  meeting.room.others.value = [person({ id: ADA, screen: true })];
  meeting.media.screen.value = {} as MediaStreamTrack;
  meeting.room.others.value = [person({ id: ADA })];
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
  meeting.room.knocking.value = [knock];
  meeting.room.knocking.value = [];
  expect(heard("knocking-participant")).toEqual([{ participant: { id: "cccccccc", name: "Bo" } }]);
  expect(heard("nanomeet-lobby")).toEqual([
    { waiting: [{ id: "cccccccc", name: "Bo" }] },
    { waiting: [] },
  ]);
});

test("view changes", () => {
  meeting.view.toggle("people");
  meeting.view.tileView.value = false;
  meeting.large.value = ADA;
  meeting.view.toggle("people");
  expect(told.map(([name, data]) => [name, data])).toEqual([
    ["participants-pane-toggled", { open: true }],
    ["tile-view-changed", { enabled: false }],
    ["on-stage-participant-changed", { id: ADA }],
    ["participants-pane-toggled", { open: false }],
  ]);
});

test("all participants, with their details", () => {
  meeting.room.others.value = [person({ id: ADA, name: "Ada", stage: false, hand: 17 })];
  const [{ participants }] = heard("nanomeet-participants") as [{ participants: unknown[] }];
  expect(participants[1]).toEqual({
    ...{ id: ADA, display_name: "Ada", moderator: false, audio: true, video: true },
    ...{ screen: false, screen_title: "", stage: false, hand: 17, local: false },
  });
});

test("the removed participant, and the moderator who removed them", () => {
  meeting.tells({ type: "left", id: ADA, reason: "kicked", by: ME });
  expect(heard("participant-kicked-out")).toEqual([
    { kicked: { id: ADA, local: false }, kicker: { id: ME } },
  ]);
});

test("a recording can be downloaded after the broadcast has ended", () => {
  const state = { ...NO_BROADCAST, broadcaster: ME };
  const vod = "http://h/vod/a.mp4";
  meeting.room.broadcast.value = {
    ...state,
    state: "live",
    playout: { live: "http://h/live/a", vod },
  };
  meeting.room.broadcast.value = { ...state, state: "off" };
  expect(heard("recording-status-changed")).toMatchObject([{ on: true }, { on: false }]);
  expect(heard("recording-link-available")).toEqual([{ link: vod, ttl: null }]);
});

test("the pre-join screen is reported first", () => {
  meeting.prejoin.value = true;
  meeting.prejoin.value = false;
  expect(heard("prejoin-screen-loaded")).toEqual([
    { id: "local", displayName: "Me", formattedDisplayName: "Me (me)" },
  ]);
});

test("one-time events", () => {
  meeting.tells({ type: "reaction", sender: ADA, reaction: "clap" });
  meeting.tells({ type: "endpoint_text", sender: ADA, text: '{"slide": 4}' });
  meeting.tells({ type: "unmute_asked", media: "audio", by: ADA });
  meeting.tells({ type: "stage_invited", by: ADA });
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

test("the composer's figures, and the end of the broadcast", () => {
  meeting.health.value = { fps: 30 } as Health;
  meeting.health.value = null;
  expect(heard("nanomeet-broadcast-stats")).toEqual([
    { stats: { fps: 30, viewers: 0 } },
    { stats: null },
  ]);
});

test("a page that repeats a wrong password is asked only twice", async () => {
  const asked = (): number => heard("password-required").length;
  meeting.question.ask(false);
  expect(asked()).toBe(1);
  const wrong = { name: "RefusedError", kind: "wrong_password" };
  for (let again = 0; again < 5; again += 1) {
    const answer = meeting.question.answeredByPage("guess");
    meeting.question.ask(true);
    await expect(answer).rejects.toMatchObject(wrong);
  }
  expect(asked()).toBe(2);
  // Another answer may come from a user that the page asked.
  const other = meeting.question.answeredByPage("another guess");
  meeting.question.ask(true);
  await expect(other).rejects.toMatchObject(wrong);
  expect(asked()).toBe(3);
  const right = meeting.question.answeredByPage("sesame");
  meeting.question.passed();
  await expect(right).resolves.toBeUndefined();
});

test("a page is not asked again while answers are paused", async () => {
  meeting.question.ask(false);
  const answer = meeting.question.answeredByPage("guess");
  meeting.question.pause(new RefusedError("too_many_attempts", "Wait."));
  await expect(answer).rejects.toMatchObject({ kind: "too_many_attempts" });
  expect(heard("password-required")).toHaveLength(1);
});
