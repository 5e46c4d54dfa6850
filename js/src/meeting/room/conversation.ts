/** Groups chat messages for display: consecutive messages from one sender form a group. */

import type { ChatMessage } from "../../shared/protocol";

/** Seconds between messages of one sender after which a new group shows the name and time again. */
const PAUSE = 5 * 60;

export interface Group {
  /** The id of its first message. */
  id: number;
  sender: string;
  name: string;
  to: string | null;
  toName: string | null;
  at: number;
  messages: readonly ChatMessage[];
}

/** Groups messages; the first unread message starts a new group, too. */
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
