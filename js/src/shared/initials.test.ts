import { describe, expect, it } from "vitest";
import { hue, initials } from "./initials";

describe("initials", () => {
  it.each([
    ["Ada Lovelace", "AL"],
    ["grace", "G"],
    ["Jean-Luc van der Berg", "JB"],
    ["  ", "?"],
    ["𝒜da", "𝒜"],
    ["  irmak  ", "I"],
  ])("of %j are %j", (name, letters) => {
    expect(initials(name)).toBe(letters);
  });
});

it("a name always gets the same colour, within the colour circle", () => {
  for (const name of ["", "Ada", "Grace Hopper", "𝒜da"]) {
    expect(hue(name)).toBe(hue(name));
    expect(hue(name)).toBeGreaterThanOrEqual(0);
    expect(hue(name)).toBeLessThan(360);
  }
});
