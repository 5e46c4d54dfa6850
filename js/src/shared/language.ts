/** Selects a page's language. */

import type { StartBroadcast } from "./protocol";

/** The tag of a language that the pages and the server support. */
export type Language = NonNullable<StartBroadcast["language"]>;

const primary = (tag: string): string => tag.toLowerCase().split(/[-_]/, 1)[0] ?? "";

const KNOWN: Readonly<Record<Language, true>> = { en: true, de: true };

/** The tags of the supported languages. */
export const languages = Object.keys(KNOWN) as readonly Language[];

const isKnown = (tag: string): tag is Language => languages.some((known) => known === tag);

/** Returns the first supported language of `wanted`; the default is English. */
export function preferred(wanted: readonly unknown[]): Language {
  return (
    wanted
      .filter((tag) => typeof tag === "string")
      .map(primary)
      .find(isKnown) ?? "en"
  );
}

/**
 * The languages of a notebook's page: its own, then the browser's. JupyterLab and Notebook set the
 * document's language to the one selected in their settings.
 */
export function languagesOf({ documentElement }: Document): string[] {
  return [documentElement.lang, ...navigator.languages];
}

/** The locale for dates in a language, with the browser's own region if it has one. */
export function localeOf(language: string): string {
  return navigator.languages.find((tag) => primary(tag) === language) ?? language;
}
