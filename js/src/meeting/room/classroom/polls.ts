/** The polls of the meeting: what everyone is asked, what this participant answered, and the results. */

import { computed, signal } from "@preact/signals";
import { PollList, type PollNews } from "../../../polls/poll-list";
import type { ServerMessage } from "../../../shared/protocol";
import type { ViewStore } from "../../look/view";
import { flag, type Launch } from "../launch";
import type { RoomStore } from "../room";
import type { PollDraft } from "./poll-draft";

export type { PollNews };

/** Whether this page shows polls: an embedding page may do without, by Jitsi's name of the setting. */
export function offersPolls({ config }: Pick<Launch, "config">): boolean {
  return !flag(config, "disablePolls");
}

/**
 * Whether there is a way to the panel of polls: for moderators, who ask, and for participants once a poll was
 * asked. It stays while the panel is open.
 */
export function offersPollsPanel({
  launch,
  room,
  polls,
  view,
}: {
  launch: Pick<Launch, "config">;
  room: Pick<RoomStore, "moderator">;
  polls: PollStore;
  view: Pick<ViewStore, "panel">;
}): boolean {
  const useful = room.moderator.value || polls.all.value.length > 0;
  return offersPolls(launch) && (useful || view.panel.value === "polls");
}

export class PollStore extends PollList {
  /** Open polls without a vote of this participant, except those that they asked themselves. */
  readonly unanswered = computed(() =>
    this.open.value.filter(({ id, own }) => own.length === 0 && !this.#asked.value.has(id)),
  );
  /** Those of them that still may show over the stage. */
  readonly shown = computed(() =>
    this.unanswered.value.filter(({ id }) => !this.#dismissed.value.has(id)),
  );
  /** The question that a moderator is writing; kept while the panel is closed, null if there is none. */
  readonly draft = signal<PollDraft | null>(null);
  readonly #dismissed = signal<ReadonlySet<string>>(new Set());
  readonly #asked = signal<ReadonlySet<string>>(new Set());

  /** Applies a message; returns what people should know of it, if anything. */
  apply(message: ServerMessage): PollNews | null {
    switch (message.type) {
      case "welcome":
        this.ahead.value = message.now - Date.now() / 1000;
        // The polls of this meeting follow. Those that the page has stay until then.
        if (!message.kept) this.#forget();
        return null;
      case "poll_changed":
      case "poll_counts": {
        const news = this.hear(message);
        return news?.what === "opened" && this.#asked.value.has(news.poll.id) ? null : news;
      }
      default:
        return null;
    }
  }

  /** This page opened a poll. */
  asked(id: string): void {
    this.#asked.value = new Set(this.#asked.value).add(id);
  }

  /** Shows a poll no longer over the stage: it stays in the panel. */
  dismiss(id: string): void {
    this.#dismissed.value = new Set(this.#dismissed.value).add(id);
  }

  /** Forgets the polls of a meeting that was left, and the question. */
  override clear(): void {
    this.#forget();
    this.draft.value = null;
  }

  #forget(): void {
    super.clear();
    this.#dismissed.value = new Set();
    this.#asked.value = new Set();
  }
}
