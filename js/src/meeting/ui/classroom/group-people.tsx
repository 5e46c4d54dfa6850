/** The people of a group, each with a choice of another one; they can be dragged there, too. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { MeetingPage } from "../../room/meeting-page";
import { avatarOf } from "../../room/profile";
import { t } from "../../strings";
import { Avatar } from "../avatar";

/** A person, as the panel lists them. */
export interface Listed {
  id: string;
  name: string;
  /** What the panel says of them; empty for nothing. */
  state: string;
}

/** A group that people can be sent to. */
export interface Place {
  key: string;
  name: string;
}

/** Of "no group". */
export const NO_PLACE: string = "";
const DRAGGED = "application/x-nanomeet-person";

interface PlaceBoxProps {
  place: string;
  label: string;
  children: ComponentChildren;
  onDrop: (id: string, place: string) => void;
}

/** A group, or those in none, onto which people can be dropped. */
export function PlaceBox({ place, label, children, onDrop }: PlaceBoxProps): JSX.Element {
  const [over, setOver] = useState(false);
  const isPerson = (event: DragEvent): boolean =>
    event.dataTransfer?.types.includes(DRAGGED) === true;
  return (
    <section
      class={`group${over ? " over" : ""}`}
      aria-label={label}
      data-group={place}
      onDragOver={(event) => {
        if (!isPerson(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        if (!isPerson(event)) return;
        event.preventDefault();
        onDrop(event.dataTransfer?.getData(DRAGGED) ?? "", place);
      }}
    >
      {children}
    </section>
  );
}

interface PeopleProps {
  meeting: MeetingPage;
  people: readonly Listed[];
  places: readonly Place[];
  /** Where they are. */
  place: string;
  onMove: (id: string, place: string) => void;
}

export function GroupPeople({ meeting, people, places, place, onMove }: PeopleProps): JSX.Element {
  return (
    <ul class="people">
      {people.map(({ id, name, state }) => (
        <li
          key={id}
          class="person"
          data-person={id}
          draggable
          onDragStart={({ dataTransfer }) => dataTransfer?.setData(DRAGGED, id)}
        >
          <Avatar name={name} picture={avatarOf(meeting, id)} />
          <span class="person-name">
            <span dir="auto">{name}</span>
            {state && <small>{state}</small>}
          </span>
          <select
            aria-label={t.groups.groupOf(name)}
            value={place}
            onChange={({ currentTarget }) => {
              const chosen = currentTarget.value;
              // It shows where the person is: the server, or the plan, moves them.
              currentTarget.value = place;
              onMove(id, chosen);
            }}
          >
            <option value={NO_PLACE}>{t.groups.none}</option>
            {places.map(({ key, name: title }) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
          </select>
        </li>
      ))}
    </ul>
  );
}
