/** The phases of a widget's meeting on this page, and the legal transitions. */
import type { Card } from "./cards";

export type PhaseName =
  /** No cell has shown the widget yet. */
  | "new"
  /** A token was requested from the kernel. */
  | "asking"
  /** There is a token: it is being checked, or no cell shows the widget. */
  | "entering"
  /** The meeting is running, and a cell shows it. */
  | "meeting"
  /** The meeting is running, and no cell shows it: the widget leaves soon. */
  | "hidden"
  /** The meeting is running, and its kernel is gone: the widget leaves soon. */
  | "orphaned"
  | "leaving"
  /** The model was closed. */
  | "closed"
  /** Another cell shows the meeting; this one waits for it. */
  | "occupied"
  /** Another cell took over the meeting. */
  | "taken"
  /** The widget left because no cell showed it; the next view joins again. */
  | "unwatched"
  /** All phases with a card of their own. */
  | Card["kind"];

export interface Phase {
  readonly name: PhaseName;
  /** What the cell shows instead of the meeting. */
  readonly card: Card | null;
  /** While leaving: the phase that follows. */
  readonly next?: Phase;
}

export const bare = (name: PhaseName): Phase => ({ name, card: null });
export const showing = (card: Card, name: PhaseName = card.kind): Phase => ({ name, card });
export const leavingFor = (next: Phase): Phase => ({ name: "leaving", card: null, next });

export const ENDED = showing({ kind: "ended" });
export const UNWATCHED = showing({ kind: "left" }, "unwatched");
export const OCCUPIED = showing({ kind: "elsewhere", place: "cell" }, "occupied");
export const TAKEN = showing({ kind: "elsewhere", place: "cell" }, "taken");

/** Where the kernel's answer, or its silence, leads while no meeting is running. */
const ANSWERED = [
  "entering",
  "shared",
  "no_token",
  "ask",
  "elsewhere",
  "left",
  "silent",
  "saved",
] as const;
/** Where a token leads. */
const OPENED = ["meeting", "occupied", "early", "unseen", "browser", "failed"] as const;
/** What ends a meeting, or moves it away from here. */
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

/** Besides these, every phase may become `closed`, which is final. */
export const PHASE_STEPS: Readonly<Record<PhaseName, readonly PhaseName[]>> = {
  new: ["asking"],
  asking: ANSWERED,
  silent: ANSWERED,
  saved: ANSWERED,
  shared: [...ANSWERED, "asking"],
  no_token: ANSWERED,
  ask: ANSWERED,
  browser: ANSWERED,
  entering: [...ANSWERED, ...OPENED],
  early: [...ANSWERED, ...OPENED],
  unseen: [...ANSWERED, ...OPENED],
  occupied: [...ANSWERED, ...OPENED],
  taken: [...ANSWERED, ...OPENED],
  elsewhere: [...ANSWERED, "asking"],
  left: [...ANSWERED, "asking"],
  unwatched: [...ANSWERED, "asking"],
  failed: [...ANSWERED, "asking"],
  meeting: [...ENDS, "hidden", "orphaned"],
  hidden: [...ENDS, "meeting", "orphaned"],
  // Removing a view shortens the wait.
  orphaned: [...ENDS, "orphaned", "ended"],
  leaving: [...ENDS, "elsewhere", "unwatched", "ended"],
  // A kernel's last messages may arrive after its death.
  ended: ANSWERED,
  closed: [],
};

export class PhaseMachine {
  #now = bare("new");
  #stop: (() => void) | undefined;

  get now(): Phase {
    return this.#now;
  }

  /** Whether it is one of `names`. */
  is(...names: readonly PhaseName[]): boolean {
    return names.includes(this.#now.name);
  }

  /**
   * Moves to `next` and calls `begin`, which starts an activity and returns the function that stops
   * it when the phase ends. Throws if the table does not allow the step: that is a bug in the
   * caller.
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
    // `begin` may have led to another phase already.
    if (this.#now === next) this.#stop = stop;
    else stop?.();
  }
}
