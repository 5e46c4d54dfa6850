import type { JSX } from "preact";
import type { ToolbarSettings } from "../look/toolbar-settings";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { attempt } from "./attempt";
import { Camera, CameraOff, Microphone, MicrophoneOff } from "./icons";

interface MediaButtonsProps {
  meeting: MeetingPage;
  /** The embedding page's settings of the toolbar, where the buttons are part of it. */
  toolbar?: ToolbarSettings;
}

/** Microphone and camera buttons: in the room, and before joining. */
export function MediaButtons({ meeting, toolbar }: MediaButtonsProps): JSX.Element {
  const shows = (name: string): boolean => toolbar?.shows([name]) ?? true;
  const press = (name: string, work: () => Promise<void>): void => {
    const act = (): void => void attempt(meeting, work);
    if (toolbar) toolbar.press([name], act);
    else act();
  };
  const { media } = meeting;
  const microphone = media.microphoneOn.value;
  const camera = media.camera.value !== null;
  const busy = media.busy.value;
  return (
    <>
      {shows("microphone") && (
        <button
          type="button"
          class={`tool${microphone ? "" : " off"}`}
          aria-label={t.toolbar.microphone}
          aria-pressed={microphone}
          aria-busy={busy.has("audio")}
          aria-keyshortcuts="m"
          title={`${microphone ? t.toolbar.microphoneOff : t.toolbar.microphoneOn} (m)`}
          onClick={() => press("microphone", () => meeting.setMicrophone(!media.intends("audio")))}
        >
          {microphone ? <Microphone /> : <MicrophoneOff />}
        </button>
      )}
      {shows("camera") && (
        <button
          type="button"
          class={`tool${camera ? "" : " off"}`}
          aria-label={t.toolbar.camera}
          aria-pressed={camera}
          aria-busy={busy.has("video")}
          aria-keyshortcuts="v"
          title={`${camera ? t.toolbar.cameraOff : t.toolbar.cameraOn} (v)`}
          onClick={() => press("camera", () => meeting.setCamera(!media.intends("video")))}
        >
          {camera ? <Camera /> : <CameraOff />}
        </button>
      )}
    </>
  );
}
