/** The view of the room on this page: what is large or open, and messages to the user. */

import { signal } from "@preact/signals";
import type { Brand, Ornament } from "../../composer/messages";
import type { Language } from "../../shared/language";
import type {
  LobbyNote,
  Reaction,
  ReadingAsked,
  StageInvited,
  UnmuteAsked,
} from "../../shared/protocol";
import { MAX_LINES } from "../../shared/video-limits";

import { ToolbarSettings } from "./toolbar-settings";

export type Theme = "light" | "dark";
export type Panel =
  | "people"
  | "chat"
  | "polls"
  | "class"
  | "settings"
  | "broadcast"
  | "invite"
  | "groups";

/** A moderator's request that the user answers. */
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
  /** The name by which an embedding page can remove it. */
  uid: string;
}

/** CSS colours and fonts, and image URLs; null for defaults. */
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
const MAX_REACTIONS = 24;

export class ViewStore {
  /** Null for the user's own preference. */
  readonly theme = signal<Theme | null>(null);
  /** The language tag of the page. */
  readonly language = signal<Language>("en");
  /** The embedding page's toolbar settings. */
  readonly toolbar = new ToolbarSettings();
  /** The organiser's message to people in the lobby, if any. */
  readonly waitingMessage = signal<string | null>(null);
  /** The brand of the meeting, also shown in its broadcast. */
  readonly brand = signal<ViewBrand>(UNBRANDED);
  readonly tileView = signal(true);
  /** The maximum lines of camera video that this page wants. */
  readonly lines = signal(MAX_LINES);
  /** Whether this page wants no camera video at all. */
  readonly audioOnly = signal(false);
  /** Whether the self-view is mirrored, which others never see. */
  readonly mirrored = signal(true);
  /** A subject shown only on this page; empty for the room's own. */
  readonly subject = signal("");
  /** The pinned participant; null for the speaker. */
  readonly large = signal<string | null>(null);
  /** The last of the others to speak: in the spotlight if no participant is pinned. */
  readonly speaker = signal<string | null>(null);
  readonly panel = signal<Panel | null>(null);
  /** Whether the list of keyboard shortcuts is open. */
  readonly help = signal(false);
  /** The participant in the removal dialog. */
  readonly removing = signal<string | null>(null);
  /** Whether the microphone is on only while a key is held. */
  readonly talking = signal(false);
  /** The browser blocks the room's sound until a user gesture. */
  readonly soundBlocked = signal(false);
  /** The number of user gestures so far. */
  readonly touched = signal(0);
  readonly toasts = signal<readonly Toast[]>([]);
  readonly reactions = signal<readonly ShownReaction[]>([]);
  readonly asked = signal<Asked | null>(null);
  /** Participants whose programs ask to read this one's picture or sound, the first one first. */
  readonly readingQuestions = signal<readonly ReadingAsked[]>([]);
  /** A moderator's message to people in the lobby. */
  readonly lobbyNote = signal<LobbyNote | null>(null);
  /** Read aloud by screen readers. */
  readonly announcement = signal("");
  #toast = 0;
  #reaction = 0;

  /** Applies the theme that a page's configuration names, if any. */
  dress(theme: unknown): void {
    if (theme === "light" || theme === "dark") this.theme.value = theme;
  }

  /** Pins a participant; null unpins. */
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
    this.reactions.value = shown.slice(-MAX_REACTIONS);
    setTimeout(() => {
      this.reactions.value = this.reactions.value.filter((one) => one.key !== key);
    }, REACTION_TIME);
  }

  /** Clears what belonged to the room that was left. */
  clear(): void {
    this.talking.value = false;
    this.changeRoom();
  }

  /** The same on the way to another room, which the microphone does not notice. */
  changeRoom(): void {
    // They belong to the main room.
    if (["broadcast", "invite", "class"].includes(this.panel.value ?? "")) this.panel.value = null;
    this.pin(null);
    this.reactions.value = [];
    this.asked.value = null;
    this.readingQuestions.value = [];
    this.removing.value = null;
    this.lobbyNote.value = null;
  }

  /** Adds a question to those that wait; one that is asked again stays in its place. */
  askReading(asked: ReadingAsked): void {
    const { id } = asked.reading;
    if (this.readingQuestions.value.some(({ reading }) => reading.id === id)) return;
    this.readingQuestions.value = [...this.readingQuestions.value, asked];
  }

  /** Removes a question that is answered, or needs no answer any more. */
  dropReadingQuestion(id: string): void {
    this.readingQuestions.value = this.readingQuestions.value.filter(
      ({ reading }) => reading.id !== id,
    );
  }

  /** Reads it aloud, also if it is what was read last: a space changes what there is to read. */
  announce(text: string): void {
    this.announcement.value = text === this.announcement.value ? `${text}\u00a0` : text;
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

  /** Removes the notification with this name. */
  hide(uid: string): void {
    this.toasts.value = this.toasts.value.filter((toast) => toast.uid !== uid || uid === "");
  }
}
