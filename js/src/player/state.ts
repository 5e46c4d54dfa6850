/** The player's states, and the legal transitions. */

export type PlayerState = "connecting" | "waiting" | "live" | "ended" | "failed" | "unsupported";

export const PLAYER_STEPS: Readonly<Record<PlayerState, readonly PlayerState[]>> = {
  connecting: ["waiting", "live", "ended", "failed"],
  waiting: ["connecting", "live", "ended", "failed"],
  live: ["connecting", "waiting", "ended", "failed"],
  // A room may broadcast again under the same name.
  ended: ["connecting", "waiting", "live", "failed"],
  failed: [],
  unsupported: [],
};

export function mayStep(from: PlayerState, to: PlayerState): boolean {
  return from === to || PLAYER_STEPS[from].includes(to);
}
