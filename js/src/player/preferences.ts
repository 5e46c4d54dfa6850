/** The viewer's own volume, kept for the next visit. */

const KEY = "nanomeet.player";

export interface Preferences {
  /** From 0 to 1. */
  volume: number;
  muted: boolean;
}

export function load(): Preferences {
  try {
    const { volume, muted } = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>;
    return {
      volume: typeof volume === "number" && volume >= 0 && volume <= 1 ? volume : 1,
      muted: muted === true,
    };
  } catch {
    // Some frames have no storage: use the defaults.
    return { volume: 1, muted: false };
  }
}

export function save(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // See `load`.
  }
}
