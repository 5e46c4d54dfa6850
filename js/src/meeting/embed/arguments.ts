/** Validates the participants that commands name, before anything is sent. */

import { text } from "../../shared/arguments";
import { RefusedError } from "../../shared/refused-error";
import type { RoomStore } from "../room";

/** A participant in the room. */
export function participant(room: RoomStore, value: unknown): string {
  const id = text("The participant's id", value, { min: 1, max: Number.POSITIVE_INFINITY });
  if (room.everybody.value.some((one) => one.id === id)) return id;
  throw new RefusedError("not_found", "No participant with this id is in the room.");
}

/** A participant in the room, or null if none is named. */
export function participantOrNull(room: RoomStore, value: unknown): string | null {
  return value == null || value === "" ? null : participant(room, value);
}
