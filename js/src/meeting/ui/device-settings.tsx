import type { JSX } from "preact";
import { canChooseOutput, type DeviceKind } from "../media/devices";
import { playTestSound } from "../media/test-sound";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { attempt } from "./attempt";
import { BackgroundSettings } from "./background-settings";
import { Check } from "./check";
import { Level } from "./microphone-level";

/** Selects and tests microphone, camera and speaker. */
export function DeviceSettings({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { media } = meeting;
  const words = t.panels.settings;
  const sound = async (): Promise<void> => {
    try {
      await playTestSound(media.choice.value.audiooutput);
    } catch {
      meeting.view.tell(words.noSound);
    }
  };
  return (
    <fieldset class="settings">
      <legend>{words.devices}</legend>
      <DeviceSetting meeting={meeting} kind="audioinput" />
      {media.microphone.value && <Level track={media.microphone.value} label={words.level} />}
      {media.noise.value !== "unavailable" && (
        <Check
          label={words.noise}
          checked={media.noise.value === "on"}
          onToggle={() =>
            attempt(meeting, () => media.setNoiseSuppression(media.noise.value === "off"))
          }
        />
      )}
      <DeviceSetting meeting={meeting} kind="videoinput" />
      {media.blur.value !== "unavailable" && (
        <Check
          label={words.blur}
          checked={media.blur.value === "on"}
          onToggle={() => attempt(meeting, () => media.setBlur(media.blur.value === "off"))}
        />
      )}
      <BackgroundSettings meeting={meeting} />
      {canChooseOutput() && <DeviceSetting meeting={meeting} kind="audiooutput" />}
      <button type="button" class="button small start" onClick={sound}>
        {words.testSound}
      </button>
    </fieldset>
  );
}

interface DeviceSettingProps {
  meeting: MeetingPage;
  kind: DeviceKind;
}

function DeviceSetting({ meeting, kind }: DeviceSettingProps): JSX.Element {
  const { media } = meeting;
  const words = t.panels.settings;
  const label = words[kind];
  const devices = media.devices.value.filter((device) => device.kind === kind);
  const current = media.current(kind)?.deviceId ?? "";
  return (
    <label class="field stacked">
      {label}
      <select
        disabled={devices.length === 0}
        value={current}
        onChange={({ currentTarget }) =>
          attempt(meeting, () => media.choose(kind, currentTarget.value))
        }
      >
        {devices.length === 0 && <option value="">{nothing(meeting, kind)}</option>}
        {devices.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Why there is no device to choose. */
function nothing({ media }: MeetingPage, kind: DeviceKind): string {
  const words = t.panels.settings;
  const problem = media.problems.value[kind === "videoinput" ? "video" : "audio"];
  return problem && problem in words.noneAs
    ? words.noneAs[problem as keyof typeof words.noneAs]
    : words.none;
}
