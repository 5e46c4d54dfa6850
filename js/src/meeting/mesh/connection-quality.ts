/** Grades the connection to one participant. Pure: takes two samples, returns a grade. */

import type { Verdict } from "./hysteresis";
import type { Sample } from "./stats";

export type Grade = "good" | "fair" | "poor";

export interface ConnectionQuality {
  grade: Grade;
  /** Round-trip time in seconds. */
  roundTrip: number | null;
  /** The share of lost packets, from 0 to 1, in the worse direction. */
  loss: number;
  /** Seconds. */
  jitter: number | null;
  /** Bits per second. */
  available: number | null;
}

/** At this loss, the network cannot spare any packet that is not voice. */
const HEAVY_LOSS = 0.2;
/** With fewer packets than this, a share says nothing. */
const ENOUGH_PACKETS = 20;

type Figures = Omit<ConnectionQuality, "grade">;

/**
 * The upper bounds of each grade. A delay of 150 ms is hardly noticed, and 400 ms is the most that
 * is acceptable (ITU-T G.114); Opus conceals a few lost packets in a hundred.
 */
const BOUNDS: readonly { grade: Grade; roundTrip: number; loss: number; jitter: number }[] = [
  { grade: "good", roundTrip: 0.3, loss: 0.03, jitter: 0.05 },
  { grade: "fair", roundTrip: 0.8, loss: 0.1, jitter: 0.15 },
];

/** Ignores the browser's bandwidth estimate, which is low whenever little is sent. */
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

/** Whether the network carries what is sent. */
export function lineVerdict({ grade, loss }: ConnectionQuality): Verdict {
  return loss > HEAVY_LOSS ? "far_too_much" : VERDICTS[grade];
}
