/** The people of a group, each with a choice of another one; they can be dragged there, too. */

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
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
  /**
   * Whether a choice takes a button: by keyboard, a person passes other choices on the way to one.
   */
  confirmed?: boolean;
  /** The person who was moved last by a choice: the focus follows them. */
  moved: { current: string | null };
  onMove: (id: string, place: string) => void;
}

export function GroupPeople(props: PeopleProps): JSX.Element {
  const { meeting, people } = props;
  const self = meeting.room.selfId.value;
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
            <span dir="auto">{id === self ? t.common.you(name) : name}</span>
            {state && <small>{state}</small>}
          </span>
          <Choice {...props} id={id} name={name} />
        </li>
      ))}
    </ul>
  );
}

interface ChoiceProps extends PeopleProps {
  id: string;
  name: string;
}

function Choice(props: ChoiceProps): JSX.Element {
  const { id, name, places, place, confirmed = false, moved, onMove } = props;
  const [wanted, setWanted] = useState(place);
  const select = useRef<HTMLSelectElement>(null);
  useLayoutEffect(() => {
    if (moved.current !== id) return;
    moved.current = null;
    select.current?.focus();
  }, [moved, id]);
  const move = (to: string): void => {
    moved.current = id;
    onMove(id, to);
  };
  return (
    <>
      <select
        ref={select}
        aria-label={t.groups.groupOf(name)}
        value={wanted}
        onChange={({ currentTarget }) => {
          setWanted(currentTarget.value);
          if (!confirmed) move(currentTarget.value);
        }}
      >
        <option value={NO_PLACE}>{t.groups.none}</option>
        {places.map(({ key, name: title }) => (
          <option key={key} value={key}>
            {title}
          </option>
        ))}
      </select>
      {confirmed && wanted !== place && (
        <button
          type="button"
          class="button primary small"
          aria-label={t.groups.moveOne(name)}
          onClick={() => move(wanted)}
        >
          {t.groups.move}
        </button>
      )}
    </>
  );
}
