/** How good the connection to one other participant is. Pure: two counts in, a verdict out. */

import type { Verdict } from "./hysteresis";
import type { Sample } from "./stats";

export type Grade = "good" | "fair" | "poor";

export interface ConnectionQuality {
  grade: Grade;
  /** Seconds there and back. */
  roundTrip: number | null;
  /** The share of packets that get lost, from 0 to 1: of either direction, the worse. */
  loss: number;
  /** Seconds. */
  jitter: number | null;
  /** Bits a second. */
  available: number | null;
}

/** Where this share gets lost, every packet that is no voice is one too many. */
const HEAVY_LOSS = 0.2;
/** Fewer packets than this say nothing about a share. */
const ENOUGH_PACKETS = 20;

type Figures = Omit<ConnectionQuality, "grade">;

/**
 * What a connection is at most for a grade. A delay there of 150 ms is hardly noticed and one of
 * 400 ms the most that is acceptable (ITU-T G.114); Opus conceals a few lost packets in a hundred.
 */
const BOUNDS: readonly { grade: Grade; roundTrip: number; loss: number; jitter: number }[] = [
  { grade: "good", roundTrip: 0.3, loss: 0.03, jitter: 0.05 },
  { grade: "fair", roundTrip: 0.8, loss: 0.1, jitter: 0.15 },
];

/** What the browser believes it may send is no part of it: it believes little where little is sent. */
export function gradeOf({ roundTrip, loss, jitter }: Figures): Grade {
  const within = BOUNDS.find(
    (bound) =>
      (roundTrip ?? 0) <= bound.roundTrip && loss <= bound.loss && (jitter ?? 0) <= bound.jitter,
  );
  return within?.grade ?? "poor";
}

export function qualityBetween(before: Sample, now: Sample): ConnectionQuality {
  const lost = Math.max(0, now.lost - before.lost);
  const packets = lost + Math.max(0, now.received - before.received);
  const here = packets >= ENOUGH_PACKETS ? lost / packets : 0;
  const figures: Figures = {
    roundTrip: now.roundTrip,
    loss: Math.max(here, now.missed ?? 0),
    jitter: now.jitter,
    available: now.available,
  };
  return { grade: gradeOf(figures), ...figures };
}

const VERDICTS = { good: "to_spare", fair: "enough", poor: "too_much" } as const;

/** Whether the line carries what is sent. */
export function lineVerdict({ grade, loss }: ConnectionQuality): Verdict {
  return loss > HEAVY_LOSS ? "far_too_much" : VERDICTS[grade];
}
