/** Reports changes of signals one by one, in an order that listeners can rely on. */

import { computed, effect, untracked } from "@preact/signals";

export interface Watch {
  /** The pending report, if anything changed since the last time. */
  news(): (() => void) | null;
}

/** Reports every change of what `read` returns, but not the initial value. */
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

/** Signals run effects in no guaranteed order, so a single effect runs all watches in order. */
export function inOrder(watches: readonly Watch[]): () => void {
  return effect(() => {
    const news = watches.map((one) => one.news());
    untracked(() => {
      for (const tell of news) tell?.();
    });
  });
}
