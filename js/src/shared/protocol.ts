// Rendered by scripts/generate_protocol.py from the Python definitions. Do not edit.

export const PROTOCOL_VERSION = 1;

export type Status = "idle" | "loading" | "joining" | "waiting" | "joined" | "left" | "failed";

export type Broadcast = "off" | "starting" | "live" | "stopping" | "failed";

export const STATUS_STEPS: Readonly<Record<Status, readonly Status[]>> = {
  idle: ["loading", "failed"],
  loading: ["idle", "joining", "left", "failed"],
  joining: ["idle", "loading", "waiting", "joined", "left", "failed"],
  waiting: ["idle", "loading", "joining", "joined", "left", "failed"],
  joined: ["idle", "loading", "joining", "left", "failed"],
  left: ["idle", "loading", "failed"],
  failed: ["idle", "loading", "left"],
};

export const BROADCAST_STEPS: Readonly<Record<Broadcast, readonly Broadcast[]>> = {
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
}

/** What this participant sends: microphone open, camera on. */
export interface Media {
  type: "media";
  audio: boolean;
  video: boolean;
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

/** Switch off everybody else's microphone or camera. Moderators only. */
export interface MuteEveryone {
  type: "mute_everyone";
  ref?: number | null;
  media?: "audio" | "video";
}

/** Send somebody out of the room. Moderators only. */
export interface Kick {
  type: "kick";
  ref?: number | null;
  id: string;
}

/** Broadcast the stage from this page. Moderators only. */
export interface StartBroadcast {
  type: "start_broadcast";
  ref?: number | null;
  record?: boolean;
}

/** End the broadcast. Moderators only. */
export interface StopBroadcast {
  type: "stop_broadcast";
  ref?: number | null;
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
}

/** Where a broadcast can be watched. */
export interface Playout {
  live: string;
  vod: string | null;
}

/** The broadcast of the room. */
export interface BroadcastState {
  state: Broadcast;
  broadcaster: string | null;
  playout: Playout | null;
  since: number | null;
  error: string | null;
}

/** What everybody in the room may know of it. */
export interface RoomState {
  subject: string;
  lobby: boolean;
  locked: boolean;
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
  id: string;
  resume: string;
  room: string;
  streamname: string;
  moderator: boolean;
  participants: Participant[];
  state: RoomState;
  broadcast: BroadcastState;
  knocking: Knock[];
  ice_servers: IceServer[];
  expires: number;
  max_stage: number;
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
  kind: "left" | "kicked" | "refused" | "replaced" | "room_full" | "token_malformed" | "token_rejected" | "token_expired" | "token_not_yet_valid" | "protocol" | "too_many_messages" | "server_stopping";
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
}

/** The first message on the ingest socket. */
export interface IngestOpen {
  type: "ingest_open";
  v: number;
  ticket: string;
}

/** Send set-up frames for every track, then media, from a keyframe on. */
export interface IngestReady {
  type: "ingest_ready";
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
}

/** Where the stream stands: binary frames follow while it is live. */
export interface StreamState {
  type: "stream_state";
  state: "waiting" | "live" | "ended";
  title: string;
  since: number | null;
  vod: string | null;
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

export type ClientMessage = Join | Signal | Media | Rename | SetSubject | SetLobby | SetPassword | Admit | MuteEveryone | Kick | StartBroadcast | StopBroadcast | Leave | Ping;

export type ServerMessage = Welcome | Waiting | PasswordRequired | Joined | Updated | Left | Signalled | Knock | KnockEnded | RoomChanged | MuteRequested | BroadcastChanged | IngestGranted | Ack | Error | Bye | Pong;

export type IngestClientMessage = IngestOpen;

export type IngestServerMessage = IngestReady | KeyframeWanted | IngestEnded;

export type WatchClientMessage = Watch | Ping;

export type WatchServerMessage = StreamState | Pong | Error;
