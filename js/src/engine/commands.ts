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
  "hideNotification",
  "initiatePrivateChat",
  "joinBreakoutRoom",
  "kickParticipant",
  "localSubject",
  "muteEveryone",
  "muteRemoteParticipant",
  "overwriteConfig",
  "password",
  "pinParticipant",
  "rejectParticipant",
  "removeBreakoutRoom",
  "resizeLargeVideo",
  "sendChatMessage",
  "sendEndpointTextMessage",
  "sendParticipantToRoom",
  "sendTones",
  "setAudioOnly",
  "setFollowMe",
  "setLargeVideoParticipant",
  "setMediaEncryptionKey",
  "setNoiseSuppressionEnabled",
  "setParticipantVolume",
  "setSubtitles",
  "setTileView",
  "setVideoQuality",
  "showNotification",
  "startRecording",
  "startShareVideo",
  "stopRecording",
  "stopShareVideo",
  "subject",
  "submitFeedback",
  "toggleAudio",
  "toggleCamera",
  "toggleChat",
  "toggleFilmStrip",
  "toggleLobby",
  "toggleModeration",
  "toggleParticipantsPane",
  "toggleRaiseHand",
  "toggleShareScreen",
  "toggleTileView",
  "toggleVideo",
] as const;

const IRREGULAR = {
  hangup: "video-hangup",
  hidePiP: "hide-pip",
  showPiP: "show-pip",
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
