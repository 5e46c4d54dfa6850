/** The widget's kernel, as Jupyter's own notebooks expose it: whether it is still running. */

interface Signal<Args> {
  connect(slot: (sender: unknown, args: Args) => void): void;
  disconnect(slot: (sender: unknown, args: Args) => void): void;
}

/** The fields read from a kernel's published messages. */
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
  /** Whether the kernel may be running the cell that the user is waiting for. */
  readonly atWork: boolean;
  stop(): void;
}

/**
 * Watches a kernel and calls back once when it has ended or restarts, unless stopped before.
 *
 * A kernel reports idle during a cell's run whenever it has answered something else: widget
 * messages bypass the running cell through a subshell (ipykernel 7).
 */
export function watchKernel(kernel: Kernel | null | undefined, gone: () => void): KernelWatch {
  /** The last status published by a running cell. */
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
