/** Selects a page's language. */

const primary = (tag: string): string => tag.toLowerCase().split(/[-_]/, 1)[0] ?? "";

/** Returns the first language of `wanted` that is one of `known`; English if none is. */
export function preferred(wanted: readonly unknown[], known: readonly string[]): string {
  const languages = wanted.filter((tag) => typeof tag === "string").map(primary);
  return languages.find((language) => known.includes(language)) ?? "en";
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
