import { beforeEach, expect, test } from "vitest";
import type { Ending } from "../signalling";
import { Journey } from "./journey";

let journey: Journey;
const TO_GROUP = { group: "g1", name: "Group 1", token: "group's" };
const HOME = { group: null, name: "", token: "newer" };
const ending = (kind: Ending["kind"]): Ending => ({ kind, message: "", retry: false });

beforeEach(() => {
  journey = new Journey("own", "before the reload");
});

test("a page begins in the main room, with its own token", () => {
  expect(journey.ticket).toMatchObject({ group: null, token: "own", resume: "before the reload" });
});

test("each room gives back the place that was left there", () => {
  expect(journey.go(TO_GROUP, "main place")).toMatchObject({ token: "group's", resume: null });
  expect(journey.go(HOME, "group place")).toMatchObject({ token: "newer", resume: "main place" });
  expect(journey.go(TO_GROUP, "main place")).toMatchObject({ resume: "group place" });
});

test("a page that reloads in a group goes back to its place in the main room", () => {
  expect(journey.mainPlace("main place")).toBe("main place");
  journey.go(TO_GROUP, "main place");
  expect(journey.mainPlace("group place")).toBe("main place");
});

test.each([
  // A group's door, and what a group says to those inside.
  ["token_rejected", false, true],
  ["kicked", false, true],
  ["room_full", false, true],
  ["token_rejected", true, true],
  ["token_expired", true, true],
  // What ends the meeting for the person.
  ["kicked", true, false],
  ["ended", true, false],
  ["left", false, false],
  ["replaced", true, false],
  ["server_unreachable", false, false],
] as const)("%s in a group (inside: %s) leads back to the main room: %s", (kind, inside, back) => {
  journey.go(TO_GROUP, null);
  expect(journey.isOfGroup(ending(kind), inside)).toBe(back);
});

test("in the main room, every ending is an ending", () => {
  expect(journey.isOfGroup(ending("token_rejected"), false)).toBe(false);
  journey.go(TO_GROUP, null);
  journey.go(HOME, null);
  expect(journey.isOfGroup(ending("token_rejected"), false)).toBe(false);
});

test("a group that refuses again and again is given up, and counts from the start once it was entered", () => {
  const refuse = () => {
    journey.go(TO_GROUP, null);
    const way = journey.wayBack();
    if (way) journey.go(way, null);
    journey.arrived();
    return way?.token;
  };
  expect([refuse(), refuse(), refuse(), refuse()]).toEqual(["own", "own", "own", undefined]);
  journey.go(TO_GROUP, null);
  journey.arrived();
  expect(refuse()).toBe("own");
});
