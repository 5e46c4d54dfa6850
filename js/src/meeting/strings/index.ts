/**
 * All text that the meeting page shows or announces.
 *
 * A language is one file like `en.ts` and one line in `LANGUAGES`; a word that it lacks does not
 * compile.
 */

import { type Language, preferred } from "../../shared/language";
import { de } from "./de";
import { en, type Strings } from "./en";

const LANGUAGES: Readonly<Record<Language, Strings>> = { en, de };

/** The text in the selected language. */
export let t: Strings = en;

/** The page's text for an error of this kind; without one, the error's own message. */
export function inWords({ kind, message }: { kind: string; message: string }): string {
  return t.errors[kind] ?? message;
}

/** Selects the first supported language of `wanted` and returns its tag; the default is English. */
export function speak(wanted: readonly unknown[]): Language {
  const chosen = preferred(wanted);
  t = LANGUAGES[chosen];
  return chosen;
}
