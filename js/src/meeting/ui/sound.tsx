import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { screenOf } from "../room/composed-tiles";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";

/**
 * The others' voices and shared audio: one element each, apart from the tiles,
 * so that tiles may come and go.
 */
export function Sound({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const output = meeting.media.choice.value.audiooutput;
  const sharing = new Set(
    meeting.room.others.value.filter((one) => one.screen).map(({ id }) => id),
  );
  const sounds = [...meeting.remotes.value].flatMap(([id, { audio, screenSound }]) => [
    { id, owner: id, track: audio },
    { id: screenOf(id), owner: id, track: sharing.has(id) ? screenSound : null },
  ]);
  return (
    <div hidden>
      {sounds.map(({ id, owner, track }) =>
        track ? (
          <Voice
            key={id}
            id={id}
            track={track}
            volume={meeting.volumes.of(owner)}
            output={output}
            meeting={meeting}
          />
        ) : null,
      )}
    </div>
  );
}

/** How often blocked audio is retried. */
const AGAIN_MS = 1_000;

interface VoiceProps {
  id: string;
  track: MediaStreamTrack;
  volume: number;
  output: string | undefined;
  meeting: MeetingPage;
}

function Voice({ id, track, volume, output, meeting }: VoiceProps): JSX.Element {
  const element = useRef<HTMLAudioElement>(null);
  const blocked = meeting.view.soundBlocked.value;

  useEffect(() => {
    const audio = element.current;
    if (!audio) return;
    audio.srcObject = new MediaStream([track]);
    return () => {
      audio.srcObject = null;
    };
  }, [track]);

  useEffect(() => {
    const audio = element.current;
    if (!audio) return;
    audio.volume = volume;
    // On iOS only the hardware keys set a volume, but muting works there, too.
    audio.muted = volume === 0;
  }, [volume]);

  useEffect(() => {
    if (!blocked) {
      element.current?.play().catch((error: unknown) => {
        if (error instanceof DOMException && error.name === "NotAllowedError") {
          meeting.view.soundBlocked.value = true;
        }
      });
      return;
    }
    // A click in the embedding page allows sound here, too, but this page gets no event.
    const timer = setInterval(() => {
      element.current?.play().then(
        () => {
          meeting.view.soundBlocked.value = false;
        },
        () => undefined,
      );
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, [track, blocked, meeting]);

  useEffect(() => {
    if (!output || !element.current || !("setSinkId" in element.current)) return;
    element.current.setSinkId(output).catch(() => {
      meeting.view.tell(t.events.noSpeaker);
    });
  }, [output, meeting]);

  // biome-ignore lint/a11y/useMediaCaption: a live voice has no captions.
  return <audio ref={element} data-participant={id} autoPlay />;
}
