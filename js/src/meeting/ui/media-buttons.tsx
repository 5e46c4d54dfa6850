import type { JSX } from "preact";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { attempt } from "./attempt";
import { Camera, CameraOff, Microphone, MicrophoneOff } from "./icons";

/** Microphone and camera: in the room, and before one is in it. */
export function MediaButtons({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { media } = meeting;
  const microphone = media.microphoneOn.value;
  const camera = media.camera.value !== null;
  const busy = media.busy.value;
  return (
    <>
      <button
        type="button"
        class={`tool${microphone ? "" : " off"}`}
        aria-label={t.toolbar.microphone}
        aria-pressed={microphone}
        aria-busy={busy.has("audio")}
        aria-keyshortcuts="m"
        title={`${microphone ? t.toolbar.microphoneOff : t.toolbar.microphoneOn} (m)`}
        onClick={() => attempt(meeting, () => meeting.setMicrophone(!media.intends("audio")))}
      >
        {microphone ? <Microphone /> : <MicrophoneOff />}
      </button>
      <button
        type="button"
        class={`tool${camera ? "" : " off"}`}
        aria-label={t.toolbar.camera}
        aria-pressed={camera}
        aria-busy={busy.has("video")}
        aria-keyshortcuts="v"
        title={`${camera ? t.toolbar.cameraOff : t.toolbar.cameraOn} (v)`}
        onClick={() => attempt(meeting, () => meeting.setCamera(!media.intends("video")))}
      >
        {camera ? <Camera /> : <CameraOff />}
      </button>
    </>
  );
}
