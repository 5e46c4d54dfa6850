/**
 * How much to send. Pictures are skipped before they would queue; where that happens again and
 * again, or what is sent comes late, the bit rate and then the frame rate go down, and up again step by
 * step when it is over.
 */

/** What cannot be kept up with: the machine's encoder, or the line to the server. */
export type Cause = "encoder" | "line";

/** How one second went. */
export interface Second {
  /** Pictures that were sent, and that were left out, and why. */
  sent: number;
  skipped: Readonly<Record<Cause, number>>;
  /** Milliseconds that pictures were in the encoder, and by which what is sent arrives too late. */
  late: Readonly<Record<Cause, number>>;
}

const CAUSES = ["line", "encoder"] as const;

export interface Quality {
  /** Parts of the full rates. */
  bitrate: number;
  framerate: number;
}

const LADDER: readonly [Quality, ...Quality[]] = [
  { bitrate: 1, framerate: 1 },
  { bitrate: 0.65, framerate: 1 },
  { bitrate: 0.45, framerate: 0.5 },
  { bitrate: 0.25, framerate: 0.5 },
];

/** A second in which more than this part of the pictures was skipped is a bad one... */
const BAD = 0.2;
/** ...and one in which they took so many milliseconds. */
const LATE = 300;
/** Good seconds before the next higher step is tried; doubled each time that was too much. */
const PATIENCE = 6;
const MAX_PATIENCE = 96;

export class QualityLadder {
  #step = 0;
  #good = 0;
  #bad = 0;
  #patience = PATIENCE;
  #climbed = false;

  get quality(): Quality {
    return LADDER[this.#step] ?? LADDER[0];
  }

  /** Takes one second's count; returns whether the quality changed. */
  second(second: Second): boolean {
    if (CAUSES.some((cause) => suffers(second, cause, BAD, LATE))) {
      this.#good = 0;
      this.#bad += 1;
      if (this.#bad < 2 || this.#step === LADDER.length - 1) return false;
      if (this.#climbed) this.#patience = Math.min(MAX_PATIENCE, this.#patience * 2);
      this.#climbed = false;
      this.#bad = 0;
      this.#step += 1;
      return true;
    }
    this.#bad = 0;
    this.#good += 1;
    if (this.#good < this.#patience || this.#step === 0) return false;
    this.#good = 0;
    this.#climbed = true;
    this.#step -= 1;
    return true;
  }
}

function suffers({ sent, skipped, late }: Second, cause: Cause, part: number, ms: number): boolean {
  const composed = sent + skipped.encoder + skipped.line;
  return skipped[cause] > part * composed || late[cause] > ms;
}

/** What viewers notice: so much is left out, or comes so many milliseconds late... */
const FEW = 0.5;
const BEHIND = 600;
/** ...for so many seconds together. It is over after as many good ones. */
const STAYS = 5;

/** Whether encoder or line stay behind though less is sent: then people have to be told. */
export class Stamina {
  readonly #bad: Record<Cause, number> = { encoder: 0, line: 0 };
  #good = 0;
  #behind: Cause | null = null;

  /** What stays behind. */
  get behind(): Cause | null {
    return this.#behind;
  }

  /** Takes one second's count; returns whether something else stays behind than before. */
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
