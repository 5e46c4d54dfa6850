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
  avatar: 16384,
  question: 500,
  option: 200,
  group: 64,
  push_url: 1024,
  options: 20,
  groups: 50,
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

/** Check that the connection is alive. */
export interface Ping {
  type: "ping";
  t: number;
}

/** The answer to a `Ping`, with its `t`. */
export interface Pong {
  type: "pong";
  t: number;
}

/** A request was refused, or a message was invalid. */
export interface Error {
  type: "error";
  kind: string;
  message: string;
  ref: number | null;
}

/** What a moderator chooses when they start a broadcast. */
export interface BroadcastOptions {
  record?: boolean;
  private?: boolean;
  to?: string[];
  quality?: "360p" | "540p" | "720p" | "1080p" | "audio";
  codec?: "h264" | "vp9" | "av1" | null;
  paused?: boolean;
}

/** What is wrong with the broadcast or its recording. */
export interface Trouble {
  kind: "broadcast_silent" | "broadcast_lost" | "broadcast_left" | "broadcast_unable" | "broadcast_program" | "broadcast_interrupted" | "broadcast_slow_encoder" | "broadcast_slow_line" | "broadcast_overflow" | "broadcast_data" | "broadcast_server" | "recording_disk" | "recording_size" | "recording_failed";
  message: string;
}

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
  audience?: boolean;
  watches?: boolean;
}

/** A session description (RFC 8829). */
export interface Description {
  type: "offer" | "answer" | "pranswer" | "rollback";
  sdp?: string;
}

/** An ICE candidate, as browsers serialise it. */
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
  screen_title?: string;
}

/** How large this page shows one other participant's video, who then sends no more than that. */
export interface Want {
  type: "want";
  to: string;
  camera: number;
  screen: number;
}

/** Write to everyone, or to one participant. */
export interface SendChat {
  type: "send_chat";
  ref?: number | null;
  text: string;
  to?: string | null;
}

/** Raise or lower your hand. */
export interface RaiseHand {
  type: "raise_hand";
  ref?: number | null;
  raised: boolean;
}

/** Show a reaction for a moment. */
export interface React {
  type: "react";
  ref?: number | null;
  reaction: "thumbs_up" | "clap" | "heart" | "laugh" | "surprise" | "party";
}

/** Send text from one program to another: to one participant on the stage, or to all of them. */
export interface SendEndpointText {
  type: "send_endpoint_text";
  ref?: number | null;
  text: string;
  to?: string | null;
}

/** Show this picture in place of the sender's initials; None shows the initials again. */
export interface SetAvatar {
  type: "set_avatar";
  ref?: number | null;
  avatar: string | null;
}

/** Enter the stage. Participants need a moderator's invitation; moderators do not. */
export interface EnterStage {
  type: "enter_stage";
  ref?: number | null;
}

/** Leave the stage for the audience. */
export interface LeaveStage {
  type: "leave_stage";
  ref?: number | null;
}

/** Change your display name. */
export interface Rename {
  type: "rename";
  ref?: number | null;
  name: string;
}

/** Ask for a stream that a program of yours sends to this page; answered by `source_opened`. */
export interface OpenSource {
  type: "open_source";
  ref: number;
  use: "screen" | "camera";
  title?: string;
}

/** Close a source. */
export interface CloseSource {
  type: "close_source";
  ref?: number | null;
  use: "screen" | "camera";
}

/** Ask to read pictures or sound with a program; answered by `reading_opened`. */
export interface ReadMedia {
  type: "read_media";
  ref: number;
  media: "audio" | "video";
  of?: string | null;
  lines?: number;
  fps?: number;
}

/** Agree that another participant reads your picture or sound, or refuse it; a no always ends it. */
export interface AnswerReading {
  type: "answer_reading";
  ref?: number | null;
  id: string;
  allowed: boolean;
  unable?: boolean;
}

/** End a reading: as its reader, or as the participant who is read. */
export interface StopReading {
  type: "stop_reading";
  ref?: number | null;
  id: string;
}

