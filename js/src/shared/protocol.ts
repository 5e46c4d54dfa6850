// Rendered by scripts/generate_protocol.py from the Python definitions. Do not edit.

export const PROTOCOL_VERSION = 1;

/** The most characters that texts have, what a broadcast is pushed to, and bytes of a message. */
export const LIMITS = {
  name: 64,
  subject: 200,
  password: 128,
  message: 2000,
  id: 64,
  notice: 500,
  push_url: 1024,
  pushes: 4,
  frame: 98304,
} as const;

/** Bytes of UTF-8 that a character may have on average. */

export const CHARACTER_BYTES = 40;

export type MeetingStatus = "idle" | "loading" | "joining" | "waiting" | "joined" | "left" | "failed";

export type BroadcastStatus = "off" | "starting" | "live" | "stopping" | "failed";

export const STATUS_STEPS: Readonly<Record<MeetingStatus, readonly MeetingStatus[]>> = {
  idle: ["loading", "failed"],
  loading: ["idle", "joining", "left", "failed"],
  joining: ["idle", "loading", "waiting", "joined", "left", "failed"],
  waiting: ["idle", "loading", "joining", "joined", "left", "failed"],
  joined: ["idle", "loading", "joining", "left", "failed"],
  left: ["idle", "loading", "failed"],
  failed: ["idle", "loading", "left"],
};

export const BROADCAST_STEPS: Readonly<Record<BroadcastStatus, readonly BroadcastStatus[]>> = {
  off: ["starting", "live", "failed"],
  starting: ["off", "live", "stopping", "failed"],
  live: ["off", "stopping", "failed"],
  stopping: ["off", "failed"],
  failed: ["off", "starting", "live"],
};

/** The first message of a connection. */
export interface Join {
  type: "join";
  v: number;
  token: string;
  name?: string;
  audio?: boolean;
  video?: boolean;
  resume?: string | null;
  password?: string | null;
  person?: string | null;
  composes?: boolean;
}

/** A session description (RFC 8829). */
export interface Description {
  type: "offer" | "answer" | "pranswer" | "rollback";
  sdp?: string;
}

/** An ICE candidate as the browser writes it. */
export interface Candidate {
  candidate: string;
  sdpMid?: string | null;
  sdpMLineIndex?: number | null;
  usernameFragment?: string | null;
}

/** One step of perfect negotiation, for one other participant. */
export interface Signal {
  type: "signal";
  to: string;
  description?: Description | null;
  candidate?: Candidate | null;
  restart?: boolean;
}

/** What this participant sends: microphone open, camera on, screen shared. */
export interface Media {
  type: "media";
  audio: boolean;
  video: boolean;
  screen?: boolean;
}

/** How large this page shows the pictures of one other participant: nobody sends more. */
export interface Want {
  type: "want";
  to: string;
  camera: number;
  screen: number;
}

/** Write to everybody, or to one. */
export interface SendChat {
  type: "send_chat";
  ref?: number | null;
  text: string;
  to?: string | null;
}

/** Raise the own hand, or take it down. */
export interface RaiseHand {
  type: "raise_hand";
  ref?: number | null;
  raised: boolean;
}

/** Show a feeling for a moment. */
export interface React {
  type: "react";
  ref?: number | null;
  reaction: "thumbs_up" | "clap" | "heart" | "laugh" | "surprise" | "party";
}

/** Come up on the stage, as a moderator has invited one to; a moderator needs no invitation. */
export interface EnterStage {
  type: "enter_stage";
  ref?: number | null;
}

/** Step down into the audience. */
export interface LeaveStage {
  type: "leave_stage";
  ref?: number | null;
}

/** Change the own display name. */
export interface Rename {
  type: "rename";
  ref?: number | null;
  name: string;
}

/** Change what the room is about. Moderators only. */
export interface SetSubject {
  type: "set_subject";
  ref?: number | null;
  subject: string;
}

/** Make newcomers wait for a moderator, or stop that. Moderators only. */
export interface SetLobby {
  type: "set_lobby";
  ref?: number | null;
  active: boolean;
}

/** Ask participants for a password; an empty one asks no more. Moderators only. */
export interface SetPassword {
  type: "set_password";
  ref?: number | null;
  password: string;
}

/** Let somebody in from the lobby, or refuse. Moderators only. */
export interface Admit {
  type: "admit";
  ref?: number | null;
  id: string;
  admitted: boolean;
}

/** Let in everybody who waits in the lobby. Moderators only. */
export interface AdmitAll {
  type: "admit_all";
  ref?: number | null;
}

