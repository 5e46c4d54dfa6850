import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Meeting } from "../meeting";
import { attempt } from "./attempt";
import { CopyLink } from "./copy-link";

export function BroadcastPanel({ meeting }: { meeting: Meeting }): JSX.Element {
  const { state, playout, error } = meeting.room.broadcast.value;
  switch (state) {
    case "starting":
      return <p role="status">Going live… viewers will see you in a moment.</p>;
    case "stopping":
      return (
        <p role="status">Ending the broadcast{playout?.vod ? " and closing its recording" : ""}…</p>
      );
    case "live":
      return (
        <>
          <p>
            You are live. Whoever has this link can watch
            {playout?.vod ? "; the broadcast is being recorded." : "."}
          </p>
          {playout && <CopyLink link={playout.live} label="Link for viewers" />}
          <button
            type="button"
            class="button danger"
            onClick={() => attempt(meeting, () => meeting.stopBroadcast())}
          >
            End the broadcast
          </button>
        </>
      );
    default:
      return (
        <>
          {error && <p class="trouble">{error}</p>}
          {playout?.vod && <CopyLink link={playout.vod} label="The last recording" />}
          <StartForm meeting={meeting} />
        </>
      );
  }
}

function StartForm({ meeting }: { meeting: Meeting }): JSX.Element {
  const [record, setRecord] = useState(false);
  const [asked, setAsked] = useState(false);
  return (
    <form
      class="stacked"
      onSubmit={async (event) => {
        event.preventDefault();
        setAsked(true);
        await attempt(meeting, () => meeting.startBroadcast(record));
        setAsked(false);
      }}
    >
      <p>
        Viewers see and hear everybody in the meeting. This page sends it: keep it open meanwhile.
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={record}
          onChange={({ currentTarget }) => setRecord(currentTarget.checked)}
        />
        Record it too
      </label>
      <button type="submit" class="button primary" disabled={asked}>
        Go live
      </button>
    </form>
  );
}
