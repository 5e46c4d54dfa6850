import { expect, test } from "vitest";
import type { Participant } from "../../shared/protocol";
import { FakeMeeting, person } from "../testing/fake-room";
import { actions } from "./person-actions";

function meetingOf(moderator: boolean): FakeMeeting {
  return new FakeMeeting(person({ id: "me", moderator }));
}

const labels = (meeting: FakeMeeting, who: Participant): string[] =>
  actions(meeting.page, who).map(({ label }) => label);

test("a participant can write to another and pin them, no more", () => {
  const meeting = meetingOf(false);
  expect(labels(meeting, person({ id: "grace" }))).toEqual([
    "Send a private message",
    "Pin for me",
  ]);
  expect(labels(meeting, person({ id: "grace", stage: false }))).toEqual([
    "Send a private message",
  ]);
});

test("a moderator is offered only actions that change something", () => {
  const meeting = meetingOf(true);
  const silent = labels(meeting, person({ id: "grace", audio: false, video: false }));
  expect(silent).toContain("Ask to unmute");
  expect(silent).toContain("Ask to turn on the camera");
  expect(silent).not.toContain("Mute");
  const seated = labels(meeting, person({ id: "grace", stage: false, hand: 1, moderator: true }));
  expect(seated).toContain("Lower hand");
  expect(seated).toContain("Invite to the stage");
  expect(seated).not.toContain("Make moderator");
  expect(seated).not.toContain("Mute");
});

test("each action sends its request to the room", () => {
  const meeting = meetingOf(true);
  for (const { act } of actions(meeting.page, person({ id: "grace", hand: 1 }))) act();
  expect(meeting.asked).toEqual([
    { type: "lower_hand", id: "grace" },
    { type: "set_main", id: "grace" },
    { type: "mute", id: "grace", media: "audio" },
    { type: "mute", id: "grace", media: "video" },
    { type: "send_to_audience", id: "grace" },
    { type: "grant_moderator", id: "grace" },
  ]);
  // Removal has its own confirmation.
  expect(meeting.view.removing.value).toBe("grace");
  expect(meeting.chat.recipient.value).toEqual({ id: "grace", name: "grace" });
  expect(meeting.view.panel.value).toBe("chat");
  expect(meeting.view.large.value).toBe("grace");
});

test("what cannot be undone asks for confirmation", () => {
  const meeting = meetingOf(true);
  const items = actions(meeting.page, person({ id: "grace" }));
  const asking = items.filter(({ question }) => question);
  expect(asking.map(({ label }) => label)).toEqual(["Make moderator"]);
  const careful = items.filter((item) => item.careful);
  expect(careful.map(({ label }) => label)).toEqual(["Remove from the meeting"]);
});

test("participants can leave the stage; a moderator can return without an invitation", () => {
  const meeting = meetingOf(true);
  expect(labels(meeting, person({ id: "me" }))).toContain("Return to the audience");
  expect(labels(meeting, person({ id: "me", stage: false }))).toEqual(["Join the stage"]);
  expect(labels(meetingOf(false), person({ id: "me", stage: false }))).toEqual([]);
});

test("in a group, a moderator sends people back, and removes no one from the meeting", () => {
  const meeting = meetingOf(true);
  meeting.room.groups.go({ group: "g1", name: "Red" });
  const [remove] = actions(meeting.page, person({ id: "grace" })).slice(-1);
  expect(remove).toMatchObject({ label: "Remove from this group", careful: true });
  expect(remove?.question).toContain("back to the main room");
  remove?.act();
  expect(meeting.asked).toEqual([{ type: "kick", id: "grace" }]);
  expect(meeting.view.removing.value).toBeNull();
});
