/** What the server keeps of a meeting: asked for before joining, and in words. */

import type { RecordsKept } from "./protocol";

export type RecordKind = RecordsKept["kinds"][number];
export type RecordsPolicy = Pick<RecordsKept, "kinds" | "days">;

/** A language's words. */
export interface RecordsWords {
  language: string;
  kinds: Readonly<Record<RecordKind, string>>;
  /** `what`: the kinds, as a list. */
  keeps: (what: string, days: number) => string;
  keepsNothing: string;
  /** To a viewer. */
  keepsViews: (days: number) => string;
}

/** How long joining may wait to be told, in milliseconds. */
const TIMEOUT_MS = 4_000;

/**
 * Returns what the server keeps of a token's meeting; null if it does not say. `base` is the
 * server's URL.
 */
export async function recordsPolicy(base: string, token: string): Promise<RecordsPolicy | null> {
  try {
    const answer = await fetch(new URL("records/policy", `${base.replace(/\/+$/, "")}/`), {
      headers: { Authorization: `Bearer ${token}` },
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return answer.ok ? policyIn(await answer.json()) : null;
  } catch {
    return null;
  }
}

/** Returns the sentence that tells a participant what is kept. */
export function sentenceOf(policy: RecordsPolicy, words: RecordsWords): string {
  const kinds = policy.kinds.map((kind) => words.kinds[kind]);
  if (kinds.length === 0) return words.keepsNothing;
  const list = new Intl.ListFormat(words.language, { type: "conjunction" });
  return words.keeps(list.format(kinds), policy.days);
}

const KINDS: Readonly<Record<RecordKind, true>> = {
  attendance: true,
  hands: true,
  talk: true,
  polls: true,
  reactions: true,
  viewers: true,
  chat: true,
};

/** A kind that this page cannot name must not be left out of the sentence: then none is shown. */
function policyIn(answer: unknown): RecordsPolicy | null {
  if (typeof answer !== "object" || answer === null) return null;
  const { kinds, days } = answer as Record<string, unknown>;
  if (!Array.isArray(kinds) || typeof days !== "number") return null;
  const known = kinds.every((kind): kind is RecordKind => Object.hasOwn(KINDS, kind));
  return known ? { kinds, days } : null;
}
