/**
 * All text that a cell shows or announces around its meeting.
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

/** Selects the first supported language of `wanted` and returns its tag; the default is English. */
export function speak(wanted: readonly unknown[]): Language {
  const chosen = preferred(wanted);
  t = LANGUAGES[chosen];
  return chosen;
}

/**
 * Makes the room use the notebook's language. Notebooks report English when no language is set: the
 * room then uses the browser's.
 */
export const roomLanguage = (): { defaultLanguage?: string } =>
  t.language === "en" ? {} : { defaultLanguage: t.language };
