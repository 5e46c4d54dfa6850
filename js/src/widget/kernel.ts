/** The kernel behind a widget, as Jupyter's own notebooks show it: whether it still runs. */

interface Signal<Args> {
  connect(slot: (sender: unknown, args: Args) => void): void;
  disconnect(slot: (sender: unknown, args: Args) => void): void;
}

/** The parts of a kernel's published messages that are read here. */
interface Published {
  readonly parent_header: { readonly msg_type?: string };
  readonly content: { readonly execution_state?: string };
}

export interface Kernel {
  readonly status?: string;
  readonly isDisposed?: boolean;
  readonly statusChanged?: Signal<string>;
  readonly disposed?: Signal<undefined>;
  readonly iopubMessage?: Signal<Published>;
}

export interface KernelWatch {
  /** Whether the kernel may be running the cell that the user waits for. */
  readonly atWork: boolean;
  stop(): void;
}

/**
 * Watches a kernel, and calls back once when it has ended or restarts, until it is stopped.
 *
 * A kernel reports idle while a cell runs whenever it has answered something else: what
 * a widget sends goes past a cell that runs, by a subshell (ipykernel 7).
 */
export function watchKernel(kernel: Kernel | null | undefined, gone: () => void): KernelWatch {
  /** The last published status of a cell's run. */
  let cell: string | undefined;
  // Disposing emits no status.
  const changed = (_: unknown, status?: string): void => {
    if (/restarting|dead|terminating/.test(status ?? "dead")) {
      stop();
      gone();
    }
  };
  const published = (_: unknown, { parent_header, content }: Published): void => {
    if (parent_header.msg_type === "execute_request") cell = content.execution_state ?? cell;
  };
  const link = (how: keyof Signal<unknown>): void => {
    kernel?.statusChanged?.[how](changed);
    kernel?.disposed?.[how](changed);
    kernel?.iopubMessage?.[how](published);
  };
  const stop = (): void => {
    cell = "";
    link("disconnect");
  };
  link("connect");
  return {
    get atWork() {
      // A disposed kernel runs no cell.
      return !kernel?.isDisposed && /busy|start|unknown/.test(`${cell} ${kernel?.status}`);
    },
    stop,
  };
}
