/** Where the mouse is in this page, told to the page that embeds it. */

import { Paced } from "../../shared/paced";
import type { Emit } from "./engine-events";

const FIELDS = [
  ...(["clientX", "clientY", "movementX", "movementY", "offsetX", "offsetY"] as const),
  ...(["pageX", "pageY", "x", "y", "screenX", "screenY"] as const),
];
/** Milliseconds between two moves that are told, where the embedding page wishes nothing else. */
const USUAL = 1_000;
const LEAST = 50;

/** Tell of the mouse until the signal ends it; of its moves once in so many milliseconds. */
export function followMouse(emit: Emit, interval: unknown, owner: AbortSignal): void {
  const pause = typeof interval === "number" && interval > 0 ? Math.max(LEAST, interval) : USUAL;
  const moves = new Paced(pause, (event: MouseEvent) =>
    emit("mouse-move", { event: described(event) }),
  );
  const { documentElement } = document;
  const options = { signal: owner, passive: true };
  documentElement.addEventListener(
    "mouseenter",
    (event) => emit("mouse-enter", { event: described(event) }),
    options,
  );
  documentElement.addEventListener(
    "mouseleave",
    (event) => {
      // What would be told late is over.
      moves.clear();
      emit("mouse-leave", { event: described(event) });
    },
    options,
  );
  document.addEventListener("mousemove", (event) => moves.tell(event), options);
  owner.addEventListener("abort", () => moves.clear());
}

function described(event: MouseEvent): Record<string, number> {
  return Object.fromEntries(FIELDS.map((field) => [field, event[field]]));
}
