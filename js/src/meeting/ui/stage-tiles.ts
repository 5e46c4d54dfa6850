/** The stage's tiles: screen shares first, then participants, the self-view last. */

import type { Participant } from "../../shared/protocol";
import { facingOf } from "../media/facing";
import type { Grade } from "../mesh/connection-quality";
import type { PeerState } from "../mesh/peer";
import { screenOf, titled } from "../room/composed-tiles";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";

export interface Shown {
  id: string;
  name: string;
  /** The participant. */
  owner: Participant;
  local: boolean;
  video: MediaStreamTrack | null;
  /** Whether it shows a screen share, not a camera. */
  screen: boolean;
  mirrored: boolean;
  microphone: boolean;
  speaking: boolean;
  state: PeerState;
  /** The connection quality; null if there is none, or before it is measured. */
  quality: Grade | null;
  /** Called with the screen lines that the video takes up. */
  onLines: (lines: number) => void;
}

export function tilesOf(meeting: MeetingPage): Shown[] {
  const { room } = meeting;
  const others = room.others.value.filter(({ stage }) => stage);
  const own = room.own.value;
  const screens = [...others.flatMap((other) => screenTile(meeting, other) ?? [])];
  const shared = own && ownScreen(meeting, own);
  return [
    ...screens,
    ...(shared ? [shared] : []),
    ...others.map((other) => personTile(meeting, other)),
    ...(own ? [ownTile(meeting, own)] : []),
  ];
}

function personTile(meeting: MeetingPage, other: Participant): Shown {
  const { id, name, video, audio } = other;
  const remote = meeting.remotes.value.get(id);
  return {
    id,
    name,
    owner: other,
    local: false,
    video: video ? (remote?.video ?? null) : null,
    screen: false,
    mirrored: false,
    microphone: audio,
    speaking: meeting.speaking.value.has(id),
    state: remote?.state ?? "connecting",
    quality: remote?.quality?.grade ?? null,
    onLines: (camera) => meeting.videoConstraints.show(id, { camera }),
  };
}

function ownTile(meeting: MeetingPage, own: Participant): Shown {
  const { media } = meeting;
  return {
    id: own.id,
    name: meeting.name.value,
    owner: own,
    local: true,
    video: media.camera.value,
    screen: false,
    mirrored: mirrors(meeting),
    microphone: media.microphoneOn.value,
    speaking: meeting.speaking.value.has(own.id),
    state: "connected",
    quality: null,
    onLines: (camera) => meeting.videoConstraints.show(own.id, { camera }),
  };
}

/** Whether to mirror the self-view: not with a rear camera. */
export function mirrors({ media, view }: MeetingPage): boolean {
  const rear = media.camera.value !== null && facingOf(media.source) === "environment";
  return view.mirrored.value && !rear;
}

function screenTile(meeting: MeetingPage, other: Participant): Shown | null {
  const { id, name, screen_title: title } = other;
  const remote = meeting.remotes.value.get(id);
  if (!other.screen || !remote?.screen) return null;
  return {
    ...personTile(meeting, other),
    id: screenOf(id),
    name: title ? titled(title, name) : t.stage.screenOf(name),
    video: remote.screen,
    screen: true,
    speaking: false,
    onLines: (screen) => meeting.videoConstraints.show(id, { screen }),
  };
}

function ownScreen(meeting: MeetingPage, own: Participant): Shown | null {
  const video = meeting.media.screen.value;
  const title = meeting.media.sharing.title.value;
  if (!video) return null;
  const untitled = title === null ? t.stage.ownScreen : t.stage.ownSource;
  return {
    ...ownTile(meeting, own),
    id: screenOf(own.id),
    name: title ? t.common.you(title) : untitled,
    video,
    screen: true,
    mirrored: false,
    speaking: false,
    onLines: () => {},
  };
}

/** The large tile: the chosen one, else another participant's screen share, else the speaker. */
export function spotlight(meeting: MeetingPage, tiles: readonly Shown[]): number | null {
  if (tiles.length < 2 || meeting.view.tileView.value) return null;
  const { main } = meeting.room.state.value;
  const shared = tiles.find(({ screen, local }) => screen && !local)?.id;
  const wished = [
    meeting.view.large.value,
    main && screenOf(main),
    main,
    shared,
    meeting.large.value,
  ];
  const places = wished.map((wanted) => tiles.findIndex(({ id }) => id === wanted));
  return places.find((place) => place >= 0) ?? 0;
}
