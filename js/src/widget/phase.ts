/** The phases of a widget's meeting on this page, and the legal transitions. */
import type { Card } from "./cards";

export type PhaseName =
  /** No cell has shown the widget yet. */
  | "new"
  /** Requested a token from the kernel. */
  | "asking"
  /** A token is here: what it opens is being found out, or no cell shows the widget. */
  | "entering"
  /** The meeting is under way, and a cell shows it. */
  | "meeting"
  /** The meeting is under way, and no cell shows it: it is left soon. */
  | "hidden"
  /** The meeting is under way, and its kernel has gone: it is left soon. */
  | "orphaned"
  | "leaving"
  /** The model has gone. */
  | "closed"
  /** Another cell shows the meeting: this one waits for it. */
  | "occupied"
  /** Another cell took the meeting over. */
  | "taken"
  /** The meeting was left because no cell showed it: the next view joins again. */
  | "unwatched"
  /** Whatever else a card says. */
  | Card["kind"];

export interface Phase {
  readonly name: PhaseName;
  /** What the cell shows in place of the meeting. */
  readonly card: Card | null;
  /** While the meeting is being left: what comes after. */
  readonly next?: Phase;
}

export const bare = (name: PhaseName): Phase => ({ name, card: null });
export const showing = (card: Card, name: PhaseName = card.kind): Phase => ({ name, card });
export const leavingFor = (next: Phase): Phase => ({ name: "leaving", card: null, next });

export const ENDED = showing({ kind: "ended" });
export const UNWATCHED = showing({ kind: "left" }, "unwatched");
export const OCCUPIED = showing({ kind: "elsewhere", place: "cell" }, "occupied");
export const TAKEN = showing({ kind: "elsewhere", place: "cell" }, "taken");

/** What the kernel's word, or its silence, leads to where no meeting is under way. */
const TOLD = ["entering", "shared", "no_token", "ask", "elsewhere", "left", "silent"] as const;
/** What a token leads to. */
const OPENED = ["meeting", "occupied", "early", "unseen", "browser", "failed"] as const;
/** What ends a meeting, or takes it from here. */
const ENDS = [
  "leaving",
  "taken",
  "left",
  "failed",
  "early",
  "entering",
  "no_token",
  "ask",
] as const;

/** Every phase may become `closed` besides, which is the last one. */
export const PHASE_STEPS: Readonly<Record<PhaseName, readonly PhaseName[]>> = {
  new: ["asking"],
  asking: TOLD,
  silent: TOLD,
  shared: [...TOLD, "asking"],
  no_token: TOLD,
  ask: TOLD,
  browser: TOLD,
  entering: [...TOLD, ...OPENED],
  early: [...TOLD, ...OPENED],
  unseen: [...TOLD, ...OPENED],
  occupied: [...TOLD, ...OPENED],
  taken: [...TOLD, ...OPENED],
  elsewhere: [...TOLD, "asking"],
  left: [...TOLD, "asking"],
  unwatched: [...TOLD, "asking"],
  failed: [...TOLD, "asking"],
  meeting: [...ENDS, "hidden", "orphaned"],
  hidden: [...ENDS, "meeting", "orphaned"],
  // A view that goes shortens the wait.
  orphaned: [...ENDS, "orphaned", "ended"],
  leaving: [...ENDS, "elsewhere", "unwatched", "ended"],
  // A kernel's last messages may come after it has gone.
  ended: TOLD,
  closed: [],
};

export class PhaseMachine {
  #now = bare("new");
  #stop: (() => void) | undefined;

  get now(): Phase {
    return this.#now;
  }

  /** Whether it is one of these. */
  is(...names: readonly PhaseName[]): boolean {
    return names.includes(this.#now.name);
  }

  /**
   * Moves to `next`. What `begin` begins lasts as long as that phase does: it returns what stops it.
   * Throws where the table has no such step, which is a mistake of the caller.
   */
  step(next: Phase, begin?: () => () => void): void {
    const { name } = this.#now;
    if (name === "closed" || !["closed", ...PHASE_STEPS[name]].includes(next.name)) {
      throw new Error(`a widget cannot go from ${name} to ${next.name}`);
    }
    this.#stop?.();
    this.#stop = undefined;
    this.#now = next;
    const stop = begin?.();
    // It may have come true at once, and led on.
    if (this.#now === next) this.#stop = stop;
    else stop?.();
  }
}
