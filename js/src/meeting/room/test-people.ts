/** For tests: somebody in the room. */

import type { Participant } from "../../shared/protocol";

export function person(some: Partial<Participant> & { id: string }): Participant {
  return {
    name: some.id,
    moderator: false,
    audio: true,
    video: true,
    screen: false,
    stage: true,
    hand: null,
    ...some,
  };
}
