import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { QUALITIES, type Quality, StageBroadcast } from "../../composer/index";
import type { MeetingPage } from "../room/meeting-page";
import { rememberedQuality, rememberQuality } from "../room/preferences";
import { inWords, t } from "../strings";
import { words as reason } from "./attempt";
import { CopyLink } from "./copy-link";
import { Duration } from "./header";

export function BroadcastPanel({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { state, playout, trouble } = meeting.room.broadcast.value;
  const words = t.panels.broadcast;
  const [problem, setProblem] = useState<string | null>(null);
  const run = async (work: () => Promise<void>): Promise<void> => {
    setProblem(null);
    await work().catch((failure: unknown) => setProblem(reason(failure)));
  };
  const said = problem ?? (trouble && inWords(trouble));
  return (
    <>
      {said && (
        <p class="trouble" role="alert">
          {said}
        </p>
      )}
      {state === "starting" && <p role="status">{words.starting}</p>}
      {state === "stopping" && (
        <p role="status">{playout?.vod ? words.stoppingRecorded : words.stopping}</p>
      )}
      {state === "live" && <Live meeting={meeting} run={run} />}
      {(state === "off" || state === "failed") && (
        <>
          {playout?.vod && <CopyLink link={playout.vod} label={words.recordingLink} opens />}
          <StartForm meeting={meeting} run={run} again={problem !== null || state === "failed"} />
        </>
      )}
    </>
  );
}

interface PartProps {
  meeting: MeetingPage;
  /** Runs the action; the panel shows why it failed. */
  run: (work: () => Promise<void>) => Promise<void>;
}

function Live({ meeting, run }: PartProps): JSX.Element {
  const { room } = meeting;
  const { playout, since, broadcaster, quality, shows, trouble, program } = room.broadcast.value;
  const records = playout?.vod && !trouble?.kind.startsWith("recording_");
  const words = t.panels.broadcast;
  const sender = room.others.value.find(({ id }) => id === broadcaster);
  return (
    <>
      <div class="on-air">
        <p role="status">
          <span class="live-dot" aria-hidden="true" />
          <strong>{program ? words.program : words.live}</strong> {records && words.recorded}
        </p>
        {since !== null && <Duration since={since} />}
      </div>
      {shows !== "stage" && <p role="status">{words[shows]}</p>}
      {quality === "audio" && <p class="soft">{words.soundOnly}</p>}
      <Watching meeting={meeting} />
      {playout && <CopyLink link={playout.live} label={words.link} opens />}
      <p class="soft">{sentBy(sender?.name, program)}</p>
      <PauseButton meeting={meeting} run={run} />
      <button
        type="button"
        class="button danger"
        onClick={() => run(() => meeting.stopBroadcast())}
      >
        {words.end}
      </button>
    </>
  );
}

function sentBy(other: string | undefined, program: boolean): string {
  const words = t.panels.broadcast;
  if (other === undefined) return words.sentHere;
  return program ? words.sentByProgram(other) : words.sentBy(other);
}

function PauseButton({ meeting, run }: PartProps): JSX.Element {
  const words = t.panels.broadcast;
  const { shows, program } = meeting.room.broadcast.value;
  const [asked, setAsked] = useState(false);
  const begin = program ? words.resume : words.showStage;
  const label = { stage: words.pause, soon: begin, paused: words.resume }[shows];
  return (
    <button
      type="button"
      class={shows === "stage" ? "button" : "button primary"}
      disabled={asked}
      onClick={async () => {
        setAsked(true);
        await run(() => meeting.pauseBroadcast(shows === "stage"));
        setAsked(false);
      }}
    >
      {label}
    </button>
  );
}

/** More names than this would take all the room. */
const NAMED = 12;

function Watching({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const words = t.panels.broadcast;
  const audience = meeting.room.audience.value.map(({ name }) => name);
  const more = audience.length - NAMED;
  const names = [...audience.slice(0, NAMED), ...(more > 0 ? [words.others(more)] : [])];
  return (
    <>
      <p class="viewers" role="status">
        {words.viewers(meeting.room.viewers.value)}
      </p>
      {names.length > 0 && <p class="soft">{words.audience(names.join(", "))}</p>}
    </>
  );
}

interface StartFormProps extends PartProps {
  again: boolean;
}

function StartForm({ meeting, run, again }: StartFormProps): JSX.Element {
  const words = t.panels.broadcast;
  const [record, setRecord] = useState(false);
  const [paused, setPaused] = useState(false);
  const [quality, setQuality] = useState(lastQuality);
  const [asked, setAsked] = useState(false);
  const unable = StageBroadcast.supported();
  if (unable) return <p class="trouble">{inWords(unable)}</p>;
  return (
    <form
      class="stacked"
      onSubmit={async (event) => {
        event.preventDefault();
        setAsked(true);
        await run(() => meeting.startBroadcast({ record, quality, paused }));
        setAsked(false);
      }}
    >
      <p>
        {words.intro} {words.sentHere}
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={record}
          onChange={({ currentTarget }) => setRecord(currentTarget.checked)}
        />
        {words.record}
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={paused}
          onChange={({ currentTarget }) => setPaused(currentTarget.checked)}
        />
        {words.later}
      </label>
      <label class="field stacked">
        {words.quality}
        <select
          value={quality}
          onChange={({ currentTarget }) => {
            const chosen = known(currentTarget.value);
            setQuality(chosen);
            rememberQuality(chosen);
          }}
        >
          {QUALITIES.map((each) => (
            <option key={each} value={each}>
              {words.qualities[each]}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button primary" disabled={asked}>
        {again ? words.again : words.start}
      </button>
    </form>
  );
}

function known(value: string | null): Quality {
  return QUALITIES.find((quality) => quality === value) ?? "360p";
}

function lastQuality(): Quality {
  return known(rememberedQuality());
}
