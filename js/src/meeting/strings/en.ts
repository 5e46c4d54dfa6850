import { panels } from "./panels.en";
import { counting } from "./plural";

const count = counting("en");

/** Which of one's own devices a sentence is about. */
export type Which = "audio" | "video" | "both";

const DEVICES: Readonly<Record<Which, string>> = {
  audio: "microphone",
  video: "camera",
  both: "camera and microphone",
};

/** English, and what every other language has to say. */
export const en = {
  panels,
  common: {
    meeting: "Meeting",
    close: "Close",
    leave: "Leave",
    you: (name: string) => `${name} (you)`,
    moderator: "Moderator",
    guest: "Guest",
    failed: "That did not work. Try again.",
    organiser: "The organiser's page",
  },
  /** By the kind that the server, or the page itself, names; else the server's own message is shown. */
  errors: {
    forbidden: "Only a moderator may do that.",
    timeout: "The server did not answer in time.",
    not_joined: "You are not in the meeting.",
    connection_lost: "The connection was lost meanwhile.",
    too_many_attempts: "That was wrong too often. Wait a little, then try again.",
    audience: "You are in the audience: raise your hand, and a moderator can invite you up.",
    broadcast_browser:
      "This browser cannot broadcast. Chrome, Edge or another browser built on Chromium can.",
    broadcast_insecure: "Broadcasting needs a secure page: open the meeting over https.",
    screen_insecure: "Sharing your screen needs a secure page: open the meeting over https.",
    screen_framed:
      "The page that shows this meeting does not let it share your screen: open the meeting in a tab of its own.",
    screen_policy:
      "The server forbids this page to share your screen: its administrator has to allow display-capture in the header Permissions-Policy.",
    picture_unreadable:
      "This file is not a picture that this browser can show. Choose another one.",
    screen_hidden: "This browser cannot share a screen.",
    broadcast_codec: "This browser cannot encode such a picture: choose another quality.",
    broadcast_encoder: "This browser's encoder has stopped. Go live again.",
    broadcast_connection: "The connection to the server was lost and did not come back.",
    broadcast_composer: "The broadcast compositor crashed. Reload the page.",
    broadcast_silent: "Nothing came from the page that was to send the broadcast. Go live again.",
    broadcast_lost: "The connection to the page that sent the broadcast was lost.",
    broadcast_left: "The page that sent the broadcast is no longer on the stage.",
    broadcast_unable: "The page that sent the broadcast could send it no longer.",
    broadcast_interrupted: "Broadcast interrupted. It resumes when another moderator takes over.",
    broadcast_slow_encoder:
      "The computer that sends the broadcast does not keep up: viewers see fewer pictures, or late ones. Close other programs there, or go live again in a lower quality.",
    broadcast_slow_line:
      "The connection of the page that sends the broadcast is too slow: viewers see fewer pictures, or late ones. Go live again in a lower quality, or on a better network.",
    broadcast_overflow:
      "The page that sent the broadcast sent more than the server carries: choose a lower quality.",
    broadcast_data:
      "The server does not understand what the page sent. Load the page again, then go live.",
    broadcast_server: "The server is stopping.",
    recording_disk: "The server's disk is nearly full: not all of the broadcast is recorded.",
    recording_size: "The recording is as large as one may be: the rest is not recorded.",
    recording_failed: "The recording failed: not all of the broadcast is recorded.",
  } as Partial<Record<string, string>>,
  admission: {
    joining: "Joining the meeting…",
    moment: "One moment.",
    retrying: "The server does not answer yet. Trying again…",
    waiting: "Waiting to be let in",
    waitingFor: "A moderator has been told that you are here.",
    note: (name: string) => `${name} says:`,
    havePassword: "I have the room's password",
    passwordTitle: "This room asks for a password",
    passwordWrong: "That is not the password.",
    password: "Password",
    join: "Join",
    joinAgain: "Join again",
    useHere: "Use it here",
    ownPicture: "Your own picture",
    noRoom:
      "This address names no room. A meeting's address ends in the room's name, or in the organisation's and the room's: open the whole invite link, or check domain and roomName.",
    wrongRoom: (asked: string, opened: string) =>
      `The token opens ${opened}, not ${asked}: use the address of its own room, or ask for an invite to this one.`,
    noToken: "This address has no token in it: open the whole invite link that you were given.",
  },
  endings: {
    left: { title: "You left the meeting", told: "Your camera and microphone are off." },
    kicked: {
      title: "You were removed from the meeting",
      told: "A moderator removed you, or the link that you came by.",
    },
    refused: { title: "You were not let in", told: "A moderator did not let you in." },
    replaced: {
      title: "The meeting is open elsewhere",
      told: "You joined it in another tab or window, which took this one's place.",
    },
    room_full: { title: "The room is full", told: "Try again when a participant has left." },
    lobby_full: {
      title: "The lobby is full",
      told: "Try again when a moderator has let people in.",
    },
    room_closed: {
      title: "The room is locked",
      told: "No one else can join at the moment. Ask a moderator to unlock it, then try again.",
    },
    ended: { title: "The meeting has ended", told: "A moderator has ended it for everybody." },
    token_malformed: { title: "This link does not work", told: "" },
    token_rejected: { title: "This link does not work", told: "" },
    token_expired: {
      title: "This link has expired",
      told: "Ask the person who sent it for a new one.",
    },
    token_not_yet_valid: {
      title: "The meeting has not begun",
      told: "It is not open yet. Try again when it is time.",
    },
    protocol: { title: "The connection ended", told: "" },
    too_many_messages: { title: "The connection ended", told: "" },
    server_stopping: {
      title: "The server was stopped",
      told: "Try again when it has been started again.",
    },
    address_invalid: { title: "This address is no meeting's", told: "" },
    wrong_room: { title: "This link does not work", told: "" },
    server_unreachable: {
      title: "The server cannot be reached",
      told: "Check your network, then join again.",
    },
  },
  prejoin: {
    asModerator: "You can join now, as a moderator.",
    asParticipant: "You can join now, as a participant.",
    name: "Your name",
    join: "Join",
    joinWithout: "Join without camera and microphone",
    level: "How loud your microphone is",
    cameraOff: "Your camera is off",
    devices: "Devices",
  },
  /** Why a device is missing and how to mend that. */
  problems: {
    insecure: (which: Which) =>
      `Your browser gives no ${DEVICES[which]} to a page over http. Over https you can be seen and heard, share your screen and broadcast: ask for an address that begins with https.`,
    framed: (which: Which) =>
      `The page that shows this meeting does not let it use your ${DEVICES[which]}: open the meeting in a tab of its own.`,
    policy: (which: Which) =>
      `The server forbids this page your ${DEVICES[which]}: its administrator has to allow it in the header Permissions-Policy.`,
    hidden: (which: Which) =>
      `This browser gives pages no ${DEVICES[which]}: open the meeting in a current Chrome, Edge, Firefox or Safari.`,
    background: (_which: Which) =>
      "The background could not be blurred or replaced, so your camera is off and no one sees your room. Try again, or choose another background in the settings.",
    denied: (which: Which) =>
      `This page may not use your ${DEVICES[which]}: allow it in the address bar's site settings, then try again.`,
    system: (which: Which) =>
      `Your system keeps your ${DEVICES[which]} from this browser: allow it in the system's privacy settings, then try again.`,
    missing: (which: Which) =>
      `No ${which === "both" ? "camera or microphone" : DEVICES[which]} was found: plug one in, then try again.`,
    busy: (which: Which) =>
      `Your ${DEVICES[which]} ${which === "both" ? "are" : "is"} used by another program: close that, then try again.`,
    unknown: (which: Which) =>
      `Your ${DEVICES[which]} could not be opened: check ${which === "both" ? "them" : "it"} in your system's settings, then try again.`,
  },
  /** For those who run the server. */
  getHttps:
    "To have https: give Jupyter --certfile and --keyfile, or nanomeet serve --tls, or put a proxy with https in front. On the server's own computer, and through an SSH tunnel to it, http://localhost does.",
  stage: {
    label: "People in the meeting",
    alone: "You are the only one here.",
    invite: "Invite people",
    picture: (name: string) => `Picture of ${name}`,
    screenOf: (name: string) => `${name}'s screen`,
    ownScreen: "You are sharing your screen",
    showLarge: (name: string) => `Show ${name} large`,
    showEqual: (name: string) => `Show ${name} as large as the others`,
    connecting: "Connecting…",
    lost: "Reconnecting…",
    unreachable: "No direct connection yet. Still trying…",
    microphoneOff: "microphone off",
    speaking: "speaking",
    handUp: "hand raised",
    moderator: "moderator",
    pinned: "pinned",
    main: "shown large to everybody",
    connection: {
      good: "good connection",
      fair: "weak connection",
      poor: "bad connection",
    },
    more: (n: number) => count(n, { one: "# more person", other: "# more people" }),
    showMore: "Show everybody",
    audience: (n: number) => count(n, { other: "# in the audience" }),
    preparing: "One moment: the stage is being prepared for you.",
    loading: "Loading the stage…",
    soundOnly: "Sound only",
    hearStage: "Click to hear the stage",
    cannotShow:
      "This browser cannot show the stage. A current Chrome, Edge, Firefox or Safari can, over https.",
    cannotSend:
      "No one on the stage can send it to the audience: that needs Chrome, Edge or another browser built on Chromium, over https.",
    picturesOf: (title: string) => `The stage of ${title}`,
  },
  toolbar: {
    label: "Meeting controls",
    microphone: "Microphone",
    microphoneOn: "Switch the microphone on",
    microphoneOff: "Switch the microphone off",
    camera: "Camera",
    cameraOn: "Switch the camera on",
    cameraOff: "Switch the camera off",
    turnCamera: "Turn the camera",
    screen: "Share the screen",
    screenOn: "Share your screen",
    screenOff: "Stop sharing",
    hand: "Raise your hand",
    handDown: "Take your hand down",
    reactions: "Reactions",
    chat: "Chat",
    unread: (n: number) => count(n, { one: "# unread message", other: "# unread messages" }),
    people: "People",
    waiting: (n: number) => count(n, { one: "# person waits", other: "# people wait" }),
    tileView: "Show everybody in equal size",
    tileTitle: "Tile view",
    speakerView: "Show the speaker large",
    speakerTitle: "Speaker view",
    broadcast: "Broadcast",
    invite: "Invite people",
    settings: "Settings",
    more: "More",
    fullScreen: "Full screen",
    endFullScreen: "Leave full screen",
    stepDown: "Step down into the audience",
    shortcuts: "Keyboard shortcuts",
    leave: "Leave the meeting",
    leaveTitle: "Leave",
    moreLeaving: "Other ways to leave",
    endForAll: "End the meeting for everybody",
  },
  reactions: {
    thumbs_up: "Thumbs up",
    clap: "Applause",
    heart: "Heart",
    laugh: "Laughter",
    surprise: "Surprise",
    party: "Celebration",
  },
  reacted: (name: string, reaction: string) => `${name}: ${reaction}`,
  talk: {
    held: "You can be heard while you hold the space bar",
    hold: "Hold the space bar to speak",
    space: "Space",
  },
  /** What happened, told in passing. */
  events: {
    joined: (name: string) => `${name} joined`,
    left: (name: string) => `${name} left`,
    knocks: (name: string) => `${name} wants to join`,
    moderator: "You are a moderator now.",
    onStage: "You are on the stage now: everybody can see and hear you.",
    inAudience: "You are in the audience now: no one sees or hears you.",
    stageFull: "The stage is full: you are in the audience, and can raise your hand.",
    muted: "A moderator switched your microphone off.",
    cameraOff: "A moderator switched your camera off.",
    noSpeaker: "That speaker cannot be used; the sound stays where it was.",
  },
  header: {
    people: (n: number) => count(n, { one: "# person", other: "# people" }),
    password: "A password is asked for",
    lobby: "Newcomers wait until they are let in",
    closed: "The room is locked",
    live: "LIVE",
    recorded: "REC",
    goingLive: "Going live…",
    ending: "Ending…",
    watch: "Watch it in a new tab",
    watchRecorded: "Live and recorded. Watch it in a new tab",
    viewers: (n: number) => count(n, { one: "# viewer", other: "# viewers" }),
  },
  notices: {
    reconnecting: "The connection was lost. Reconnecting…",
    hear: "Click to hear the others",
    askedAudio: (name: string) => `${name} asks you to switch your microphone on.`,
    askedVideo: (name: string) => `${name} asks you to switch your camera on.`,
    askedStage: (name: string) => `${name} invites you on the stage.`,
    aModerator: "A moderator",
    show: "Show",
    notNow: "Not now",
    switchOn: "Switch on",
    comeUp: "Come on the stage",
    listen: "You can listen meanwhile.",
    again: "Try again",
    inTab: "Open in a tab",
    closeNotice: "Close this notice",
  },
};

export type Strings = typeof en;