/** Change the room's subject. Moderators only. */
export interface SetSubject {
  type: "set_subject";
  ref?: number | null;
  subject: string;
}

/** Turn the lobby on or off: newcomers wait there for a moderator. Moderators only. */
export interface SetLobby {
  type: "set_lobby";
  ref?: number | null;
  active: boolean;
}

/** Set the room's password; an empty one removes it. Moderators only. */
export interface SetPassword {
  type: "set_password";
  ref?: number | null;
  password: string;
}

/** Admit or refuse a person in the lobby. Moderators only. */
export interface Admit {
  type: "admit";
  ref?: number | null;
  id: string;
  admitted: boolean;
}

/** Admit everyone in the lobby. Moderators only. */
export interface AdmitAll {
  type: "admit_all";
  ref?: number | null;
}

/** Write to one person in the lobby, or to all of them. Moderators only. */
export interface MessageLobby {
  type: "message_lobby";
  ref?: number | null;
  text: string;
  id?: string | null;
}

/** Mute a participant's microphone or camera. Moderators only. */
export interface Mute {
  type: "mute";
  ref?: number | null;
  id: string;
  media?: "audio" | "video";
}

/** Ask a participant to unmute. Moderators only. */
export interface AskToUnmute {
  type: "ask_to_unmute";
  ref?: number | null;
  id: string;
  media?: "audio" | "video";
}

/** Lower a participant's hand. Moderators only. */
export interface LowerHand {
  type: "lower_hand";
  ref?: number | null;
  id: string;
}

/** Make a participant a moderator until the meeting ends. Moderators only. */
export interface GrantModerator {
  type: "grant_moderator";
  ref?: number | null;
  id: string;
}

/** Lock the room to newcomers, or unlock it. Moderators only. */
export interface SetClosed {
  type: "set_closed";
  ref?: number | null;
  closed: boolean;
}

/** Spotlight a participant for everyone; None leaves the choice to each page. Moderators only. */
export interface SetMain {
  type: "set_main";
  ref?: number | null;
  id?: string | null;
}

/** Create an invite link; answered by `invite_created`. Moderators only. */
export interface CreateInvite {
  type: "create_invite";
  ref: number;
  moderator?: boolean;
  server: string;
}

/** Invite a participant from the audience to the stage. Moderators only. */
export interface InviteToStage {
  type: "invite_to_stage";
  ref?: number | null;
  id: string;
}

/** Move a participant from the stage to the audience. Moderators only. */
export interface SendToAudience {
  type: "send_to_audience";
  ref?: number | null;
  id: string;
}

/** End the meeting for everyone. Moderators only. */
export interface EndMeeting {
  type: "end_meeting";
  ref?: number | null;
}

/** Mute everyone else's microphone or camera. Moderators only. */
export interface MuteEveryone {
  type: "mute_everyone";
  ref?: number | null;
  media?: "audio" | "video";
}

/** Ask what a `Kick` would do; answered by `removal_planned`. Moderators only. */
export interface PlanRemoval {
  type: "plan_removal";
  ref: number;
  id: string;
}

/** Remove a person from the room, and keep them out. Moderators only. */
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
  options?: BroadcastOptions;
  language?: "en" | "de";
  program?: boolean;
}

/** End the broadcast. Moderators only. */
export interface StopBroadcast {
  type: "stop_broadcast";
  ref?: number | null;
  unable?: boolean;
}

/** Show viewers a card without sound in place of the stage, or the stage again. Moderators only. */
export interface PauseBroadcast {
  type: "pause_broadcast";
  ref?: number | null;
  paused: boolean;
}

/** What viewers see from now on; only the broadcaster's page sends it. */
export interface BroadcastShown {
  type: "broadcast_shown";
  shows: "stage" | "soon" | "paused";
}

/** Leave the meeting; the place is free at once. */
export interface Leave {
  type: "leave";
}

