import { describe, expect, it } from "vitest";
import { QualityLadder } from "./quality";

function seconds(ladder: QualityLadder, count: number, skipped: number): void {
  for (let i = 0; i < count; i += 1) ladder.second(30 - skipped, skipped);
}

describe("QualityLadder", () => {
  it("stays at the top while pictures get through", () => {
    const ladder = new QualityLadder();
    seconds(ladder, 60, 3);
    expect(ladder.quality).toEqual({ bitrate: 1, framerate: 1 });
  });

  it("forgives one bad second", () => {
    const ladder = new QualityLadder();
    seconds(ladder, 1, 20);
    seconds(ladder, 1, 0);
    seconds(ladder, 1, 20);
    expect(ladder.quality.bitrate).toBe(1);
  });

  it("lowers the bit rate before the frame rate", () => {
    const ladder = new QualityLadder();
    seconds(ladder, 2, 20);
    expect(ladder.quality).toEqual({ bitrate: 0.65, framerate: 1 });
    seconds(ladder, 2, 20);
    expect(ladder.quality.framerate).toBe(0.5);
  });

  it("climbs again when it is over, and more slowly after each time that was too early", () => {
    const ladder = new QualityLadder();
    seconds(ladder, 2, 20);
    seconds(ladder, 6, 0);
    expect(ladder.quality.bitrate).toBe(1);
    seconds(ladder, 2, 20);
    seconds(ladder, 6, 0);
    expect(ladder.quality.bitrate).toBe(0.65);
    seconds(ladder, 6, 0);
    expect(ladder.quality.bitrate).toBe(1);
  });
});
