/** Validates arguments from other pages: an invalid one is refused with the rule it breaks. */

import { RefusedError } from "./refused-error";
import { isTooLong, isWhole } from "./text";

interface Length {
  min?: number;
  max: number;
}

/** A text, limited in visible characters. */
export function text(name: string, value: unknown, { min = 0, max }: Length): string {
  if (typeof value !== "string") throw invalid(name, `has to be text, not ${kindOf(value)}`);
  if (!isWhole(value)) throw invalid(name, "has half of a character in it (a lone surrogate)");
  if (min > 0 && !value.trim()) throw invalid(name, "is empty");
  if (isTooLong(value, max)) throw invalid(name, `has to have at most ${max} characters`);
  return value;
}

/** The same; null if omitted or empty. */
export function textOrNull(name: string, value: unknown, length: Length): string | null {
  return value == null || value === "" ? null : text(name, value, length);
}

/** True or false; the default if omitted. */
export function flag<T>(name: string, value: unknown, otherwise: T): boolean | T {
  if (value == null) return otherwise;
  if (typeof value !== "boolean")
    throw invalid(name, `has to be true or false, not ${kindOf(value)}`);
  return value;
}

/** One of the given words. */
export function oneOf<T extends string>(name: string, value: unknown, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw invalid(name, `is one of: ${known.join(", ")}`);
  return found;
}

export function invalid(name: string, words: string): RefusedError {
  return new RefusedError("invalid", `${name} ${words}.`);
}

function kindOf(value: unknown): string {
  if (value == null) return "nothing";
  return Array.isArray(value) ? "a list" : typeof value;
}
