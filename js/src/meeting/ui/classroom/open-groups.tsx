/** Groups that are open: who is where, and what a moderator does with them. */

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { type Group, LIMITS } from "../../../shared/protocol";
import { minutesOf, usual } from "../../room/classroom/plan";
import type { MeetingPage } from "../../room/meeting-page";
import { t } from "../../strings";
import { attempt } from "../attempt";
import { ConfirmButton } from "../confirm-button";
import { Send } from "../icons";
import { TextSetting } from "../text-setting";
import { typed } from "../typed";
import { TimeLeft } from "./group-bar";
import { GroupPeople, type Listed, NO_PLACE, type Place, PlaceBox } from "./group-people";
import { listed, NumberField } from "./groups-planner";

/** Minutes that a button adds. */
const MORE = 5;

export function OpenGroups({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { room, ask } = meeting;
  const words = t.groups;
  const groups = room.groups.groups.value;
  const places: Place[] = groups.map(({ id, name }) => ({ key: id, name }));
  const inGroups = new Set(groups.flatMap(({ people }) => people.map(({ id }) => id)));
  const moved = useRef<string | null>(null);
  const inMain = room.groups.here.value === null;
  const unassigned = room.everybody.value
    .filter(({ id, moderator }) => !inGroups.has(id) && !moderator)
    .map(listed(meeting));
  const move = (id: string, place: string): void =>
    void attempt(meeting, () => ask.groups.assign(id, place === NO_PLACE ? null : place));
  return (
    <>
      <End meeting={meeting} />
      <Announcement meeting={meeting} />
      {inMain ? (
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
            confirmed
            moved={moved}
            onMove={move}
          />
        </PlaceBox>
      ) : (
        <p class="soft">{words.peopleInMain}</p>
      )}
      {groups.map((group) => (
        <PlaceBox key={group.id} place={group.id} label={group.name} onDrop={move}>
          <GroupHead meeting={meeting} group={group} />
          {group.people.length === 0 && <p class="soft">{words.empty}</p>}
          <GroupPeople
            meeting={meeting}
            people={group.people.map(member)}
            places={places}
            place={group.id}
            confirmed
            moved={moved}
            onMove={move}
          />
        </PlaceBox>
      ))}
      <div class="panel-foot">
        {groups.length < LIMITS.groups && (
          <button
            type="button"
            class="button"
            onClick={() => attempt(meeting, () => ask.groups.add(newName(groups)))}
          >
            {words.add}
          </button>
        )}
        <ConfirmButton
          label={words.closeAll}
          question={words.closeAllReally}
          onConfirm={() => attempt(meeting, () => ask.groups.closeAll())}
        />
      </div>
    </>
  );
}

/** The first usual name that no group has. */
function newName(groups: readonly Group[]): string {
  const taken = new Set(groups.map(({ name }) => name));
  let at = groups.length;
  while (taken.has(usual(at))) at += 1;
  return usual(at);
}

function member({ id, name, here }: Group["people"][number]): Listed {
  return { id, name, state: here ? t.groups.here : t.groups.away };
}

function GroupHead({ meeting, group }: { meeting: MeetingPage; group: Group }): JSX.Element {
  const { ask, room } = meeting;
  const { id, name, people } = group;
  const words = t.groups;
  return (
    <>
      <h3>
        <span class="group-title" dir="auto">
          {name}
        </span>
        <span class="count">{people.length}</span>
      </h3>
      <div class="row">
        {room.groups.here.value === id ? (
          <span class="soft">{words.youAreHere}</span>
        ) : (
          <button
            type="button"
            class="button small"
            aria-label={words.visitOne(name)}
            onClick={() => attempt(meeting, () => ask.groups.enter(id))}
          >
            {words.visit}
          </button>
        )}
        <ConfirmButton
          small
          label={words.close}
          name={words.closeOne(name)}
          question={words.closeOneReally(name)}
          onConfirm={() => attempt(meeting, () => ask.groups.remove(id))}
        />
      </div>
      <TextSetting
        label={words.nameNow(name)}
        value={name}
        max={LIMITS.group}
        onSave={(wanted) =>
          wanted ? attempt(meeting, () => ask.groups.rename(id, wanted)) : Promise.resolve(false)
        }
      />
    </>
  );
}

function End({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { ask, room, view } = meeting;
  const [text, setText] = useState("");
  const words = t.groups;
  const ends = room.groups.ends.value;
  const wanted = minutesOf(text);
  const set = async (minutes: number | null): Promise<void> => {
    if (await attempt(meeting, () => ask.groups.setEnd(minutes))) setText("");
  };
  const clock = new Intl.DateTimeFormat(view.language.value, { timeStyle: "short" });
  const extend = (): void => {
    const left = ends === null ? 0 : Math.max(0, ends - Date.now() / 1000) / 60;
    void set(left + MORE);
  };
  return (
    <section class="group" aria-label={words.timeLeft}>
      <p class="row">
        <span>{ends === null ? words.endsNever : words.endsAt(clock.format(ends * 1000))}</span>
        {ends !== null && <TimeLeft ends={ends} />}
      </p>
      {ends !== null && (
        <div class="row">
          <button type="button" class="button small" onClick={extend}>
            {words.extend(MORE)}
          </button>
          <button type="button" class="button small" onClick={() => set(null)}>
            {words.noLimit}
          </button>
        </div>
      )}
      <form
        class="field"
        onSubmit={(event) => {
          event.preventDefault();
          if (typeof wanted === "number") void set(wanted);
        }}
      >
        <NumberField label={words.minutesFromNow} value={text} most={1440} fine onInput={setText} />
        <button type="submit" class="button" disabled={typeof wanted !== "number"}>
          {words.setEnd}
        </button>
      </form>
    </section>
  );
}

function Announcement({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const [text, setText] = useState("");
  const words = t.groups;
  const send = async (): Promise<void> => {
    if (!(await attempt(meeting, () => meeting.ask.groups.announce(text.trim())))) return;
    meeting.view.tell(words.sent);
    setText("");
  };
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) void send();
      }}
    >
      <label>
        {words.announce}
        <input value={text} data-first onInput={(event) => setText(typed(event, LIMITS.message))} />
      </label>
      <button
        type="submit"
        class="button primary icon-button"
        aria-label={t.panels.send}
        title={t.panels.send}
        disabled={!text.trim()}
      >
        <Send />
      </button>
    </form>
  );
}
