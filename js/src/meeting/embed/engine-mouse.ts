/** Reports the mouse position to the embedding page. */

import { Throttle } from "../../shared/throttle";
import type { Emit } from "./engine-events";

const FIELDS = [
  ...(["clientX", "clientY", "movementX", "movementY", "offsetX", "offsetY"] as const),
  ...(["pageX", "pageY", "x", "y", "screenX", "screenY"] as const),
];
/** The default interval between reported moves, in milliseconds. */
const DEFAULT_INTERVAL = 1_000;
const MIN_INTERVAL = 50;

/** Reports the mouse until the signal aborts, its moves at most once per interval. */
export function followMouse(emit: Emit, interval: unknown, owner: AbortSignal): void {
  const pause =
    typeof interval === "number" && interval > 0
      ? Math.max(MIN_INTERVAL, interval)
      : DEFAULT_INTERVAL;
  const moves = new Throttle(pause, (event: MouseEvent) =>
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
      // Drop a move that would be reported late.
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
