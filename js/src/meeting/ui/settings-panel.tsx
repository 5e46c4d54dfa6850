import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { canChooseOutput } from "../engine-requests";
import type { Meeting } from "../meeting";
import type { DeviceKind } from "../preferences";
import { attempt } from "./attempt";

const DEVICES: readonly (readonly [DeviceKind, string])[] = [
  ["audioinput", "Microphone"],
  ["videoinput", "Camera"],
  ["audiooutput", "Speaker"],
];

export function SettingsPanel({ meeting }: { meeting: Meeting }): JSX.Element {
  const { room } = meeting;
  return (
    <>
      <TextSetting
        label="Your name"
        value={meeting.name.value}
        max={64}
        onSave={(name) => attempt(meeting, () => meeting.rename(name))}
      />
      {DEVICES.map(([kind, label]) => (
        <DeviceSetting key={kind} meeting={meeting} kind={kind} label={label} />
      ))}
      {room.moderator.value && (
        <fieldset class="room-settings">
          <legend>The room</legend>
          <TextSetting
            label="Subject"
            value={room.state.value.subject}
            max={200}
            onSave={(subject) => attempt(meeting, () => meeting.ask.setSubject(subject))}
          />
          <label class="check">
            <input
              type="checkbox"
              checked={room.state.value.lobby}
              onClick={(event) => {
                // The box shows what the server confirmed, not what was clicked.
                event.preventDefault();
                attempt(meeting, () => meeting.ask.setLobby(!room.state.value.lobby));
              }}
            />
            Newcomers wait until a moderator lets them in
          </label>
          <PasswordSetting meeting={meeting} />
        </fieldset>
      )}
    </>
  );
}

interface TextSettingProps {
  label: string;
  value: string;
  max: number;
  onSave: (value: string) => Promise<boolean>;
}

function TextSetting({ label, value, max, onSave }: TextSettingProps): JSX.Element {
  const [text, setText] = useState(value);
  const changed = text.trim() !== value;
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed) onSave(text.trim()).then((saved) => !saved && setText(value));
      }}
    >
      <label>
        {label}
        <input value={text} maxLength={max} onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      {changed && (
        <button type="submit" class="button primary">
          Save
        </button>
      )}
    </form>
  );
}

function PasswordSetting({ meeting }: { meeting: Meeting }): JSX.Element {
  const [text, setText] = useState("");
  const locked = meeting.room.state.value.locked;
  const set = async (password: string): Promise<void> => {
    if (await attempt(meeting, () => meeting.ask.setPassword(password))) setText("");
  };
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        if (text) set(text);
      }}
    >
      <label>
        {locked ? "A password is asked for. New password" : "Password for participants"}
        <input
          type="password"
          autoComplete="new-password"
          value={text}
          maxLength={128}
          onInput={(e) => setText(e.currentTarget.value)}
        />
      </label>
      {text ? (
        <button type="submit" class="button primary">
          Set
        </button>
      ) : (
        locked && (
          <button type="button" class="button" onClick={() => set("")}>
            Remove
          </button>
        )
      )}
    </form>
  );
}

interface DeviceSettingProps {
  meeting: Meeting;
  kind: DeviceKind;
  label: string;
}

function DeviceSetting({ meeting, kind, label }: DeviceSettingProps): JSX.Element | null {
  const { media } = meeting;
  if (kind === "audiooutput" && !canChooseOutput()) return null;
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
        {devices.length === 0 && <option value="">None found</option>}
        {devices.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}