/** A participant, as everyone sees them. */
export interface Participant {
  id: string;
  name: string;
  moderator: boolean;
  audio: boolean;
  video: boolean;
  screen: boolean;
  screen_title: string;
  stage: boolean;
  hand: number | null;
}

/** Where a broadcast can be watched. */
export interface Playout {
  live: string;
  vod: string | null;
}

/** The state of a broadcast's push to another server. */
export interface PushState {
  host: string;
  state: "connecting" | "live" | "retrying" | "failed";
  error?: string | null;
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
  program: boolean;
}

/** The room's state that every participant may know. */
export interface RoomState {
  subject: string;
  lobby: boolean;
  locked: boolean;
  closed: boolean;
  main: string | null;
}

/** A chat message; its sender gets it, too. */
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

/** For the audience: the stream of the stage, and the audience ticket for it. */
export interface StageFeed {
  type: "stage_feed";
  stream: string | null;
  ticket: string | null;
  possible: boolean;
}

/** A program that reads pictures or sound of the meeting. */
export interface Reading {
  id: string;
  reader: string;
  of: string | null;
  media: "audio" | "video";
}

/** A STUN or TURN server, as RTCPeerConnection takes it. */
export interface IceServer {
  urls: string[];
  username: string | null;
  credential: string | null;
}

/** You have joined. Everything that a page needs to show the room. */
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
  readings: Reading[];
}

/** You are in the lobby, under this ID. */
export interface Waiting {
  type: "waiting";
  id: string;
}

/** A password is required: send `Join` again with it, on the same connection. */
export interface PasswordRequired {
  type: "password_required";
  wrong: boolean;
}

/** A participant joined. */
export interface Joined {
  type: "joined";
  participant: Participant;
}

/** A participant's name, media or role changed. Sent to everyone, including them. */
export interface Updated {
  type: "updated";
  participant: Participant;
}

/** A participant left. */
export interface Left {
  type: "left";
  id: string;
  reason: "left" | "dropped" | "kicked" | "moved";
  by: string | null;
}

/** A `Signal` from another participant. */
export interface Signalled {
  type: "signalled";
  sender: string;
  description: Description | null;
  candidate: Candidate | null;
  restart: boolean;
}

/** A person waits in the lobby. Sent to moderators. */
export interface Knock {
  type: "knock";
  id: string;
  name: string;
}

/** The person in the lobby was admitted, was refused, or left. Sent to moderators. */
export interface KnockEnded {
  type: "knock_ended";
  id: string;
}

/** For people in the lobby: a message from a moderator. */
export interface LobbyNote {
  type: "lobby_note";
  name: string;
  text: string;
}

/** How large another participant shows your video. */
export interface Wanted {
  type: "wanted";
  sender: string;
  camera: number;
  screen: number;
}

/** A participant's reaction. Sent to everyone, including them. */
export interface Reaction {
  type: "reaction";
  sender: string;
  reaction: "thumbs_up" | "clap" | "heart" | "laugh" | "surprise" | "party";
}

/** A program of another participant sent this text. */
export interface EndpointText {
  type: "endpoint_text";
  sender: string;
  text: string;
}

/** A participant's picture changed; None shows their initials. Sent to everyone, including them. */
export interface AvatarChanged {
  type: "avatar_changed";
  id: string;
  avatar: string | null;
}

/** A moderator asks you to unmute; the choice is yours. */
export interface UnmuteAsked {
  type: "unmute_asked";
  media: "audio" | "video";
  by: string;
}

/** A moderator invites you to the stage; the choice is yours. */
export interface StageInvited {
  type: "stage_invited";
  by: string;
}

/** How many people watch the broadcast. Sent to moderators. */
export interface ViewersChanged {
  type: "viewers_changed";
  viewers: number;
}

/** The room's state changed. */
export interface RoomChanged {
  type: "room_changed";
  state: RoomState;
}

/** A moderator muted your microphone or camera: switch it off. */
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

