import { describe, expect, it, vi } from "vitest";
import { watchKernel } from "./kernel";

type Slot<Args> = (sender: unknown, args: Args) => void;

class Signal<Args> {
  slots = new Set<Slot<Args>>();
  connect(slot: Slot<Args>): void {
    this.slots.add(slot);
  }
  disconnect(slot: Slot<Args>): void {
    this.slots.delete(slot);
  }
  emit(args: Args): void {
    for (const slot of [...this.slots]) slot(this, args);
  }
}

const kernel = () => ({
  status: "idle",
  statusChanged: new Signal<string>(),
  disposed: new Signal<undefined>(),
  iopubMessage: new Signal<{
    parent_header: { msg_type?: string };
    content: { execution_state?: string };
  }>(),
});

/** Has the kernel publish something while it answers a request of type `type`. */
function publish(from: ReturnType<typeof kernel>, type: string, execution_state?: string): void {
  if (execution_state) from.status = execution_state;
  from.iopubMessage.emit({
    parent_header: { msg_type: type },
    content: execution_state ? { execution_state } : {},
  });
}

const atWork = (of: Parameters<typeof watchKernel>[0]) => watchKernel(of, () => {}).atWork;

describe("a kernel", () => {
  it.each(["restarting", "autorestarting", "dead", "terminating"])(
    "is gone when its status is %s",
    (status) => {
      const running = kernel();
      const gone = vi.fn();
      watchKernel(running, gone);
      running.statusChanged.emit("busy");
      running.statusChanged.emit("unknown");
      expect(gone).not.toHaveBeenCalled();
      running.statusChanged.emit(status);
      running.disposed.emit(undefined);
      expect(gone).toHaveBeenCalledOnce();
    },
  );

  it("is gone when the notebook disposed it", () => {
    const running = kernel();
    const gone = vi.fn();
    watchKernel(running, gone);
    running.disposed.emit(undefined);
    expect(gone).toHaveBeenCalledOnce();
    expect(running.statusChanged.slots.size).toBe(0);
  });

  it("is watched until the watch is stopped", () => {
    const running = kernel();
    watchKernel(running, () => expect.unreachable()).stop();
    running.disposed.emit(undefined);
    for (const signal of [running.statusChanged, running.disposed, running.iopubMessage]) {
      expect(signal.slots.size).toBe(0);
    }
  });

  it("may be missing: some hosts expose none", () => {
    for (const hidden of [undefined, null, {}]) {
      watchKernel(hidden, () => expect.unreachable()).stop();
      expect(atWork(hidden)).toBe(false);
    }
  });

  it.each(["busy", "starting", "restarting", "autorestarting", "unknown"])(
    "may be running a cell when %s, unless disposed",
    (status) => {
      expect(atWork({ status })).toBe(true);
      expect(atWork({ status, isDisposed: true })).toBe(false);
    },
  );

  it.each(["idle", "dead", "terminating"])("runs no cell when %s", (status) => {
    expect(atWork({ status })).toBe(false);
  });

  it("is still running a cell while it answers something else", () => {
    const running = kernel();
    const watch = watchKernel(running, () => {});
    publish(running, "execute_request", "busy");
    publish(running, "comm_msg", "busy");
    publish(running, "comm_msg", "idle");
    publish(running, "execute_request");
    expect(watch.atWork).toBe(true);
    publish(running, "execute_request", "idle");
    expect(watch.atWork).toBe(false);
    publish(running, "comm_msg", "busy");
    expect(watch.atWork).toBe(true);
  });

  it("has abandoned its running cell when it restarts", () => {
    const running = kernel();
    const watch = watchKernel(running, () => {});
    publish(running, "execute_request", "busy");
    running.statusChanged.emit("restarting");
    running.status = "idle";
    expect(watch.atWork).toBe(false);
  });
});
