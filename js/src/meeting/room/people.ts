/** Everyone in the room, in the order in which the panel shows them. */

import type { Participant } from "../../shared/protocol";

export interface Sections {
  /** Whose hand is up, in the order in which they raised it. */
  hands: Participant[];
  /** The stage's others, oneself first. */
  stage: Participant[];
  audience: Participant[];
}

/** Each person once; only those whose name has `wanted` in it. */
export function sections(
  everyone: readonly Participant[],
  hands: readonly Participant[],
  wanted: string,
): Sections {
  const part = wanted.trim().toLocaleLowerCase();
  const named = ({ name }: Participant): boolean => name.toLocaleLowerCase().includes(part);
  const others = everyone.filter((one) => one.hand === null && named(one));
  return {
    hands: hands.filter(named),
    stage: others.filter(({ stage }) => stage),
    audience: others.filter(({ stage }) => !stage),
  };
}
