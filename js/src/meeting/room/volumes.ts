/** The volume of each participant on this page, from 0 to 1, for the length of the meeting. */

import { effect, type ReadonlySignal, signal } from "@preact/signals";

const KEY = "nanomeet.volumes";

export class Volumes {
  /** Changed volumes by person, so that one who rejoins keeps theirs. */
  readonly #changed = signal<ReadonlyMap<string, number>>(new Map());
  readonly #session: ReadonlySignal<string>;

  /** `session`: the meeting's id, empty before joining. */
  constructor(session: ReadonlySignal<string>) {
    this.#session = session;
    effect(() => {
      this.#changed.value = new Map(session.value ? load(session.value) : []);
    });
  }

  of(id: string): number {
    return this.#changed.value.get(id) ?? 1;
  }

  set(id: string, volume: number): void {
    this.#changed.value = new Map([...this.#changed.value, [id, volume]]);
    save(this.#session.value, [...this.#changed.value]);
  }
}

// Storage throws where the browser blocks it for a framed page: a reload then resets the volumes.
function load(session: string): [string, number][] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    const { of, volumes } = Object(kept);
    if (of !== session || !Array.isArray(volumes)) return [];
    return volumes.filter(([id, volume]) => typeof id === "string" && isVolume(volume));
  } catch {
    return [];
  }
}

function save(session: string, volumes: readonly [string, number][]): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ of: session, volumes }));
  } catch {
    // As above.
  }
}

export function isVolume(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}
