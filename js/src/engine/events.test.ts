import { expect, test } from "vitest";
import { commandName, commandNames } from "./commands";
import { eventName, eventNames, normalise } from "./events";

test.each([
  ["startRecording", "start-recording"],
  ["hangup", "video-hangup"],
  ["setLargeVideoParticipant", "set-large-video-participant"],
  ["toggleShareScreen", "toggle-share-screen"],
  ["showPiP", "show-pip"],
])("the command %s is %s on the wire", (name, wire) => {
  expect(commandNames()).toContain(name);
  expect(commandName(name)).toBe(wire);
});

test.each([
  ["video-conference-joined", "videoConferenceJoined"],
  ["video-ready-to-close", "readyToClose"],
  ["p2p-status-changed", "p2pStatusChanged"],
  ["nanomeet-broadcast-changed", "nanomeetBroadcastChanged"],
])("the wire event %s is %s", (wire, name) => {
  expect(eventNames()).toContain(wire);
  expect(eventName(wire)).toBe(name);
});

test.each([
  ["nested", { error: { name: "kicked", isFatal: true } }],
  ["flat", { name: "kicked", isFatal: true }],
])("a %s error can be read both ways", (_, data) => {
  const error = { name: "kicked", isFatal: true };
  expect(normalise("errorOccurred", data)).toEqual({ ...error, error });
});

test.each([{ id: "p1" }, { participantId: "p1" }])("who was muted has both names: %j", (data) => {
  expect(normalise("participantMuted", { ...data, isMuted: true })).toEqual({
    id: "p1",
    participantId: "p1",
    isMuted: true,
  });
});

test.each([{ rooms: { a: {} } }, { a: {} }])("breakout rooms are below rooms: %j", (data) => {
  expect(normalise("breakoutRoomsUpdated", data)).toEqual({ rooms: { a: {} } });
});

test("a changed name can be read in both spellings", () => {
  expect(normalise("displayNameChange", { id: "p1", displayname: "Ada" })).toMatchObject({
    displayname: "Ada",
    displayName: "Ada",
  });
});
