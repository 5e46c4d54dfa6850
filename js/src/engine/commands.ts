/** The commands of the engine API, and what they are called on the wire. */

const kebab = (name: string): string =>
  name.replace(/[A-Z]+/g, (capitals) => `-${capitals.toLowerCase()}`);

/** Their wire names are the same words in kebab case. */
const REGULAR = [
  "addBreakoutRoom",
  "answerKnockingParticipant",
  "approveVideo",
  "askToUnmute",
  "autoAssignToBreakoutRooms",
  "avatarUrl",
  "cancelPrivateChat",
  "closeBreakoutRoom",
  "displayName",
  "email",
  "endConference",
  "grantModerator",
  "grantRecordingConsent",
  "hideNotification",
  "initiatePrivateChat",
  "joinBreakoutRoom",
  "kickParticipant",
  "localSubject",
  "muteEveryone",
  "muteRemoteParticipant",
  "overwriteConfig",
  "overwriteNames",
  "password",
  "pinParticipant",
  "rejectParticipant",
  "removeBreakoutRoom",
  "resizeFilmStrip",
  "resizeLargeVideo",
  "sendChatMessage",
  "sendEndpointTextMessage",
  "sendParticipantToRoom",
  "sendTones",
  "setAssumedBandwidthBps",
  "setAudioOnly",
  "setBlurredBackground",
  "setFollowMe",
  "setLargeVideoParticipant",
  "setLowBandwidthMode",
  "setMediaEncryptionKey",
  "setMeetingTimer",
  "setNoiseSuppressionEnabled",
  "setParticipantProperties",
  "setParticipantVolume",
  "setSecondScreen",
  "setSubtitles",
  "setTileView",
  "setVideoQuality",
  "setVirtualBackground",
  "showNotification",
  "startRecording",
  "startShareVideo",
  "stopRecording",
  "stopShareVideo",
  "subject",
  "submitFeedback",
  "toggleAudio",
  "toggleCamera",
  "toggleCameraMirror",
  "toggleChat",
  "toggleFilmStrip",
  "toggleLobby",
  "toggleModeration",
  "toggleNoiseSuppression",
  "toggleParticipantsPane",
  "toggleRaiseHand",
  "toggleShareScreen",
  "toggleSubtitles",
  "toggleTileView",
  "toggleVideo",
  "toggleWhiteboard",
] as const;

const IRREGULAR = {
  hangup: "video-hangup",
  hidePiP: "hide-pip",
  sendCameraFacingMode: "send-camera-facing-mode-message",
  showPiP: "show-pip",
  toggleE2EE: "toggle-e2ee",
  toggleVirtualBackgroundDialog: "toggle-virtual-background",
} as const;

export type CommandName = (typeof REGULAR)[number] | keyof typeof IRREGULAR;

/** Return what a command is called on the wire. */
export function commandName(name: string): string {
  return Object.hasOwn(IRREGULAR, name) ? IRREGULAR[name as keyof typeof IRREGULAR] : kebab(name);
}

/** The commands that there are. A function, so that a bundle which never asks is without them. */
export function commandNames(): string[] {
  return [...REGULAR, ...Object.keys(IRREGULAR)];
}

/** A command that was renamed, with no alias for the old name: engines have the one or the other. */
const RENAMED = ["setAudioOnly", "setLowBandwidthMode"];

/** Return all names of a command, its own first. */
export function aliasesOf(name: string): string[] {
  return RENAMED.includes(name) ? [name, ...RENAMED.filter((one) => one !== name)] : [name];
}
