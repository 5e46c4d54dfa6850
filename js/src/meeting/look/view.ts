/** How the page looks at the room: what is large, what is open, what is said to the person. */

import { signal } from "@preact/signals";
import type { Brand, Ornament } from "../../composer/messages";
import type { Language } from "../../shared/language";
import { MOST_LINES } from "../../shared/picture";
import type { LobbyNote, Reaction, StageInvited, UnmuteAsked } from "../../shared/protocol";

import { ToolbarWishes } from "./toolbar-wishes";

export type Theme = "light" | "dark";
export type Panel = "people" | "chat" | "settings" | "broadcast" | "invite";

/** A moderator's question, which is the person's to answer. */
export type Asked = ({ what: "unmute" } & UnmuteAsked) | ({ what: "stage" } & StageInvited);

export interface ShownReaction {
  /** Its number on this page. */
  key: number;
  sender: string;
  reaction: Reaction["reaction"];
}

export interface Toast {
  id: number;
  text: string;
  /** The name under which a page that embeds this one can take it away. */
  uid: string;
}

/** Colours and fonts as CSS has them, and the addresses of pictures; null for what was not chosen. */
export interface ViewBrand extends Brand {
  ornaments: Readonly<Record<Ornament, string | null>>;
}

const UNBRANDED: ViewBrand = {
  background: null,
  text: null,
  accent: null,
  font: null,
  ornaments: { logo: null, backdrop: null },
};
const TOAST_TIME = 6_000;
const REACTION_TIME = 4_000;
/** More at once would cover the stage. */
const MOST_REACTIONS = 24;

export class ViewStore {
  /** Null for the one that the person prefers everywhere. */
  readonly theme = signal<Theme | null>(null);
  /** The tag of the language that the page speaks. */
  readonly language = signal<Language>("en");
  /** What the embedding page wants of the toolbar. */
  readonly toolbar = new ToolbarWishes();
  /** What the organiser says to those who wait, if anything. */
  readonly waitingMessage = signal<string | null>(null);
  /** Whose meeting it is, as its broadcast shows that. */
  readonly brand = signal<ViewBrand>(UNBRANDED);
  readonly tileView = signal(true);
  /** The most lines of a camera's picture that this page wants. */
  readonly lines = signal(MOST_LINES);
  /** Whether it wants no camera's picture at all. */
  readonly audioOnly = signal(false);
  /** Whether one sees oneself as in a mirror, which the others never do. */
  readonly mirrored = signal(true);
  /** What the room is called on this page alone; empty for what it is about. */
  readonly subject = signal("");
  /** Who is large where the tiles are not equal; null for the one who speaks. */
  readonly large = signal<string | null>(null);
  /** Which of the others spoke last: large where none was chosen. */
  readonly speaker = signal<string | null>(null);
  readonly panel = signal<Panel | null>(null);
  /** Whether the sheet of keyboard shortcuts is open. */
  readonly help = signal(false);
  /** The participant who is about to be removed: it is asked how. */
  readonly removing = signal<string | null>(null);
  /** Whether the microphone is open only as long as a key is held. */
  readonly talking = signal(false);
  /** The browser keeps the room silent until the person touches the page. */
  readonly soundBlocked = signal(false);
  /** How often the person has touched the page. */
  readonly touched = signal(0);
  readonly toasts = signal<readonly Toast[]>([]);
  readonly reactions = signal<readonly ShownReaction[]>([]);
  readonly asked = signal<Asked | null>(null);
  /** What a moderator said to those who wait. */
  readonly lobbyNote = signal<LobbyNote | null>(null);
  /** Read aloud by screen readers. */
  readonly announcement = signal("");
  #toast = 0;
  #reaction = 0;

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

  react({ sender, reaction }: Reaction): void {
    const key = ++this.#reaction;
    const shown = [...this.reactions.value, { key, sender, reaction }];
    this.reactions.value = shown.slice(-MOST_REACTIONS);
    setTimeout(() => {
      this.reactions.value = this.reactions.value.filter((one) => one.key !== key);
    }, REACTION_TIME);
  }

  /** Forgets what belonged to the room that was left. */
  clear(): void {
    this.pin(null);
    this.reactions.value = [];
    this.talking.value = false;
    this.asked.value = null;
    this.removing.value = null;
    this.lobbyNote.value = null;
  }

  announce(text: string): void {
    this.announcement.value = text;
  }

  tell(
    text: string,
    { uid = "", time = TOAST_TIME }: { uid?: string; time?: number | undefined } = {},
  ): void {
    const toast = { id: ++this.#toast, text, uid };
    this.toasts.value = [...this.toasts.value.slice(-2), toast];
    this.announce(text);
    if (Number.isFinite(time)) setTimeout(() => this.dismiss(toast.id), time);
  }

  dismiss(id: number): void {
    this.toasts.value = this.toasts.value.filter((toast) => toast.id !== id);
  }

  /** Takes away what was told under this name. */
  hide(uid: string): void {
    this.toasts.value = this.toasts.value.filter((toast) => toast.uid !== uid || uid === "");
  }
}
