import { expect, test } from "vitest";
import type { Participant } from "../../shared/protocol";
import { sections } from "./people";

const person = (name: string, more: Partial<Participant> = {}): Participant => ({
  id: name,
  name,
  moderator: false,
  audio: true,
  video: true,
  screen: false,
  stage: true,
  hand: null,
  ...more,
});

const ada = person("Ada");
const grace = person("Grace", { hand: 2 });
const alan = person("Alan", { stage: false });
const emmy = person("Émmy", { stage: false, hand: 1 });
const everybody = [ada, grace, alan, emmy];

const names = (wanted: string): string[][] => {
  const { hands, stage, audience } = sections(everybody, [emmy, grace], wanted);
  return [hands, stage, audience].map((people) => people.map(({ name }) => name));
};

test("each is there once: hands in their order, then the stage, then the audience", () => {
  expect(names("")).toEqual([["Émmy", "Grace"], ["Ada"], ["Alan"]]);
});

test("somebody is found by a part of the name, however it is written", () => {
  expect(names(" éM")).toEqual([["Émmy"], [], []]);
  expect(names("zz")).toEqual([[], [], []]);
});
