import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { MeetingPage } from "../room/meeting-page";
import { ChatForm } from "./chat-form";
import { ChatLog } from "./chat-log";

export function ChatPanel({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { chat } = meeting;
  // The unread marker stays where it was when the panel opened.
  const [firstUnread] = useState(() => {
    const unread = chat.unread.peek();
    return unread > 0 ? (chat.messages.peek().at(-unread)?.id ?? null) : null;
  });

  useEffect(() => {
    chat.show(true);
    return () => chat.show(false);
  }, [chat]);

  return (
    <div class="chat">
      <ChatLog meeting={meeting} firstUnread={firstUnread} />
      <ChatForm meeting={meeting} />
    </div>
  );
}
