/** Keeps a buffered stream close to the live edge. Pure; seconds. */

/** The target buffer: with less than this, audio stalls now and then. */
const TARGET = 0.2;
/** Beyond this distance from the target the rate changes. */
const NEAR = 0.13;
const FAR = 0.35;
const SLOWER = 0.96;
const FASTER = 1.06;
/** Beyond this, catching up would take too long. */
const LOST = 1.5;

export interface Steering {
  jumpTo: number | null;
  rate: number;
}

export function liveEdge(
  now: number,
  { start, end }: { start: number; end: number },
  following: boolean,
): Steering {
  const ahead = end - now;
  // The stream did not begin at zero, or the position is no longer buffered.
  if (now < start) return { jumpTo: following ? Math.max(start, end - TARGET) : start, rate: 1 };
  if (!following) return { jumpTo: null, rate: 1 };
  if (ahead > LOST || ahead < 0) return { jumpTo: Math.max(start, end - TARGET), rate: 1 };
  if (ahead > FAR) return { jumpTo: null, rate: FASTER };
  return { jumpTo: null, rate: ahead < NEAR ? SLOWER : 1 };
}

liveEdge.TARGET = TARGET;
