import { expect, test } from "vitest";
import { person } from "../testing/fake-room";
import { sections } from "./people";

const ada = person({ id: "Ada" });
const grace = person({ id: "Grace", hand: 2 });
const alan = person({ id: "Alan", stage: false });
const emmy = person({ id: "Émmy", stage: false, hand: 1 });
const everyone = [ada, grace, alan, emmy];

const names = (wanted: string): string[][] => {
  const { hands, stage, audience } = sections(everyone, [emmy, grace], wanted);
  return [hands, stage, audience].map((people) => people.map(({ name }) => name));
};

test("lists everyone once: hands in order, then the stage, then the audience", () => {
  expect(names("")).toEqual([["Émmy", "Grace"], ["Ada"], ["Alan"]]);
});

test("finds a participant by part of the name, ignoring case", () => {
  expect(names(" éM")).toEqual([["Émmy"], [], []]);
  expect(names("zz")).toEqual([[], [], []]);
});
