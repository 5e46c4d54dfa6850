import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Participant } from "../../shared/protocol";
import type { MeetingPage } from "../room/meeting-page";
import { sections } from "../room/people";
import { t } from "../strings";
import { attempt } from "./attempt";
import { RecordsLine } from "./classroom/records";
import { Lobby } from "./lobby-panel";
import { PersonRow } from "./person-row";
import { ReadingList } from "./readings";

/** More people than this need a search. */
export const AT_A_GLANCE = 8;

export function PeoplePanel({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { room } = meeting;
  const words = t.panels.people;
  const [wanted, setWanted] = useState("");
  const everybody = room.everybody.value;
  const many = everybody.length > AT_A_GLANCE;
  const { hands, stage, audience } = sections(everybody, room.hands.value, many ? wanted : "");
  const alone = room.audience.value.length === 0;
  const none = hands.length + stage.length + audience.length === 0;
  return (
    <>
      {room.moderator.value && <Lobby meeting={meeting} />}
      <ReadingList meeting={meeting} />
      {many && (
        <input
          type="search"
          aria-label={words.find}
          placeholder={words.find}
          value={wanted}
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
        />
      )}
      {none && <p role="status">{words.noMatch}</p>}
      <Section meeting={meeting} title={words.hands} people={hands} />
      <Section meeting={meeting} title={alone ? words.here : words.stage} people={stage} />
      <Section meeting={meeting} title={words.audience} people={audience} />
      <RecordsLine meeting={meeting} />
      {room.moderator.value && room.others.value.length > 0 && (
        <div class="panel-foot">
          <button
            type="button"
            class="button"
            onClick={() => attempt(meeting, () => meeting.ask.muteEveryone("audio"))}
          >
            {words.muteAll}
          </button>
          <button
            type="button"
            class="button"
            onClick={() => attempt(meeting, () => meeting.ask.muteEveryone("video"))}
          >
            {words.camerasOff}
          </button>
        </div>
      )}
    </>
  );
}

interface SectionProps {
  meeting: MeetingPage;
  title: string;
  people: readonly Participant[];
}

function Section({ meeting, title, people }: SectionProps): JSX.Element | null {
  if (people.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3>
        {title}
        <span class="count">{people.length}</span>
      </h3>
      <ul class="people">
        {people.map((person) => (
          <PersonRow key={person.id} meeting={meeting} person={person} />
        ))}
      </ul>
    </section>
  );
}
