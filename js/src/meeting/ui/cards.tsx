import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Meeting } from "../meeting";
import type { Ending } from "../signalling";
import { t } from "../strings";
import { MediaNotice } from "./notices";
import { initials } from "./tile";
import { MediaButtons } from "./toolbar";
import { Video } from "./video";

/** What is shown instead of the room while one is not in it. */
export function DoorCard({ meeting }: { meeting: Meeting }): JSX.Element {
  const ending = meeting.ending.value;
  if (ending) return <EndingCard meeting={meeting} ending={ending} />;
  const password = meeting.password.value;
  if (password) return <PasswordCard meeting={meeting} wrong={password.wrong} />;
  const waiting = meeting.status.value === "waiting";
  const retrying = meeting.connection.value === "reconnecting";
  return (
    <Card title={waiting ? t.door.waiting : t.door.joining} busy={!waiting}>
      <Preview meeting={meeting} />
      <p role="status">{doorWords(waiting, retrying)}</p>
      <div class="row centre">
        <MediaButtons meeting={meeting} />
        <button type="button" class="button" onClick={() => meeting.leave()}>
          {t.common.leave}
        </button>
      </div>
      {waiting && (
        <details class="unfold">
          <summary>{t.door.havePassword}</summary>
          <PasswordForm meeting={meeting} wrong={false} />
        </details>
      )}
      <MediaNotice meeting={meeting} />
    </Card>
  );
}

function doorWords(waiting: boolean, retrying: boolean): string {
  if (waiting) return t.door.waitingFor;
  if (retrying) return t.door.retrying;
  return t.door.moment;
}

/** Joining again is offered wherever it may help, also where the server would not have us retry alone. */
const AGAIN: ReadonlySet<Ending["kind"]> = new Set([
  "left",
  "refused",
  "replaced",
  "room_full",
  "room_closed",
  "token_not_yet_valid",
  "protocol",
  "too_many_messages",
  "server_stopping",
  "server_unreachable",
]);

function EndingCard({ meeting, ending }: { meeting: Meeting; ending: Ending }): JSX.Element {
  const { title, told } = t.endings[ending.kind];
  return (
    <Card title={title} busy={false}>
      <p>{told || ending.message}</p>
      {AGAIN.has(ending.kind) && (
        <button type="button" class="button primary" onClick={() => meeting.start()}>
          {ending.kind === "replaced" ? t.door.useHere : t.door.joinAgain}
        </button>
      )}
    </Card>
  );
}

interface PasswordProps {
  meeting: Meeting;
  wrong: boolean;
}

function PasswordCard(props: PasswordProps): JSX.Element {
  return (
    <Card title={t.door.passwordTitle} busy={false}>
      <PasswordForm {...props} />
      <button type="button" class="button" onClick={() => props.meeting.leave()}>
        {t.common.leave}
      </button>
    </Card>
  );
}

function PasswordForm({ meeting, wrong }: PasswordProps): JSX.Element {
  const [text, setText] = useState("");
  return (
    <form
      class="stacked"
      onSubmit={(event) => {
        event.preventDefault();
        if (text) meeting.submitPassword(text);
      }}
    >
      {wrong && (
        <p class="trouble" role="alert">
          {t.door.passwordWrong}
        </p>
      )}
      <label class="field stacked">
        {t.door.password}
        <input
          type="password"
          autoComplete="off"
          maxLength={128}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button type="submit" class="button primary" disabled={!text}>
        {t.door.join}
      </button>
    </form>
  );
}

function Preview({ meeting }: { meeting: Meeting }): JSX.Element {
  const video = meeting.media.camera.value;
  const name = meeting.name.value;
  return (
    <div class="preview">
      <span class="avatar" aria-hidden="true">
        {initials(name)}
      </span>
      {video && <Video track={video} mirrored large={false} label={t.door.ownPicture} />}
      <span class="tile-label">
        <span class="tile-name">{name}</span>
      </span>
    </div>
  );
}

interface CardProps {
  title: string;
  busy: boolean;
  children: ComponentChildren;
}

function Card({ title, busy, children }: CardProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // What had the focus is gone; but a page that nobody is in must not take it from another.
    if (title && document.hasFocus()) heading.current?.focus();
  }, [title]);
  return (
    <main class="door">
      <div class="card" aria-busy={busy}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </div>
    </main>
  );
}
