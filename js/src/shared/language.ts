/** Which of the languages that a page has somebody reads. */

/** Returns the first language of `wanted` that is one of `known`; English if none is. */
export function preferred(wanted: readonly unknown[], known: readonly string[]): string {
  const primary = wanted
    .filter((tag) => typeof tag === "string")
    .map((tag) => tag.toLowerCase().split(/[-_]/, 1)[0] ?? "");
  return primary.find((language) => known.includes(language)) ?? "en";
}
