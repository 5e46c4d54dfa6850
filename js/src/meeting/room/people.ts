/** Everyone in the room, in the order of the participants panel. */

import type { Participant } from "../../shared/protocol";

export interface Sections {
  /** Raised hands, in the order in which they were raised. */
  hands: Participant[];
  /** The rest of the stage, oneself first. */
  stage: Participant[];
  audience: Participant[];
}

/** Lists each person once; filters by names that contain `wanted`. */
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
