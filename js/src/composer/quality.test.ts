import { describe, expect, it } from "vitest";
import { type Cause, OverloadDetector, QualityLadder, type Second } from "./quality";

function second(changes: { skipped?: number; late?: number; cause?: Cause } = {}): Second {
  const { skipped = 0, late = 0, cause = "encoder" } = changes;
  const none = { encoder: 0, line: 0 };
  return {
    sent: 30 - skipped,
    skipped: { ...none, [cause]: skipped },
    late: { ...none, [cause]: late },
  };
}

function seconds(ladder: QualityLadder, count: number, skipped: number): void {
  for (let i = 0; i < count; i += 1) ladder.second(second({ skipped }));
}

describe("QualityLadder", () => {
  it("stays at the top while frames get through", () => {
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

  it("lowers the bitrate before the frame rate", () => {
    const ladder = new QualityLadder();
    seconds(ladder, 2, 20);
    expect(ladder.quality).toEqual({ bitrate: 0.65, framerate: 1 });
    seconds(ladder, 2, 20);
    expect(ladder.quality.framerate).toBe(0.5);
  });

  it("recovers afterwards, and more slowly after each premature attempt", () => {
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

  it.each<Cause>(["encoder", "line"])("steps down where the %s makes everything late", (cause) => {
    const ladder = new QualityLadder();
    for (let i = 0; i < 6; i += 1) ladder.second(second({ late: 1200, cause }));
    expect(ladder.quality).toEqual({ bitrate: 0.25, framerate: 0.5 });
  });
});

describe("OverloadDetector", () => {
  function left(detector: OverloadDetector, count: number, of: Second): string | null {
    for (let i = 0; i < count; i += 1) detector.second(of);
    return detector.behind;
  }

  it.each<Cause>(["encoder", "line"])(
    "reports that the %s falls behind, until it recovers",
    (cause) => {
      const detector = new OverloadDetector();
      expect(left(detector, 4, second({ late: 1200, cause }))).toBeNull();
      expect(left(detector, 1, second({ skipped: 20, cause }))).toBe(cause);
      expect(left(detector, 4, second())).toBe(cause);
      expect(left(detector, 1, second())).toBeNull();
    },
  );

  it("ignores a short delay, and a hardly noticeable one", () => {
    const detector = new OverloadDetector();
    expect(left(detector, 4, second({ late: 1200 }))).toBeNull();
    expect(left(detector, 1, second())).toBeNull();
    expect(left(detector, 4, second({ late: 1200 }))).toBeNull();
    expect(left(detector, 9, second({ skipped: 9, late: 400 }))).toBeNull();
  });

  it("reports the remaining bottleneck when the other has recovered", () => {
    const detector = new OverloadDetector();
    expect(left(detector, 5, second({ late: 900, cause: "line" }))).toBe("line");
    expect(left(detector, 5, second({ late: 900, cause: "encoder" }))).toBe("encoder");
  });
});
