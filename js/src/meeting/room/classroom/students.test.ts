import { expect, test } from "vitest";
import { person } from "../../testing/fake-room";
import { among, classOf } from "./students";

test("each person is listed once: by their personal link, in the room, or in a group", () => {
  const roster = [
    { id: "s1", name: "Ada Lovelace", moderator: false, here: ["p1", "p2"] },
    { id: "s2", name: "Bo", moderator: false, here: [] },
    { id: "s3", name: "Cem", moderator: false, here: ["p5"] },
  ];
  const here = [person({ id: "me", moderator: true }), person({ id: "p1" }), person({ id: "p2" })];
  const groups = [
    {
      ...{ id: "g", name: "Red" },
      people: [
        { id: "p5", name: "Cem", here: true },
        { id: "p6", name: "Guest", here: true },
      ],
    },
  ];
  const found = classOf(roster, here, groups);
  expect(found.map(({ name, here: ids }) => [name, ...ids])).toEqual([
    ["Ada Lovelace", "p1", "p2"],
    ["Bo"],
    ["Cem", "p5"],
    ["Guest", "p6"],
    ["me", "me"],
  ]);
  expect(found.filter((one) => among(one, ["p2", "p6"])).map(({ name }) => name)).toEqual([
    "Ada Lovelace",
    "Guest",
  ]);
});
