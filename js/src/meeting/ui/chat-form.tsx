import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { LIMITS } from "../../shared/protocol";
import { lengthOf } from "../../shared/text";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { words as reason } from "./attempt";
import { Lock, Send } from "./icons";

/** From this many characters left, the count is shown. */
const NEAR = 200;

/** Writes to everyone or to one participant, and always names the recipient. */
export function ChatForm({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { chat, room } = meeting;
  const words = t.panels.chat;
  const text = chat.draft.value;
  const one = chat.recipient.value;
  // If the recipient of a private message leaves, it must not go to everyone.
  const gone = one !== null && !room.others.value.some(({ id }) => id === one.id);
  const left = LIMITS.message - lengthOf(text.trim());
  const sendable = text.trim() !== "" && left >= 0 && !gone;
  const field = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    if (!field.current) return;
    field.current.style.height = "auto";
    field.current.style.height = `${field.current.scrollHeight + 2}px`;
  }, [text]);

  const others = room.others.value;
  useEffect(() => {
    const now = others.find(({ id }) => id === one?.id);
    if (now && one && now.name !== one.name) chat.recipient.value = { id: now.id, name: now.name };
  }, [others, one, chat]);

  const send = async (): Promise<void> => {
    if (!sendable) return;
    chat.draft.value = "";
    chat.problem.value = null;
    try {
      await meeting.ask.sendChat(text.trim(), one?.id ?? null);
    } catch (error) {
      chat.problem.value = words.notSent(reason(error));
      chat.draft.value = [text, chat.draft.value].filter(Boolean).join("\n");
      chat.recipient.value = one;
    }
  };

  return (
    <form
      class={`chat-form${one ? " private" : ""}`}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {chat.problem.value && (
        <p class="trouble" role="alert">
          {chat.problem.value}
        </p>
      )}
      <label class="chat-to">
        {words.to}
        <select
          value={one?.id ?? ""}
          onChange={({ currentTarget: { value } }) => {
            const chosen = others.find(({ id }) => id === value);
            chat.recipient.value = chosen ? { id: chosen.id, name: chosen.name } : null;
          }}
        >
          <option value="">{words.everybody}</option>
          {gone && <option value={one.id}>{words.onlyTo(one.name)}</option>}
          {others.map(({ id, name }) => (
            <option key={id} value={id}>
              {words.onlyTo(name)}
            </option>
          ))}
        </select>
      </label>
      {one && (
        <p class="chat-only" role="status">
          <Lock />
          <span>{gone ? words.gone(one.name) : words.private(one.name)}</span>
          <button
            type="button"
            onClick={() => {
              chat.recipient.value = null;
              field.current?.focus();
            }}
          >
            {words.toEverybody}
          </button>
        </p>
      )}
      <div class="chat-write">
        <textarea
          ref={field}
          data-first
          rows={1}
          value={text}
          aria-label={one ? words.placeholderOne(one.name) : words.placeholder}
          placeholder={one ? words.placeholderOne(one.name) : words.placeholder}
          enterkeyhint="send"
          onInput={({ currentTarget }) => {
            chat.draft.value = currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void send();
          }}
        />
        <button
          type="submit"
          class="button primary icon-button"
          aria-label={one ? words.sendOne(one.name) : t.panels.send}
          title={one ? words.sendOne(one.name) : t.panels.send}
          disabled={!sendable}
        >
          <Send />
        </button>
      </div>
      {left < NEAR && (
        <p class={left < 0 ? "chat-left over" : "chat-left"} role="status">
          {left < 0 ? words.tooLong(-left) : words.left(left)}
        </p>
      )}
    </form>
  );
}
