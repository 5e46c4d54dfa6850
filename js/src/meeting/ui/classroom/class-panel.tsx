/** The moderators' panel of a lesson: hands, the lobby, the check-in, the roster and talk time. */

import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { LIMITS, type Participant } from "../../../shared/protocol";
import type { Panel } from "../../look/view";
import { among, classOf, type Student } from "../../room/classroom/students";
import type { MeetingPage } from "../../room/meeting-page";
import { t } from "../../strings";
import { attempt } from "../attempt";
import { Lobby } from "../lobby-panel";
import { AT_A_GLANCE } from "../people-panel";
import { typed } from "../typed";

interface PartProps {
  meeting: MeetingPage;
  people: readonly Student[];
}

export function ClassPanel({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { room } = meeting;
  const people = classOf(room.roster.people.value, room.everybody.value, room.groups.groups.value);
  return (
    <>
      <Hands meeting={meeting} people={people} />
      <Lobby meeting={meeting} />
      <CheckIn meeting={meeting} people={people} />
      <Roster meeting={meeting} people={people} />
      <TalkTimes meeting={meeting} people={people} />
      <Others meeting={meeting} />
    </>
  );
}

function Hands({ meeting, people }: PartProps): JSX.Element {
  const words = t.classroom;
  const next = useRef<HTMLButtonElement>(null);
  const hands = meeting.room.hands.value;
  const raised = hands.map(({ id }) => id);
  const call = (id: string | null): Promise<boolean> =>
    attempt(meeting, async () => {
      const called = await meeting.callHand(id);
      const name = hands.find((hand) => hand.id === called)?.name;
      meeting.view.tell(called === null ? words.noHands : words.called(name ?? words.someone));
      // The button of a hand goes with it.
      if (document.activeElement === document.body) next.current?.focus();
    });
  return (
    <section aria-labelledby="class-hands">
      <Heading id="class-hands" title={t.panels.people.hands} count={hands.length} />
      {hands.length === 0 && <p class="soft">{words.noHands}</p>}
      <ol class="people class-hands">
        {hands.map((hand) => (
          <Hand key={hand.id} hand={hand} onCall={() => call(hand.id)} />
        ))}
      </ol>
      <button
        ref={next}
        type="button"
        class="button primary small start"
        aria-label={words.callNext}
        data-first
        onClick={() => void call(null)}
      >
        {words.next}
      </button>
      {hands.length > 0 && (
        <Names
          label={words.notRaised}
          people={people.filter((one) => isStudent(one) && !among(one, raised))}
        />
      )}
    </section>
  );
}

function Hand({ hand, onCall }: { hand: Participant; onCall: () => void }): JSX.Element {
  const words = t.classroom;
  return (
    <li class="person" data-person={hand.id}>
      <span class="person-name">
        <span dir="auto">{hand.name}</span>
      </span>
      <span class="person-actions">
        <button
          type="button"
          class="button small"
          aria-label={words.callOne(hand.name)}
          onClick={onCall}
        >
          {words.call}
        </button>
      </span>
    </li>
  );
}

function CheckIn({ meeting, people }: PartProps): JSX.Element {
  const words = t.classroom;
  const asked = meeting.room.checkIn.now.value;
  const section = useRef<HTMLElement>(null);
  const before = useRef(asked?.id);
  useLayoutEffect(() => {
    if (before.current === asked?.id) return;
    before.current = asked?.id;
    // What began or ended it is gone: the keyboard goes on here.
    if (document.activeElement === document.body) section.current?.focus();
  }, [asked?.id]);
  const students = people.filter(isStudent);
  const done = asked ? people.filter((one) => among(one, asked.done)) : [];
  const waited = students.filter((one) => !done.includes(one));
  return (
    <section ref={section} class="class-check-in" aria-labelledby="class-check-in" tabIndex={-1}>
      <Heading id="class-check-in" title={words.checkIn} />
      {asked ? (
        <>
          <p class="class-question" dir="auto">
            {asked.question}
          </p>
          <p role="status">{words.doneOf(done.length, done.length + waited.length)}</p>
          <Names label={t.roster.done} people={done} open />
          <Names label={t.roster.notYet} people={waited} open />
          <button
            type="button"
            class="button small start"
            onClick={() => attempt(meeting, () => meeting.ask.endCheckIn())}
          >
            {words.end}
          </button>
        </>
      ) : (
        <StartCheckIn meeting={meeting} />
      )}
    </section>
  );
}

function StartCheckIn({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const words = t.classroom;
  const [text, setText] = useState<string>(words.finished);
  const question = text.trim();
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        if (question) void attempt(meeting, () => meeting.ask.startCheckIn(question));
      }}
    >
      <label>
        {words.question}
        <input value={text} onInput={(event) => setText(typed(event, LIMITS.question))} />
      </label>
      <button type="submit" class="button" disabled={!question}>
        {words.start}
      </button>
    </form>
  );
}

