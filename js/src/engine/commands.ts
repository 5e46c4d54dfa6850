/** The commands of the engine API, and their names on the wire. */

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

/** Return a command's name on the wire. */
export function commandName(name: string): string {
  return Object.hasOwn(IRREGULAR, name) ? IRREGULAR[name as keyof typeof IRREGULAR] : kebab(name);
}

/** All commands. A function, so that bundles that do not call it omit them. */
export function commandNames(): string[] {
  return [...REGULAR, ...Object.keys(IRREGULAR)];
}

/** Commands renamed without an alias: an engine knows either the old or the new name. */
const RENAMED = ["setAudioOnly", "setLowBandwidthMode"];

/** Return all names of a command, its own first. */
export function aliasesOf(name: string): string[] {
  return RENAMED.includes(name) ? [name, ...RENAMED.filter((one) => one !== name)] : [name];
}
