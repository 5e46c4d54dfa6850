import type { JSX } from "preact";
import { LIMITS } from "../../shared/protocol";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { attempt } from "./attempt";
import { FixedName } from "./classroom/fixed-name";
import { DeviceSettings } from "./device-settings";
import { LookSettings } from "./look-settings";
import { PictureSetting } from "./picture-setting";
import { RoomSettings } from "./room-settings";
import { TextSetting } from "./text-setting";

export function SettingsPanel({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const words = t.panels.settings;
  return (
    <>
      <fieldset class="settings">
        <legend>{words.you}</legend>
        {meeting.fixedName ? (
          <FixedName label={words.name} name={meeting.name.value} />
        ) : (
          <TextSetting
            label={words.name}
            value={meeting.name.value}
            max={LIMITS.name}
            onSave={(name) => attempt(meeting, () => meeting.rename(name))}
          />
        )}
        <PictureSetting meeting={meeting} />
      </fieldset>
      <DeviceSettings meeting={meeting} />
      <LookSettings meeting={meeting} />
      {meeting.room.moderator.value && <RoomSettings meeting={meeting} />}
    </>
  );
}
