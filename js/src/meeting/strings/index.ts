/**
 * Every word that the meeting page shows or announces.
 *
 * A language is one file like `en.ts` and one line in `LANGUAGES`; a word that it lacks does not
 * compile.
 */

import { type Language, preferred } from "../../shared/language";
import { de } from "./de";
import { en, type Strings } from "./en";

const LANGUAGES: Readonly<Record<Language, Strings>> = { en, de };

/** The words, in the language that was chosen last. */
export let t: Strings = en;

/** What the server, or the page itself, says of a kind that has words here; else in its own. */
export function inWords({ kind, message }: { kind: string; message: string }): string {
  return t.errors[kind] ?? message;
}

/** Takes the first language of `wanted` that there is, and returns its tag; English if none is. */
export function speak(wanted: readonly unknown[]): Language {
  const chosen = preferred(wanted);
  t = LANGUAGES[chosen];
  return chosen;
}
