import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Meeting } from "../meeting";
import type { Ending } from "../signalling";
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
    <Card title={waiting ? "Waiting to be let in" : "Joining the meeting…"} busy={!waiting}>
      <Preview meeting={meeting} />
      <p role="status">{doorWords(waiting, retrying)}</p>
      <div class="row centre">
        <MediaButtons meeting={meeting} />
        <button type="button" class="button" onClick={() => meeting.leave()}>
          Leave
        </button>
      </div>
      {waiting && (
        <details class="unfold">
          <summary>I have the room's password</summary>
          <PasswordForm meeting={meeting} wrong={false} />
        </details>
      )}
      <MediaNotice meeting={meeting} />
    </Card>
  );
}

function doorWords(waiting: boolean, retrying: boolean): string {
  if (waiting) return "A moderator has been told that you are here.";
  if (retrying) return "The server does not answer yet. Trying again…";
  return "One moment.";
}

const TITLES: Record<Ending["kind"], string> = {
  left: "You left the meeting",
  kicked: "You were removed from the meeting",
  refused: "You were not let in",
  replaced: "The meeting is open elsewhere",
  room_full: "The room is full",
  room_closed: "The room is locked",
  ended: "The meeting has ended",
  token_malformed: "This link does not work",
  token_rejected: "This link does not work",
  token_expired: "This link has expired",
  token_not_yet_valid: "The meeting has not begun",
  protocol: "The connection ended",
  too_many_messages: "The connection ended",
  server_stopping: "The server was stopped",
  server_unreachable: "The server cannot be reached",
};
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
  const title = TITLES[ending.kind];
  const told = ending.kind === "left" ? "Your camera and microphone are off." : ending.message;
  return (
    <Card title={title} busy={false}>
      <p>{told}</p>
      {AGAIN.has(ending.kind) && (
        <button type="button" class="button primary" onClick={() => meeting.start()}>
          Join again
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
    <Card title="This room asks for a password" busy={false}>
      <PasswordForm {...props} />
      <button type="button" class="button" onClick={() => props.meeting.leave()}>
        Leave
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
          That is not the password.
        </p>
      )}
      <label class="field stacked">
        Password
        <input
          type="password"
          autoComplete="off"
          maxLength={128}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button type="submit" class="button primary" disabled={!text}>
        Join
      </button>
    </form>
  );
}

function Preview({ meeting }: { meeting: Meeting }): JSX.Element {
  const video = meeting.media.video.value;
  const name = meeting.name.value;
  return (
    <div class="preview">
      <span class="avatar" aria-hidden="true">
        {initials(name)}
      </span>
      {video && <Video track={video} mirrored large={false} label="Your own picture" />}
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
