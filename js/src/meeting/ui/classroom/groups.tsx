/** The moderators' panel of the groups: it prepares and opens them, and then looks after them. */

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { MeetingPage } from "../../room/meeting-page";
import { GroupsPlanner } from "./groups-planner";
import { OpenGroups } from "./open-groups";

export function GroupsPanel({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { open, here } = meeting.room.groups;
  const opened = open.value || here.value !== null;
  const root = useRef<HTMLDivElement>(null);
  const before = useRef(opened);
  useLayoutEffect(() => {
    if (before.current === opened) return;
    before.current = opened;
    // The button that opened or closed them is gone: the keyboard goes on at the panel's beginning.
    const panel = root.current?.closest<HTMLElement>(".panel");
    root.current?.parentElement?.scrollTo(0, 0);
    if (document.activeElement === document.body) panel?.focus();
  }, [opened]);
  return (
    <div class="groups" ref={root}>
      {opened ? <OpenGroups meeting={meeting} /> : <GroupsPlanner meeting={meeting} />}
    </div>
  );
}
