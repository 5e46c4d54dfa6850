import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { LivePlayer } from "../../player/live-player";
import type { Meeting } from "../meeting";
import { t } from "../strings";

/** The stage as the audience sees and hears it: one stream, composed by somebody on the stage. */
export function AudienceStage({ meeting }: { meeting: Meeting }): JSX.Element {
  const { stream, ticket } = meeting.room.feed.value;
  return (
    <div class="audience-stage">
      {stream === null ? (
        <AudienceNotice words={t.stage.preparing} />
      ) : LivePlayer.supported() ? (
        <Feed key={`${stream} ${ticket}`} meeting={meeting} stream={stream} ticket={ticket} />
      ) : (
        <AudienceNotice words={t.stage.cannotShow} />
      )}
    </div>
  );
}

function AudienceNotice({ words }: { words: string }): JSX.Element {
  return (
    <p class="audience-notice" role="status">
      {words}
    </p>
  );
}

interface FeedProps {
  meeting: Meeting;
  stream: string;
  ticket: string | null;
}

function Feed({ meeting, stream, ticket }: FeedProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [player, setPlayer] = useState<LivePlayer | null>(null);

  useEffect(() => {
    if (!canvas.current) return;
    const { base } = meeting.launch;
    const made = new LivePlayer(canvas.current, {
      socketUrl: new URL("ws/watch", base.replace(/^http/, "ws")).href,
      workletUrl: new URL("static/player-audio.js", base).href,
      stream,
      ticket,
    });
    setPlayer(made);
    return () => made.close();
  }, [meeting, stream, ticket]);

  const state = player?.state.value;
  const blocked = player?.sound.value === "blocked";
  const shown = (player?.figures.value.frames ?? 0) > 0;
  return (
    <>
      <canvas
        ref={canvas}
        role="img"
        aria-label={t.stage.picturesOf(meeting.title.value)}
        data-frames={player?.figures.value.frames ?? 0}
        data-level={player?.figures.value.level.toFixed(4)}
      />
      {!shown && state !== "failed" && <AudienceNotice words={t.stage.loading} />}
      {state === "failed" && <AudienceNotice words={player?.refusal.value ?? ""} />}
      {blocked && (
        <button type="button" class="notice accent" onClick={() => player?.allowSound()}>
          {t.stage.hearStage}
        </button>
      )}
    </>
  );
}
