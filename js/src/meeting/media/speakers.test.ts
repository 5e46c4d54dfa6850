import { expect, test } from "vitest";
import { SpeakerDetector } from "./speakers";

const levels = (ada: number, grace: number) =>
  new Map([
    ["ada", ada],
    ["grace", grace],
  ]);

test("a loud participant is speaking, and a pause between words does not end that", () => {
  const detector = new SpeakerDetector();
  expect([...detector.update(levels(0.3, 0.001), 0).speaking]).toEqual(["ada"]);
  expect([...detector.update(levels(0, 0), 500).speaking]).toEqual(["ada"]);
  expect([...detector.update(levels(0, 0), 1_000).speaking]).toEqual([]);
});

test("the dominant speaker changes with sustained speech, not with a cough", () => {
  const detector = new SpeakerDetector();
  detector.update(levels(0.3, 0), 0);
  expect(detector.update(levels(0, 0.3), 1_000).dominant).toBe("ada");
  expect(detector.update(levels(0, 0.3), 1_500).dominant).toBe("ada");
  expect(detector.update(levels(0, 0.3), 2_000).dominant).toBe("grace");
});

test("a participant who left is no longer the dominant speaker", () => {
  const detector = new SpeakerDetector();
  detector.update(levels(0.3, 0), 0);
  expect(detector.update(new Map([["grace", 0]]), 100).dominant).toBeNull();
});
