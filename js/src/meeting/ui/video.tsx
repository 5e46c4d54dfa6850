import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useLines } from "./lines";

interface VideoProps {
  track: MediaStreamTrack;
  mirrored: boolean;
  /** Whether it is large: then it is hardly cropped. */
  large: boolean;
  /** Whether it must never be cropped. */
  uncut?: boolean;
  label: string;
  /** Called with the screen lines that it takes up, 0 for none. */
  onLines?: (lines: number) => void;
}

/** The largest fraction of a frame that may be cropped to fill its tile; else it is shown uncropped. */
const MAX_CROP = 0.5;
const MAX_CROP_LARGE = 0.1;

/** A muted video; invisible until its first frame. */
export function Video(props: VideoProps): JSX.Element {
  const { track, mirrored, large, uncut, label, onLines } = props;
  const element = useRef<HTMLVideoElement>(null);
  const [playing, setPlaying] = useState(false);
  const [cut, setCut] = useState(0);
  const whole = uncut || cut > (large ? MAX_CROP_LARGE : MAX_CROP);

  useLines(element, whole, (lines) => onLines?.(lines));

  useEffect(() => {
    const video = element.current;
    if (!video) return;
    const owner = new AbortController();
    const measure = (): void => {
      if (!video.videoWidth || !video.clientWidth) return;
      const picture = video.videoWidth / video.videoHeight;
      const tile = video.clientWidth / video.clientHeight;
      setCut(1 - Math.min(picture / tile, tile / picture));
    };
    const options = { signal: owner.signal };
    video.addEventListener("playing", () => setPlaying(true), options);
    video.addEventListener("resize", measure, options);
    const sizes = new ResizeObserver(measure);
    sizes.observe(video);
    video.srcObject = new MediaStream([track]);
    // Muted video may always play; this fails only when the tile is already removed.
    video.play().catch(() => {});
    return () => {
      owner.abort();
      sizes.disconnect();
      video.srcObject = null;
      setPlaying(false);
    };
  }, [track]);

  return (
    <video
      ref={element}
      class={`picture${mirrored ? " mirrored" : ""}${whole ? " whole" : ""}${playing ? " playing" : ""}`}
      aria-label={label}
      muted
      playsInline
      autoPlay
      disablePictureInPicture
    />
  );
}
