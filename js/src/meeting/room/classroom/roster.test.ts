import { expect, test } from "vitest";
import type { Rostered } from "../../../shared/protocol";
import { RosterStore, usedTwice } from "./roster";

const person = (id: string, ...here: string[]): Rostered => ({
  ...{ id, name: id.toUpperCase(), moderator: false, here },
});

test("a link that is used in several browsers is known by each of them", () => {
  const roster = new RosterStore();
  roster.apply({ type: "roster_changed", people: [person("a", "p1", "p2"), person("b", "p3")] });
  expect(["p1", "p2", "p3", "p4"].map((id) => roster.browsersOf(id))).toEqual([2, 2, 1, 0]);
  roster.apply({ type: "roster_here", id: "a", here: ["p2"] });
  expect(roster.browsersOf("p2")).toBe(1);
  roster.clear();
  expect(roster.people.value).toEqual([]);
});

test("news is only a link that is used in more browsers than before", () => {
  const names = (before: Rostered[], now: Rostered[]): string[] =>
    usedTwice(before, now).map(({ name }) => name);
  expect(names([], [person("a", "p1")])).toEqual([]);
  expect(names([person("a", "p1")], [person("a", "p1", "p2")])).toEqual(["A"]);
  expect(names([person("a", "p1", "p2")], [person("a", "p1", "p2")])).toEqual([]);
  expect(names([person("a", "p1", "p2")], [person("a", "p1", "p2", "p3")])).toEqual(["A"]);
  expect(names([person("a", "p1", "p2", "p3")], [person("a", "p1", "p2")])).toEqual([]);
  // As a moderator comes, they learn of what is.
  expect(names([], [person("a", "p1", "p2")])).toEqual(["A"]);
});
