import type { EventData } from "./events";

export type EventListener = (data: EventData) => void;
export type EventObserver = (event: string, data: EventData) => void;
/** An event's name: Node's emitters accept symbols, too. */
export type EventKey = string | symbol;

type Call = (this: object, ...args: never[]) => void;

/** An event listener; `once`: removed after its first call. */
export interface Entry {
  readonly listener: Call;
  readonly once: boolean;
}

/** Named events and their listeners, in calling order. */
export class Emitter {
  readonly entries = new Map<EventKey, readonly Entry[]>();
  readonly #observers = new Set<EventObserver>();
  readonly #owner: object;

  /** `owner` is the listeners' `this`. */
  constructor(owner: object) {
    this.#owner = owner;
  }

  of(event: EventKey): readonly Entry[] {
    return this.entries.get(event) ?? [];
  }

  add(event: EventKey, listener: Call): void {
    this.set(event, [...this.of(event), { listener, once: false }]);
  }

  /** Remove all listeners of an event, or one of them: once, if it was added twice. */
  remove(event: EventKey, listener?: Call): void {
    const last = this.of(event).findLastIndex((one) => one.listener === listener);
    this.set(event, listener ? this.of(event).filter((_, place) => place !== last) : []);
  }

  set(event: EventKey, entries: readonly Entry[]): void {
    if (entries.length > 0) this.entries.set(event, entries);
    else this.entries.delete(event);
  }

  /** Listen to all events. Returns the unsubscribe function. */
  observe(observer: EventObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  emit(event: string, data: EventData): void {
    for (const observer of [...this.#observers]) guard(() => observer(event, data));
    this.call(event, [data]);
  }

  /** Call an event's listeners. Returns whether there are any. */
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

/** A listener's error is reported to the page, and does not stop the others. */
function guard(call: () => void): void {
  try {
    call();
  } catch (error) {
    reportError(error);
  }
}
