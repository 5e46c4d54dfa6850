/** The bar under the picture. */

import { Icon } from "./icons";
import type { Figures, SoundState } from "./live-player";
import type { PlayerState } from "./state";

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
  onFull(): void;
  onDetails(): void;
}

export function Controls(props: ControlsProps) {
  const live = props.state === "live" && !props.paused;
  return (
    <div class="bar" role="toolbar" aria-label="Player">
      <button
        type="button"
        title={props.paused ? "Play (space)" : "Pause (space)"}
        onClick={props.onPlay}
      >
        <Icon name={props.paused ? "play" : "pause"} />
        <span class="words">{props.paused ? "Play" : "Pause"}</span>
      </button>
      <button
        type="button"
        title={props.muted ? "Unmute (m)" : "Mute (m)"}
        aria-pressed={props.muted}
        onClick={props.onMute}
      >
        <Icon name={props.muted ? "muted" : "sound"} />
        <span class="words">Mute</span>
      </button>
      <input
        class="volume"
        type="range"
        min="0"
        max="100"
        aria-label="Volume"
        value={Math.round((props.muted ? 0 : props.volume) * 100)}
        onInput={(event) => props.onVolume(event.currentTarget.valueAsNumber / 100)}
      />
      <span class="badge" data-live={live}>
        {live ? "Live" : props.paused ? "Paused" : "Not live"}
      </span>
      <span class="space" />
      {props.details && <Details figures={props.figures} sound={props.sound} />}
      <button
        type="button"
        title="Delay and resolution"
        aria-pressed={props.details}
        onClick={props.onDetails}
      >
        <Icon name="details" />
        <span class="words">Delay and resolution</span>
      </button>
      <button
        type="button"
        title="Full screen (f)"
        aria-pressed={props.full}
        onClick={props.onFull}
      >
        <Icon name={props.full ? "small" : "full"} />
        <span class="words">Full screen</span>
      </button>
    </div>
  );
}

function Details({ figures, sound }: { figures: Figures; sound: SoundState }) {
  const { latency, width, height } = figures;
  return (
    <span class="details">
      {latency !== null && (
        <span title="From the server to your screen: network, decoding and buffer">
          {Math.round(latency)} ms
        </span>
      )}
      {width > 0 && (
        <span>
          {width} × {height}
        </span>
      )}
      {sound === "none" && <span>no sound</span>}
    </span>
  );
}
