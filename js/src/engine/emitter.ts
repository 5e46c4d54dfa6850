import type { EventData } from "./events";

export type EventListener = (data: EventData) => void;
export type EventObserver = (event: string, data: EventData) => void;
/** What an event is called: Node's emitters take symbols, too. */
export type EventKey = string | symbol;

type Call = (this: object, ...args: never[]) => void;

/** Who listens to an event; `once`: until it is called. */
export interface Entry {
  readonly listener: Call;
  readonly once: boolean;
}

/** Named events and who listens to them, in the order in which they are called. */
export class Emitter {
  readonly entries = new Map<EventKey, readonly Entry[]>();
  readonly #observers = new Set<EventObserver>();
  readonly #owner: object;

  /** `owner` is what listeners have as `this`. */
  constructor(owner: object) {
    this.#owner = owner;
  }

  of(event: EventKey): readonly Entry[] {
    return this.entries.get(event) ?? [];
  }

  add(event: EventKey, listener: Call): void {
    this.set(event, [...this.of(event), { listener, once: false }]);
  }

  /** Stop all listening to an event, or that of one listener: once, where it was added twice. */
  remove(event: EventKey, listener?: Call): void {
    const last = this.of(event).findLastIndex((one) => one.listener === listener);
    this.set(event, listener ? this.of(event).filter((_, place) => place !== last) : []);
  }

  set(event: EventKey, entries: readonly Entry[]): void {
    if (entries.length > 0) this.entries.set(event, entries);
    else this.entries.delete(event);
  }

  /** Hear every event. Returns what ends that. */
  observe(observer: EventObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  emit(event: string, data: EventData): void {
    for (const observer of [...this.#observers]) guard(() => observer(event, data));
    this.call(event, [data]);
  }

  /** Call who listens to an event by its name. Returns whether there is any. */
  call(event: EventKey, args: readonly unknown[]): boolean {
    const entries = this.of(event);
    for (const entry of entries) {
      if (entry.once)
        this.set(
          event,
          this.of(event).filter((one) => one !== entry),
        );
      guard(() => Reflect.apply(entry.listener, this.#owner, args));
    }
    return entries.length > 0;
  }

  clear(): void {
    this.entries.clear();
    this.#observers.clear();
  }
}

/** One listener's mistake is reported to the page, and keeps the event from no other. */
function guard(call: () => void): void {
  try {
    call();
  } catch (error) {
    reportError(error);
  }
}
