/** The events for the embedding page: the engine API's, and nanoMeet's own. */

import type {
  BroadcastState,
  ChatMessage,
  Participant,
  ServerMessage,
} from "../../shared/protocol";
import type { MeetingPage } from "../room";
import { availableDevices, hasCamera, roleOf, sharing } from "./engine-data";
import { watchGroups } from "./engine-groups";
import { inOrder, type Watch, watch } from "./ordered-effects";

export type Emit = (name: string, data?: Record<string, unknown>) => void;

/** Sends all events of the meeting, until the returned function is called. */
export function followMeeting(meeting: MeetingPage, emit: Emit): () => void {
  const unlisten = meeting.listen((message) => emitOneTime(meeting, emit, message));
  const unlistenToSources = meeting.listenToSources((closing) =>
    emit("nanomeet-source-closed", { ...closing }),
  );
  const unfollow = inOrder([
    ...presence(meeting, emit),
    ...people(meeting, emit),
    ...room(meeting, emit),
    ...chat(meeting, emit),
    ...view(meeting, emit),
    ...media(meeting, emit),
    ...health(meeting, emit),
    ...readings(meeting, emit),
    ...talkTimes(meeting, emit),
    ...watchGroups(meeting, emit),
    ...classroom(meeting, emit),
  ]);
  return () => {
    unlisten();
    unlistenToSources();
    unfollow();
  };
}

/** A broadcast's state in Jitsi's terms: it has none for "starting". */
export function recording(on: boolean, error?: string | null): Record<string, unknown> {
  return { on, mode: "stream", transcription: false, ...(error && { error }) };
}

