import type { JSX } from "preact";
import type { Participant } from "../../shared/protocol";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { Speaker } from "./icons";

interface VolumeProps {
  meeting: MeetingPage;
  person: Participant;
}

/** A participant's volume on this page, in steps of 5 %. */
export function VolumeSlider({ meeting, person }: VolumeProps): JSX.Element {
  const words = t.panels.people;
  const percent = Math.round(meeting.volumes.of(person.id) * 100);
  return (
    <label class="menu-slider" title={words.volume}>
      <Speaker />
      <input
        type="range"
        min="0"
        max="100"
        step="5"
        value={percent}
        tabIndex={-1}
        aria-label={words.volumeOf(person.name)}
        aria-valuetext={`${percent} %`}
        onInput={({ currentTarget }) =>
          meeting.volumes.set(person.id, currentTarget.valueAsNumber / 100)
        }
      />
      <output aria-hidden="true">{percent} %</output>
    </label>
  );
}
