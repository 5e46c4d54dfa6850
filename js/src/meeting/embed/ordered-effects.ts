/** Telling of changes of signals one after the other, in an order that listeners can rely on. */

import { computed, effect, untracked } from "@preact/signals";

export interface Watch {
  /** What there is to tell, if anything changed since the last time. */
  news(): (() => void) | null;
}

/** Tells of every change of what `read` reads; what is so at the start is no news. */
export function watch<T>(read: () => T, tell: (now: T, before: T) => void): Watch {
  const source = computed(read);
  let known: { value: T } | null = null;
  return {
    news() {
      const now = source.value;
      const before = known;
      known = { value: now };
      if (!before || before.value === now) return null;
      return () => tell(now, before.value);
    },
  };
}

/** Signals run their effects in no particular order: one effect holds all watches in theirs. */
export function inOrder(watches: readonly Watch[]): () => void {
  return effect(() => {
    const news = watches.map((one) => one.news());
    untracked(() => {
      for (const tell of news) tell?.();
    });
  });
}
