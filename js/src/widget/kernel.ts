/** The kernel behind a widget, as Jupyter's own notebooks show it: whether it still runs. */

interface Signal {
  connect(slot: (sender: unknown, args: unknown) => void): void;
  disconnect(slot: (sender: unknown, args: unknown) => void): void;
}

export interface Kernel {
  readonly status?: string;
  readonly isDisposed?: boolean;
  readonly statusChanged?: Signal;
  readonly disposed?: Signal;
}

/** Whether it may be running the cell that somebody waits for; what the notebook let go of runs none. */
export function atWork(kernel: Kernel | null | undefined): boolean {
  return !kernel?.isDisposed && /busy|start|unknown/.test(kernel?.status ?? "");
}

const GONE = /restarting|dead|terminating/;

/** Calls back once the kernel has ended or starts anew, until the returned function is called. */
export function onKernelGone(kernel: Kernel | null | undefined, callback: () => void): () => void {
  const stop = (): void => {
    kernel?.statusChanged?.disconnect(changed);
    kernel?.disposed?.disconnect(gone);
  };
  const gone = (): void => {
    stop();
    callback();
  };
  const changed = (_: unknown, status: unknown): void => {
    if (GONE.test(String(status))) gone();
  };
  kernel?.statusChanged?.connect(changed);
  kernel?.disposed?.connect(gone);
  return stop;
}
