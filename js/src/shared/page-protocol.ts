// Rendered by scripts/generate_protocol.py from the Python definitions. Do not edit.

import type { BroadcastStatus, MeetingStatus } from "./protocol";

/** What each message of a meeting's page has besides its own fields. */
export interface Envelope {
  client: string;
  pad?: [number, string] | null;
  number?: number | null;
}

/** Why something failed. */
export interface Failure {
  kind: string;
  message: string;
  cause?: string | null;
}

/** Where a broadcast can be watched. */
export interface Playout {
  live: string;
  vod: string | null;
}

/** A participant; null for what the engine does not tell. */
export interface Person {
  id: string;
  display_name: string;
  moderator: boolean | null;
  audio: boolean | null;
  video: boolean | null;
  screen?: boolean | null;
  stage?: boolean | null;
  hand?: number | null;
}

/** Where another engine than our own sends a broadcast. */
export interface Target {
  ingest: string;
  playout: Playout | null;
}

/** Where a broadcast goes that is not recorded, and one that is. */
export interface Targets {
  live: Target;
  rec: Target;
}

/** How a page reaches a meeting's servers. */
export interface Arrangements {
  server: string | null;
  broadcast: Targets | null;
  library: string | null;
  obstacle?: string;
}

/** The token that opens the meeting, and how the page reaches its servers. */
export interface Token {
  type: "token";
  server: string | null;
  broadcast: Targets | null;
  library: string | null;
  obstacle?: string;
  token: string | null;
  ask: string | null;
  guest?: boolean;
}

/** The meeting belongs to another browser's page. */
export interface Shared {
  type: "shared";
  invites: boolean;
}

/** The kernel lost sight of the page: it asks for the meeting's whole state. */
export interface Report {
  type: "report";
}

/** Ask for a sign of life, answered by `Alive`. */
export interface Probe {
  type: "probe";
}

/** Something to tell the user. */
export interface Notice {
  type: "notice";
  message: string;
}

/** The requested invite, or why there is none. */
export interface Invite {
  type: "invite";
  link: string | null;
  error: string | null;
  note?: string;
}

/** A link that opens the meeting in a browser, or why there is none. */
export interface Browser {
  type: "browser";
  link: string | null;
  error: string | null;
}

/** A command, answered by `Held`, `Begun` and `Reply`. */
export interface Command {
  type: "command";
  id: number;
  name: string;
  args: unknown[];
}

/** A command that was not begun is no longer wanted. */
export interface Withdrawn {
  type: "withdrawn";
  id: number;
}

/** Another page has the meeting from now on. */
export interface Moved {
  type: "moved";
  browser: boolean;
}

/** The widget was closed: leave the meeting. */
export interface Close {
  type: "close";
}

/** Ask for a pad of so many bytes at least, answered by `PadGiven`. */
export interface PadWanted {
  type: "pad";
  size: number;
}

/** Another message, which only one page can read. */
export interface Sealed {
  type: "sealed";
  pad: number;
  at: number;
  text: string;
}

/** The first message of a page. */
export interface Hello {
  type: "hello";
  base?: string | null;
  browser?: string;
  asked?: boolean;
}

/** The user wants to take part as another participant, or has done so. */
export interface Guest {
  type: "guest";
}

/** The user's guest has left. */
export interface GuestLeft {
  type: "guest_left";
}

/** Nothing but a pad, in the envelope. */
export interface PadGiven {
  type: "pad";
}

/** The page is about to go. */
export interface Goodbye {
  type: "goodbye";
}

/** A sign of life: the answer to `Probe`, and told from time to time. */
export interface Alive {
  type: "alive";
}

/** The user trusts a server with the token. */
export interface Trust {
  type: "trust";
  server: string;
}

/** Ask for an invite, answered by `Invite`. */
export interface WantInvite {
  type: "invite";
}

/** Ask for a link that opens the meeting in a browser, answered by `Browser`. */
export interface WantBrowser {
  type: "browser";
}

/** No cell shows the widget any longer, and another one has its meeting. */
export interface Retired {
  type: "retired";
}

/** Something that happened in the meeting, by the engine API's name. */
export interface Event {
  type: "event";
  name: string;
  data?: Record<string, unknown>;
}

/** Where the meeting stands. */
export interface Status {
  type: "status";
  status: MeetingStatus;
  error?: Failure | null;
}

/** Where the broadcast stands. */
export interface Broadcast {
  type: "broadcast";
  state: BroadcastStatus;
  playout?: Playout | null;
  error?: string | null;
}

/** Who is in the room: all of them. */
export interface Participants {
  type: "participants";
  participants: Person[];
}

/** Whether the page's own participant is a moderator. */
export interface Role {
  type: "role";
  moderator: boolean;
}

/** A command cannot be carried out yet; repeated while it waits. */
export interface Held {
  type: "held";
  id: number;
  why: string;
}

/** The page carries a command out. */
export interface Begun {
  type: "begun";
  id: number;
}

/** How a command ended: with a result, unless there is an error. */
export interface Reply {
  type: "reply";
  id: number;
  result?: unknown;
  error?: Failure | null;
}

/** Of ``subjectChange``. */
export interface SubjectData {
  subject?: string | null;
}

