/** How many people voted, and the time until a poll closes by itself. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { elapsed } from "../shared/elapsed";
import type { Poll } from "../shared/protocol";
import type { VotingWords } from "./strings/en";

interface PollFactsProps {
  poll: Poll;
  /** Seconds by which the server's clock is ahead of this page's. */
  ahead: number;
  words: VotingWords;
}

export function PollFacts({ poll, ahead, words }: PollFactsProps): JSX.Element {
  return (
    <p class="poll-facts">
      {poll.open && poll.ends !== null && <TimeLeft ends={poll.ends} ahead={ahead} words={words} />}
      <span>{words.voters(poll.voters)}</span>
    </p>
  );
}

interface TimeLeftProps {
  /** By the server's clock, in seconds since the epoch. */
  ends: number;
  /** Seconds by which that clock is ahead of this page's. */
  ahead: number;
  words: VotingWords;
}

function TimeLeft({ ends, ahead, words }: TimeLeftProps): JSX.Element {
  const [now, setNow] = useState(Date.now() / 1000);
  const left = Math.max(0, Math.ceil(ends - ahead - now));
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
