/** Whether a cell's output is, or once was, where its user can see it. */
import { parentOf } from "./dom";

/** A page's timer, and no observer: those rest while the browser's tab is behind another one. */
const LOOK_MS = 250;
/** JupyterLab keeps cells that are far away out of the document: after this long they count as shown. */
const DETACHED_MS = 2_000;

/** The element that hides `place`: itself or what it is in; null if nothing does. */
export function hiderOf(place: Element): Element | null {
  if (place.getClientRects().length > 0) return null;
  for (let up: Element | null = place; up !== null; up = parentOf(up)) {
    if (up.isConnected ? getComputedStyle(up).display === "none" : up.matches(MARKED)) return up;
  }
  return null;
}

/** Outside of the document there are no styles, but for what says it by itself. */
const MARKED = '.lm-mod-hidden,.p-mod-hidden,[hidden],[style*="display: none"]';

/** Calls back once one of the places is laid out, until the returned function is called. */
export function onceShown(places: () => readonly Element[], shown: () => void): () => void {
  const began = performance.now();
  const look = (): void => {
    const isShown = places().some((place) => {
      if (hiderOf(place) !== null) return false;
      if (place.getClientRects().length > 0) return true;
      // A collapsed output is out of the document by itself, without its cell.
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
