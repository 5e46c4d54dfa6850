import { expect, test } from "vitest";
import { encodingFor, qualityFor } from "./quality";

test("every newcomer makes a picture cost no more than before", () => {
  const costs = Array.from({ length: 12 }, (_, i) => qualityFor(i + 1, false).bitrate);
  expect(costs).toEqual([...costs].sort((a, b) => b - a));
  expect(qualityFor(2, false).height).toBe(720);
  expect(qualityFor(3, false).height).toBe(360);
  expect(qualityFor(8, false).height).toBe(180);
});

test("a picture is scaled down to the quality's lines and never up", () => {
  expect(encodingFor(qualityFor(4, false), 720).scaleResolutionDownBy).toBe(2);
  expect(encodingFor(qualityFor(2, false), 480).scaleResolutionDownBy).toBe(1);
  expect(encodingFor(qualityFor(2, false), undefined).scaleResolutionDownBy).toBe(1);
});

test("a shared screen keeps its lines, whatever the number of people", () => {
  expect(qualityFor(8, true).height).toBe(1080);
  expect(qualityFor(8, true).framerate).toBeLessThan(qualityFor(8, false).framerate);
});
