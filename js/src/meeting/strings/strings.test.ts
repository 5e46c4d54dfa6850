import { afterEach, expect, test } from "vitest";
import { speak, t } from ".";

afterEach(() => {
  speak(["en"]);
});

test.each([
  [["de-AT", "en"], "de"],
  [[undefined, 7, "fr", "de"], "de"],
  [["DE_ch"], "de"],
  [["constructor", "fr"], "en"],
  [[], "en"],
])("for %j the page uses %s", (wanted, language) => {
  expect(speak(wanted)).toBe(language);
});

test("each language has its own plural rules", () => {
  expect(t.header.people(1)).toBe("1 person");
  expect(t.header.people(1200)).toBe("1,200 people");
  speak(["de"]);
  expect(t.header.people(1)).toBe("1 Person");
  expect(t.header.people(1200)).toBe("1.200 Personen");
});
