/** The control bar below the video. */

import { Icon } from "./icons";
import type { PlayerState } from "./state";
import type { Figures, SoundState } from "./stream-player";
import { t } from "./strings";

export interface ControlsProps {
  state: PlayerState;
  paused: boolean;
  sound: SoundState;
  muted: boolean;
  volume: number;
  full: boolean;
  details: boolean;
  figures: Figures;
  onPlay(): void;
  onMute(): void;
  onVolume(volume: number): void;
  /** Seeks to a position `behind` seconds behind the live edge. */
  onSeek(behind: number): void;
  onFull(): void;
  onDetails(): void;
}

/** Seconds: a viewer within this distance of the live edge counts as live. */
const ABOUT_LIVE = 0.5;
/** Seconds: a shorter window gets no slider. */
const WORTH_SEEKING = 5;

export function Controls(props: ControlsProps) {
  const { behind, kept } = props.figures;
  const live = props.state === "live" && !props.paused && behind < ABOUT_LIVE;
  const playing = props.paused ? t.toolbar.play : t.toolbar.pause;
  return (
    <div class="bar" role="toolbar" aria-label={t.toolbar.label}>
      <button type="button" title={`${playing} (${t.toolbar.space})`} onClick={props.onPlay}>
        <Icon name={props.paused ? "play" : "pause"} />
        <span class="words">{playing}</span>
      </button>
      <button
        type="button"
        title={`${props.muted ? t.toolbar.unmute : t.toolbar.mute} (m)`}
        aria-pressed={props.muted}
        onClick={props.onMute}
      >
        <Icon name={props.muted ? "muted" : "sound"} />
        <span class="words">{t.toolbar.mute}</span>
      </button>
      <input
        class="volume"
        type="range"
        min="0"
        max="100"
        aria-label={t.toolbar.volume}
        value={Math.round((props.muted ? 0 : props.volume) * 100)}
        onInput={(event) => props.onVolume(event.currentTarget.valueAsNumber / 100)}
      />
      <button
        type="button"
        class="badge"
        data-live={live}
        disabled={live || props.state !== "live"}
        title={`${t.toolbar.toLive} (l)`}
        onClick={() => props.onSeek(0)}
      >
        {badge(props, live)}
      </button>
      {kept > WORTH_SEEKING && (
        <input
          class="timeline"
          type="range"
          min={-Math.floor(kept)}
          max="0"
          step="1"
          aria-label={t.toolbar.position}
          aria-valuetext={live ? t.toolbar.atLive : t.toolbar.behindLive(Math.round(behind))}
          value={-Math.min(Math.floor(kept), Math.round(behind))}
          onInput={(event) => props.onSeek(-event.currentTarget.valueAsNumber)}
        />
      )}
      <span class="space" />
      {props.details && <Details figures={props.figures} sound={props.sound} />}
      <button
        type="button"
        title={t.toolbar.details}
        aria-pressed={props.details}
        onClick={props.onDetails}
      >
        <Icon name="details" />
        <span class="words">{t.toolbar.details}</span>
      </button>
      <button
        type="button"
        title={`${t.toolbar.fullScreen} (f)`}
        aria-pressed={props.full}
        onClick={props.onFull}
      >
        <Icon name={props.full ? "small" : "full"} />
        <span class="words">{t.toolbar.fullScreen}</span>
      </button>
    </div>
  );
}

function badge({ paused, state, figures }: ControlsProps, live: boolean): string {
  if (live) return t.badge.live;
  if (paused) return t.badge.paused;
  return state === "live" ? t.badge.behind(Math.round(figures.behind)) : t.badge.notLive;
}

function Details({ figures, sound }: { figures: Figures; sound: SoundState }) {
  const { latency, width, height } = figures;
  return (
    <span class="details">
      {latency !== null && <span title={t.details.delay}>{Math.round(latency)} ms</span>}
      {width > 0 && (
        <span>
          {width} × {height}
        </span>
      )}
      {sound === "none" && <span>{t.details.noSound}</span>}
    </span>
  );
}
