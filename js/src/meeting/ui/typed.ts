import { cut } from "../../shared/text";

/**
 * A field's text, truncated to its limit. `maxLength` would count UTF-16 code units:
 * it would reject a character that still fits.
 */
export function typed(
  event: InputEvent & { currentTarget: HTMLInputElement },
  most: number,
): string {
  const field = event.currentTarget;
  // Do not disturb a character being composed; the next input truncates it.
  const kept = event.isComposing ? field.value : cut(field.value, most);
  if (kept !== field.value) field.value = kept;
  return kept;
}