/** Say something to one who waits in the lobby, or to all. Moderators only. */
export interface MessageLobby {
  type: "message_lobby";
  ref?: number | null;
  text: string;
  id?: string | null;
}

/** Switch off somebody's microphone or camera. Moderators only. */
export interface Mute {
  type: "mute";
  ref?: number | null;
  id: string;
  media?: "audio" | "video";
}

/** Ask somebody to switch microphone or camera on. Moderators only. */
export interface AskToUnmute {
  type: "ask_to_unmute";
  ref?: number | null;
  id: string;
  media?: "audio" | "video";
}

/** Take somebody's hand down. Moderators only. */
export interface LowerHand {
  type: "lower_hand";
  ref?: number | null;
  id: string;
}

/** Make somebody a moderator of this room, as long as it lives. Moderators only. */
export interface GrantModerator {
  type: "grant_moderator";
  ref?: number | null;
  id: string;
}

/** Lock the room for newcomers, or open it again. Moderators only. */
export interface SetClosed {
  type: "set_closed";
  ref?: number | null;
  closed: boolean;
}

/** Show somebody large to everybody; None leaves it to each. Moderators only. */
export interface SetMain {
  type: "set_main";
  ref?: number | null;
  id?: string | null;
}

/** Make a link for others, answered by `invite_created`. Moderators only. */
export interface CreateInvite {
  type: "create_invite";
  ref: number;
  moderator?: boolean;
  server: string;
}

/** Invite somebody of the audience up. Moderators only. */
export interface InviteToStage {
  type: "invite_to_stage";
  ref?: number | null;
  id: string;
}

/** Send somebody from the stage into the audience. Moderators only. */
export interface SendToAudience {
  type: "send_to_audience";
  ref?: number | null;
  id: string;
}

/** End the meeting for everybody. Moderators only. */
export interface EndMeeting {
  type: "end_meeting";
  ref?: number | null;
}

/** Switch off everybody else's microphone or camera. Moderators only. */
export interface MuteEveryone {
  type: "mute_everyone";
  ref?: number | null;
  media?: "audio" | "video";
}

/** Ask what a `Kick` would mean, answered by `removal_planned`. Moderators only. */
export interface PlanRemoval {
  type: "plan_removal";
  ref: number;
  id: string;
}

/** Send a person out of the room, and keep them out of it. Moderators only. */
export interface Kick {
  type: "kick";
  ref?: number | null;
  id: string;
  revoke?: boolean;
  address?: boolean;
  shared?: boolean;
}

/** Broadcast the stage from this page. Moderators only. */
export interface StartBroadcast {
  type: "start_broadcast";
  ref?: number | null;
  record?: boolean;
  private?: boolean;
  to?: string[];
  quality?: "360p" | "540p" | "720p" | "1080p" | "audio";
  codec?: "h264" | "vp9" | "av1" | null;
  paused?: boolean;
}

/** End the broadcast. Moderators only. */
export interface StopBroadcast {
  type: "stop_broadcast";
  ref?: number | null;
  unable?: boolean;
}

/** Show viewers a card in place of the stage, and let them hear nothing; or the stage again. */
export interface PauseBroadcast {
  type: "pause_broadcast";
  ref?: number | null;
  paused: boolean;
}

/** The broadcaster's page alone: what viewers are shown from now on. */
export interface BroadcastShown {
  type: "broadcast_shown";
  shows: "stage" | "soon" | "paused";
}

/** Leave for good: the place is given up at once. */
export interface Leave {
  type: "leave";
}

/** Ask for a sign of life. */
export interface Ping {
  type: "ping";
  t: number;
}

/** Somebody in the room, as everybody sees him. */
export interface Participant {
  id: string;
  name: string;
  moderator: boolean;
  audio: boolean;
  video: boolean;
  screen: boolean;
  stage: boolean;
  hand: number | null;
}

/** Where a broadcast can be watched. */
export interface Playout {
  live: string;
  vod: string | null;
}

/** How pushing a broadcast to another server fares. */
export interface PushState {
  host: string;
  state: "connecting" | "live" | "retrying" | "failed";
  error?: string | null;
}

/** What is wrong with the broadcast or its recording. */
export interface Trouble {
  kind: "broadcast_silent" | "broadcast_lost" | "broadcast_left" | "broadcast_unable" | "broadcast_interrupted" | "broadcast_slow_encoder" | "broadcast_slow_line" | "broadcast_overflow" | "broadcast_data" | "broadcast_server" | "recording_disk" | "recording_size" | "recording_failed";
  message: string;
}

