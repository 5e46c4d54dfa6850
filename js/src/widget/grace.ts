/** Leaves a meeting that no cell shows after a while, unless another cell takes it over. */
import type { CellMeeting } from "./cell-meeting";
import type { KernelWatch } from "./kernel";
import { disown, isOrphan, type Owner } from "./registry";

/** Milliseconds: re-running a cell takes less. */
export const GRACE_MS = 4_000;
/** Milliseconds after the kernel restarted: time to run the notebook again. */
export const RESTART_GRACE_MS = 15_000;
/** Up to this many extra seconds while the kernel is busy: it may be running this cell. */
const WORK_S = 25;

/**
 * Releases the meeting to other cells, and calls `left` after the wait, with true if no cell took
 * it. Call the returned function to end the wait.
 */
export function leaveUnlessTaken(
  meeting: CellMeeting,
  owner: Owner,
  kernel: KernelWatch | null,
  afterMs: number,
  over: (unclaimed: boolean) => void,
): () => void {
  disown(meeting, owner);
  let timer: ReturnType<typeof setTimeout>;
  const wait = (ms: number, work: number): void => {
    timer = setTimeout(() => {
      if (!isOrphan(meeting, owner)) return over(false);
      if (work > 0) {
        // The notebook renders the kernel's output a moment later.
        if (kernel?.atWork) return wait(1_000, work - 1);
        if (work < WORK_S) return wait(GRACE_MS, 0);
      }
      over(true);
    }, ms);
  };
  wait(afterMs, WORK_S);
  return () => clearTimeout(timer);
}
