/** Captures one element of this tab (W3C Element Capture), which no type library has yet. */

import { RefusedError } from "../../shared/refused-error";
import { displayFailure } from "./display-failure";
import { refusalOf } from "./permissions";

/** An element of any page in this tab, as the page that has it names it. */
export type ElementTarget = object;

interface Restricted extends MediaStreamTrack {
  restrictTo(target: ElementTarget): Promise<void>;
}

const THIS_TAB: DisplayMediaStreamOptions & Record<string, unknown> = {
  video: { frameRate: { max: 30 } },
  audio: false,
  preferCurrentTab: true,
  selfBrowserSurface: "include",
  surfaceSwitching: "exclude",
};

/** Whether this is an element's target; false where the browser has none. */
export function isElementTarget(value: unknown): value is ElementTarget {
  const { RestrictionTarget: Target } = globalThis as { RestrictionTarget?: new () => object };
  return Target !== undefined && value instanceof Target;
}

/**
 * Asks to share this tab, of which only the element is captured. Call it from a user gesture. Rejects
 * with a `RefusedError` if the user declines, or chooses something else.
 */
export async function captureElement(target: ElementTarget): Promise<MediaStreamTrack> {
  const refusal = refusalOf("display-capture");
  if (refusal) throw new RefusedError(`screen_${refusal}`, `It cannot be shown: ${refusal}`);
  const stream = await navigator.mediaDevices.getDisplayMedia(THIS_TAB).catch((error) => {
    throw (
      displayFailure(error) ??
      new RefusedError("declined", "The browser was not allowed to share this tab.")
    );
  });
  const [track] = stream.getVideoTracks() as Restricted[];
  if (!track) throw new RefusedError("declined", "The browser shares nothing.");
  try {
    await track.restrictTo(target);
  } catch {
    track.stop();
    throw new RefusedError("other_tab", "Something else than this tab was chosen.");
  }
  track.contentHint = "detail";
  return track;
}
