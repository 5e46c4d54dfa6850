import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { explained } from "../../shared/explained";
import { LIMITS } from "../../shared/protocol";
import type { MeetingPage } from "../room/meeting-page";
import type { Ending } from "../room/signalling";
import { t } from "../strings";
import { Card } from "./card";
import { MovingCard } from "./classroom/group-bar";
import { RecordsLine } from "./classroom/records";
import { MediaNotice } from "./notices";
import { Preview } from "./preview";
import { typed } from "./typed";

/** What the page shows outside the room. */
export function AdmissionCard({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const ending = meeting.ending.value;
  if (ending) return <EndingCard meeting={meeting} ending={ending} />;
  const password = meeting.question.asked.value;
  if (password) return <PasswordCard meeting={meeting} wrong={password.wrong} />;
  const waiting = meeting.status.value === "waiting";
  const moving = meeting.room.groups.moving.value;
  if (moving && !waiting) return <MovingCard meeting={meeting} to={moving} />;
  const retrying = meeting.connection.value === "reconnecting";
  return (
    <Card title={waiting ? t.admission.waiting : t.admission.joining} busy={!waiting}>
      <Preview meeting={meeting} />
      <p role="status">{admissionText(meeting, waiting, retrying)}</p>
      {waiting && <LobbyNote meeting={meeting} />}
      <RecordsLine meeting={meeting} role="status" />
      <div class="row centre">
        <button type="button" class="button" onClick={() => meeting.leave()}>
          {t.common.leave}
        </button>
      </div>
      {waiting && (
        <details class="unfold">
          <summary>{t.admission.havePassword}</summary>
          <PasswordForm meeting={meeting} wrong={false} />
        </details>
      )}
      <MediaNotice meeting={meeting} />
    </Card>
  );
}

/** A moderator's message to the lobby. */
function LobbyNote({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const note = meeting.view.lobbyNote.value;
  return (
    <div role="status">
      {note && (
        <blockquote class="lobby-note">
          <strong>{t.admission.note(note.name)}</strong> {note.text}
        </blockquote>
      )}
    </div>
  );
}

function admissionText({ view }: MeetingPage, waiting: boolean, retrying: boolean): string {
  if (waiting) return view.waitingMessage.value ?? t.admission.waitingFor;
  if (retrying) return t.admission.retrying;
  return t.admission.moment;
}

/** Offers to rejoin wherever it may help, also where the page must not retry by itself. */
const AGAIN: ReadonlySet<Ending["kind"]> = new Set([
  "left",
  "refused",
  "replaced",
  "room_full",
  "lobby_full",
  "room_closed",
  "token_not_yet_valid",
  "protocol",
  "too_many_messages",
  "server_stopping",
  "server_unreachable",
  "group_refused",
]);

function EndingCard({ meeting, ending }: { meeting: MeetingPage; ending: Ending }): JSX.Element {
  const { title, told } = t.endings[ending.kind];
  return (
    <Card title={title}>
      <p>{told || ending.message}</p>
      {ending.kind !== "left" && (
        <a href={explained(ending.kind)} target="_blank" rel="noreferrer">
          {t.admission.help}
        </a>
      )}
      {AGAIN.has(ending.kind) && (
        <button type="button" class="button primary" onClick={() => meeting.start()}>
          {ending.kind === "replaced" ? t.admission.useHere : t.admission.joinAgain}
        </button>
      )}
    </Card>
  );
}

interface PasswordProps {
  meeting: MeetingPage;
  wrong: boolean;
}

function PasswordCard(props: PasswordProps): JSX.Element {
  return (
    <Card title={t.admission.passwordTitle}>
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
          {t.admission.passwordWrong}
        </p>
      )}
      <label class="field stacked">
        {t.admission.password}
        <input
          type="password"
          autoComplete="off"
          value={text}
          onInput={(event) => setText(typed(event, LIMITS.password))}
        />
      </label>
      <button type="submit" class="button primary" disabled={!text}>
        {t.admission.join}
      </button>
    </form>
  );
}
