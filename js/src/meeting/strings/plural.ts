/** A word's plural forms, by the language's rules, with `#` for the number. */

type Forms = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** Returns a function that selects the plural form for a number and inserts it at `#`. */
export function counting(language: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (count, forms) =>
    (forms[rules.select(count)] ?? forms.other).replace("#", numbers.format(count));
}
