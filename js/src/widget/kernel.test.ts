import { describe, expect, it, vi } from "vitest";
import { atWork, onKernelGone } from "./kernel";

type Slot = (sender: unknown, args: unknown) => void;

class Signal {
  slots = new Set<Slot>();
  connect(slot: Slot): void {
    this.slots.add(slot);
  }
  disconnect(slot: Slot): void {
    this.slots.delete(slot);
  }
  emit(args?: unknown): void {
    for (const slot of [...this.slots]) slot(this, args);
  }
}

const kernel = () => ({ statusChanged: new Signal(), disposed: new Signal() });

describe("a kernel", () => {
  it.each(["restarting", "autorestarting", "dead", "terminating"])(
    "that is %s has gone",
    (status) => {
      const running = kernel();
      const gone = vi.fn();
      onKernelGone(running, gone);
      running.statusChanged.emit("busy");
      running.statusChanged.emit("unknown");
      expect(gone).not.toHaveBeenCalled();
      running.statusChanged.emit(status);
      running.disposed.emit();
      expect(gone).toHaveBeenCalledOnce();
    },
  );

  it("that the notebook let go of has gone", () => {
    const running = kernel();
    const gone = vi.fn();
    onKernelGone(running, gone);
    running.disposed.emit();
    expect(gone).toHaveBeenCalledOnce();
    expect(running.statusChanged.slots.size).toBe(0);
  });

  it("is watched only until nobody wants to know", () => {
    const running = kernel();
    onKernelGone(running, () => expect.unreachable())();
    running.disposed.emit();
  });

  it("may be one that no host shows", () => {
    for (const hidden of [undefined, null, {}]) {
      onKernelGone(hidden, () => expect.unreachable())();
      expect(atWork(hidden)).toBe(false);
    }
  });

  it.each(["busy", "starting", "restarting", "autorestarting", "unknown"])(
    "that is %s may be running a cell, unless the notebook let go of it",
    (status) => {
      expect(atWork({ status })).toBe(true);
      expect(atWork({ status, isDisposed: true })).toBe(false);
    },
  );

  it.each(["idle", "dead", "terminating"])("that is %s runs none", (status) => {
    expect(atWork({ status })).toBe(false);
  });
});
