/** Whether a page that goes away goes for good, as far as a browser tells. */

/** The part of the Navigation API that is used here: not every browser has it. */
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
      // A page's own end is told before that of the frames in it.
      window.parent.addEventListener(
        "pagehide",
        () => {
          this.#parentGoes = true;
        },
        { signal },
      );
    } catch {
      // A page of another origin says nothing: it may be loaded again.
      this.#parentGoes = true;
    }
  }

  /** Whether nothing can come back: the page leads elsewhere, or its frame was removed. */
  get forGood(): boolean {
    return this.#elsewhere || !this.#parentGoes;
  }
}