function presence(meeting: MeetingPage, emit: Emit): Watch[] {
  const inside = (): string | null =>
    meeting.status.value === "joined" ? meeting.room.selfId.value : null;
  return [
    watch(
      () => meeting.room.groups.moving.value,
      (to) => {
        if (to) emit("nanomeet-connection", { state: "moving" });
        // The way ended at the door of the other room.
        else if (["joining", "waiting"].includes(meeting.status.value)) {
          emit("nanomeet-connection", { state: "reconnecting" });
        }
      },
    ),
    watch(placeOf(meeting, inside), (place, before) => {
      // Who goes to another room does not leave the meeting.
      if (before && (!place || place.roomName === before.roomName)) {
        if (meeting.ending.value?.kind === "kicked") {
          const kicked = { id: before.id, local: true };
          emit("participant-kicked-out", { kicked, kicker: { id: null } });
        }
        emit("video-conference-left", { roomName: before.roomName });
      }
      if (place) emitJoined(meeting, emit, place);
    }),
    watch(
      () => ({ id: inside(), avatarURL: meeting.profile.avatar.value }),
      ({ id, avatarURL }, before) => {
        if (id && before.id === id && before.avatarURL !== avatarURL)
          emit("avatar-changed", { id, avatarURL });
      },
    ),
    // Sent only to the page that set it.
    watch(
      () => ({ id: inside(), email: meeting.profile.email.value }),
      ({ id, email }, before) => {
        if (id && (before.id === id || email)) emit("email-change", { id, email });
      },
    ),
    watch(
      () => ({ id: inside(), moderator: meeting.room.moderator.value }),
      ({ id, moderator }, before) => {
        if (!id || (before.id === id && before.moderator === moderator)) return;
        emit("participant-role-changed", { id, role: roleOf(moderator) });
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
      () => meeting.prejoin.value,
      (shown) => {
        const displayName = meeting.name.value;
        const formattedDisplayName = `${displayName} (me)`;
        if (shown)
          emit("prejoin-screen-loaded", { id: "local", displayName, formattedDisplayName });
      },
    ),
    watch(
      () => meeting.question.asked.value,
      // A program that repeats a wrong password would do so forever.
      (asked) => asked && !asked.repeated && emit("password-required"),
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

/** A place in one of the meeting's rooms: in a group's, `roomName` is the group's id, as in Jitsi. */
interface Place {
  id: string;
  roomName: string;
}

/** Returns where the page is; on the way to another room, where it was. */
function placeOf({ room, launch }: MeetingPage, inside: () => string | null): () => Place | null {
  let place: Place | null = null;
  return () => {
    const id = inside();
    const { here, moving } = room.groups;
    const roomName = here.value ?? launch.room;
    if (id === null) place = moving.value === null ? null : place;
    else if (place?.id !== id || place.roomName !== roomName) place = { id, roomName };
    return place;
  };
}

function emitJoined(meeting: MeetingPage, emit: Emit, { id, roomName }: Place): void {
  const name = meeting.name.value;
  emit("video-conference-joined", {
    roomName,
    id,
    displayName: name,
    formattedDisplayName: `${name} (me)`,
    avatarURL: meeting.profile.avatar.value,
    breakoutRoom: meeting.room.groups.here.value !== null,
    visitor: false,
  });
}

/** The others join, change and leave, also while the connection was lost. */
function people(meeting: MeetingPage, emit: Emit): Watch[] {
  const { room, media } = meeting;
  return [
    watch(
      () => (room.selfId.value ? room.others.value : null),
      (now, before) => {
        const was = new Map(before?.map((one) => [one.id, one]));
        const is = new Set(now?.map(({ id }) => id));
        // A participant who leaves receives nothing more about the others.
        for (const id of now ? was.keys() : []) if (!is.has(id)) emit("participant-left", { id });
        for (const other of now ?? []) {
          const known = was.get(other.id);
          if (known) emitDifference(emit, known, other);
          else emitArrival(emit, other);
        }
      },
    ),
    watch(
      () => room.avatars.value,
      (now, before) => {
        for (const { id } of room.others.value) {
          const avatarURL = now.get(id) ?? null;
          if (avatarURL !== (before.get(id) ?? null)) emit("avatar-changed", { id, avatarURL });
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
          video: media.camera.value !== null,
          screen: media.screen.value !== null,
          screen_title: media.sharing.title.value ?? "",
          stage: room.onStage.value,
          hand: room.own.value?.hand ?? null,
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
      () => room.own.value?.hand ?? null,
      (hand) => {
        const id = room.selfId.value;
        if (id) emit("raise-hand-updated", { id, handRaised: hand ?? 0 });
      },
    ),
    watch(
      () => sharing(meeting).join(),
      (ids) => emit("content-sharing-participants-changed", { data: ids ? ids.split(",") : [] }),
    ),
    watch(
      () => room.knocking.value,
      (now, before) => {
        const known = new Set(before.map(({ id }) => id));
        for (const { id, name } of now) {
          if (!known.has(id)) emit("knocking-participant", { participant: { id, name } });
        }
        emit("nanomeet-lobby", { waiting: now.map(({ id, name }) => ({ id, name })) });
      },
    ),
    watch(
      () => meeting.remotes.value,
      (now, before) => {
        for (const [id, { state }] of now) {
          const was = before.get(id)?.state;
          if (was === state || (state !== "lost" && state !== "unreachable")) continue;
          if (was === "lost" && state === "unreachable") continue;
          emit("peer-connection-failure", { id, isP2P: true, wasConnected: state === "lost" });
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
  if (other.hand !== null) emit("raise-hand-updated", { id, handRaised: other.hand });
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
    emit("participant-role-changed", { id, role: roleOf(now.moderator) });
  }
  if (now.hand !== before.hand) emit("raise-hand-updated", { id, handRaised: now.hand ?? 0 });
}

/** Reports events that leave no state behind. */
function emitOneTime(meeting: MeetingPage, emit: Emit, message: ServerMessage): void {
  switch (message.type) {
    case "left":
      if (message.reason === "kicked") {
        const kicked = { id: message.id, local: false };
        emit("participant-kicked-out", { kicked, kicker: { id: message.by } });
      }
      break;
    case "chat_message":
      emitWritten(emit, message, meeting.room.selfId.value);
      break;
    case "reaction":
      emit("nanomeet-reaction", { id: message.sender, reaction: message.reaction });
      break;
    case "endpoint_text": {
      const { sender: id, text } = message;
      const eventData = { name: "endpoint-text-message", text };
      emit("endpoint-text-message-received", { senderInfo: { jid: id, id }, eventData });
      break;
    }
    case "reading_moved": {
      const { id, stream, ticket } = message;
      emit("nanomeet-reading-moved", { id, stream, ticket });
      break;
    }
    case "reading_ended": {
      const { id, kind, message: words } = message;
      emit("nanomeet-reading-ended", { id, kind, message: words });
      break;
    }
    // As this page knows it: with the own vote.
    case "poll_changed": {
      const poll = meeting.polls.get(message.poll.id);
      if (poll) emit("nanomeet-poll-changed", { poll: { ...poll } });
      break;
    }
    case "poll_counts": {
      const { id, counts, voters } = message;
      emit("nanomeet-poll-counts", { id, counts, voters });
      break;
    }
    case "group_note": {
      const { name, text } = message;
      emit("nanomeet-group-note", { name, text });
      break;
    }
    case "unmute_asked":
      emit("nanomeet-unmute-asked", { mediaType: message.media, by: message.by });
      break;
    case "stage_invited":
      emit("nanomeet-stage-invited", { by: message.by });
      break;
  }
}

function emitWritten(
  emit: Emit,
  { id, sender, name, text, at, to }: ChatMessage,
  self: unknown,
): void {
  const privateMessage = to !== null;
  const messageId = String(id);
  if (sender === self) emit("outgoing-message", { message: text, privateMessage, messageId });
  else {
    const stamp = new Date(at * 1000).toISOString();
    const said = { from: sender, nick: name, message: text };
    emit("incoming-message", { ...said, privateMessage, stamp, messageId });
  }
}

/** All readable chat messages as they arrive, and those from before joining. */
function chat({ chat, room, view }: MeetingPage, emit: Emit): Watch[] {
  return [
    watch(
      () => chat.messages.value,
      (now, before) => {
        const known = new Set(before.map(written));
        const fresh = now.filter((message) => !known.has(written(message)));
        const whole = fresh.length === now.length;
        // In another room of the meeting, the chat is another one.
        const dropped = before.length > 0 && now.length === 0 && room.groups.moving.value !== null;
        if (fresh.length > 0 || dropped) {
          emit("nanomeet-chat", { whole, messages: fresh.map(described) });
        }
      },
    ),
    watch(
      () => `${chat.unread.value} ${view.panel.value === "chat"}`,
      () => {
        const isOpen = view.panel.value === "chat";
        emit("chat-updated", { unreadCount: chat.unread.value, isOpen });
      },
    ),
  ];
}

/** A restarted room numbers its messages from the start again. */
function written({ id, at }: ChatMessage): string {
  return `${id} ${at}`;
}

function described({ id, sender, name, text, at, to }: ChatMessage): Record<string, unknown> {
  return { id, sender, display_name: name, text, at, private: to !== null };
}

function view({ view, large }: MeetingPage, emit: Emit): Watch[] {
  return [
    watch(
      () => view.tileView.value,
      (enabled) => emit("tile-view-changed", { enabled }),
    ),
    watch(
      () => (view.audioOnly.value ? 0 : view.lines.value),
      (videoQuality) => emit("video-quality-changed", { videoQuality }),
    ),
    watch(
      () => view.audioOnly.value,
      (enabled) => {
        emit("audio-only-changed", { enabled });
        emit("low-bandwidth-mode-changed", { enabled });
      },
    ),
    watch(
      () => view.toolbar.pressed.value,
      (pressed) => pressed && emit("toolbar-button-clicked", { ...pressed }),
    ),
    watch(
      () => large.value,
      (id) => emit("on-stage-participant-changed", { id }),
    ),
    watch(
      () => view.panel.value === "people",
      (open) => emit("participants-pane-toggled", { open }),
    ),
  ];
}

function room({ room }: MeetingPage, emit: Emit): Watch[] {
  return [
    watch(
      () => room.state.value.subject,
      (subject) => emit("subject-change", { subject }),
    ),
    watch(
      () => room.state.value,
      (state) => emit("nanomeet-room-changed", { ...state }),
    ),
    // Outside the room the broadcast's state is unknown; it may continue.
    watch(
      () => (room.selfId.value ? room.broadcast.value : null),
      (now, before) => now && emitBroadcast(emit, now, before),
    ),
  ];
}

/** Sent once a second, and once more at the end. */
function health({ health, room }: MeetingPage, emit: Emit): Watch[] {
  return [
    watch(
      () => health.value,
      (stats) => {
        const viewers = room.viewers.value;
        emit("nanomeet-broadcast-stats", { stats: stats && { ...stats, viewers } });
      },
    ),
  ];
}

/** The readings that everyone in the room knows of; outside, none is known. */
function readings({ room }: MeetingPage, emit: Emit): Watch[] {
  return [
    watch(
      () => (room.selfId.value ? room.readings.value : null),
      (now) => now && emit("nanomeet-readings-changed", { readings: [...now] }),
    ),
  ];
}

/** For moderators, if the server keeps it; outside, none is known. */
function talkTimes({ room }: MeetingPage, emit: Emit): Watch[] {
  return [
    watch(
      () => (room.selfId.value ? room.records.talkTimes.value : null),
      (seconds) => seconds && emit("nanomeet-talk-times", { seconds: { ...seconds } }),
    ),
  ];
}

/** Outside the room, neither a roster nor a check-in is known. */
function classroom({ room }: MeetingPage, emit: Emit): Watch[] {
  return [
    watch(
      () => room.roster.people.value,
      (people) => emit("nanomeet-roster-changed", { people: [...people] }),
    ),
    watch(
      () => room.checkIn.now.value,
      (now) => emit("nanomeet-check-in-changed", { ...(now ?? NO_CHECK_IN) }),
    ),
  ];
}

const NO_CHECK_IN = { id: null, question: "", since: 0, done: [] };

function emitBroadcast(emit: Emit, now: BroadcastState, before: BroadcastState | null): void {
  const { state, playout, since, quality, shows } = now;
  const error = now.trouble?.message ?? null;
  emit("nanomeet-broadcast-changed", { state, playout, since, error, quality, shows });
  if (state === before?.state) return;
  if (state === "live") emit("recording-status-changed", recording(true));
  if (state === "failed") emit("recording-status-changed", recording(false, error));
  if (state === "off" && before && before.state !== "failed") {
    emit("recording-status-changed", recording(false, error));
    // The command to stop is answered when the file is closed: from then on it can be downloaded.
    const link = playout?.vod ?? before.playout?.vod;
    if (link) emit("recording-link-available", { link, ttl: null });
  }
}

function media({ media }: MeetingPage, emit: Emit): Watch[] {
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
      () => hasCamera({ media }),
      (available) => emit("video-availability-changed", { available }),
    ),
    watch(
      () => media.screen.value !== null,
      (on) => emit("screen-sharing-status-changed", { on, details: { sourceType: "screen" } }),
    ),
    watch(
      () => media.noise.value,
      (noise) => {
        const available = noise !== "unavailable";
        emit("nanomeet-noise-suppression", { available, enabled: noise === "on" });
      },
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
      (devices) => emit("device-list-changed", { devices: availableDevices(devices) }),
    ),
  ];
}

function displayName(name: string, local: boolean): Record<string, string> {
  return { displayname: name, formattedDisplayName: local ? `${name} (me)` : name };
}