/** The broadcast of the room. */
export interface BroadcastState {
  state: BroadcastStatus;
  broadcaster: string | null;
  playout: Playout | null;
  since: number | null;
  trouble: Trouble | null;
  targets: PushState[];
  quality: "360p" | "540p" | "720p" | "1080p" | "audio";
  shows: "stage" | "soon" | "paused";
}

/** What everybody in the room may know of it. */
export interface RoomState {
  subject: string;
  lobby: boolean;
  locked: boolean;
  closed: boolean;
  main: string | null;
}

/** Something that somebody wrote. Sent to whom it is for, the writer too. */
export interface ChatMessage {
  type: "chat_message";
  id: number;
  sender: string;
  name: string;
  text: string;
  at: number;
  to: string | null;
  to_name: string | null;
}

/** For the audience: the stream that shows the stage, and what opens it. */
export interface StageFeed {
  type: "stage_feed";
  stream: string | null;
  ticket: string | null;
  possible: boolean;
}

/** A STUN or TURN server, as RTCPeerConnection takes it. */
export interface IceServer {
  urls: string[];
  username: string | null;
  credential: string | null;
}

/** You are in. Everything a page needs to draw the room. */
export interface Welcome {
  type: "welcome";
  v: number;
  own: Participant;
  kept: boolean;
  resume: string;
  room: string;
  session: string;
  streamname: string;
  participants: Participant[];
  state: RoomState;
  broadcast: BroadcastState;
  knocking: Knock[];
  ice_servers: IceServer[];
  expires: number;
  now: number;
  max_stage: number;
  chat: ChatMessage[];
  viewers: number;
  feed: StageFeed;
}

/** You are in the lobby, under this id. */
export interface Waiting {
  type: "waiting";
  id: string;
}

/** Join again with the password. The connection stays open for it. */
export interface PasswordRequired {
  type: "password_required";
  wrong: boolean;
}

/** Somebody came. */
export interface Joined {
  type: "joined";
  participant: Participant;
}

/** Somebody's name, media or role changed. Sent to everybody, the one concerned too. */
export interface Updated {
  type: "updated";
  participant: Participant;
}

/** Somebody went. */
export interface Left {
  type: "left";
  id: string;
  reason: "left" | "dropped" | "kicked";
  by: string | null;
}

/** A `Signal` from somebody. */
export interface Signalled {
  type: "signalled";
  sender: string;
  description: Description | null;
  candidate: Candidate | null;
  restart: boolean;
}

/** Somebody waits in the lobby. Moderators only. */
export interface Knock {
  type: "knock";
  id: string;
  name: string;
}

/** He was admitted, refused, or went away. Moderators only. */
export interface KnockEnded {
  type: "knock_ended";
  id: string;
}

/** For those who wait in the lobby: a moderator says something. */
export interface LobbyNote {
  type: "lobby_note";
  name: string;
  text: string;
}

/** How large somebody shows your pictures. */
export interface Wanted {
  type: "wanted";
  sender: string;
  camera: number;
  screen: number;
}

/** Somebody shows a feeling. Sent to everybody, the one concerned too. */
export interface Reaction {
  type: "reaction";
  sender: string;
  reaction: "thumbs_up" | "clap" | "heart" | "laugh" | "surprise" | "party";
}

/** A moderator asks you to switch microphone or camera on: it is for you to decide. */
export interface UnmuteAsked {
  type: "unmute_asked";
  media: "audio" | "video";
  by: string;
}

/** A moderator invites you up on the stage: enter it, or do not. */
export interface StageInvited {
  type: "stage_invited";
  by: string;
}

/** How many watch the broadcast. Moderators only. */
export interface ViewersChanged {
  type: "viewers_changed";
  viewers: number;
}

/** The room's own state changed. */
export interface RoomChanged {
  type: "room_changed";
  state: RoomState;
}

/** A moderator switched your microphone or camera off: do it. */
export interface MuteRequested {
  type: "mute_requested";
  media: "audio" | "video";
  by: string;
}

/** The broadcast's state changed. */
export interface BroadcastChanged {
  type: "broadcast_changed";
  broadcast: BroadcastState;
}

/** For the broadcaster alone: send the stage to the ingest socket with this ticket. */
export interface IngestGranted {
  type: "ingest_granted";
  stream: string;
  ticket: string;
  purpose: "broadcast" | "stage";
  quality: "360p" | "540p" | "720p" | "1080p" | "audio";
  codec: "h264" | "vp9" | "av1" | null;
  shows: "stage" | "soon" | "paused";
}

