/** Whether a cell's output is visible, or once was. */
import { parentOf } from "./dom";

/** Polls with a timer: observers pause while the browser's tab is in the background. */
const LOOK_MS = 250;
/** JupyterLab keeps distant cells out of the document: after this long they count as shown. */
const DETACHED_MS = 2_000;

/** The element that hides `place`: itself or an ancestor; null if none does. */
export function hiderOf(place: Element): Element | null {
  if (place.getClientRects().length > 0) return null;
  for (let up: Element | null = place; up !== null; up = parentOf(up)) {
    if (up.isConnected ? getComputedStyle(up).display === "none" : up.matches(MARKED)) return up;
  }
  return null;
}

/** Outside the document there are no computed styles, only classes and attributes. */
const MARKED = '.lm-mod-hidden,.p-mod-hidden,[hidden],[style*="display: none"]';

/** Calls back when one of the places is laid out, until the returned function is called. */
export function onceShown(places: () => readonly Element[], shown: () => void): () => void {
  const began = performance.now();
  const look = (): void => {
    const isShown = places().some((place) => {
      if (hiderOf(place) !== null) return false;
      if (place.getClientRects().length > 0) return true;
      // A collapsed output is removed from the document on its own, without its cell.
      return place.closest(".jp-Cell") !== null && performance.now() - began > DETACHED_MS;
    });
    if (!isShown) return;
    clearInterval(timer);
    shown();
  };
  const timer = setInterval(look, LOOK_MS);
  look();
  return () => clearInterval(timer);
}
