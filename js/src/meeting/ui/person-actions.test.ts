import { signal } from "@preact/signals";
import { expect, test, vi } from "vitest";
import type { Participant } from "../../shared/protocol";
import { ViewStore } from "../look/view";
import { ChatStore } from "../room/chat";
import type { MeetingPage } from "../room/meeting-page";
import { RoomRequests } from "../room/requests";
import { actions } from "./person-actions";

const person = (id: string, more: Partial<Participant> = {}): Participant => ({
  id,
  name: id,
  moderator: false,
  audio: true,
  video: true,
  screen: false,
  stage: true,
  hand: null,
  ...more,
});

function meetingOf(moderator: boolean): { meeting: MeetingPage; asked: ReturnType<typeof vi.fn> } {
  const asked = vi.fn(async () => {});
  const meeting = {
    ask: new RoomRequests(asked),
    chat: new ChatStore(),
    view: new ViewStore(),
    room: {
      selfId: signal("me"),
      moderator: signal(moderator),
      state: signal({ main: null }),
    },
  } as unknown as MeetingPage;
  return { meeting, asked };
}

const labels = (meeting: MeetingPage, who: Participant): string[] =>
  actions(meeting, who).map(({ label }) => label);

test("a participant can write to another and look at him, no more", () => {
  const { meeting } = meetingOf(false);
  expect(labels(meeting, person("grace"))).toEqual(["Write privately", "Show large, for me"]);
  expect(labels(meeting, person("grace", { stage: false }))).toEqual(["Write privately"]);
});

test("a moderator is offered what changes something", () => {
  const { meeting } = meetingOf(true);
  const silent = labels(meeting, person("grace", { audio: false, video: false }));
  expect(silent).toContain("Ask to unmute");
  expect(silent).toContain("Ask to switch the camera on");
  expect(silent).not.toContain("Mute the microphone");
  const seated = labels(meeting, person("grace", { stage: false, hand: 1, moderator: true }));
  expect(seated).toContain("Take the hand down");
  expect(seated).toContain("Invite onto the stage");
  expect(seated).not.toContain("Make a moderator");
  expect(seated).not.toContain("Mute the microphone");
});

test("each action asks the room for what it says", () => {
  const { meeting, asked } = meetingOf(true);
  for (const { act } of actions(meeting, person("grace", { hand: 1 }))) act();
  expect(asked.mock.calls.map(([request]) => request)).toEqual([
    { type: "lower_hand", id: "grace" },
    { type: "set_main", id: "grace" },
    { type: "mute", id: "grace", media: "audio" },
    { type: "mute", id: "grace", media: "video" },
    { type: "send_to_audience", id: "grace" },
    { type: "grant_moderator", id: "grace" },
  ]);
  // How to remove a participant is asked elsewhere.
  expect(meeting.view.removing.value).toBe("grace");
  expect(meeting.chat.recipient.value).toEqual({ id: "grace", name: "grace" });
  expect(meeting.view.panel.value).toBe("chat");
  expect(meeting.view.large.value).toBe("grace");
});

test("what cannot be undone asks once more", () => {
  const { meeting } = meetingOf(true);
  const items = actions(meeting, person("grace"));
  const asking = items.filter(({ question }) => question);
  expect(asking.map(({ label }) => label)).toEqual(["Make a moderator"]);
  const careful = items.filter((item) => item.careful);
  expect(careful.map(({ label }) => label)).toEqual(["Remove from the meeting"]);
});

test("oneself can step down; a moderator can come up again without an invitation", () => {
  const { meeting } = meetingOf(true);
  expect(labels(meeting, person("me"))).toContain("Step down into the audience");
  expect(labels(meeting, person("me", { stage: false }))).toEqual(["Go onto the stage"]);
  expect(labels(meetingOf(false).meeting, person("me", { stage: false }))).toEqual([]);
});
