import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Knock, LIMITS } from "../../shared/protocol";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { attempt } from "./attempt";
import { Avatar } from "./avatar";
import { Message, Send } from "./icons";
import { typed } from "./typed";

/** The recipient of a message: one person in the lobby, or all of them. */
type Addressee = Knock | "all";

/** The people in the lobby, for moderators; renders nothing while it is empty. */
export function Lobby({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const [writing, setWriting] = useState<Addressee | null>(null);
  const knocking = meeting.room.knocking.value;
  const words = t.panels.lobby;
  if (knocking.length === 0) return null;
  const write = (to: Addressee): void => setWriting(to === writing ? null : to);
  return (
    <section class="lobby" aria-labelledby="lobby-title">
      <h3 id="lobby-title">
        {words.title}
        <span class="count">{knocking.length}</span>
      </h3>
      <ul class="people">
        {knocking.map((knock) => (
          <li key={knock.id} class="person">
            <Avatar name={knock.name} picture={null} />
            <span class="person-name">{knock.name}</span>
            <span class="person-actions">
              <button
                type="button"
                class="quiet"
                aria-label={words.message(knock.name)}
                aria-expanded={writing !== "all" && writing?.id === knock.id}
                title={words.message(knock.name)}
                onClick={() => write(knock)}
              >
                <Message />
              </button>
              <button
                type="button"
                class="button small"
                aria-label={words.refuseOne(knock.name)}
                onClick={() => attempt(meeting, () => meeting.ask.admit(knock.id, false))}
              >
                {words.refuse}
              </button>
              <button
                type="button"
                class="button primary small"
                aria-label={words.admitOne(knock.name)}
                onClick={() => attempt(meeting, () => meeting.ask.admit(knock.id, true))}
              >
                {words.admit}
              </button>
            </span>
          </li>
        ))}
      </ul>
      {knocking.length > 1 && (
        <div class="row">
          <button
            type="button"
            class="button primary small"
            onClick={() => attempt(meeting, () => meeting.ask.admitAll())}
          >
            {words.admitAll}
          </button>
          <button
            type="button"
            class="button small"
            aria-expanded={writing === "all"}
            onClick={() => write("all")}
          >
            {words.messageAll}
          </button>
        </div>
      )}
      {writing && <LobbyMessage meeting={meeting} to={writing} onDone={() => setWriting(null)} />}
    </section>
  );
}

interface LobbyMessageProps {
  meeting: MeetingPage;
  to: Addressee;
  onDone: () => void;
}

function LobbyMessage({ meeting, to, onDone }: LobbyMessageProps): JSX.Element {
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const words = t.panels.lobby;
  useLayoutEffect(() => input.current?.focus(), []);
  const send = async (): Promise<void> => {
    const id = to === "all" ? null : to.id;
    if (!(await attempt(meeting, () => meeting.ask.messageLobby(text.trim(), id)))) return;
    meeting.view.tell(words.sent);
    onDone();
  };
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) void send();
      }}
    >
      <label>
        {to === "all" ? words.messageLabel : words.messageLabelOne(to.name)}
        <input
          ref={input}
          value={text}
          onInput={(event) => setText(typed(event, LIMITS.message))}
        />
      </label>
      <button
        type="submit"
        class="button primary icon-button"
        aria-label={t.panels.send}
        title={t.panels.send}
        disabled={!text.trim()}
      >
        <Send />
      </button>
    </form>
  );
}
