/** What everyone sees of the groups: in the header, between two rooms, and what moderators tell all. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Destination } from "../../room/classroom/groups";
import type { MeetingPage } from "../../room/meeting-page";
import { t } from "../../strings";
import { attempt } from "../attempt";
import { Card } from "../card";
import { Groups } from "../icons";
import { Preview } from "../preview";

/** In the header: the group whose room this is, the time left, and the way to the other room. */
export function GroupBar({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const { groups } = meeting.room;
  const { here, own, name, ends } = groups;
  if (here.value === null && !groups.open.value) return null;
  const ownName = groups.nameOf(own.value);
  const goes = here.value === null ? own.value : null;
  return (
    <>
      {here.value !== null && (
        <span class="badge group" title={t.groups.inGroup(name.value ?? "")}>
          <Groups />
          <span class="badge-words">{name.value}</span>
        </span>
      )}
      {ends.value !== null && <TimeLeft ends={ends.value} />}
      {here.value !== null && <Go meeting={meeting} group={null} words={t.groups.toMain} />}
      {goes !== null && ownName !== null && (
        <Go meeting={meeting} group={goes} words={t.groups.to(ownName)} />
      )}
    </>
  );
}

interface GoProps {
  meeting: MeetingPage;
  group: string | null;
  words: string;
}

function Go({ meeting, group, words }: GoProps): JSX.Element {
  return (
    <button
      type="button"
      class="button small group-go"
      onClick={() => attempt(meeting, () => meeting.ask.groups.enter(group))}
    >
      {words}
    </button>
  );
}

/** Counts down; warnings are read aloud elsewhere. `ends`: in seconds since the epoch. */
export function TimeLeft({ ends }: { ends: number }): JSX.Element {
  const seconds = (): number => Math.max(0, Math.ceil(ends - Date.now() / 1000));
  const [, setNow] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const left = seconds();
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  return (
    <span class={`badge time-left${left <= 60 ? " soon" : ""}`} title={t.groups.timeLeft}>
      <span class="hidden">{t.groups.timeLeft} </span>
      <time role="timer">{clock}</time>
    </span>
  );
}

/** Between two rooms. */
export function MovingCard({
  meeting,
  to,
}: {
  meeting: MeetingPage;
  to: Destination;
}): JSX.Element {
  const retrying = meeting.connection.value === "reconnecting";
  return (
    <Card title={to.group === null ? t.groups.goingBack : t.groups.going(to.name)} busy>
      <Preview meeting={meeting} />
      <p role="status">{retrying ? t.admission.retrying : t.groups.moment}</p>
      <div class="row centre">
        <button type="button" class="button" onClick={() => meeting.leave()}>
          {t.common.leave}
        </button>
      </div>
    </Card>
  );
}
