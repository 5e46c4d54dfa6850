/** The recording of a broadcast that has ended, with captions if it has any. */

import { useEffect, useRef } from "preact/hooks";
import { captionsBeside, fetchCaptions, offerCaptions, toggleCaptions } from "./captions";
import { playOn } from "./recording";
import { t } from "./strings";

export function Recorded({ vod }: { vod: string }) {
  const screen = useRef<HTMLVideoElement>(null);

  useEffect(() => {
    const owner = new AbortController();
    const { signal } = owner;
    const { current: video } = screen;
    if (video === null) return;
    // The video's own controls show the failure.
    playOn(video, signal, () => undefined);
    fetchCaptions(captionsBeside(vod), signal).then(
      (text) => {
        if (text !== null && !signal.aborted) offerCaptions(video, text, t.captions, signal);
      },
      // The recording itself reports a lost network.
      () => undefined,
    );
    addEventListener(
      "keydown",
      ({ key, ctrlKey, metaKey, altKey }) => {
        if (key.toLowerCase() === "c" && !ctrlKey && !metaKey && !altKey) toggleCaptions(video);
      },
      { signal },
    );
    return () => owner.abort();
  }, [vod]);

  return (
    <div class="recording">
      <p role="status">
        {t.ended.recording} <a href={vod}>{t.ended.open}</a>
      </p>
      {/* biome-ignore lint/a11y/useMediaCaption: added where there are any */}
      <video ref={screen} controls playsInline preload="metadata" src={vod} />
    </div>
  );
}
