import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { LIMITS } from "../../shared/protocol";
import type { MeetingPage } from "../room/meeting-page";
import { rememberName, rememberStart } from "../room/preferences";
import { t } from "../strings";
import { Card } from "./card";
import { FixedName } from "./classroom/fixed-name";
import { RecordsLine } from "./classroom/records";
import { DeviceSettings } from "./device-settings";
import { Level } from "./microphone-level";
import { MediaNotice } from "./notices";
import { Preview } from "./preview";
import { typed } from "./typed";

/** Before joining: the name, and a preview of the camera. */
export function Prejoin({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { media } = meeting;
  const [name, setName] = useState(meeting.name.value);
  const { audio, video } = media.problems.value;
  const join = async (): Promise<void> => {
    rememberStart(media.wanted);
    if (!meeting.fixedName) {
      await meeting.rename(name);
      rememberName(meeting.name.value);
    }
    meeting.start();
  };
  return (
    <Card title={meeting.title.value} wide>
      <div class="prejoin">
        <div class="prejoin-look">
          <Preview meeting={meeting} />
          {media.microphone.value && (
            <Level track={media.microphone.value} label={t.prejoin.level} />
          )}
        </div>
        <form
          class="prejoin-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) void join();
          }}
        >
          <p>{meeting.invitedAsModerator ? t.prejoin.asModerator : t.prejoin.asParticipant}</p>
          <RecordsLine meeting={meeting} role="status" />
          {meeting.fixedName ? (
            <FixedName label={t.prejoin.name} name={name} />
          ) : (
            <label class="field stacked">
              {t.prejoin.name}
              <input
                autoComplete="name"
                required
                value={name}
                onInput={(event) => setName(typed(event, LIMITS.name))}
              />
            </label>
          )}
          <details class="prejoin-devices">
            <summary>{t.prejoin.devices}</summary>
            <DeviceSettings meeting={meeting} />
          </details>
          <button type="submit" class="button primary large" disabled={!name.trim()}>
            {audio && video ? t.prejoin.joinWithout : t.prejoin.join}
          </button>
        </form>
      </div>
      <MediaNotice meeting={meeting} />
    </Card>
  );
}
