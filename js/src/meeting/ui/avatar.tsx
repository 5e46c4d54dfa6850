import type { JSX } from "preact";
import { hue, initials } from "./tile";

/** A small round one, in a list of people. */
export function Avatar({ name }: { name: string }): JSX.Element {
  return (
    <span class="face" aria-hidden="true" style={{ "--hue": `${hue(name)}` }}>
      {initials(name)}
    </span>
  );
}