/** A person in the lobby. */
export interface Newcomer {
  id: string;
  name: string;
}

/** Of ``nanomeetLobby``. */
export interface LobbyData {
  waiting: Newcomer[];
}

/** A message of the chat. */
export interface ChatMessage {
  id: number;
  sender: string;
  display_name: string;
  text: string;
  at: number;
  private: boolean;
}

/** Of ``nanomeetChat``. */
export interface ChatData {
  messages: ChatMessage[];
  whole?: boolean;
}

/** Which part of the full bitrate is sent, from 0 to 1. */
export interface Part {
  bitrate: number;
}

/** How composing a broadcast fared in the last second. */
export interface Stats {
  fps: number;
  skipped: number;
  bitrate: number;
  encode: number;
  queue: number;
  backlog: number;
  quality: Part;
  codec: string | null;
  width: number;
  height: number;
  shows: string;
  viewers: number;
}

/** Of ``nanomeetBroadcastStats``. */
export interface StatsData {
  stats?: Stats | null;
}

/** Of ``nanomeetBroadcastChanged``. */
export interface ShowsData {
  shows?: string | null;
}

/** A program that reads pictures or sound of the meeting. */
export interface ReadingTold {
  id: string;
  reader: string;
  of: string | null;
  media: string;
}

/** Of ``nanomeetReadingsChanged``. */
export interface ReadingsData {
  readings: ReadingTold[];
}

/** Of ``nanomeetTalkTimes``: seconds by the participants' ids. */
export interface TalkTimesData {
  seconds: Record<string, number>;
}

/** Of ``nanomeetReadingMoved``: another stream shows it, or none for now. */
export interface ReadingMovedData {
  id: string;
  stream: string | null;
  ticket: string | null;
}

/** Of ``nanomeetReadingEnded``. */
export interface ReadingEndedData {
  id: string;
  kind: string;
  message: string;
}

/** A poll, as the page's participant may know it; as the server's `Poll`. */
export interface PollTold {
  id: string;
  question: string;
  options: string[];
  multiple: boolean;
  anonymous: boolean;
  show: string;
  open: boolean;
  ends: number | null;
  counts: number[] | null;
  voters: number;
  correct: number[];
  own: number[];
}

/** Of ``nanomeetPollChanged``. */
export interface PollChangedData {
  poll: PollTold;
}

/** Of ``nanomeetPollCounts``. */
export interface PollCountsData {
  id: string;
  counts: number[] | null;
  voters: number;
}

/** The answer to ``nanomeetOpenPoll``. */
export interface PollOpenedData {
  id: string;
}

/** A person's vote, in a poll that is not anonymous. */
export interface VoteTold {
  id: string | null;
  name: string;
  choices: number[];
}

/** The answer to ``nanomeetReadVotes``. */
export interface PollVotesData {
  votes: VoteTold[];
}

/** A participant who belongs to a group. */
export interface GroupMemberTold {
  id: string;
  name: string;
  here: boolean;
}

/** A group of the meeting. */
export interface GroupTold {
  id: string;
  name: string;
  people: GroupMemberTold[];
}

/** Of ``nanomeetGroupsChanged``. */
export interface GroupsData {
  groups: GroupTold[];
  ends: number | null;
  here: string | null;
  own: string | null;
}

/** A person with a personal link. */
export interface RosterTold {
  id: string;
  name: string;
  moderator: boolean;
  here: string[];
}

/** Of ``nanomeetRosterChanged``. */
export interface RosterData {
  people: RosterTold[];
}

/** Of ``nanomeetCheckInChanged``. */
export interface CheckInData {
  id: string | null;
  question: string;
  since: number;
  done: string[];
}

/** The answer to ``nanomeetCallHand``. */
export interface HandCalledData {
  id: string | null;
}

/** Of ``nanomeetSourceClosed``. */
export interface SourceClosedData {
  stream: string;
  message: string;
  failed: boolean;
}

/** Captions by their address. */
export interface CaptionsLink {
  url: string;
}

/** Captions themselves: WebVTT. */
export interface CaptionsText {
  text: string;
}

/** What a player shows. */
export interface Source {
  type: "source";
  url: string | null;
  captions: CaptionsLink | CaptionsText | null;
}

/** The first message of a player's page. */
export interface PlayerHello {
  type: "hello";
}

/** The state of a player; times are in seconds, except `latency`. */
export interface PlayerFacts {
  state: string;
  paused: boolean;
  behind: number;
  title: string;
  latency?: number | null;
  vod?: string | null;
}

/** What changed about a player. */
export interface Facts {
  type: "facts";
  facts: PlayerFacts;
  view?: string;
  number?: number;
}

export type FromKernel = Token | Shared | Report | Probe | Notice | Invite | Browser | Command | Withdrawn | Moved | Close | PadWanted | Sealed;

export type ToKernel = Hello | Guest | GuestLeft | PadGiven | Goodbye | Alive | Trust | WantInvite | WantBrowser | Retired | Event | Status | Broadcast | Participants | Role | Held | Begun | Reply;

export type PlayerFromKernel = Source | Probe | Notice | Command;

export type PlayerToKernel = PlayerHello | Reply | Alive | Facts;
