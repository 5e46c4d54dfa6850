import type { JSX } from "preact";
import { hue } from "../../shared/initials";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { Face } from "./avatar";
import { MediaButtons } from "./media-buttons";
import { mirrors } from "./stage-tiles";
import { Video } from "./video";

/** The preview of the own camera, with buttons for camera and microphone. */
export function Preview({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const video = meeting.media.camera.value;
  const name = meeting.name.value;
  return (
    <div class="preview" style={{ "--hue": `${hue(name)}` }}>
      <span class="avatar" aria-hidden="true">
        <Face name={name} picture={meeting.profile.avatar.value} />
      </span>
      {video && (
        <Video
          track={video}
          mirrored={mirrors(meeting)}
          large={false}
          label={t.admission.ownPicture}
        />
      )}
      {!video && <span class="preview-off">{t.prejoin.cameraOff}</span>}
      <div class="preview-tools">
        <MediaButtons meeting={meeting} />
      </div>
    </div>
  );
}
