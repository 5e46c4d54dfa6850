/** Whether a meeting that is scrolled away shows as a mini-player: a setting kept in the browser. */

const KEY = "nanomeet-corner";

// Storage throws where the browser blocks it for a framed notebook: the choice is then not kept.
export function cornerWanted(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export function wantCorner(wanted: boolean): void {
  try {
    if (wanted) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "off");
  } catch {
    // As above.
  }
}
