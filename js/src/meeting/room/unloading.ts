/** Detects whether an unloading page is gone for good, as far as the browser reveals it. */

/** The subset of the Navigation API that is used here. Not every browser has it. */
interface NavigateEvent extends Event {
  readonly navigationType: string;
  readonly downloadRequest: string | null;
  readonly destination: { readonly sameDocument: boolean };
}

export class Unloading {
  #elsewhere = false;
  #parentGoes = false;

  constructor(window: Window, signal: AbortSignal) {
    const { navigation } = window as { navigation?: EventTarget };
    navigation?.addEventListener(
      "navigate",
      (event) => {
        const { navigationType, downloadRequest, destination } = event as NavigateEvent;
        if (destination.sameDocument || downloadRequest !== null) return;
        this.#elsewhere = navigationType !== "reload";
      },
      { signal },
    );
    if (window.parent === window) {
      this.#parentGoes = true;
      return;
    }
    try {
      // A page's pagehide fires before those of its frames.
      window.parent.addEventListener(
        "pagehide",
        () => {
          this.#parentGoes = true;
        },
        { signal },
      );
    } catch {
      // A cross-origin parent reveals nothing: assume a reload.
      this.#parentGoes = true;
    }
  }

  /** Whether the page will not come back: it navigates elsewhere, or its frame was removed. */
  get forGood(): boolean {
    return this.#elsewhere || !this.#parentGoes;
  }
}
