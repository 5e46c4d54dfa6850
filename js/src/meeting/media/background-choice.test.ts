// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { backdropOf, choiceOf } from "./background-choice";
import { drawing, SCENES } from "./background-scenes";

test.each([
  [null, null, "none"],
  ["none", null, "none"],
  ["blur", null, "blur"],
  ["slight-blur", null, "slight-blur"],
  ["hills", null, "hills"],
  ["own", "data:image/jpeg;base64,AA", "own"],
  // The room stays hidden even if the image is gone.
  ["own", null, "blur"],
  ["constructor", null, "none"],
] as const)("remembered as %s with the picture %s, it is %s", (known, own, choice) => {
  expect(choiceOf(known, own)).toBe(choice);
});

test("the engine API's blurs have strengths", async () => {
  expect(await backdropOf("slight-blur", null)).toEqual({ kind: "blur", strength: "slight" });
  expect(await backdropOf("blur", null)).toEqual({ kind: "blur", strength: "strong" });
});

test.each(SCENES)("the drawing %s is a self-contained SVG of a camera's size", (name) => {
  const svg = decodeURIComponent(drawing(name).replace(/^data:image\/svg\+xml,/, ""));
  const { documentElement } = new DOMParser().parseFromString(svg, "image/svg+xml");
  expect(documentElement.getAttribute("width")).toBe("1280");
  expect(documentElement.getAttribute("height")).toBe("720");
  expect(svg.match(/https?:/g)).toEqual(["http:"]);
  expect(svg.length).toBeLessThan(8_000);
});
