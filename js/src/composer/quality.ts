/**
 * Adapts the quality. Frames are skipped before they would queue; if that happens repeatedly, or
 * media arrives late, first the bitrate and then the frame rate go down, and later up again step by
 * step.
 */

/** The bottleneck: the machine's encoder, or the network to the server. */
export type Cause = "encoder" | "line";

/** The figures of one second. */
export interface Second {
  /** Frames sent, and frames skipped by cause. */
  sent: number;
  skipped: Readonly<Record<Cause, number>>;
  /** Milliseconds that frames spent in the encoder, and by which media arrived late. */
  late: Readonly<Record<Cause, number>>;
}

const CAUSES = ["line", "encoder"] as const;

export interface Quality {
  /** Fractions of the full rates. */
  bitrate: number;
  framerate: number;
}

const LADDER: readonly [Quality, ...Quality[]] = [
  { bitrate: 1, framerate: 1 },
  { bitrate: 0.65, framerate: 1 },
  { bitrate: 0.45, framerate: 0.5 },
  { bitrate: 0.25, framerate: 0.5 },
];

/** A second is bad if more than this fraction of the frames was skipped... */
const BAD = 0.2;
/** ...or if they took this many milliseconds. */
const LATE = 300;
/** Good seconds before trying the next higher step; doubled after each failed attempt. */
const RAISE_AFTER = 6;
const MAX_RAISE_AFTER = 96;

export class QualityLadder {
  #step = 0;
  #good = 0;
  #bad = 0;
  #raiseAfter = RAISE_AFTER;
  #raised = false;

  get quality(): Quality {
    return LADDER[this.#step] ?? LADDER[0];
  }

  /** Adds one second's figures; returns whether the quality changed. */
  second(second: Second): boolean {
    if (CAUSES.some((cause) => suffers(second, cause, BAD, LATE))) {
      this.#good = 0;
      this.#bad += 1;
      if (this.#bad < 2 || this.#step === LADDER.length - 1) return false;
      if (this.#raised) this.#raiseAfter = Math.min(MAX_RAISE_AFTER, this.#raiseAfter * 2);
      this.#raised = false;
      this.#bad = 0;
      this.#step += 1;
      return true;
    }
    this.#bad = 0;
    this.#good += 1;
    if (this.#good < this.#raiseAfter || this.#step === 0) return false;
    this.#good = 0;
    this.#raised = true;
    this.#step -= 1;
    return true;
  }
}

function suffers({ sent, skipped, late }: Second, cause: Cause, part: number, ms: number): boolean {
  const composed = sent + skipped.encoder + skipped.line;
  return skipped[cause] > part * composed || late[cause] > ms;
}

/** What viewers notice: this fraction skipped, or a delay by this many milliseconds... */
const FEW = 0.5;
const BEHIND = 600;
/** ...for this many seconds in a row. It ends after as many good ones. */
const STAYS = 5;

/**
 * Detects when the encoder or the network falls behind even at reduced quality, so that the page
 * can say so.
 */
export class OverloadDetector {
  readonly #bad: Record<Cause, number> = { encoder: 0, line: 0 };
  #good = 0;
  #behind: Cause | null = null;

  /** The bottleneck, if any. */
  get behind(): Cause | null {
    return this.#behind;
  }

  /** Adds one second's figures; returns whether the bottleneck changed. */
  second(second: Second): boolean {
    const before = this.#behind;
    for (const cause of CAUSES) {
      this.#bad[cause] = suffers(second, cause, FEW, BEHIND) ? this.#bad[cause] + 1 : 0;
    }
    const suffering = CAUSES.filter((cause) => this.#bad[cause] > 0);
    this.#good = suffering.length > 0 ? 0 : this.#good + 1;
    if (this.#good >= STAYS) this.#behind = null;
    this.#behind = suffering.find((cause) => this.#bad[cause] >= STAYS) ?? this.#behind;
    return this.#behind !== before;
  }
}