/** For the broadcaster alone: show the viewers this, and say so once they are shown it. */
export interface ShowBroadcast {
  type: "show_broadcast";
  shows: "stage" | "soon" | "paused";
}

/** A link that several people came by. */
export interface Link {
  id: string;
  people: number;
  here: string[];
}

/** The shared links by which people in the room came. Moderators only. */
export interface LinksChanged {
  type: "links_changed";
  links: Link[];
}

/** What a `Kick` of this person would mean now. */
export interface RemovalPlanned {
  type: "removal_planned";
  ref: number;
  people: number;
  moderator: boolean;
  own_link: boolean;
  goes: number;
  revocable: boolean;
  goes_revoked: number;
  same_address: number | null;
}

/** The request with this `ref` was carried out: the invite's token. */
export interface InviteCreated {
  type: "invite_created";
  ref: number;
  token: string;
}

/** The request with this `ref` was carried out. */
export interface Ack {
  type: "ack";
  ref: number;
}

/** A request was refused, or a message was wrong. */
export interface Error {
  type: "error";
  kind: string;
  message: string;
  ref: number | null;
}

/** The connection ends now, and why. `retry` says whether coming back makes sense. */
export interface Bye {
  type: "bye";
  kind: "left" | "kicked" | "refused" | "replaced" | "room_full" | "lobby_full" | "room_closed" | "ended" | "token_malformed" | "token_rejected" | "token_expired" | "token_not_yet_valid" | "protocol" | "too_many_messages" | "server_stopping";
  message: string;
  retry: boolean;
}

/** The sign of life, with the `t` of its `Ping`. */
export interface Pong {
  type: "pong";
  t: number;
}

/** The first message on the ingest socket. */
export interface IngestOpen {
  type: "ingest_open";
  v: number;
  ticket: string;
  clock?: number | null;
}

/** What the sender cannot keep up with, and has not for some seconds; None when that is over. */
export interface IngestBehind {
  type: "ingest_behind";
  behind: "encoder" | "line" | null;
}

/** Send set-up frames for every track, then media, pictures from a keyframe on. */
export interface IngestReady {
  type: "ingest_ready";
}

/** How much longer than at best everything takes to arrive; sent each second in which it is notable. */
export interface IngestLate {
  type: "ingest_late";
  seconds: number;
}

/** Make the next picture a keyframe. */
export interface KeyframeWanted {
  type: "keyframe_wanted";
}

/** Stop sending; the socket closes. */
export interface IngestEnded {
  type: "ingest_ended";
  reason: string;
  failed: boolean;
}

/** The first message on the viewers' socket. */
export interface Watch {
  type: "watch";
  v: number;
  stream: string;
  ticket?: string | null;
  format?: "frames" | "fmp4" | "state";
}

/** Where the stream stands: binary frames follow while it is live. */
export interface StreamState {
  type: "stream_state";
  state: "waiting" | "live" | "ended";
  title: string;
  since: number | null;
  vod: string | null;
  picture: boolean;
  shows: "stage" | "soon" | "paused";
}

/** The payload (JSON) of a set-up frame: all that a decoder needs to begin. */
export interface TrackSetup {
  codec: string;
  description?: string | null;
  width?: number | null;
  height?: number | null;
  framerate?: number | null;
  sample_rate?: number | null;
  channels?: number | null;
}

export type ClientMessage = Join | Signal | Media | Want | Rename | SendChat | RaiseHand | React | EnterStage | LeaveStage | SetSubject | SetLobby | SetPassword | Admit | AdmitAll | MessageLobby | Mute | AskToUnmute | LowerHand | GrantModerator | SetClosed | SetMain | CreateInvite | InviteToStage | SendToAudience | EndMeeting | MuteEveryone | PlanRemoval | Kick | StartBroadcast | StopBroadcast | PauseBroadcast | BroadcastShown | Leave | Ping;

export type ServerMessage = Welcome | Waiting | PasswordRequired | Joined | Updated | Left | Signalled | Knock | KnockEnded | LobbyNote | RoomChanged | ChatMessage | Wanted | Reaction | MuteRequested | UnmuteAsked | StageInvited | StageFeed | ViewersChanged | BroadcastChanged | IngestGranted | LinksChanged | RemovalPlanned | InviteCreated | ShowBroadcast | Ack | Error | Bye | Pong;

export type IngestClientMessage = IngestOpen | IngestBehind;

export type IngestServerMessage = IngestReady | KeyframeWanted | IngestLate | IngestEnded;

export type WatchClientMessage = Watch | Ping;

export type WatchServerMessage = StreamState | Pong | Error;