function Roster({ meeting, people }: PartProps): JSX.Element | null {
  const words = t.classroom;
  const [wanted, setWanted] = useState("");
  const rostered = people.filter((one) => one.rostered);
  if (rostered.length === 0) return null;
  const many = rostered.length > AT_A_GLANCE;
  const part = many ? wanted.trim().toLocaleLowerCase() : "";
  const found = rostered.filter(({ name }) => name.toLocaleLowerCase().includes(part));
  const absent = found.filter(({ here }) => here.length === 0);
  const present = found.filter(({ here }) => here.length > 0);
  const twice = present.filter(({ here }) => here.length > 1);
  return (
    <section aria-labelledby="class-roster">
      <Heading id="class-roster" title={words.roster} count={rostered.length} />
      {many && (
        <input
          type="search"
          aria-label={t.panels.people.find}
          placeholder={t.panels.people.find}
          value={wanted}
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
        />
      )}
      {found.length === 0 && <p role="status">{t.panels.people.noMatch}</p>}
      <Names label={words.absent} people={absent} open />
      <Names label={words.here} people={present} open={!many} />
      {twice.length > 0 && (
        <Names label={words.twice} people={twice} open state={({ here }) => `${here.length}×`} />
      )}
      {!many && absent.length === 0 && <p class="soft">{words.allHere}</p>}
      {meeting.room.groups.open.value && <p class="soft">{words.alsoInGroups}</p>}
    </section>
  );
}

function TalkTimes({ meeting, people }: PartProps): JSX.Element {
  const words = t.classroom;
  const { records } = meeting.room;
  const kept = records.keeps("talk");
  const times = Object.entries(records.talkTimes.value).sort(([, a], [, b]) => b - a);
  const name = (id: string): string =>
    people.find(({ here }) => here.includes(id))?.name ?? words.someone;
  return (
    <section aria-labelledby="class-talk">
      <Heading id="class-talk" title={words.talk} />
      {times.length === 0 && <p class="soft">{kept ? words.noTalk : words.talkNotKept}</p>}
      <ol class="class-names">
        {times.map(([id, seconds]) => (
          <li key={id}>
            <span dir="auto">{name(id)}</span> <span>{clock(seconds)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The ways to what has panels of its own. */
function Others({ meeting: { view } }: { meeting: MeetingPage }): JSX.Element {
  const others: [Panel, string][] = [
    ["people", t.toolbar.people],
    ["polls", t.toolbar.polls],
    ["groups", t.groups.title],
  ];
  return (
    <div class="panel-foot">
      {others.map(([panel, title]) => (
        <button
          key={panel}
          type="button"
          class="button"
          onClick={() => {
            view.panel.value = panel;
          }}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

function Heading({ id, title, count }: { id: string; title: string; count?: number }): JSX.Element {
  return (
    <h3 id={id}>
      {title}
      {count !== undefined && <span class="count">{count}</span>}
    </h3>
  );
}

interface NamesProps {
  label: string;
  people: readonly Student[];
  open?: boolean;
  /** What is said of each. */
  state?: (person: Student) => string;
}

/** Names under a summary that counts them. */
function Names({ label, people, open = false, state }: NamesProps): JSX.Element {
  const title = useId();
  return (
    <details class="class-list" open={open}>
      <summary id={title}>
        {label} <span class="count">{people.length}</span>
      </summary>
      <ul class="class-names" aria-labelledby={title}>
        {people.map((one) => (
          <li key={one.key}>
            <span dir="auto">{one.name}</span> {state && <span>{state(one)}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}

function isStudent({ here, moderator }: Student): boolean {
  return here.length > 0 && !moderator;
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
