/** The events of the engine API: their names on the wire, and one form for each. */

import { isFields } from "../shared/postis";

export type EventData = Readonly<Record<string, unknown>>;

const camel = (wire: string): string =>
  wire.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Their API names are the same words in camel case. */
const REGULAR = [
  "audio-availability-changed",
  "audio-mute-status-changed",
  "audio-only-changed",
  "audio-or-video-sharing-toggled",
  "avatar-changed",
  "breakout-rooms-updated",
  "browser-support",
  "camera-error",
  "chat-updated",
  "compute-pressure-changed",
  "conference-created-timestamp",
  "content-sharing-participants-changed",
  "custom-notification-action-triggered",
  "data-channel-closed",
  "data-channel-opened",
  "device-list-changed",
  "display-name-change",
  "dominant-speaker-changed",
  "email-change",
  "endpoint-text-message-received",
  "error-occurred",
  "external-share-signal",
  "face-landmark-detected",
  "feedback-prompt-displayed",
  "feedback-submitted",
  "file-deleted",
  "file-uploaded",
  "filmstrip-display-changed",
  "incoming-message",
  "knocking-participant",
  "log",
  "low-bandwidth-mode-changed",
  "mic-error",
  "moderation-participant-approved",
  "moderation-participant-rejected",
  "moderation-status-changed",
  "mouse-enter",
  "mouse-leave",
  "mouse-move",
  "nanomeet-broadcast-changed",
  "nanomeet-broadcast-stats",
  "nanomeet-chat",
  "nanomeet-check-in-changed",
  "nanomeet-connection",
  "nanomeet-group-note",
  "nanomeet-groups-changed",
  "nanomeet-lobby",
  "nanomeet-noise-suppression",
  "nanomeet-participants",
  "nanomeet-poll-changed",
  "nanomeet-poll-counts",
  "nanomeet-reaction",
  "nanomeet-reading-ended",
  "nanomeet-reading-moved",
  "nanomeet-readings-changed",
  "nanomeet-room-changed",
  "nanomeet-roster-changed",
  "nanomeet-source-closed",
  "nanomeet-stage-invited",
  "nanomeet-talk-times",
  "nanomeet-unmute-asked",
  "nanomeet-waiting",
  "non-participant-message-received",
  "notification-triggered",
  "outgoing-message",
  "p2p-status-changed",
  "participant-joined",
  "participant-kicked-out",
  "participant-left",
  "participant-muted",
  "participant-role-changed",
  "participants-pane-toggled",
  "password-required",
  "peer-connection-failure",
  "pip-entered",
  "pip-left",
  "prejoin-screen-loaded",
  "proxy-connection-event",
  "raise-hand-updated",
  "ready",
  "recording-consent-dialog-open",
  "recording-link-available",
  "recording-status-changed",
  "screen-sharing-status-changed",
  "second-screen-closed",
  "second-screen-error",
  "second-screen-source-changed",
  "subject-change",
  "suspend-detected",
  "tile-view-changed",
  "toolbar-button-clicked",
  "toolbar-visibility-changed",
  "transcribing-status-changed",
  "transcription-chunk-received",
  "video-availability-changed",
  "video-conference-joined",
  "video-conference-left",
  "video-mute-status-changed",
  "video-quality-changed",
  "whiteboard-status-changed",
] as const;

const IRREGULAR = {
  "large-video-visibility-changed": "largeVideoChanged",
  "on-prejoin-video-changed": "prejoinVideoChanged",
  "on-stage-participant-changed": "largeVideoChanged",
  "participant-menu-button-clicked": "participantMenuButtonClick",
  "video-ready-to-close": "readyToClose",
} as const;

/** Return the API name of an event. */
export function eventName(wire: string): string {
  return Object.hasOwn(IRREGULAR, wire) ? IRREGULAR[wire as keyof typeof IRREGULAR] : camel(wire);
}

/** All events, by wire name. A function, so that bundles that do not call it omit them. */
export function eventNames(): string[] {
  return [...REGULAR, ...Object.keys(IRREGULAR)];
}

/**
 * Normalise an event. Jitsi's source and its handbook disagree on some
 * of them, flat or nested, and on the names of some fields: both forms are in the result.
 */
export function normalise(event: string, data: EventData): EventData {
  switch (event) {
    case "errorOccurred": {
      const error = isFields(data.error) ? data.error : data;
      return { ...error, error };
    }
    case "participantMuted": {
      const id = data.id ?? data.participantId;
      return { ...data, id, participantId: id };
    }
    case "displayNameChange": {
      const name = data.displayname ?? data.displayName;
      return { ...data, displayname: name, displayName: name };
    }
    case "breakoutRoomsUpdated":
      return isFields(data.rooms) ? data : { rooms: data };
    case "knockingParticipant":
      return isFields(data.participant) ? data : { ...data, participant: data };
    default:
      return data;
  }
}

/** Events renamed without an alias: an engine emits either the old or the new name. */
const RENAMED = ["audio-only-changed", "low-bandwidth-mode-changed"];

/** Return an event's other wire name; undefined if it has none. */
export function aliasOf(wire: string): string | undefined {
  return RENAMED.includes(wire) ? RENAMED.find((one) => one !== wire) : undefined;
}
