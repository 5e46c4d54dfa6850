/** Shows a stream by the best means that this browser supports. */

import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import { HlsPlayer } from "./hls-player";
import { LivePlayer } from "./live-player";
import { MsePlayer } from "./mse-player";
import type { PlayerOptions, StreamPlayer } from "./stream-player";

/** A canvas, frame by frame, if the browser has WebCodecs; otherwise a video element. */
const DRAWN = LivePlayer.supported();
const BUFFERED = MsePlayer.supported();

/** Whether this browser can play a stream; a private one has no playlist. */
export function playable(hlsUrl: string | null = null): boolean {
  return DRAWN || BUFFERED || (hlsUrl !== null && HlsPlayer.supported());
}

export function playerFor(screen: HTMLElement | null, options: PlayerOptions): StreamPlayer | null {
  const { hlsUrl = null } = options;
  if (screen instanceof HTMLCanvasElement) return new LivePlayer(screen, options);
  if (!(screen instanceof HTMLVideoElement)) return null;
  if (BUFFERED) return new MsePlayer(screen, options);
  return hlsUrl === null ? null : new HlsPlayer(screen, hlsUrl, options);
}

export interface ScreenProps {
  screen: RefObject<HTMLElement>;
  label: string;
  hidden: boolean;
}

export function Screen({ screen, label, hidden }: ScreenProps) {
  const { current: ref } = useRef((element: HTMLElement | null) => {
    screen.current = element;
  });
  if (DRAWN) return <canvas ref={ref} role="img" aria-label={label} hidden={hidden} />;
  // biome-ignore lint/a11y/useMediaCaption: a live stream has no captions
  return <video ref={ref} class="stream" aria-label={label} hidden={hidden} />;
}
