/** How the page looks at the room: what is large, what is open, what is said to the person. */

import { signal } from "@preact/signals";

export type Theme = "light" | "dark";
export type Panel = "people" | "settings" | "broadcast" | "invite";

export interface Toast {
  id: number;
  text: string;
}

const TOAST_TIME = 6_000;

export class ViewStore {
  /** Null for the one that the person prefers everywhere. */
  readonly theme = signal<Theme | null>(null);
  readonly tileView = signal(true);
  /** Who is large where the tiles are not equal; null for whoever speaks. */
  readonly large = signal<string | null>(null);
  /** Which of the others spoke last: large where nobody was chosen. */
  readonly speaker = signal<string | null>(null);
  readonly panel = signal<Panel | null>(null);
  /** The browser keeps the room silent until the person touches the page. */
  readonly soundBlocked = signal(false);
  readonly toasts = signal<readonly Toast[]>([]);
  /** Read aloud by screen readers. */
  readonly announcement = signal("");
  #toast = 0;

  /** Takes the theme that a page's configuration names, if it names one. */
  dress(theme: unknown): void {
    if (theme === "light" || theme === "dark") this.theme.value = theme;
  }

  /** Makes one tile large; null makes them equal again. */
  pin(id: string | null): void {
    this.large.value = id;
    this.tileView.value = id === null;
  }

  enlarge(id: string | null): void {
    this.large.value = id;
    this.tileView.value = false;
  }

  toggleTiles(): void {
    this.tileView.value = !this.tileView.value;
  }

  toggle(panel: Panel): void {
    this.panel.value = this.panel.value === panel ? null : panel;
  }

  announce(text: string): void {
    this.announcement.value = text;
  }

  tell(text: string): void {
    const toast = { id: ++this.#toast, text };
    this.toasts.value = [...this.toasts.value.slice(-2), toast];
    this.announce(text);
    setTimeout(() => this.dismiss(toast.id), TOAST_TIME);
  }

  dismiss(id: number): void {
    this.toasts.value = this.toasts.value.filter((toast) => toast.id !== id);
  }
}
