import { afterEach, expect, test } from "vitest";
import { speak, t } from ".";

afterEach(() => {
  speak(["en"]);
});

test("the player uses its viewer's language, and English by default", () => {
  expect(speak([null, "de-CH", "en"])).toBe("de");
  expect(t.back.title).toBe("Gleich geht es weiter");
  expect(speak(["fr"])).toBe("en");
  expect(t.back.title).toBe("Be right back");
});
