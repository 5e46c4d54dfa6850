// @vitest-environment happy-dom
// @vitest-environment-options {"settings": {"disableIframePageLoading": true}}
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EngineCore } from "../engine/core";
import { FakeMeeting } from "../engine/fake-meeting";
import { Translator } from "./translator";

let api: EngineCore;
let meeting: FakeMeeting;
let told: [string, Record<string, unknown>][];

beforeEach(() => {
  vi.useFakeTimers();
  api = new EngineCore("meet.example");
  meeting = new FakeMeeting(api);
  const translator = new Translator(api, null);
  told = [];
  api.observe((event, data) => {
    translator.hear(event, data);
    if (data.derived) told.push([event, data]);
  });
});

afterEach(() => {
  api.dispose();
  vi.useRealTimers();
});

const soon = (): Promise<unknown> => vi.advanceTimersByTimeAsync(60);

const people = (): unknown =>
  told.filter(([event]) => event === "nanomeetParticipants").at(-1)?.[1].participants;

const last = (event: string): Record<string, unknown> | undefined =>
  told.findLast(([name]) => name === event)?.[1];

test("lists the participants, with what this engine reports about them", async () => {
  meeting.answer = ({ name }) => {
    if (name === "rooms-info") {
      const participants = [
        { id: "me", role: "moderator" },
        { id: "bo", role: "participant" },
      ];
      return { result: { rooms: [{ participants }] } };
    }
    return { result: name === "is-video-muted" };
  };
  meeting.join({ displayName: "Ada" });
  meeting.emit("participant-joined", { id: "bo", displayName: "Bo" });
  await soon();
  expect(people()).toEqual([
    {
      id: "me",
      display_name: "Ada",
      moderator: true,
      audio: true,
      video: false,
      hand: null,
      local: true,
    },
    {
      id: "bo",
      display_name: "Bo",
      moderator: false,
      audio: null,
      video: null,
      hand: null,
      local: false,
    },
  ]);
  meeting.emit("participant-muted", { id: "bo", isMuted: true, mediaType: "audio" });
  meeting.emit("display-name-change", { id: "bo", displayname: "Bob" });
  meeting.emit("video-mute-status-changed", { muted: false });
  await soon();
  expect(people()).toMatchObject([{ video: true }, { display_name: "Bob", audio: false }]);
  meeting.emit("raise-hand-updated", { id: "bo", handRaised: 17 });
  await soon();
  expect(people()).toMatchObject([{ hand: null }, { hand: 17 }]);
  meeting.emit("raise-hand-updated", { id: "bo", handRaised: 0 });
  meeting.emit("participant-left", { id: "bo" });
  await soon();
  expect(people()).toHaveLength(1);
});

test("leaves unknown what an old engine does not report", async () => {
  meeting.answer = () => ({ error: "unknown request" });
  meeting.join();
  await soon();
  expect(people()).toMatchObject([{ id: "me", moderator: null, audio: null, video: null }]);
});

test("reports messages from others and from oneself", async () => {
  meeting.join({ displayName: "Ada" });
  const said = { from: "bo", nick: "Bo", message: "Hello", privateMessage: false };
  meeting.emit("incoming-message", said);
  meeting.emit("outgoing-message", { message: "Hi", privateMessage: true });
  await soon();
  const written = told
    .filter(([event]) => event === "nanomeetChat")
    .flatMap(([, { messages }]) => messages);
  expect(written).toMatchObject([
    { id: 1, sender: "bo", display_name: "Bo", text: "Hello", private: false },
    { id: 2, sender: "me", display_name: "Ada", text: "Hi", private: true },
  ]);
});

test("reports a lost connection and its recovery", async () => {
  meeting.join();
  meeting.emit("video-conference-left", { roomName: "standup" });
  await soon();
  expect(last("nanomeetConnection")?.state).toBe("reconnecting");
  meeting.emit("video-conference-joined", { roomName: "standup", id: "me2" });
  await soon();
  expect(last("nanomeetConnection")?.state).toBe("connected");
  expect(people()).toMatchObject([{ id: "me2" }]);
});

test.each([
  ["kicked", "participant-kicked-out", { kicked: { id: "me", local: true }, kicker: {} }],
  ["token_rejected", "error-occurred", { error: { name: "connection.passwordRequired" } }],
])("translates Jitsi's reasons for an end: %s", async (kind, event, data) => {
  meeting.join();
  meeting.emit(event, data);
  await soon();
  expect(last("errorOccurred")).toMatchObject({ name: kind, isFatal: true });
});

test("the removal of another participant does not end the meeting", async () => {
  meeting.join();
  meeting.emit("participant-kicked-out", { kicked: { id: "bo", local: false }, kicker: {} });
  await soon();
  expect(last("errorOccurred")).toBeUndefined();
});

test("reports waiting in the lobby", async () => {
  meeting.emit("ready");
  meeting.emit("error-occurred", { error: { name: "conference.connectionError.membersOnly" } });
  await soon();
  expect(last("nanomeetWaiting")).toBeDefined();
});

test("our own engine needs no translation", async () => {
  meeting.emit("ready", { nanomeet: true });
  meeting.emit("video-conference-joined", { roomName: "standup", id: "me" });
  meeting.emit("recording-status-changed", { on: true, mode: "stream" });
  await soon();
  expect(told).toEqual([]);
});
