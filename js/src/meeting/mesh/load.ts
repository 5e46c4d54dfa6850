/** Whether this machine keeps up with encoding and decoding video. Pure. */

import type { Verdict } from "./hysteresis";
import type { Sample } from "./stats";

/** Two samples of one connection, and the frame rate intended for its camera. */
export interface SamplePair {
  before: Sample;
  now: Sample;
  aim: number;
}

/** Seconds of encoding per second, at which one core is almost fully used, or has time to spare. */
const FULL = 0.8;
const EASY = 0.4;
/** Shares of the frames that should have been encoded. */
const BEHIND = 0.7;
const KEEPING_UP = 0.9;
/** The share of received frames that may be dropped because rendering is slow. */
const DROPPED = 0.2;
const FEW_DROPPED = 0.05;
/** With fewer frames than this, a share says nothing. */
const ENOUGH_FRAMES = 10;

/** Whether local video is encoded in time. */
export function sendingVerdict(pairs: readonly SamplePair[]): Verdict {
  const load = sum(pairs.map(encodingShare));
  const progress = Math.min(1, ...pairs.map(progressOf));
  const limited = pairs.some(({ now }) => now.cpuLimited);
  if (limited || load > FULL || progress < BEHIND) return "too_much";
  return load < EASY && progress > KEEPING_UP ? "to_spare" : "enough";
}

/** Whether the others' video is rendered in time. */
export function showingVerdict(pairs: readonly SamplePair[]): Verdict {
  const dropped = sum(pairs.map(({ before, now }) => now.dropped - before.dropped));
  const decoded = sum(pairs.map(({ before, now }) => now.decoded - before.decoded));
  const share = dropped + decoded >= ENOUGH_FRAMES ? dropped / (dropped + decoded) : 0;
  if (share > DROPPED) return "too_much";
  return share < FEW_DROPPED ? "to_spare" : "enough";
}

function encodingShare({ before, now }: SamplePair): number {
  return Math.max(0, now.encoding - before.encoding) / seconds({ before, now });
}

/**
 * Encoded frames as a share of the possible ones: a camera in the dark delivers fewer by itself.
 */
function progressOf({ before, now, aim }: SamplePair): number {
  if (!before.camera || !now.camera?.source || aim === 0) return 1;
  const encoded = (now.camera.encoded - before.camera.encoded) / seconds({ before, now });
  return encoded / Math.min(aim, now.camera.source);
}

function seconds({ before, now }: Pick<SamplePair, "before" | "now">): number {
  return Math.max(0.1, (now.at - before.at) / 1000);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
