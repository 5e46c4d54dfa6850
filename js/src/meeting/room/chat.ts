/** What was written in the room: all of it that this person may read, and how much of it is unread. */

import { computed, signal } from "@preact/signals";
import type { ChatMessage } from "../../shared/protocol";

/** As many as the server keeps. */
const MOST = 200;

export class ChatStore {
  readonly messages = signal<readonly ChatMessage[]>([]);
  /** Whether the person looks at it. */
  readonly open = signal(false);
  /** What is being written, and its only recipient; kept while the panel is closed. */
  readonly draft = signal("");
  readonly recipient = signal<{ id: string; name: string } | null>(null);
  /** Why the last message was not sent. */
  readonly problem = signal<string | null>(null);
  readonly #read = signal(0);
  readonly unread = computed(
    () => this.messages.value.filter(({ id }) => id > this.#read.value).length,
  );

  /** Takes over what was written before; what was read before stays read. */
  fill(messages: readonly ChatMessage[]): void {
    const first = this.messages.value.length === 0;
    this.messages.value = messages.slice(-MOST);
    // Messages sent before this person came are not unread.
    if (first || this.open.value) this.markRead();
  }

  add(message: ChatMessage, own: boolean): void {
    if (this.messages.value.some(({ id }) => id === message.id)) return;
    this.messages.value = [...this.messages.value, message].slice(-MOST);
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
