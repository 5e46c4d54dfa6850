/** What the embedding page hears: the engine API's events, and nanoMeet's own. */

import type { BroadcastState, Participant } from "../shared/protocol";
import type { Meeting } from "./meeting";
import { inOrder, type Watch, watch } from "./watch";

export type Emit = (name: string, data?: Record<string, unknown>) => void;

/** Tells of everything that happens in the meeting, until the returned function ends it. */
export function followMeeting(meeting: Meeting, emit: Emit): () => void {
  const unlisten = followKicks(meeting, emit);
  const unfollow = inOrder([
    ...presence(meeting, emit),
    ...people(meeting, emit),
    ...room(meeting, emit),
    ...media(meeting, emit),
  ]);
  return () => {
    unlisten();
    unfollow();
  };
}

/** A broadcast's state as Jitsi tells it: it has no word for "starting". */
export function recording(on: boolean, error?: string | null): Record<string, unknown> {
  return { on, mode: "stream", transcription: false, ...(error && { error }) };
}

function presence(meeting: Meeting, emit: Emit): Watch[] {
  const roomName = meeting.launch.room;
  const inside = (): string | null =>
    meeting.status.value === "joined" ? meeting.room.selfId.value : null;
  return [
    watch(inside, (id, before) => {
      if (before) {
        if (meeting.ending.value?.kind === "kicked") {
          const kicked = { id: before, local: true };
          emit("participant-kicked-out", { kicked, kicker: { id: null } });
        }
        emit("video-conference-left", { roomName });
      }
      if (id) emitJoined(meeting, emit, id);
    }),
    watch(
      () => ({ id: inside(), moderator: meeting.room.moderator.value }),
      ({ id, moderator }, before) => {
        if (!id || (before.id === id && before.moderator === moderator)) return;
        emit("participant-role-changed", { id, role: role(moderator) });
      },
    ),
    watch(
      () => meeting.status.value,
      (status) => {
        if (status === "waiting") emit("nanomeet-waiting");
        if (status === "left") emit("video-ready-to-close");
        const ending = meeting.ending.value;
        if (status !== "failed" || !ending) return;
        const { kind, message } = ending;
        emit("error-occurred", {
          error: { name: kind, type: "CONFERENCE", message, isFatal: true },
        });
      },
    ),
    watch(
      () => meeting.password.value,
      (asked) => asked && emit("password-required"),
    ),
    watch(
      () => meeting.connection.value,
      (connection) => {
        if (connection === "joined") emit("nanomeet-connection", { state: "connected" });
        if (connection === "reconnecting") emit("nanomeet-connection", { state: "reconnecting" });
      },
    ),
    watch(
      () => meeting.name.value,
      (name) => {
        const id = inside();
        if (id) emit("display-name-change", { id, ...displayName(name, true) });
      },
    ),
  ];
}

function emitJoined(meeting: Meeting, emit: Emit, id: string): void {
  const name = meeting.name.value;
  emit("video-conference-joined", {
    roomName: meeting.launch.room,
    id,
    displayName: name,
    formattedDisplayName: `${name} (me)`,
    avatarURL: null,
    breakoutRoom: false,
    visitor: false,
  });
}

/** The others come, change and go; also those who did while the connection was lost. */
function people(meeting: Meeting, emit: Emit): Watch[] {
  const { room, media } = meeting;
  return [
    watch(
      () => (room.selfId.value ? room.others.value : null),
      (now, before) => {
        const was = new Map(before?.map((one) => [one.id, one]));
        const is = new Set(now?.map(({ id }) => id));
        // Who leaves the room himself hears nothing of the others any more.
        for (const id of now ? was.keys() : []) if (!is.has(id)) emit("participant-left", { id });
        for (const other of now ?? []) {
          const known = was.get(other.id);
          if (known) emitDifference(emit, known, other);
          else emitArrival(emit, other);
        }
      },
    ),
    watch(
      () => {
        const id = room.selfId.value;
        const own = id && {
          id,
          display_name: meeting.name.value,
          moderator: room.moderator.value,
          audio: media.microphoneOn.value,
          video: media.video.value !== null,
          local: true,
        };
        const others = room.others.value.map(({ name, ...rest }) => ({
          ...rest,
          display_name: name,
          local: false,
        }));
        return own ? [own, ...others] : [];
      },
      (participants) => emit("nanomeet-participants", { participants }),
    ),
    watch(
      () => meeting.dominant.value,
      (id) => id && emit("dominant-speaker-changed", { id }),
    ),
    watch(
      () => room.knocking.value,
      (now, before) => {
        const known = new Set(before.map(({ id }) => id));
        for (const { id, name } of now) {
          if (!known.has(id)) emit("knocking-participant", { participant: { id, name } });
        }
      },
    ),
  ];
}

