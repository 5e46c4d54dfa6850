import { beforeEach, expect, test } from "vitest";
import { person } from "../../testing/fake-room";
import { GroupsPlan, minutesOf, shuffled } from "./plan";

let plan: GroupsPlan;
const ADA = person({ id: "ada" });
const ALAN = person({ id: "alan" });
const EMMY = person({ id: "emmy" });

beforeEach(() => {
  plan = new GroupsPlan();
});

test("chance spreads people as evenly as it goes", () => {
  plan.resize(3);
  const ids = Array.from({ length: 8 }, (_, at) => `p${at}`);
  plan.shuffle(ids);
  const groups = plan.groups(ids.map((id) => person({ id }))).map(({ people }) => people ?? []);
  expect(groups.map(({ length }) => length)).toEqual([3, 3, 2]);
  expect(groups.flat().sort()).toEqual(ids);
});

test("a shuffle depends on chance alone, and loses no one", () => {
  expect(shuffled(["a", "b", "c"], () => 0)).toEqual(["b", "c", "a"]);
  expect(shuffled(["a", "b", "c"], () => 0.999)).toEqual(["a", "b", "c"]);
});

test("a person who has left meanwhile is not sent anywhere", () => {
  plan.assign("ada", 0);
  plan.assign("alan", 1);
  plan.assign("emmy", 1);
  expect(plan.groups([ADA, EMMY]).map(({ people }) => people)).toEqual([["ada"], ["emmy"]]);
});

test("with fewer groups, those of the groups that are gone belong to none", () => {
  plan.resize(3);
  plan.assign("ada", 0);
  plan.assign("alan", 2);
  plan.resize(2);
  expect(plan.groups([ADA, ALAN]).map(({ people }) => people)).toEqual([["ada"], []]);
  plan.resize(0);
  expect(plan.names.value).toHaveLength(1);
  plan.resize(1000);
  expect(plan.names.value).toHaveLength(50);
});

test("a group without a name has its usual one", () => {
  plan.rename(0, "Tutors");
  plan.rename(1, "  ");
  expect(plan.groups([]).map(({ name }) => name)).toEqual(["Tutors", "Group 2"]);
});

test.each([
  ["", null],
  [" ", null],
  ["10", 10],
  ["1,5", 1.5],
  ["0", undefined],
  ["-3", undefined],
  ["soon", undefined],
  ["1441", undefined],
])("%j minutes are %s", (typed, minutes) => {
  expect(minutesOf(typed)).toBe(minutes);
});
