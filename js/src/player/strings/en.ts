import { voting } from "../../polls/strings/en";
import { records } from "../../shared/records.en";

/** English, and the words that every other language must have. */
export const en = {
  records,
  voting,
  poll: { label: "Poll", hide: "Hide", show: "Show the poll" },
  untitled: "Live broadcast",
  picture: "Broadcast",
  toolbar: {
    label: "Player",
    play: "Play",
    pause: "Pause",
    mute: "Mute",
    unmute: "Unmute",
    volume: "Volume",
    toLive: "Back to live",
    position: "Position",
    atLive: "live",
    behindLive: (seconds: number) => `${seconds} seconds behind live`,
    details: "Delay and resolution",
    fullScreen: "Full screen",
    space: "space",
  },
  badge: {
    live: "Live",
    paused: "Paused",
    notLive: "Not live",
    behind: (seconds: number) => `−${seconds} s`,
  },
  details: {
    delay: "From the server to your screen: network, decoding and buffer",
    noSound: "no sound",
  },
  tapForSound: "Tap for sound",
  connecting: "Connecting…",
  reconnecting: "The connection was lost. Trying again…",
  loading: "Loading the picture…",
  soundOnly: "Sound only",
  break: "A short break",
  soon: {
    title: "Starting soon",
    told: "The picture comes by itself as soon as the broadcast begins.",
  },
  back: {
    title: "Be right back",
    told: "The broadcast is interrupted. The picture comes back by itself.",
  },
  ended: {
    title: "The broadcast has ended",
    noRecording: "There is no recording of it.",
    recording: "The broadcast has ended. This is its recording.",
    open: "Open the file",
  },
  failed: {
    title: "The broadcast cannot be shown",
    again: "Try again",
  },
  /**
   * By the kind that the server or the page names; without an entry, the server's own message is
   * shown.
   */
  refusals: {
    forbidden: "This broadcast is private, or its link has expired: ask for a new link.",
    full: "This server has reached its viewer limit. Try again when a viewer has left.",
    protocol: "This page and the server have different versions: reload the page.",
    codec: "This browser does not play what is broadcast. Another one may.",
  } as Partial<Record<string, string>>,
  unsupported: {
    title: "This browser cannot show the broadcast",
    outdated:
      "It lacks a part that decodes live pictures. A current Chrome, Edge, Firefox or Safari has it.",
    insecure: "The page was not opened over a secure connection. Open it over https.",
  },
  captions: "Captions",
  /** A player in a notebook's cell. */
  cell: {
    moment: "One moment…",
    gone: "Run this cell again to watch: the kernel that made it is gone, or busy.",
    saved: "A broadcast was here when this notebook was saved. Run the notebook to watch.",
    empty: "Nothing to watch yet: set the player's source.",
    noCaptions: "The captions could not be loaded.",
    recording: "Recording",
  },
};

export type Strings = typeof en;