function emitArrival(emit: Emit, other: Participant): void {
  const { id, name } = other;
  emit("participant-joined", { id, displayName: name, formattedDisplayName: name });
  for (const mediaType of ["audio", "video"] as const) {
    if (!other[mediaType]) emit("participant-muted", { id, isMuted: true, mediaType });
  }
}

function emitDifference(emit: Emit, before: Participant, now: Participant): void {
  const { id } = now;
  if (now.name !== before.name)
    emit("display-name-change", { id, ...displayName(now.name, false) });
  for (const mediaType of ["audio", "video"] as const) {
    if (now[mediaType] === before[mediaType]) continue;
    emit("participant-muted", { id, isMuted: !now[mediaType], mediaType });
  }
  if (now.moderator !== before.moderator) {
    emit("participant-role-changed", { id, role: role(now.moderator) });
  }
}

function followKicks(meeting: Meeting, emit: Emit): () => void {
  return meeting.listen((message) => {
    if (message.type !== "left" || message.reason !== "kicked") return;
    const kicked = { id: message.id, local: false };
    emit("participant-kicked-out", { kicked, kicker: { id: message.by } });
  });
}

function room({ room, view }: Meeting, emit: Emit): Watch[] {
  return [
    watch(
      () => room.state.value.subject,
      (subject) => emit("subject-change", { subject }),
    ),
    watch(
      () => room.state.value,
      ({ subject, lobby, locked }) => emit("nanomeet-room-changed", { subject, lobby, locked }),
    ),
    watch(
      () => view.tileView.value,
      (enabled) => emit("tile-view-changed", { enabled }),
    ),
    // Outside the room nothing is known of its broadcast, which may well go on.
    watch(
      () => (room.selfId.value ? room.broadcast.value : null),
      (now, before) => now && emitBroadcast(emit, now, before),
    ),
  ];
}

function emitBroadcast(emit: Emit, now: BroadcastState, before: BroadcastState | null): void {
  const { state, playout, since, error } = now;
  emit("nanomeet-broadcast-changed", { state, playout, since, error });
  if (state === before?.state) return;
  if (state === "live") emit("recording-status-changed", recording(true));
  if (state === "failed") emit("recording-status-changed", recording(false, error));
  if (state === "off" && before && before.state !== "failed") {
    emit("recording-status-changed", recording(false, error));
  }
}

function media({ media }: Meeting, emit: Emit): Watch[] {
  return [
    watch(
      () => media.microphoneOn.value,
      (on) => emit("audio-mute-status-changed", { muted: !on }),
    ),
    watch(
      () => media.camera.value !== null,
      (on) => emit("video-mute-status-changed", { muted: !on }),
    ),
    watch(
      () => media.microphone.value !== null,
      (available) => emit("audio-availability-changed", { available }),
    ),
    watch(
      () => media.screen.value !== null,
      (on) => emit("screen-sharing-status-changed", { on, details: { sourceType: "screen" } }),
    ),
    watch(
      () => media.problems.value,
      ({ audio, video }) => {
        if (audio) emit("mic-error", { type: audio, message: `microphone: ${audio}` });
        if (video) emit("camera-error", { type: video, message: `camera: ${video}` });
      },
    ),
    watch(
      () => media.devices.value,
      (devices) =>
        emit("device-list-changed", {
          devices: devices.map(({ deviceId, groupId, kind, label }) => ({
            deviceId,
            groupId,
            kind,
            label,
          })),
        }),
    ),
  ];
}

function role(moderator: boolean): string {
  return moderator ? "moderator" : "participant";
}

function displayName(name: string, local: boolean): Record<string, string> {
  return { displayname: name, formattedDisplayName: local ? `${name} (me)` : name };
}
