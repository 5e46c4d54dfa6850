/** Who voted for what, for moderators: asked of the server only where it is unfolded. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { NamedVote, Poll } from "../../../shared/protocol";
import type { MeetingPage } from "../../room/meeting-page";
import { t } from "../../strings";
import { words as reason } from "../attempt";

/** Milliseconds: while many vote, the names follow once it is quiet. */
const PAUSE = 1_000;

interface PollVotesProps {
  meeting: MeetingPage;
  poll: Poll;
}

export function PollVotes({ meeting, poll }: PollVotesProps): JSX.Element {
  const { id, counts, open, options } = poll;
  const words = t.polls.votes;
  const [unfolded, unfold] = useState(false);
  const [votes, setVotes] = useState<readonly NamedVote[] | null>(null);
  const [problem, setProblem] = useState("");
  const first = votes === null;

  // Other counts mean other votes.
  useEffect(() => {
    if (!unfolded) return;
    let current = true;
    const read = async (): Promise<void> => {
      try {
        const found = await meeting.readVotes(id);
        if (!current) return;
        setVotes(found);
        setProblem("");
      } catch (error) {
        if (current) setProblem(reason(error));
      }
    };
    const timer = setTimeout(() => void read(), first ? 0 : PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [meeting, id, unfolded, counts, open]);

  return (
    <details class="poll-votes" onToggle={({ currentTarget }) => unfold(currentTarget.open)}>
      <summary>{words.title}</summary>
      {problem && <p class="trouble">{problem}</p>}
      {votes?.length === 0 && <p class="poll-how">{words.none}</p>}
      {votes && votes.length > 0 && (
        <ul>
          {votes.map(({ id: voter, name, choices }, index) => (
            <li key={voter ?? index}>
              <strong dir="auto">{name || words.viewer}</strong>
              <span dir="auto">{choices.map((choice) => options[choice]).join(", ")}</span>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