/** For the broadcaster only: send the stage to the ingest socket, with this ingest ticket. */
export interface IngestGranted {
  type: "ingest_granted";
  stream: string;
  ticket: string;
  purpose: "broadcast" | "stage";
  quality: "360p" | "540p" | "720p" | "1080p" | "audio";
  codec: "h264" | "vp9" | "av1" | null;
  shows: "stage" | "soon" | "paused";
}

/** The stream of the source that the request with this `ref` asked for. */
export interface SourceOpened {
  type: "source_opened";
  ref: number | null;
  use: "screen" | "camera";
  stream: string;
  ingest_ticket: string;
  watch_ticket: string;
  title: string;
}

/** A source of yours has ended, and why. */
export interface SourceClosed {
  type: "source_closed";
  use: "screen" | "camera";
  stream: string;
  message: string;
  failed: boolean;
}

/** A participant asks to read your picture or sound; the choice is yours: `answer_reading`. */
export interface ReadingAsked {
  type: "reading_asked";
  reading: Reading;
  name: string;
}

/** `reading_asked` needs no answer any more. */
export interface ReadingQuestionEnded {
  type: "reading_question_ended";
  id: string;
}

/** For the participant who is read: send this to `ws/ingest`, with this ingest ticket. */
export interface ReadingGranted {
  type: "reading_granted";
  id: string;
  stream: string;
  ticket: string;
  media: "audio" | "video";
  lines: number;
  fps: number;
  own: boolean;
}

/** For the reader: the stream, and the ticket with which its program watches it. */
export interface ReadingOpened {
  type: "reading_opened";
  ref: number;
  id: string;
  stream: string;
  ticket: string;
}

/** For the reader of the stage: another stream shows it from now on. */
export interface ReadingMoved {
  type: "reading_moved";
  id: string;
  stream: string | null;
  ticket: string | null;
}

/** For the reader: the reading has ended, and why. */
export interface ReadingEnded {
  type: "reading_ended";
  id: string;
  kind: "stopped" | "taken_back" | "left" | "audience" | "failed";
  message: string;
}

/** The readings that go on, but for those of one's own media. Sent to everyone. */
export interface ReadingsChanged {
  type: "readings_changed";
  readings: Reading[];
}

/** For the broadcaster only: show this to viewers, and confirm with `BroadcastShown`. */
export interface ShowBroadcast {
  type: "show_broadcast";
  shows: "stage" | "soon" | "paused";
}

/** An invite link with which several people joined. */
export interface Link {
  id: string;
  people: number;
  here: string[];
}

/** The shared links of people in the room. Sent to moderators. */
export interface LinksChanged {
  type: "links_changed";
  links: Link[];
}

/** What a `Kick` of this person would do now. */
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

/** The token of the invite that the request with this `ref` created. */
export interface InviteCreated {
  type: "invite_created";
  ref: number;
  token: string;
}

/** The request with this `ref` succeeded. */
export interface Ack {
  type: "ack";
  ref: number;
}

/** The connection ends, and why; `retry` says whether reconnecting makes sense. */
export interface Bye {
  type: "bye";
  kind: "left" | "kicked" | "refused" | "replaced" | "room_full" | "lobby_full" | "room_closed" | "ended" | "token_malformed" | "token_rejected" | "token_expired" | "token_not_yet_valid" | "protocol" | "too_many_messages" | "server_stopping";
  message: string;
  retry: boolean;
}

/** Whether you are speaking, as your microphone hears it; sent only if talk time is kept. */
export interface Speaking {
  type: "speaking";
  speaking: boolean;
}

/** Ask everyone a question; answered by `poll_opened`. Moderators only. */
export interface OpenPoll {
  type: "open_poll";
  ref: number;
  question: string;
  options: string[];
  multiple?: boolean;
  anonymous?: boolean;
  correct?: number[];
  seconds?: number | null;
  show?: "live" | "after" | "never";
}

/** Vote, or change your vote; no choices take it back. */
export interface Vote {
  type: "vote";
  ref?: number | null;
  poll: string;
  choices: number[];
}

