import { batch } from "@preact/signals";
import { beforeEach, expect, test } from "vitest";
import type { Group, GroupsChanged } from "../../shared/protocol";
import { FakeMeeting, person } from "../testing/fake-room";
import { runCommand } from "./engine-commands";
import { followMeeting } from "./engine-events";
import { answerRequest } from "./engine-requests";

const RED: Group = {
  id: "red",
  name: "Red",
  people: [
    { id: "ada", name: "Ada", here: true },
    { id: "alan", name: "Alan", here: false },
  ],
};
const BLUE: Group = { id: "blue", name: "Blue", people: [] };

let meeting: FakeMeeting;
let told: [string, Record<string, unknown> | undefined][];

beforeEach(() => {
  told = [];
  meeting = new FakeMeeting(person({ id: "me", moderator: true }), [
    person({ id: "alan", name: "Alan" }),
    person({ id: "emmy", name: "Emmy" }),
  ]);
  return followMeeting(meeting.page, (name, data) => told.push([name, data]));
});

const heard = (name: string) => told.filter(([event]) => event === name).map(([, data]) => data);
const run = (name: string, ...args: unknown[]): Promise<unknown> =>
  runCommand(meeting.page, () => {}, name, args);
const ask = (name: string) => answerRequest(meeting.page, { name }, () => {});

/** As one message, which a page applies at once. */
function apply(changed: Omit<GroupsChanged, "type">): void {
  batch(() => meeting.room.apply({ type: "groups_changed", ...changed }));
}

function open(some: Partial<{ here: string | null; own: string | null; ends: number }> = {}): void {
  apply({ groups: [RED, BLUE], ends: null, here: null, own: null, ...some });
}

test.each([
  ["add-breakout-room", ["Green"], { type: "add_group", name: "Green" }],
  ["add-breakout-room", [], { type: "add_group", name: "Group 1" }],
  ["join-breakout-room", ["blue"], { type: "enter_group", group: "blue" }],
  ["join-breakout-room", ["standup"], { type: "enter_group", group: null }],
  ["join-breakout-room", [], { type: "enter_group", group: null }],
  ["remove-breakout-room", ["red"], { type: "remove_group", group: "red" }],
  ["send-participant-to-room", ["emmy", "red"], { type: "assign_group", id: "emmy", group: "red" }],
  // A participant who is in another room now.
  [
    "send-participant-to-room",
    ["ada", "standup"],
    { type: "assign_group", id: "ada", group: null },
  ],
  [
    "nanomeet-open-groups",
    [{ groups: [{ name: "One", people: ["emmy"] }, { name: "Two" }], minutes: 1.5 }],
    {
      type: "open_groups",
      groups: [
        { name: "One", people: ["emmy"] },
        { name: "Two", people: [] },
      ],
      minutes: 1.5,
    },
  ],
  ["nanomeet-add-group", [{ name: "Green" }], { type: "add_group", name: "Green" }],
  [
    "nanomeet-rename-group",
    [{ group: "red", name: "Rot" }],
    { type: "rename_group", group: "red", name: "Rot" },
  ],
  ["nanomeet-remove-group", [{ group: "red" }], { type: "remove_group", group: "red" }],
  [
    "nanomeet-assign-group",
    [{ id: "ada", group: "blue" }],
    { type: "assign_group", id: "ada", group: "blue" },
  ],
  [
    "nanomeet-assign-group",
    [{ id: "ada", group: null }],
    { type: "assign_group", id: "ada", group: null },
  ],
  ["nanomeet-enter-group", [{ group: "red" }], { type: "enter_group", group: "red" }],
  ["nanomeet-enter-group", [{}], { type: "enter_group", group: null }],
  ["nanomeet-set-groups-end", [{ minutes: 5 }], { type: "set_groups_end", minutes: 5 }],
  ["nanomeet-set-groups-end", [{ minutes: null }], { type: "set_groups_end", minutes: null }],
  ["nanomeet-announce-to-groups", [{ text: "Hi" }], { type: "announce_to_groups", text: "Hi" }],
  ["nanomeet-close-groups", [], { type: "close_groups" }],
])("%s%j sends a request to the room", async (name, args, request) => {
  open();
  await run(name, ...args);
  expect(meeting.asked).toEqual([request]);
});

