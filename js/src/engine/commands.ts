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

/** API name to wire name. */
export const COMMANDS: ReadonlyMap<string, string> = new Map([
  ...REGULAR.map((name): [string, string] => [name, kebab(name)]),
  ...Object.entries(IRREGULAR),
]);
