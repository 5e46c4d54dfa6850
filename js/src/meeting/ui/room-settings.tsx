import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { LIMITS } from "../../shared/protocol";
import type { MeetingPage } from "../room/meeting-page";
import { makePassword } from "../room/passphrase";
import { t } from "../strings";
import { attempt } from "./attempt";
import { Check } from "./check";
import { ConfirmButton } from "./confirm-button";
import { CopyLink } from "./copy-link";
import { TextSetting } from "./text-setting";
import { typed } from "./typed";

/** The room's settings, for moderators. */
export function RoomSettings({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { ask, room } = meeting;
  const words = t.panels.settings;
  return (
    <fieldset class="settings">
      <legend>{words.room}</legend>
      {room.groups.here.value === null && <OfMainRoom meeting={meeting} />}
      <ConfirmButton
        label={words.end}
        question={words.endReally}
        onConfirm={() => attempt(meeting, () => ask.endMeeting())}
      />
    </fieldset>
  );
}

/** What a group has from its meeting. */
function OfMainRoom({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { ask, room } = meeting;
  const { subject, lobby, closed } = room.state.value;
  const words = t.panels.settings;
  return (
    <>
      <TextSetting
        label={words.subject}
        value={subject}
        max={LIMITS.subject}
        onSave={(wanted) => attempt(meeting, () => ask.setSubject(wanted))}
      />
      <Check
        label={words.lobby}
        checked={lobby}
        onToggle={() => attempt(meeting, () => ask.setLobby(!lobby))}
      />
      <Check
        label={words.closed}
        checked={closed}
        onToggle={() => attempt(meeting, () => ask.setClosed(!closed))}
      />
      <PasswordSetting meeting={meeting} />
    </>
  );
}

/** The server keeps only a hash: a password is readable only in the page that set it. */
function PasswordSetting({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const [text, setText] = useState("");
  const [given, setGiven] = useState("");
  const { locked } = meeting.room.state.value;
  const words = t.panels.settings;
  const set = async (password: string): Promise<void> => {
    if (!(await attempt(meeting, () => meeting.ask.setPassword(password)))) return;
    setText("");
    setGiven(password);
  };
  return (
    <>
      <form
        class="field"
        onSubmit={(event) => {
          event.preventDefault();
          if (text) void set(text);
        }}
      >
        <label>
          {locked ? words.newPassword : words.password}
          <input
            autoComplete="off"
            spellcheck={false}
            value={text}
            onInput={(event) => setText(typed(event, LIMITS.password))}
          />
        </label>
        {text ? (
          <button type="submit" class="button primary">
            {words.set}
          </button>
        ) : (
          <button type="button" class="button" onClick={() => set(makePassword())}>
            {words.make}
          </button>
        )}
      </form>
      {locked && given && <CopyLink link={given} label={words.passwordSet} />}
      {locked && (
        <button type="button" class="button small start" onClick={() => set("")}>
          {words.removePassword}
        </button>
      )}
    </>
  );
}
