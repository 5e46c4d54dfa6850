/** Selects a page's language. */

import type { StartBroadcast } from "./protocol";

/** The tag of a language that the pages and the server speak. */
export type Language = NonNullable<StartBroadcast["language"]>;

const primary = (tag: string): string => tag.toLowerCase().split(/[-_]/, 1)[0] ?? "";

const KNOWN: Readonly<Record<Language, true>> = { en: true, de: true };

/** The tags of the languages that there are. */
export const languages = Object.keys(KNOWN) as readonly Language[];

const isKnown = (tag: string): tag is Language => languages.some((known) => known === tag);

/** Returns the first language of `wanted` that there is; English if none is. */
export function preferred(wanted: readonly unknown[]): Language {
  return (
    wanted
      .filter((tag) => typeof tag === "string")
      .map(primary)
      .find(isKnown) ?? "en"
  );
}

/**
 * The languages that a page which shows notebooks has: its own, then the browser's. JupyterLab and
 * Notebook write the one that is chosen in their settings into the document.
 */
export function languagesOf({ documentElement }: Document): string[] {
  return [documentElement.lang, ...navigator.languages];
}

/** How the browser's user writes dates in a language: by their own region, where they have one. */
export function localeOf(language: string): string {
  return navigator.languages.find((tag) => primary(tag) === language) ?? language;
}
