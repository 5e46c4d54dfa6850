import { cut } from "../../shared/text";

/**
 * What is in a field, cut where it is longer than it may be. `maxLength` would count the halves of
 * characters: it keeps people from typing one that has room.
 */
export function typed(
  event: InputEvent & { currentTarget: HTMLInputElement },
  most: number,
): string {
  const field = event.currentTarget;
  // A character that is being composed is not disturbed; the next one is cut with it.
  const kept = event.isComposing ? field.value : cut(field.value, most);
  if (kept !== field.value) field.value = kept;
  return kept;
}
