/** What was written, as it is shown: what one person writes in a row stands together. */

import type { ChatMessage } from "../../shared/protocol";

/** Seconds after which the same person's next message names its sender again, and when. */
const PAUSE = 5 * 60;

export interface Group {
  /** Of its first message. */
  id: number;
  sender: string;
  name: string;
  to: string | null;
  toName: string | null;
  at: number;
  messages: readonly ChatMessage[];
}

/** Groups of messages; a new one begins at the first unread message too. */
export function groups(messages: readonly ChatMessage[], firstUnread: number | null): Group[] {
  const found: (Group & { messages: ChatMessage[] })[] = [];
  let before: ChatMessage | undefined;
  for (const message of messages) {
    const last = found.at(-1);
    const goesOn =
      before?.sender === message.sender &&
      before.name === message.name &&
      before.to === message.to &&
      message.at - before.at < PAUSE &&
      message.id !== firstUnread;
    if (last && goesOn) last.messages.push(message);
    else {
      const { id, sender, name, to, to_name: toName, at } = message;
      found.push({ id, sender, name, to, toName, at, messages: [message] });
    }
    before = message;
  }
  return found;
}
