import { expect, test } from "vitest";
import { person, welcome } from "../testing/fake-room";
import { NO_BROADCAST, RoomStore } from "./room";

const ids = (room: RoomStore): string[] => room.others.value.map(({ id }) => id);

test("a welcome fills the room, and a second one replaces it", () => {
  const room = new RoomStore();
  room.apply(welcome([person({ id: "a" }), person({ id: "b" })]));
  expect(room.people.value).toBe(3);
  room.apply(welcome([person({ id: "b" })]));
  expect(ids(room)).toEqual(["b"]);
});

test("readings are the last ones received, and none outside the room", () => {
  const room = new RoomStore();
  const reading = { id: "r1", reader: "a", of: "me", media: "video" } as const;
  room.apply({ ...welcome([person({ id: "a" })]), readings: [reading] });
  expect(room.readings.value).toEqual([reading]);
  room.apply({ type: "readings_changed", readings: [{ ...reading, id: "r2" }] });
  expect(room.readings.value.map(({ id }) => id)).toEqual(["r2"]);
  room.clear();
  expect(room.readings.value).toEqual([]);
});

test("participants join, change and leave", () => {
  const room = new RoomStore();
  room.apply(welcome([person({ id: "a" })]));
  room.apply({ type: "joined", participant: person({ id: "b" }) });
  room.apply({ type: "updated", participant: person({ id: "b", audio: false }) });
  expect(room.others.value.at(-1)).toMatchObject({ id: "b", audio: false });
  room.apply({ type: "left", id: "a", reason: "left", by: null });
  expect(ids(room)).toEqual(["b"]);
});

test("shared links are the last ones received, and none after another welcome", () => {
  const room = new RoomStore();
  room.apply(welcome([person({ id: "a" }), person({ id: "b" })]));
  const links = [{ id: "1234567890abcdef", people: 2, here: ["a", "b"] }];
  room.apply({ type: "links_changed", links });
  expect(room.links.value).toEqual(links);
  room.apply(welcome([person({ id: "a" })]));
  expect(room.links.value).toEqual([]);
});

test("a participant announced twice is listed once", () => {
  const room = new RoomStore();
  room.apply(welcome([person({ id: "a" })]));
  room.apply({ type: "joined", participant: person({ id: "a", name: "Ada" }) });
  expect(room.others.value).toMatchObject([{ id: "a", name: "Ada" }]);
});

test("an update of oneself changes the own role", () => {
  const room = new RoomStore();
  room.apply(welcome([]));
  room.apply({ type: "updated", participant: person({ id: "me", moderator: false }) });
  expect(room.moderator.value).toBe(false);
  expect(ids(room)).toEqual([]);
});

test("a knock stays until it is answered", () => {
  const room = new RoomStore();
  room.apply(welcome([]));
  room.apply({ type: "knock", id: "k", name: "Kurt" });
  expect(room.knocking.value).toHaveLength(1);
  room.apply({ type: "knock_ended", id: "k" });
  expect(room.knocking.value).toEqual([]);
});

test("the broadcast's start is converted to this page's clock, even if that is wrong", () => {
  const room = new RoomStore();
  const now = Date.now() / 1000;
  const live = { ...NO_BROADCAST, state: "live" as const, since: now + 10_740 };
  // The server's clock is three hours ahead, and the broadcast started a minute ago.
  room.apply({ ...welcome([]), now: now + 10_800, broadcast: live });
  expect(room.broadcast.value.since).toBeCloseTo(now - 60, 0);
  room.apply({ type: "broadcast_changed", broadcast: { ...live, since: now + 10_800 } });
  expect(room.broadcast.value.since).toBeCloseTo(now, 0);
});
