/** Keeps the screen on, where the browser can (W3C Screen Wake Lock). */

import { type ReadonlySignal, signal } from "@preact/signals";

/**
 * Browsers end the lock when the page is hidden: it is taken again when the page is shown. A browser that
 * lacks it or refuses it, as some do on a low battery, is no error: `held` tells.
 */
export class ScreenWake {
  readonly #held = signal(false);
  #wanted = false;
  #asking = false;
  #lock: WakeLockSentinel | null = null;

  /** Whether the screen stays on. */
  get held(): ReadonlySignal<boolean> {
    return this.#held;
  }

  /** Whether it should: call it whenever that changes, and whenever the page is shown again. */
  set(wanted: boolean): void {
    this.#wanted = wanted;
    if (!wanted) this.#release();
    else if (!this.#lock && !this.#asking) void this.#ask();
  }

  async #ask(): Promise<void> {
    if (document.hidden || !("wakeLock" in navigator)) return;
    this.#asking = true;
    try {
      const lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => this.#lost(lock));
      this.#lock = lock;
      this.#held.value = !lock.released;
      if (!this.#wanted) this.#release();
      else if (lock.released) this.#lost(lock);
    } catch {
      // `held` says that there is none.
    } finally {
      this.#asking = false;
    }
  }

  #release(): void {
    const lock = this.#lock;
    this.#lock = null;
    this.#held.value = false;
    void lock?.release().catch(() => {});
  }

  #lost(lock: WakeLockSentinel): void {
    if (this.#lock !== lock) return;
    this.#lock = null;
    this.#held.value = false;
  }
}
