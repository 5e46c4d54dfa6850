/**
 * Every word that a viewer's page, or a player in a cell, shows or announces.
 *
 * A language is one file like `en.ts` and one line in `LANGUAGES`; a word that it lacks does not
 * compile.
 */

import { preferred } from "../../shared/language";
import { de } from "./de";
import { en, type Strings } from "./en";

const LANGUAGES: Readonly<Record<string, Strings>> = { en, de };

/** The words, in the language that was chosen last. */
export let t: Strings = en;

/** Takes the first language of `wanted` that there is, and returns its tag; English if none is. */
export function speak(wanted: readonly unknown[]): string {
  const chosen = preferred(wanted, Object.keys(LANGUAGES));
  t = LANGUAGES[chosen] ?? en;
  return chosen;
}
