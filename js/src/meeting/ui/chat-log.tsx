import { Fragment, type JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Group, groups } from "../room/conversation";
import { pieces } from "../room/links";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { Lock, Message } from "./icons";

/** Pixels from the end that still count as being at the end. */
const NEAR_END = 24;
/** The time in the system's format, whatever the page's language. */
const time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

interface ChatLogProps {
  meeting: MeetingPage;
  firstUnread: number | null;
}

/** The messages. Scrolls to the newest one, unless scrolled up. */
export function ChatLog({ meeting, firstUnread }: ChatLogProps): JSX.Element {
  const words = t.panels.chat;
  const messages = meeting.chat.messages.value;
  const self = meeting.room.selfId.value;
  const newest = messages.at(-1);
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [seen, setSeen] = useState(newest?.id ?? 0);
  const below = messages.filter(({ id }) => id > seen).length;

  const toEnd = (): void => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
    setSeen(newest?.id ?? 0);
  };

  useLayoutEffect(() => {
    const marker = log.current?.querySelector(".chat-unread");
    if (marker) marker.scrollIntoView({ block: "start" });
    else toEnd();
  }, []);

  useLayoutEffect(() => {
    if (atEnd.current || newest?.sender === self) toEnd();
  }, [newest?.id]);

  useEffect(() => {
    if (!log.current) return;
    // The text field grows and shrinks: keep the end visible.
    const sizes = new ResizeObserver(() => atEnd.current && toEnd());
    sizes.observe(log.current);
    return () => sizes.disconnect();
  }, []);

  const onScroll = ({
    currentTarget: { scrollHeight, scrollTop, clientHeight },
  }: {
    currentTarget: HTMLElement;
  }): void => {
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (atEnd.current) setSeen(newest?.id ?? 0);
  };

  return (
    <div class="chat-middle">
      <div
        ref={log}
        class="chat-log"
        role="log"
        aria-label={words.log}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys must scroll it, too.
        tabIndex={0}
        onScroll={onScroll}
      >
        {messages.length === 0 && <Empty />}
        {groups(messages, firstUnread).map((group) => (
          <Fragment key={group.id}>
            {group.id === firstUnread && <p class="chat-unread">{words.unread}</p>}
            <ChatGroup meeting={meeting} group={group} own={group.sender === self} />
          </Fragment>
        ))}
      </div>
      {below > 0 && (
        <button type="button" class="chat-newest" title={words.newest} onClick={toEnd}>
          {words.newer(below)}
        </button>
      )}
    </div>
  );
}

function Empty(): JSX.Element {
  return (
    <div class="empty">
      <Message />
      <p>{t.panels.chat.empty}</p>
      <p>{t.panels.chat.emptyHint}</p>
    </div>
  );
}

interface ChatGroupProps {
  meeting: MeetingPage;
  group: Group;
  own: boolean;
}

function ChatGroup({ meeting, group, own }: ChatGroupProps): JSX.Element {
  const { sender, name, to, toName, at, messages } = group;
  const words = t.panels.chat;
  const here = meeting.room.others.value.some(({ id }) => id === sender);
  return (
    <article class={`chat-group${own ? " own" : ""}${to ? " private" : ""}`}>
      <header>
        <strong>{own ? t.common.you(name) : name}</strong>
        {to && (
          <span class="chat-private">
            <Lock />
            {own ? words.toOne(toName ?? "") : words.toYou}
          </span>
        )}
        <time dateTime={new Date(at * 1000).toISOString()}>{time.format(at * 1000)}</time>
        {!own && here && (
          <button
            type="button"
            class="quiet chat-reply"
            aria-label={words.replyTo(name)}
            title={words.replyTo(name)}
            onClick={() => {
              meeting.chat.recipient.value = { id: sender, name };
              document.querySelector<HTMLElement>(".chat-form textarea")?.focus();
            }}
          >
            <Message />
          </button>
        )}
      </header>
      {messages.map(({ id, text }) => (
        <p key={id} class="chat-text" dir="auto">
          <Linked text={text} />
        </p>
      ))}
    </article>
  );
}

function Linked({ text }: { text: string }): JSX.Element {
  return (
    <>
      {pieces(text).map((piece) =>
        piece.href ? (
          <a href={piece.href} target="_blank" rel="noopener noreferrer">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
