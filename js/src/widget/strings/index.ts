/**
 * Every word that a cell shows or announces around its meeting.
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

/** Takes the first language of `wanted` that there is, and returns its tag; English if none is. */
export function speak(wanted: readonly unknown[]): Language {
  const chosen = preferred(wanted);
  t = LANGUAGES[chosen];
  return chosen;
}

/**
 * What has the room speak the notebook's language. English is what notebooks say that were asked for
 * none: then the room speaks the browser's.
 */
export const roomLanguage = (): { defaultLanguage?: string } =>
  t.language === "en" ? {} : { defaultLanguage: t.language };
