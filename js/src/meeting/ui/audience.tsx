import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { playable, playerFor, Screen } from "../../player/screen";
import type { StreamPlayer } from "../../player/stream-player";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";

/** The stage as the audience sees and hears it: one stream, composed by a page on the stage. */
export function AudienceStage({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { stream, ticket, possible } = meeting.room.feed.value;
  return (
    <div class="audience-stage">
      {stream === null ? (
        <AudienceNotice words={possible ? t.stage.preparing : t.stage.cannotSend} />
      ) : playable() ? (
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

function failure(player: StreamPlayer | null): string {
  const refusal = player?.refusal.value;
  return refusal?.kind === "codec" ? t.stage.cannotShow : (refusal?.message ?? "");
}

interface FeedProps {
  meeting: MeetingPage;
  stream: string;
  ticket: string | null;
}

function Feed({ meeting, stream, ticket }: FeedProps): JSX.Element {
  const screen = useRef<HTMLElement>(null);
  const [player, setPlayer] = useState<StreamPlayer | null>(null);

  useEffect(() => {
    const { base } = meeting.launch;
    const made = playerFor(screen.current, {
      socketUrl: new URL("ws/watch", base.replace(/^http/, "ws")).href,
      workletUrl: new URL("static/player-audio.js", base).href,
      stream,
      ticket,
    });
    setPlayer(made);
    return () => made?.close();
  }, [meeting, stream, ticket]);

  const touched = meeting.view.touched.value;
  useEffect(() => {
    if (touched > 0 && player?.sound.peek() === "blocked") player.allowSound();
  }, [player, touched]);

  const state = player?.state.value;
  const blocked = player?.sound.value === "blocked";
  const shown = (player?.figures.value.frames ?? 0) > 0;
  const loading = player?.picture.value === false ? t.stage.soundOnly : t.stage.loading;
  return (
    <div
      class="feed"
      data-frames={player?.figures.value.frames ?? 0}
      data-level={player?.figures.value.level?.toFixed(4)}
    >
      <Screen screen={screen} label={t.stage.picturesOf(meeting.title.value)} hidden={false} />
      {!shown && state !== "failed" && <AudienceNotice words={loading} />}
      {state === "failed" && <AudienceNotice words={failure(player)} />}
      {blocked && (
        <button type="button" class="notice accent" onClick={() => player?.allowSound()}>
          {t.stage.hearStage}
        </button>
      )}
    </div>
  );
}
