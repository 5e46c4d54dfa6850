import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { MicrophoneMeter } from "../media/levels";

const INTERVAL = 80;
/** Speech has about a tenth of full scale: shown as most of the bar. */
const GAIN = 5;

/** A microphone's current level. */
export function Level({ track, label }: { track: MediaStreamTrack; label: string }): JSX.Element {
  const bar = useRef<HTMLMeterElement>(null);

  useEffect(() => {
    const meter = new MicrophoneMeter();
    meter.listen(track);
    const timer = setInterval(() => {
      const level = Math.min(1, meter.level() * GAIN);
      if (bar.current) bar.current.value = level;
    }, INTERVAL);
    return () => {
      clearInterval(timer);
      meter.close();
    };
  }, [track]);

  return <meter ref={bar} class="microphone-level" aria-label={label} min={0} max={1} />;
}
