import type { JSX } from "preact";
import type { Rect } from "../layout";
import type { PeerState } from "../peer";
import { MicrophoneOff, Pin } from "./icons";
import { Video } from "./video";

export interface TileProps {
  id: string;
  name: string;
  local: boolean;
  video: MediaStreamTrack | null;
  /** Whether it shows what somebody shares, and not him. */
  screen: boolean;
  mirrored: boolean;
  microphone: boolean;
  speaking: boolean;
  state: PeerState;
  rect: Rect;
  large: boolean;
  pinned: boolean;
  onPin: (() => void) | null;
  /** Hears in how many lines of the screen the picture is shown. */
  onLines: (lines: number) => void;
}

const SHOWN_STATE: Record<PeerState, string | null> = {
  connecting: "Connecting…",
  lost: "Reconnecting…",
  unreachable: "No direct connection yet. Still trying…",
  connected: null,
};

export function Tile(props: TileProps): JSX.Element {
  const { id, name, local, video, microphone, speaking, rect, pinned, onPin } = props;
  const state = SHOWN_STATE[props.state];
  const label = local ? `${name} (you)` : name;
  return (
    <li
      class={`tile${speaking ? " speaking" : ""}`}
      data-participant={id}
      data-local={local}
      data-microphone={microphone ? "on" : "off"}
      data-camera={video ? "on" : "off"}
      style={{
        left: `${rect.left}px`,
        top: `${rect.top}px`,
        width: `${rect.width}px`,
        height: `${rect.height}px`,
        "--hue": `${hue(name)}`,
      }}
    >
      <span class="avatar" aria-hidden="true">
        {initials(name)}
      </span>
      {video && (
        <Video
          track={video}
          mirrored={props.mirrored}
          large={props.large}
          uncut={props.screen}
          onLines={props.onLines}
          label={`Picture of ${name}`}
        />
      )}
      {state && <span class="tile-state">{state}</span>}
      <span class="tile-label">
        {!microphone && !props.screen && (
          <span class="tile-muted" role="img" aria-label="microphone off">
            <MicrophoneOff />
          </span>
        )}
        <span class="tile-name">{label}</span>
        {speaking && <span class="hidden">speaking</span>}
      </span>
      {onPin && (
        <button
          type="button"
          class="tile-pin"
          aria-pressed={pinned}
          aria-label={pinned ? `Show ${name} as large as the others` : `Show ${name} large`}
          title={pinned ? "Unpin" : "Pin"}
          onClick={onPin}
        >
          <Pin />
        </button>
      )}
    </li>
  );
}

/** Up to two letters: of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return (
    chosen
      .map((word) => [...(word ?? "")][0] ?? "")
      .join("")
      .toUpperCase() || "?"
  );
}

/** A colour that a name always has. */
export function hue(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
}
