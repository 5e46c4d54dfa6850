import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { claim } from "../room/claims";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { words as reason } from "./attempt";
import { CopyLink } from "./copy-link";
import { QrCode } from "./qr-code";

interface Made {
  link: string | null;
  problem: string | null;
}

const NOTHING: Made = { link: null, problem: null };

/** An invite link for a role: created at once, since the panel was opened for it. */
export function InvitePanel({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const words = t.panels.invite;
  const [moderator, setModerator] = useState(false);

  const role = (value: boolean, label: string): JSX.Element => (
    <label>
      <input
        type="radio"
        name="role"
        checked={moderator === value}
        onChange={() => setModerator(value)}
      />
      {label}
    </label>
  );

  return (
    <>
      {meeting.invitedAsModerator && (
        <div class="choices" role="radiogroup" aria-label={words.role}>
          {role(false, words.participant)}
          {role(true, words.moderator)}
        </div>
      )}
      <p class="soft">{moderator ? words.moderatorHint : words.participantHint}</p>
      <Invite key={String(moderator)} meeting={meeting} moderator={moderator} />
    </>
  );
}

interface InviteProps {
  meeting: MeetingPage;
  moderator: boolean;
}

/** A new component for each role: no link is ever shown under another role's name. */
function Invite({ meeting, moderator }: InviteProps): JSX.Element {
  const words = t.panels.invite;
  const [attempts, setAttempts] = useState(0);
  const [{ link, problem }, setMade] = useState(NOTHING);

  useEffect(() => {
    const owner = new AbortController();
    const make = async (): Promise<void> => {
      const made = await meeting.invite(moderator).then(
        (url) => ({ link: url, problem: null }),
        (error: unknown) => ({ link: null, problem: reason(error) }),
      );
      if (!owner.signal.aborted) setMade(made);
    };
    void make();
    return () => owner.abort();
  }, [meeting, moderator, attempts]);

  const again = (): void => {
    setMade(NOTHING);
    setAttempts(attempts + 1);
  };

  return (
    <>
      {!link && !problem && <p role="status">{words.making}</p>}
      {problem && (
        <>
          <p class="trouble" role="alert">
            {problem}
          </p>
          <button type="button" class="button" onClick={again}>
            {words.again}
          </button>
        </>
      )}
      {link && (
        <>
          <CopyLink link={link} label={moderator ? words.moderatorLink : words.link} />
          <Validity link={link} />
          <figure class="qr-figure">
            <QrCode text={link} label={words.code} />
            <figcaption>{words.codeHint}</figcaption>
          </figure>
        </>
      )}
    </>
  );
}

function Validity({ link }: { link: string }): JSX.Element | null {
  const token = new URLSearchParams(new URL(link).hash.slice(1)).get("token");
  const expires = claim(token, "exp");
  if (typeof expires !== "number") return null;
  return <p class="soft">{t.panels.invite.valid(new Date(expires * 1000))}</p>;
}
