/** Groups before they are open: how many, what they are called, and who belongs to which. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { LIMITS, type Participant } from "../../../shared/protocol";
import type { MeetingPage } from "../../room/meeting-page";
import { t } from "../../strings";
import { attempt } from "../attempt";
import { typed } from "../typed";
import { GroupPeople, type Listed, NO_PLACE, type Place, PlaceBox } from "./group-people";

export function GroupsPlanner({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { room, ask } = meeting;
  const { plan } = room.groups;
  const words = t.groups;
  const people = room.everybody.value;
  const moved = useRef<string | null>(null);
  const places: Place[] = plan.shown.value.map((name, at) => ({ key: String(at), name }));
  const move = (id: string, place: string): void =>
    plan.assign(id, place === NO_PLACE ? null : Number(place));
  const placeOf = ({ id }: Participant): string => {
    const at = plan.assigned.value.get(id);
    return at === undefined ? NO_PLACE : String(at);
  };
  const list = (place: string): Listed[] =>
    people.filter((person) => placeOf(person) === place).map(listed(meeting));
  const unassigned = list(NO_PLACE);
  const open = (): Promise<boolean> =>
    attempt(meeting, () => ask.groups.open(plan.groups(people), plan.time ?? null));
  return (
    <>
      <p class="soft">{words.intro}</p>
      <div class="pair">
        <NumberField
          label={words.number}
          value={String(plan.names.value.length)}
          most={LIMITS.groups}
          onInput={(value) => value && plan.resize(Number(value))}
          first
        />
        <NumberField
          label={words.minutes}
          value={plan.minutes.value}
          most={1440}
          fine
          hint={words.noEnd}
          onInput={(value) => {
            plan.minutes.value = value;
          }}
        />
      </div>
      {plan.time === undefined && (
        <p class="trouble" role="alert">
          {words.noTime}
        </p>
      )}
      <div class="row">
        <button
          type="button"
          class="button small"
          onClick={() => plan.shuffle(toAssign(people).map(({ id }) => id))}
        >
          {words.shuffle}
        </button>
        {plan.assigned.value.size > 0 && (
          <button type="button" class="button small" onClick={() => plan.empty()}>
            {words.byHand}
          </button>
        )}
      </div>
      <PlaceBox place={NO_PLACE} label={words.unassigned} onDrop={move}>
        <h3>
          {words.unassigned}
          <span class="count">{unassigned.length}</span>
        </h3>
        {unassigned.length === 0 && <p class="soft">{words.allAssigned}</p>}
        <GroupPeople
          meeting={meeting}
          people={unassigned}
          places={places}
          place={NO_PLACE}
          moved={moved}
          onMove={move}
        />
      </PlaceBox>
      {places.map(({ key, name }, at) => (
        <PlaceBox key={key} place={key} label={name} onDrop={move}>
          <input
            class="group-name"
            aria-label={words.nameLabel(at + 1)}
            value={name}
            onInput={(event) => plan.rename(at, typed(event, LIMITS.group))}
          />
          <GroupPeople
            meeting={meeting}
            people={list(key)}
            places={places}
            place={key}
            moved={moved}
            onMove={move}
          />
        </PlaceBox>
      ))}
      <div class="panel-foot">
        <button
          type="button"
          class="button primary"
          disabled={plan.time === undefined}
          onClick={open}
        >
          {words.open}
        </button>
      </div>
    </>
  );
}

/** Those that chance assigns: participants; moderators only if there is no one else. */
function toAssign(people: readonly Participant[]): readonly Participant[] {
  const participants = people.filter(({ moderator }) => !moderator);
  return participants.length > 0 ? participants : people;
}

export function listed({ room, name: own }: MeetingPage): (person: Participant) => Listed {
  return ({ id, name, moderator }) => ({
    id,
    name: id === room.selfId.value ? own.value : name,
    state: moderator ? t.common.moderator : "",
  });
}

interface NumberFieldProps {
  label: string;
  value: string;
  most: number;
  hint?: string;
  /** Whether it may have a fraction. */
  fine?: boolean;
  first?: boolean;
  onInput: (value: string) => void;
}

export function NumberField(props: NumberFieldProps): JSX.Element {
  const { label, value, most, hint, fine = false, first = false, onInput } = props;
  return (
    <div class="field">
      <label>
        {label}
        <input
          type="number"
          inputMode={fine ? "decimal" : "numeric"}
          min={fine ? 0 : 1}
          step={fine ? "any" : 1}
          max={most}
          value={value}
          title={hint}
          data-first={first || undefined}
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
        />
      </label>
    </div>
  );
}
