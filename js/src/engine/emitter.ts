import type { EventData } from "./events";

export type EventListener = (data: EventData) => void;
export type EventObserver = (event: string, data: EventData) => void;

/** Named events and who listens to them, in the order in which they came. */
export class Emitter {
  readonly #listeners = new Map<string, EventListener[]>();
  readonly #observers = new Set<EventObserver>();

  add(event: string, listener: EventListener): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  remove(event: string, listener?: EventListener): void {
    const rest = (this.#listeners.get(event) ?? []).filter((one) => listener && one !== listener);
    this.#listeners.set(event, rest);
  }

  /** Hear every event. Returns what ends that. */
  observe(observer: EventObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  emit(event: string, data: EventData): void {
    for (const observer of [...this.#observers]) guard(() => observer(event, data));
    for (const listener of this.#listeners.get(event) ?? []) guard(() => listener(data));
  }

  clear(): void {
    this.#listeners.clear();
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
