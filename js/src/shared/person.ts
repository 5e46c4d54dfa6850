/** The browser, as the server tells its users apart. */

import { randomName } from "./random";

const KEY = "nanomeet.person";
const FORM = /^[A-Za-z0-9_-]{16,64}$/;

/**
 * This browser's random id for its user, by which the server recognises a second connection of the
 * same person. Without storage there is none: each connection then counts as a new person.
 */
export function person(): string | null {
  // Storage throws where the browser blocks it for a framed page.
  try {
    const known = localStorage.getItem(KEY);
    if (known !== null && FORM.test(known)) return known;
    const made = randomName();
    localStorage.setItem(KEY, made);
    return localStorage.getItem(KEY) === made ? made : null;
  } catch {
    return null;
  }
}
