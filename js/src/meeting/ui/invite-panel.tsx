import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Meeting } from "../meeting";
import { attempt } from "./attempt";
import { CopyLink } from "./copy-link";

export function InvitePanel({ meeting }: { meeting: Meeting }): JSX.Element {
  const [link, setLink] = useState<{ url: string; moderator: boolean } | null>(null);
  const [busy, setBusy] = useState(false);
  const create = async (moderator: boolean): Promise<void> => {
    setBusy(true);
    await attempt(meeting, async () =>
      setLink({ url: await meeting.invite(moderator), moderator }),
    );
    setBusy(false);
  };
  return (
    <>
      <p>Whoever has the link can join until your own token ends.</p>
      <div class="row">
        <button type="button" class="button" disabled={busy} onClick={() => create(false)}>
          Link for participants
        </button>
        <button type="button" class="button" disabled={busy} onClick={() => create(true)}>
          Link for a moderator
        </button>
      </div>
      {link && (
        <CopyLink
          key={link.url}
          link={link.url}
          label={link.moderator ? "Link for a moderator" : "Link for participants"}
        />
      )}
    </>
  );
}
