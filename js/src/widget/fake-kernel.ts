/** Test helpers: the kernel's end of a widget's channel, and a notebook that exposes its kernel. */
import type { Kernel } from "./kernel";
import type { FromKernel } from "./kernel-channel";
import type { SessionModel } from "./session";

type Slot<Args> = (sender: unknown, args: Args) => void;

export class FakeSignal<Args> {
  readonly #slots = new Set<Slot<Args>>();

  connect(slot: Slot<Args>): void {
    this.#slots.add(slot);
  }

  disconnect(slot: Slot<Args>): void {
    this.#slots.delete(slot);
  }

  emit(args: Args): void {
    for (const slot of [...this.#slots]) slot(this, args);
  }

  get size(): number {
    return this.#slots.size;
  }
}

export class FakeKernel implements SessionModel {
  readonly sent: Record<string, unknown>[] = [];
  readonly statusChanged = new FakeSignal<string>();
  readonly kernel: Kernel & { status: string } = {
    status: "idle",
    statusChanged: this.statusChanged,
  };
  readonly widget_manager = { kernel: this.kernel };
  readonly #listeners = new Set<(message: unknown) => void>();

  get(name: string): unknown {
    return name === "room" ? "standup" : null;
  }

  on(_: string, callback: (...args: never[]) => void): void {
    this.#listeners.add(callback as (message: unknown) => void);
  }

  off(_: string, callback: (...args: never[]) => void): void {
    this.#listeners.delete(callback as (message: unknown) => void);
  }

  send(content: unknown): void {
    this.sent.push(content as Record<string, unknown>);
  }

  /** Sends the page a message, if the page has said hello. */
  says(message: FromKernel): void {
    const client = this.sent[0]?.client;
    if (client === undefined) return;
    for (const listener of [...this.#listeners]) listener({ ...message, client });
  }

  gives(token: string | null, more: { ask?: string; guest?: true } = {}): void {
    const { ask = null, ...rest } = more;
    this.says({ type: "token", token, ask, server: null, broadcast: null, library: null, ...rest });
  }

  restarts(): void {
    this.statusChanged.emit("restarting");
  }

  /** The types of the messages that the page sent since the last call. */
  heard(): unknown[] {
    return this.sent.splice(1).map(({ type }) => type);
  }
}
