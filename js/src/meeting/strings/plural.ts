/** How a language counts: the form of a word that goes with a number, with the number in it. */

type Forms = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** Returns what puts a number into the form that belongs to it, at its `#`. */
export function counting(language: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (count, forms) =>
    (forms[rules.select(count)] ?? forms.other).replace("#", numbers.format(count));
}