/** Close a poll: the votes are final. Moderators only. */
export interface ClosePoll {
  type: "close_poll";
  ref?: number | null;
  poll: string;
}

/** Call on a participant with a raised hand; answered by `hand_called`. Moderators only. */
export interface CallHand {
  type: "call_hand";
  ref: number;
  id?: string | null;
}

/** Ask everyone whether they are done; replaces a check-in that goes on. Moderators only. */
export interface StartCheckIn {
  type: "start_check_in";
  ref?: number | null;
  question: string;
}

/** Say that you are done, or that you are not after all. */
export interface AnswerCheckIn {
  type: "answer_check_in";
  ref?: number | null;
  id: string;
  done: boolean;
}

/** End the check-in. Moderators only. */
export interface EndCheckIn {
  type: "end_check_in";
  ref?: number | null;
}

/** A group to open, and who belongs to it. */
export interface GroupPlan {
  name: string;
  people?: string[];
}

/** Send people into groups, each in a room of its own; replaces no groups that are open. Moderators only. */
export interface OpenGroups {
  type: "open_groups";
  ref?: number | null;
  groups: GroupPlan[];
  minutes?: number | null;
}

/** Open one more group; the first one opens the groups. Moderators only. */
export interface AddGroup {
  type: "add_group";
  ref?: number | null;
  name: string;
}

/** Give a group another name. Moderators only. */
export interface RenameGroup {
  type: "rename_group";
  ref?: number | null;
  group: string;
  name: string;
}

/** Close one group: its people come back to the main room. Moderators only. */
export interface RemoveGroup {
  type: "remove_group";
  ref?: number | null;
  group: string;
}

/** Move a participant into a group, or back to the main room for None. Moderators only. */
export interface AssignGroup {
  type: "assign_group";
  ref?: number | null;
  id: string;
  group?: string | null;
}

/** Go into a group, or back to the main room for None. */
export interface EnterGroup {
  type: "enter_group";
  ref?: number | null;
  group?: string | null;
}

/** Change when everyone comes back: so many minutes from now; None for no end. Moderators only. */
export interface SetGroupsEnd {
  type: "set_groups_end";
  ref?: number | null;
  minutes?: number | null;
}

/** Tell all groups something. Moderators only. */
export interface AnnounceToGroups {
  type: "announce_to_groups";
  ref?: number | null;
  text: string;
}

/** Close all groups: everyone comes back to the main room. Moderators only. */
export interface CloseGroups {
  type: "close_groups";
  ref?: number | null;
}

/** What the server keeps of this meeting, and for how long. Sent to everyone after the welcome. */
export interface RecordsKept {
  type: "records_kept";
  kinds: ("attendance" | "hands" | "talk" | "polls" | "reactions" | "viewers" | "chat")[];
  days: number;
}

/** For how many seconds each participant has spoken in this meeting. Sent to moderators. */
export interface TalkTimes {
  type: "talk_times";
  seconds: Record<string, number>;
}

/** A person with a personal link. */
export interface Rostered {
  id: string;
  name: string;
  moderator: boolean;
  here: string[];
}

/** The people with personal links to this room, and who of them is here. Sent to moderators. */
export interface RosterChanged {
  type: "roster_changed";
  people: Rostered[];
}

/** A person with a personal link came or went. Sent to moderators. */
export interface RosterHere {
  type: "roster_here";
  id: string;
  here: string[];
}

/** The poll that the request with this `ref` opened. */
export interface PollOpened {
  type: "poll_opened";
  ref: number;
  id: string;
}

/** A poll, as its recipient may know it. */
export interface Poll {
  id: string;
  question: string;
  options: string[];
  multiple: boolean;
  anonymous: boolean;
  show: "live" | "after" | "never";
  open: boolean;
  ends: number | null;
  counts: number[] | null;
  voters: number;
  correct: number[];
  own: number[];
}

/** A poll was opened or closed. Each poll of the meeting is sent after the welcome, oldest first. */
export interface PollChanged {
  type: "poll_changed";
  poll: Poll;
}

