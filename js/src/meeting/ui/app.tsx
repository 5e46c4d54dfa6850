import type { JSX } from "preact";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { AudienceStage } from "./audience";
import { AdmissionCard } from "./cards";
import { PollCard } from "./classroom/poll-card";
import { Header } from "./header";
import { Help } from "./help";
import { Notices, Toasts } from "./notices";
import { OpenPanel } from "./panel";
import { Prejoin } from "./prejoin";
import { hasReadingBadges } from "./readings";
import { Removal } from "./removal";
import { Sound } from "./sound";
import { AudienceCount, Stage } from "./stage";
import { Toolbar } from "./toolbar";
import { useSize } from "./use-size";

export function App({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const status = meeting.status.value;
  return (
    <div key={meeting.view.language.value} class="app" data-status={status}>
      <Screen meeting={meeting} />
      <Help meeting={meeting} />
      <Removal meeting={meeting} />
      <Toasts meeting={meeting} />
    </div>
  );
}

function Screen({ meeting }: { meeting: MeetingPage }): JSX.Element {
  if (meeting.prejoin.value) return <Prejoin meeting={meeting} />;
  return meeting.status.value === "joined" ? (
    <Room meeting={meeting} />
  ) : (
    <AdmissionCard meeting={meeting} />
  );
}

/** Pixels per tool including its gap, and for all permanent tools together. */
const TOOL = 50;
const TOOL_NARROW = 43;
const NARROW = 460;
const FIXED_TOOLS = 4.8;
/** The same for fingers (`styles/touch.css`), whose tools have one size. */
const FIXED_FOR_FINGERS = 5.3;
/** Pixels that the title needs beside the tools. */
const TITLE = 180;
/** Smaller pages have no room for a poll's answers over the stage. */
const CARD = { width: 480, height: 420 };
const CORNER = { width: 360, height: 300 };

function Room({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { room } = meeting;
  const [frame, { width, height }] = useSize<HTMLDivElement>();
  const fingers = matchMedia("(pointer: coarse)").matches;
  const tool = width <= NARROW && !fingers ? TOOL_NARROW : TOOL;
  const fixed = fingers ? FIXED_FOR_FINGERS : FIXED_TOOLS;
  const fitting = Math.max(0, Math.floor(width / tool - fixed));
  const most = room.moderator.value ? 12 : 8;
  // Who reads what, and the way to a group, have to be readable: they need a line of their own.
  const told =
    hasReadingBadges(meeting) || room.groups.open.value || room.groups.here.value !== null;
  const beside = width >= (most + FIXED_TOOLS) * TOOL + 2 * TITLE && !told;
  // The mini-player shows people, and the controls that must always be reachable.
  const corner = width > 0 && width <= CORNER.width && height <= CORNER.height;
  const small = width < CARD.width || height < CARD.height;
  return (
    <div class="room" ref={frame} data-form={corner ? "corner" : beside ? "wide" : "tall"}>
      <Header meeting={meeting} />
      <main class="middle">
        {room.onStage.value ? <Stage meeting={meeting} /> : <AudienceStage meeting={meeting} />}
        <AudienceCount meeting={meeting} />
        <Notices meeting={meeting} small={small} />
        {!small && <PollCard meeting={meeting} />}
        <Alone meeting={meeting} />
        <OpenPanel meeting={meeting} />
      </main>
      <Toolbar meeting={meeting} room={corner ? 0 : fitting} />
      <Sound meeting={meeting} />
    </div>
  );
}

function Alone({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const { room, view } = meeting;
  // The others may be in groups.
  const apart = room.groups.open.value && room.groups.here.value === null;
  if (room.others.value.length > 0 || apart) return null;
  return (
    <p class="alone">
      {t.stage.alone}
      {room.moderator.value && room.groups.here.value === null && (
        <button type="button" data-panel-button="invite" onClick={() => view.toggle("invite")}>
          {t.stage.invite}
        </button>
      )}
    </p>
  );
}