test.each([
  ["join-breakout-room", ["green"], "No group with this id is open."],
  ["send-participant-to-room", ["nn", "red"], "No participant with this id is in the meeting."],
  ["nanomeet-open-groups", [{ groups: [] }], "groups is a list of 1 to 50 groups."],
  ["nanomeet-open-groups", [{ groups: [{ name: "A", people: "emmy" }] }], "people is a list"],
  ["nanomeet-open-groups", [{ groups: [{ name: "" }] }], "The group's name"],
  ["nanomeet-set-groups-end", [{ minutes: 0 }], "minutes is a number above 0, up to 1440."],
  ["nanomeet-set-groups-end", [{ minutes: "5" }], "minutes is a number above 0, up to 1440."],
  ["nanomeet-add-group", [{ name: "x".repeat(65) }], "The group's name"],
])("%s%j is refused, and nothing is sent", async (name, args, words) => {
  open();
  await expect(run(name, ...args)).rejects.toThrow(words);
  expect(meeting.asked).toEqual([]);
});

test("as in Jitsi, chance assigns all others of the room, evenly", async () => {
  await expect(run("auto-assign-to-breakout-rooms")).rejects.toThrow("No groups are open.");
  open();
  await run("auto-assign-to-breakout-rooms");
  const asked = meeting.asked as { id: string; group: string }[];
  expect(asked.map(({ id }) => id).sort()).toEqual(["alan", "emmy"]);
  expect(asked.map(({ group }) => group).sort()).toEqual(["blue", "red"]);
});

test("as in Jitsi, a closed room stays, and its people come back", async () => {
  open();
  await run("close-breakout-room", "red");
  expect(meeting.asked).toEqual([
    { type: "assign_group", id: "ada", group: null },
    { type: "assign_group", id: "alan", group: null },
  ]);
});

test("changes of the groups are told, under our own name and under Jitsi's", () => {
  open({ ends: 1_800_000_000, own: "red" });
  expect(heard("nanomeet-groups-changed")).toEqual([
    { groups: [RED, BLUE], ends: 1_800_000_000, here: null, own: "red" },
  ]);
  const rooms = Object(heard("breakout-rooms-updated").at(-1)).rooms;
  expect(Object.keys(rooms)).toEqual(["standup", "red", "blue"]);
  expect(rooms.red).toEqual({
    ...{ id: "red", jid: "red", name: "Red", isMainRoom: false },
    participants: { ada: { jid: "ada", role: null, displayName: "Ada" } },
  });
  expect(Object.keys(rooms.standup.participants)).toEqual(["me", "alan", "emmy"]);
  expect(rooms.standup.participants.me).toMatchObject({ role: "moderator", displayName: "Me" });
  apply({ groups: [], ends: null, here: null, own: null });
  expect(heard("nanomeet-groups-changed").at(-1)).toMatchObject({ groups: [] });
  expect(Object.keys(Object(heard("breakout-rooms-updated").at(-1)).rooms)).toEqual(["standup"]);
});

test("the lists of rooms have all rooms", async () => {
  expect(Object.keys(Object(await ask("list-breakout-rooms")))).toEqual(["standup"]);
  open();
  expect(Object.keys(Object(await ask("list-breakout-rooms")))).toEqual(["standup", "red", "blue"]);
  const { rooms } = Object(await ask("rooms-info"));
  expect(rooms.map(({ id, isMainRoom }: Record<string, unknown>) => [id, isMainRoom])).toEqual([
    ["standup", true],
    ["red", false],
    ["blue", false],
  ]);
  expect(rooms[1].participants).toEqual([
    { id: "ada", jid: "ada", displayName: "Ada", role: null, avatarUrl: null },
  ]);
});

