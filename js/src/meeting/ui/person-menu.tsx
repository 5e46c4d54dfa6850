import type { JSX } from "preact";
import type { Participant } from "../../shared/protocol";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { More } from "./icons";
import { Menu } from "./menu";
import { actions, isSelf } from "./person-actions";
import { VolumeSlider } from "./volume-slider";

interface PersonMenuProps {
  meeting: MeetingPage;
  person: Participant;
}

/** A participant's menu of actions, behind three dots. */
export function PersonMenu({ meeting, person }: PersonMenuProps): JSX.Element | null {
  if (actions(meeting, person).length === 0) return null;
  const heard = person.stage && !isSelf(meeting, person);
  return (
    <Menu
      label={t.panels.people.actions(person.name)}
      class="quiet"
      items={() => actions(meeting, person)}
      below={heard ? () => <VolumeSlider meeting={meeting} person={person} /> : undefined}
    >
      <More />
    </Menu>
  );
}
