/** The moderators' panel of the groups: it prepares and opens them, and then looks after them. */

import type { JSX } from "preact";
import type { MeetingPage } from "../../room/meeting-page";
import { GroupsPlanner } from "./groups-planner";
import { OpenGroups } from "./open-groups";

export function GroupsPanel({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { open, here } = meeting.room.groups;
  return open.value || here.value !== null ? (
    <OpenGroups meeting={meeting} />
  ) : (
    <GroupsPlanner meeting={meeting} />
  );
}