test("from a group, the main room has its own name, and those in the group are the page's own", async () => {
  open({ here: "red", own: "red" });
  const state = { lobby: false, locked: false, closed: false, main: null };
  meeting.room.apply({ type: "room_changed", state: { subject: "Red", ...state } });
  const rooms = Object(await ask("list-breakout-rooms"));
  expect(rooms.standup).toMatchObject({ name: "standup", participants: {} });
  expect(Object.keys(rooms.red.participants)).toEqual(["me", "alan", "emmy"]);
});

test("a group is told with the list of the groups, which comes after the welcome to it", async () => {
  told.length = 0;
  batch(() => meeting.room.groups.go({ group: "red", name: "Red" }));
  expect(heard("nanomeet-groups-changed")).toEqual([]);
  const rooms = Object(await ask("list-breakout-rooms"));
  expect(Object.keys(rooms)).toEqual(["standup", "red"]);
  expect(rooms.red).toMatchObject({ name: "Red", isMainRoom: false });
  expect(Object.keys(rooms.red.participants)).toEqual(["me", "alan", "emmy"]);
  open({ here: "red", own: "red" });
  expect(heard("nanomeet-groups-changed")).toEqual([
    { groups: [RED, BLUE], ends: null, here: "red", own: "red" },
  ]);
  expect(Object.keys(Object(await ask("list-breakout-rooms")))).toEqual(["standup", "red", "blue"]);
});

test("a message to all groups is told", () => {
  meeting.tells({ type: "group_note", name: "Grace", text: "Hi" });
  expect(heard("nanomeet-group-note")).toEqual([{ name: "Grace", text: "Hi" }]);
});

test("who goes to a group does not leave the meeting, and joins with breakoutRoom", () => {
  const words = { id: 1, sender: "alan", name: "Alan", text: "Hi", at: 0, to: null, to_name: null };
  meeting.chat.fill([{ type: "chat_message", ...words }]);
  told.length = 0;
  batch(() => {
    meeting.status.value = "joining";
    meeting.room.clear();
    meeting.chat.clear();
    meeting.room.groups.go({ group: "red", name: "Red" });
  });
  expect(heard("nanomeet-chat")).toEqual([{ whole: true, messages: [] }]);
  expect(heard("nanomeet-connection")).toEqual([{ state: "moving" }]);
  batch(() => {
    meeting.room.own.value = person({ id: "me" });
    meeting.room.others.value = [person({ id: "ada", name: "Ada" })];
    meeting.status.value = "joined";
    meeting.room.groups.moving.value = null;
  });
  expect(heard("video-conference-left")).toEqual([]);
  expect(heard("participant-left")).toEqual([]);
  const joined = { roomName: "red", id: "me", breakoutRoom: true };
  expect(heard("video-conference-joined")).toEqual([expect.objectContaining(joined)]);
  expect(heard("participant-joined")).toEqual([expect.objectContaining({ id: "ada" })]);
  expect(heard("avatar-changed")).toEqual([]);
  // It ends on the way back.
  batch(() => {
    meeting.status.value = "joining";
    meeting.room.clear();
    meeting.room.groups.go({ group: null, name: "" });
  });
  batch(() => {
    meeting.room.groups.clear();
    meeting.ending.value = { kind: "server_unreachable", message: "Gone.", retry: true };
    meeting.status.value = "failed";
  });
  expect(heard("video-conference-left")).toEqual([{ roomName: "red" }]);
  expect(heard("error-occurred")).toHaveLength(1);
});

test("a way that ends in the lobby is no longer a place in the meeting", () => {
  batch(() => {
    meeting.status.value = "joining";
    meeting.room.clear();
    meeting.room.groups.go({ group: null, name: "" });
  });
  told.length = 0;
  batch(() => {
    meeting.room.groups.moving.value = null;
    meeting.status.value = "waiting";
  });
  expect(told.map(([name]) => name).slice(0, 3)).toEqual([
    "nanomeet-connection",
    "video-conference-left",
    "nanomeet-waiting",
  ]);
  expect(heard("nanomeet-connection")).toEqual([{ state: "reconnecting" }]);
});
