import { records } from "../../shared/records.en";
import { classroom } from "./class.en";
import { groups } from "./groups.en";
import { panels } from "./panels.en";
import { counting } from "./plural";
import { polls } from "./polls.en";
import { readings } from "./readings.en";
import { roster } from "./roster.en";

const count = counting("en");

/** The devices that a sentence is about. */
export type Which = "audio" | "video" | "both";

const DEVICES: Readonly<Record<Which, string>> = {
  audio: "microphone",
  video: "camera",
  both: "camera and microphone",
};

/** English, and the words that every other language must have. */
export const en = {
  classroom,
  groups,
  panels,
  polls,
  readings,
  records,
  roster,
  common: {
    meeting: "Meeting",
    close: "Close",
    leave: "Leave",
    you: (name: string) => `${name} (you)`,
    moderator: "Moderator",
    guest: "Guest",
    failed: "Something went wrong. Try again.",
    organiser: "The organiser's page",
  },
  /**
   * By the kind that the server or the page names; without an entry, the server's own message is
   * shown.
   */
  errors: {
    forbidden: "Only moderators can do that.",
    timeout: "The server did not answer in time.",
    name_fixed: roster.fixedName,
    hand_down: "This hand is no longer raised: another moderator may have called on them.",
    not_joined: "You are not in the meeting.",
    connection_lost: "The connection was lost.",
    moved: "You went to another room of the meeting meanwhile.",
    too_many_attempts: "Too many wrong passwords. Wait a moment, then try again.",
    audience:
      "You are in the audience. Raise your hand and a moderator can invite you to the stage.",
    broadcast_browser:
      "This browser cannot broadcast. Use Chrome, Edge or another Chromium-based browser.",
    broadcast_insecure: "Broadcasting requires HTTPS. Open the meeting at an https address.",
    screen_insecure: "Screen sharing requires HTTPS. Open the meeting at an https address.",
    screen_framed:
      "The page that embeds this meeting blocks screen sharing. Open the meeting in its own tab.",
    screen_policy:
      "The server blocks screen sharing on this page. Its administrator has to allow display-capture in the Permissions-Policy header.",
    picture_unreadable: "This browser cannot open that file as an image. Choose another one.",
    screen_hidden: "This browser does not support screen sharing.",
    screen_missing: "The browser found no screen or window that it could share.",
    screen_system:
      "Your system does not let this browser record the screen. Allow it in the system's privacy settings, then try again.",
    no_webrtc:
      "This browser has no WebRTC, which the stage requires. Open the meeting in a current Chrome, Edge, Firefox or Safari.",
    needs_touch: "The browser shares a screen only right after a click. Press its button again.",
    broadcast_codec: "This browser cannot encode video at that quality. Choose another quality.",
    broadcast_encoder: "The browser's video encoder stopped. Go live again.",
    broadcast_connection: "The connection to the server was lost and could not be restored.",
    broadcast_composer: "The broadcast compositor crashed. Reload the page.",
    broadcast_silent: "The broadcasting page sent nothing. Go live again.",
    broadcast_lost: "The connection to the broadcasting page was lost.",
    broadcast_left: "The broadcasting page is no longer on the stage.",
    broadcast_unable: "The broadcasting page could not continue.",
    broadcast_program: "The program that sent the broadcast has ended, or its connection was lost.",
    broadcast_interrupted: "Broadcast interrupted. It resumes when another moderator takes over.",
    broadcast_slow_encoder:
      "The broadcasting computer is overloaded: viewers see fewer frames, or see them late. Close other programs on it, or go live again at a lower quality.",
    broadcast_slow_line:
      "The broadcasting computer's connection is too slow: viewers see fewer frames, or see them late. Go live again at a lower quality, or on a better network.",
    broadcast_overflow:
      "The broadcast exceeded the server's bandwidth limit. Choose a lower quality.",
    broadcast_data: "The server could not read the broadcast. Reload the page, then go live again.",
    broadcast_server: "The server is stopping.",
    recording_disk: "The server's disk is nearly full. The recording is incomplete.",
    recording_size:
      "The recording has reached its size limit. The rest of the broadcast is not recorded.",
    recording_failed: "Recording failed. The recording is incomplete.",
    declined: "The browser was not allowed to share this tab, so nothing is shown.",
    other_tab: "Something else than this tab was chosen, so nothing is shown. Choose this tab.",
  } as Partial<Record<string, string>>,
  /** What the bots of a demo write. */
  demo: {
    hello: "Hello! I am a bot: I keep you company in this demo.",
    hint: "Try it: ask a poll, start a check-in, or call on the raised hand.",
  },
  admission: {
    help: "What to do",
    joining: "Joining the meeting…",
    moment: "One moment.",
    retrying: "The server is not responding. Trying again…",
    waiting: "Waiting to be let in",
    waitingFor: "The moderators know that you are waiting.",
    note: (name: string) => `${name} says:`,
    havePassword: "I have the room's password",
    passwordTitle: "This room requires a password",
    passwordWrong: "Wrong password.",
    password: "Password",
    join: "Join",
    joinAgain: "Join again",
    useHere: "Use it here",
    ownPicture: "Your own picture",
    noRoom:
      "This address does not name a room. A meeting's address ends with the room's name, or with the organisation and the room: open the complete invite link, or check domain and roomName.",
    wrongRoom: (asked: string, opened: string) =>
      `The token is for ${opened}, not ${asked}. Use the address of that room, or ask for an invite to this one.`,
    noToken: "This address contains no token. Open the complete invite link.",
  },
  endings: {
    left: { title: "You left the meeting", told: "Your camera and microphone are off." },
    kicked: {
      title: "You were removed from the meeting",
      told: "A moderator removed you or revoked your link.",
    },
    refused: { title: "You were not let in", told: "A moderator declined your request to join." },
    replaced: {
      title: "The meeting is open elsewhere",
      told: "You joined in another tab or window, so this one was disconnected.",
    },
    room_full: { title: "The room is full", told: "Try again when someone leaves." },
    lobby_full: {
      title: "The lobby is full",
      told: "Try again when a moderator has admitted people.",
    },
    room_closed: {
      title: "The room is locked",
      told: "No one else can join right now. Ask a moderator to unlock it, then try again.",
    },
    ended: { title: "The meeting has ended", told: "A moderator ended it for everyone." },
    token_malformed: { title: "This link does not work", told: "" },
    token_rejected: { title: "This link does not work", told: "" },
    token_expired: {
      title: "This link has expired",
      told: "Ask the person who sent it for a new one.",
    },
    token_not_yet_valid: {
      title: "The meeting has not begun",
      told: "It is not open yet. Try again at the scheduled time.",
    },
    protocol: { title: "The connection ended", told: "" },
    too_many_messages: { title: "The connection ended", told: "" },
    server_stopping: {
      title: "The server has stopped",
      told: "Try again when it is running again.",
    },
    address_invalid: { title: "No meeting at this address", told: "" },
    wrong_room: { title: "This link does not work", told: "" },
    group_refused: { title: "The group could not be entered", told: "" },
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
    level: "Microphone level",
    cameraOff: "Your camera is off",
    devices: "Devices",
  },
  /** Why a device is missing, and how to fix it. */
  problems: {
    insecure: (which: Which) =>
      `Browsers block the ${DEVICES[which]} on http pages. Over https you can be seen and heard, share your screen and broadcast: ask for an address that begins with https.`,
    framed: (which: Which) =>
      `The page that embeds this meeting blocks your ${DEVICES[which]}. Open the meeting in its own tab.`,
    policy: (which: Which) =>
      `The server blocks your ${DEVICES[which]} on this page. Its administrator has to allow it in the Permissions-Policy header.`,
    hidden: (which: Which) =>
      `This browser does not let pages use your ${DEVICES[which]}. Open the meeting in a current Chrome, Edge, Firefox or Safari.`,
    background: (_which: Which) =>
      "The background could not be blurred or replaced. Your camera is off so that no one sees your room. Try again, or choose another background in the settings.",
    denied: (which: Which) =>
      `Access to your ${DEVICES[which]} is blocked. Allow it in the site settings in the address bar, then try again.`,
    system: (which: Which) =>
      `Your system blocks this browser from using your ${DEVICES[which]}. Allow it in the system's privacy settings, then try again.`,
    missing: (which: Which) =>
      `No ${which === "both" ? "camera or microphone" : DEVICES[which]} was found. Plug one in, then try again.`,
    busy: (which: Which) =>
      `Your ${DEVICES[which]} ${which === "both" ? "are" : "is"} in use by another program. Close it, then try again.`,
    unknown: (which: Which) =>
      `Your ${DEVICES[which]} could not be opened. Check ${which === "both" ? "them" : "it"} in your system's settings, then try again.`,
  },
  /** For the operator of the server. */
  getHttps:
    "To enable https, start Jupyter with --certfile and --keyfile, start nanomeet serve with --tls, or put an https proxy in front. On the server's own computer, or through an SSH tunnel to it, http://localhost is enough.",
  stage: {
    label: "People in the meeting",
    alone: "You are the only one here.",
    invite: "Invite people",
    picture: (name: string) => `Video of ${name}`,
    screenOf: (name: string) => `${name}'s screen`,
    ownScreen: "You are sharing your screen",
    ownSource: "Your program is showing this",
    showLarge: (name: string) => `Show ${name} large`,
    showEqual: (name: string) => `Show ${name} at normal size`,
    connecting: "Connecting…",
    lost: "Reconnecting…",
    unreachable: "No connection yet. Still trying…",
    microphoneOff: "microphone off",
    speaking: "speaking",
    handUp: "hand raised",
    moderator: "moderator",
    pinned: "pinned",
    main: "shown large to everyone",
    connection: {
      good: "good connection",
      fair: "weak connection",
      poor: "bad connection",
    },
    more: (n: number) => count(n, { one: "# more person", other: "# more people" }),
    showMore: "Show everyone",
    audience: (n: number) => count(n, { other: "# in the audience" }),
    preparing: "Preparing the stage…",
    loading: "Loading the stage…",
    soundOnly: "Sound only",
    hearStage: "Click to hear the stage",
    cannotShow:
      "This browser cannot show the stage. Use a current Chrome, Edge, Firefox or Safari, over https.",
    cannotSend:
      "No browser on the stage can send it to the audience. That requires Chrome, Edge or another Chromium-based browser, over https.",
    picturesOf: (title: string) => `The stage of ${title}`,
  },
  toolbar: {
    label: "Meeting controls",
    microphone: "Microphone",
    microphoneOn: "Turn on the microphone",
    microphoneOff: "Turn off the microphone",
    camera: "Camera",
    cameraOn: "Turn on the camera",
    cameraOff: "Turn off the camera",
    turnCamera: "Switch camera",
    screen: "Share the screen",
    screenOn: "Share your screen",
    screenOff: "Stop sharing",
    hand: "Raise your hand",
    handDown: "Lower your hand",
    reactions: "Reactions",
    chat: "Chat",
    polls: "Polls",
    unread: (n: number) => count(n, { one: "# unread message", other: "# unread messages" }),
    people: "People",
    waiting: (n: number) => count(n, { one: "# person waiting", other: "# people waiting" }),
    tileView: "Show everyone at the same size",
    tileTitle: "Tile view",
    speakerView: "Show the speaker large",
    speakerTitle: "Speaker view",
    broadcast: "Broadcast",
    invite: "Invite people",
    settings: "Settings",
    more: "More",
    fullScreen: "Full screen",
    endFullScreen: "Exit full screen",
    stepDown: "Return to the audience",
    shortcuts: "Keyboard shortcuts",
    leave: "Leave the meeting",
    leaveTitle: "Leave",
    moreLeaving: "More options for leaving",
    endForAll: "End the meeting for everyone",
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
    held: "You are unmuted while you hold the space bar",
    hold: "Hold the space bar to talk",
    space: "Space",
  },
  /** Notifications of events. */
  events: {
    joined: (name: string) => `${name} joined`,
    left: (name: string) => `${name} left`,
    knocks: (name: string) => `${name} wants to join`,
    moderator: "You are now a moderator.",
    onStage: "You are now on the stage. Everyone can see and hear you.",
    inAudience: "You are now in the audience. No one can see or hear you.",
    stageFull: "The stage is full. You are in the audience and can raise your hand.",
    muted: "A moderator muted you.",
    cameraOff: "A moderator turned off your camera.",
    sourceFailed: {
      screen: "Your program stopped with an error. What it showed is no longer shared.",
      camera: "The program that changes your camera's picture has stopped. Your camera is off.",
    },
    noSpeaker: "That speaker is not available. The sound stays on the previous one.",
  },
  header: {
    people: (n: number) => count(n, { one: "# person", other: "# people" }),
    password: "Password required",
    lobby: "Lobby enabled: people wait until a moderator admits them",
    closed: "The room is locked",
    live: "LIVE",
    recorded: "REC",
    goingLive: "Going live…",
    ending: "Ending…",
    watch: "Watch in a new tab",
    program: "A program broadcasts, not the stage.",
    watchRecorded: "Live and being recorded. Watch in a new tab",
    viewers: (n: number) => count(n, { one: "# viewer", other: "# viewers" }),
  },
  notices: {
    reconnecting: "The connection was lost. Reconnecting…",
    noWebRtc:
      "This browser has no WebRTC. You see and hear the stage from the audience, and can write. To be seen and heard, open the meeting in a current Chrome, Edge, Firefox or Safari.",
    hear: "Click to hear the others",
    askedAudio: (name: string) => `${name} asks you to unmute.`,
    askedVideo: (name: string) => `${name} asks you to turn on your camera.`,
    askedStage: (name: string) => `${name} invites you to the stage.`,
    aModerator: "A moderator",
    show: "Show",
    askedElement: (title: string) =>
      `Your program wants to show ${title ? `“${title}”` : "one output of this page"} to everyone. Your browser asks to share this tab; only that output is shown.`,
    showElement: "Show",
    notNow: "Not now",
    switchOn: "Turn on",
    comeUp: "Join the stage",
    listen: "You can still listen.",
    again: "Try again",
    inTab: "Open in a tab",
    closeNotice: "Close this notice",
  },
};

export type Strings = typeof en;