/** The votes of an open poll, a few times a second; sent to those who may know them. */
export interface PollCounts {
  type: "poll_counts";
  id: string;
  counts: number[] | null;
  voters: number;
}

/** What the request with this `ref` chose: the participant, or None if no hand was up. */
export interface HandCalled {
  type: "hand_called";
  ref: number;
  id: string | null;
}

/** The check-in, and who is done; participants are told of themselves alone. */
export interface CheckInChanged {
  type: "check_in_changed";
  id: string | null;
  question: string;
  since: number;
  done: string[];
}

/** A person who belongs to a group. */
export interface GroupMember {
  id: string;
  name: string;
  here: boolean;
}

/** A group. */
export interface Group {
  id: string;
  name: string;
  people: GroupMember[];
}

/** The groups, none if they are closed. Sent to everyone, in the main room and in the groups. */
export interface GroupsChanged {
  type: "groups_changed";
  groups: Group[];
  ends: number | null;
  here: string | null;
  own: string | null;
}

/** Join another room of this meeting with this token, as the same person. */
export interface Moved {
  type: "moved";
  group: string | null;
  name: string;
  token: string;
}

/** A moderator tells all groups something. */
export interface GroupNote {
  type: "group_note";
  name: string;
  text: string;
}

/** The first message on the ingest socket. */
export interface IngestOpen {
  type: "ingest_open";
  v: number;
  ticket: string;
  clock?: number | null;
}

/** What the sender has failed to keep up with for some seconds; None once it has caught up. */
export interface IngestBehind {
  type: "ingest_behind";
  behind: "encoder" | "line" | null;
}

/** Send a set-up frame for every track, then media; video begins with a keyframe. */
export interface IngestReady {
  type: "ingest_ready";
}

/** The delay of the last second's frames beyond the best so far; sent when it is notable. */
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

/** The stream's state; binary frames follow while it is live. */
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

export type ClientMessage = Join | Signal | Media | Want | Rename | SendChat | RaiseHand | React | SendEndpointText | SetAvatar | EnterStage | LeaveStage | OpenSource | CloseSource | ReadMedia | AnswerReading | StopReading | SetSubject | SetLobby | SetPassword | Admit | AdmitAll | MessageLobby | Mute | AskToUnmute | LowerHand | GrantModerator | SetClosed | SetMain | CreateInvite | InviteToStage | SendToAudience | EndMeeting | MuteEveryone | PlanRemoval | Kick | StartBroadcast | StopBroadcast | PauseBroadcast | BroadcastShown | Leave | Speaking | OpenPoll | Vote | ClosePoll | CallHand | StartCheckIn | AnswerCheckIn | EndCheckIn | OpenGroups | AddGroup | RenameGroup | RemoveGroup | AssignGroup | EnterGroup | SetGroupsEnd | AnnounceToGroups | CloseGroups | Ping;

export type ServerMessage = Welcome | Waiting | PasswordRequired | Joined | Updated | Left | Signalled | Knock | KnockEnded | LobbyNote | RoomChanged | ChatMessage | Wanted | Reaction | EndpointText | AvatarChanged | MuteRequested | UnmuteAsked | StageInvited | StageFeed | ViewersChanged | BroadcastChanged | IngestGranted | LinksChanged | RemovalPlanned | InviteCreated | ShowBroadcast | SourceOpened | SourceClosed | ReadingAsked | ReadingQuestionEnded | ReadingGranted | ReadingOpened | ReadingMoved | ReadingEnded | ReadingsChanged | RecordsKept | TalkTimes | RosterChanged | RosterHere | PollOpened | PollChanged | PollCounts | HandCalled | CheckInChanged | GroupsChanged | Moved | GroupNote | Ack | Error | Bye | Pong;

export type IngestClientMessage = IngestOpen | IngestBehind;

export type IngestServerMessage = IngestReady | KeyframeWanted | IngestLate | IngestEnded;

export type WatchClientMessage = Watch | Ping;

export type WatchServerMessage = StreamState | Pong | Error;
