/** Why a browser shared nothing, in words: its own are for programmers, and in one language. */

import { RefusedError } from "../../shared/refused-error";

const MESSAGES = {
  screen_missing: "The browser found no screen or window that it could share.",
  screen_system: "The system does not let this browser record the screen.",
  needs_touch:
    "The browser lets a screen be shared only right after a click or a key in the meeting: press its button there.",
} as const;

/** The failure of `getDisplayMedia`; null if the user dismissed the browser's question. */
export function displayFailure(error: unknown): unknown {
  if (!(error instanceof DOMException)) return error;
  switch (error.name) {
    case "NotAllowedError":
      // Chromium's message for a system that forbids it to the whole browser.
      return /by system/i.test(error.message) ? refused("screen_system") : null;
    case "NotFoundError":
      return refused("screen_missing");
    case "NotReadableError":
    case "AbortError":
      return refused("screen_system");
    case "InvalidStateError":
      return refused("needs_touch");
    default:
      return error;
  }
}

function refused(kind: keyof typeof MESSAGES): RefusedError {
  return new RefusedError(kind, MESSAGES[kind]);
}
