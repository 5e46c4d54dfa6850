/** The time until a poll closes by itself. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { elapsed } from "../shared/elapsed";
import type { VotingWords } from "./strings/en";

interface TimeLeftProps {
  /** By this page's clock, in seconds since the epoch. */
  ends: number;
  words: VotingWords;
}

export function TimeLeft({ ends, words }: TimeLeftProps): JSX.Element {
  const [now, setNow] = useState(Date.now() / 1000);
  const left = Math.max(0, Math.ceil(ends - now));
  useEffect(() => {
    const tick = (): void => setNow(Date.now() / 1000);
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [ends]);
  // A timer is not announced: it would speak every second.
  return (
    <span class="poll-time" role="timer">
      {left > 0 ? words.left(elapsed(left)) : words.ending}
    </span>
  );
}
