import type { ComponentChildren, JSX } from "preact";
import type { Meeting } from "../meeting";
import type { Panel } from "../view";
import { attempt } from "./attempt";
import {
  Broadcast,
  Camera,
  CameraOff,
  Grid,
  Invite,
  Leave,
  Microphone,
  MicrophoneOff,
  Screen,
  Sliders,
  Spotlight,
} from "./icons";

export function Toolbar({ meeting }: { meeting: Meeting }): JSX.Element {
  const { room, view } = meeting;
  const moderator = room.moderator.value;
  const live = room.broadcast.value.state === "live";
  const tiles = view.tileView.value;
  return (
    <div class="toolbar" role="toolbar" aria-label="Meeting controls" onKeyDown={moveFocus}>
      <MediaButtons meeting={meeting} />
      {"getDisplayMedia" in (navigator.mediaDevices ?? {}) && <ScreenButton meeting={meeting} />}
      {room.others.value.length > 0 && (
        <button
          type="button"
          class="tool optional"
          aria-label={tiles ? "Show the speaker large" : "Show everybody in equal size"}
          title={tiles ? "Speaker view" : "Tile view"}
          onClick={() => view.toggleTiles()}
        >
          {tiles ? <Spotlight /> : <Grid />}
        </button>
      )}
      {moderator && (
        <PanelButton meeting={meeting} panel="broadcast" label="Broadcast" active={live}>
          <Broadcast />
        </PanelButton>
      )}
      {moderator && (
        <PanelButton meeting={meeting} panel="invite" label="Invite people">
          <Invite />
        </PanelButton>
      )}
      <PanelButton meeting={meeting} panel="settings" label="Settings">
        <Sliders />
      </PanelButton>
      <button
        type="button"
        class="tool leave"
        aria-label="Leave the meeting"
        title="Leave"
        onClick={() => meeting.leave()}
      >
        <Leave />
      </button>
    </div>
  );
}

/** The arrow keys go from one button to the next, as in every toolbar. */
function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  const buttons = [...event.currentTarget.querySelectorAll("button")].filter((button) =>
    button.checkVisibility(),
  );
  const { activeElement: focused } = document;
  const next = (focused instanceof HTMLButtonElement ? buttons.indexOf(focused) : 0) + step;
  buttons[(next + buttons.length) % buttons.length]?.focus();
}

/** Microphone and camera: also on the cards before one is in. */
export function MediaButtons({ meeting }: { meeting: Meeting }): JSX.Element {
  const { media } = meeting;
  const microphone = media.microphoneOn.value;
  const camera = media.camera.value !== null;
  const busy = media.busy.value;
  return (
    <>
      <button
        type="button"
        class={`tool${microphone ? "" : " off"}`}
        aria-label="Microphone"
        aria-pressed={microphone}
        aria-busy={busy.has("audio")}
        aria-keyshortcuts="m"
        title={microphone ? "Switch the microphone off (m)" : "Switch the microphone on (m)"}
        onClick={() => attempt(meeting, () => meeting.setMicrophone(!microphone))}
      >
        {microphone ? <Microphone /> : <MicrophoneOff />}
      </button>
      <button
        type="button"
        class={`tool${camera ? "" : " off"}`}
        aria-label="Camera"
        aria-pressed={camera}
        aria-busy={busy.has("video")}
        aria-keyshortcuts="v"
        title={camera ? "Switch the camera off (v)" : "Switch the camera on (v)"}
        onClick={() => attempt(meeting, () => meeting.setCamera(!camera))}
      >
        {camera ? <Camera /> : <CameraOff />}
      </button>
    </>
  );
}

function ScreenButton({ meeting }: { meeting: Meeting }): JSX.Element {
  const shared = meeting.media.screen.value !== null;
  return (
    <button
      type="button"
      class={`tool optional${shared ? " active" : ""}`}
      aria-label="Share the screen"
      aria-pressed={shared}
      title={shared ? "Stop sharing" : "Share your screen"}
      onClick={() => attempt(meeting, () => meeting.setScreen(!shared))}
    >
      <Screen />
    </button>
  );
}

interface PanelButtonProps {
  meeting: Meeting;
  panel: Panel;
  label: string;
  active?: boolean;
  children: ComponentChildren;
}

function PanelButton({ meeting, panel, label, active, children }: PanelButtonProps): JSX.Element {
  const { view } = meeting;
  return (
    <button
      type="button"
      class={`tool${active ? " active" : ""}`}
      data-panel-button={panel}
      aria-label={label}
      aria-expanded={view.panel.value === panel}
      title={label}
      onClick={() => view.toggle(panel)}
    >
      {children}
    </button>
  );
}
