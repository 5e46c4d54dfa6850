/** The chat: the messages this participant may read, and the number of unread ones. */

import { computed, signal } from "@preact/signals";
import type { ChatMessage } from "../../shared/protocol";

/** The server's limit. */
const MAX_MESSAGES = 200;

export class ChatStore {
  readonly messages = signal<readonly ChatMessage[]>([]);
  /** Whether the chat is visible. */
  readonly open = signal(false);
  /** The text being written, and its recipient if private; kept while the panel is closed. */
  readonly draft = signal("");
  readonly recipient = signal<{ id: string; name: string } | null>(null);
  /** Why the last message was not sent. */
  readonly problem = signal<string | null>(null);
  readonly #read = signal(0);
  readonly unread = computed(
    () => this.messages.value.filter(({ id }) => id > this.#read.value).length,
  );

  /** Replaces the messages with the server's history; read messages stay read. */
  fill(messages: readonly ChatMessage[]): void {
    const first = this.messages.value.length === 0;
    this.messages.value = messages.slice(-MAX_MESSAGES);
    // Messages from before joining do not count as unread.
    if (first || this.open.value) this.markRead();
  }

  add(message: ChatMessage, own: boolean): void {
    if (this.messages.value.some(({ id }) => id === message.id)) return;
    this.messages.value = [...this.messages.value, message].slice(-MAX_MESSAGES);
    if (own || this.open.value) this.markRead();
  }

  show(open: boolean): void {
    this.open.value = open;
    if (open) this.markRead();
  }

  markRead(): void {
    this.#read.value = this.messages.value.at(-1)?.id ?? 0;
  }

  clear(): void {
    this.messages.value = [];
    this.#read.value = 0;
    this.draft.value = "";
    this.recipient.value = null;
    this.problem.value = null;
  }
}
