/**
 * The Web API of `nanomeet.js`, for a page that loads the script. Every promise settles: with
 * the result, or with a `NanoMeetFailure` in bounded time.
 */

interface NanoMeetSuccess<T> {
  data: T;
}

/** Why a promise was rejected. */
interface NanoMeetFailure extends Error {
  /** "<Kind> Error", as the nanoMeet Web API has it. */
  readonly error: string;
  /**
   * The same in one word: `token_expired`, `server_unreachable`, `timeout`, …; of a room that lets
   * no one in: `refused`, `wrong_room`, `room_full`, `login_required`, …
   */
  readonly kind: string;
  /** If `kind` is "refused": the reason in one word, as the server has it: `forbidden`, … */
  readonly cause?: unknown;
}

interface NanoMeetOptions {
  /** The URLs of the token and stream services; by default on the script's own server. */
  tokenUrl?: string;
  apiUrl?: string;
  /** The page that an invite leads to. */
  invitePage?: string;
  /** The default server, for tokens that name none. */
  defaultServer?: string;
  linkShortener?: string;
  /** A replacement for `fetch`; the browser's own by default. */
  fetch?: typeof fetch;
  /** Timeout for joining, in milliseconds without a reply of the meeting; 30 000 by default. */
  joinTimeout?: number;
  /** Timeout of a service in milliseconds; 15 000 by default. */
  serviceTimeout?: number;
}

interface NanoMeetTileView {
  /** The greatest height of a tile in pixels. */
  size?: number;
  /** 1 to 5. */
  maxColumns?: number;
  vertical?: boolean;
}

interface NanoMeetBroadcastTarget {
  /** The RTMP address, with the stream's key. */
  ingest: string;
  playout: { live: string; vod: string | null } | null;
}

interface NanoMeetInit {
  /** From `createNanoMeetRoom` or `createInviteToken`. */
  token: string;
  /** The meeting's container: an element's id, the element, or a shadow root. */
  id: string | Node;
  /** Pixels, or a CSS length; 100 % by default. */
  width?: number | string;
  height?: number | string;
  /** The URL of a branding file, or its content. */
  branding?: string | Readonly<Record<string, unknown>>;
  tileView?: NanoMeetTileView;
  /** The URL of the token's server, if it differs from the token's. */
  server?: string | null;
  displayName?: string;
  /** Whether to show the prejoin page for name and devices; the engine's default if omitted. */
  prejoin?: boolean;
  theme?: "light" | "dark";
  /** The target of a broadcast, for an engine that does not carry it itself. */
  broadcast?: Readonly<Record<"live" | "rec", NanoMeetBroadcastTarget>> | null;
  /** Other settings of the meeting page, by their names in Jitsi's `config.js`. */
  config?: Readonly<Record<string, unknown>>;
}

interface NanoMeetRoomSetup {
  /** The token's validity period, in ISO 8601. */
  nbf: string;
  exp: string;
  /** Letters a-z and A-Z, digits and _. */
  room: string;
  moderator: boolean;
  server: string;
  streamname?: string | undefined;
}

interface NanoMeetRoom {
  expiration: string;
  notbefore: string;
  room: string;
  server: string;
  streamname: string;
  moderator: boolean;
  token: string;
}

/** Options of the embedded server. */
interface NanoMeetBroadcastOptions {
  /** Whether watching requires the link. */
  private?: boolean;
  /** RTMP addresses to also push to; each ends in a secret. */
  to?: readonly string[];
  /** The frame height, or audio only; "360p" by default. */
  quality?: "360p" | "540p" | "720p" | "1080p" | "audio";
  /** By default a codec that this browser encodes and every viewer plays. */
  codec?: "h264" | "vp9" | "av1" | null;
  /** Whether it starts paused, with a card, until `executeCommand("nanomeetPauseBroadcast", false)`. */
  paused?: boolean;
}

interface NanoMeetBroadcast {
  /** `live` is empty where the address to watch is unknown. */
  playout: { live: string; vod: string | null };
  /** The same, by its name in version 1.0.2 of the vendor's library. */
  playback: { live: string; vod?: string };
  /** The ingest address; empty if the engine itself carries the broadcast. */
  nanoStream: string;
}

/** A question to everyone. Options are known by their numbers, from 0. */
interface NanoMeetPollSetup {
  /** At most 500 characters. */
  question: string;
  /** 2 to 20 texts of at most 200 characters. */
  options: string[];
  /** Whether a vote may have several options. */
  multiple?: boolean;
  /** Whether nothing is kept that says who voted for what. */
  anonymous?: boolean;
  /** The right options, which everyone learns when the poll closes. */
  correct?: number[];
  /** 5 to 86 400, after which it closes by itself; null or omitted: when a moderator closes it. */
  seconds?: number | null;
  /** When everyone sees the results: as votes come in, when it closes (by default), or never. */
  show?: "live" | "after" | "never";
}

/** A poll, as this participant may know it: the data of `nanomeetPollChanged`. */
interface NanoMeetPoll {
  id: string;
  question: string;
  options: string[];
  multiple: boolean;
  anonymous: boolean;
  show: "live" | "after" | "never";
  open: boolean;
  /** When it closes by itself, in seconds since 1970, by the server's clock. */
  ends: number | null;
  /** Votes for each option; null for those who may not know them now. */
  counts: number[] | null;
  /** How many people voted. */
  voters: number;
  correct: number[];
  /** The own vote. */
  own: number[];
}

interface NanoMeetParticipant {
  participantId: string;
  displayName?: string | undefined;
  formattedDisplayName?: string | undefined;
  avatarURL?: string | undefined;
  email?: string | undefined;
}

interface NanoMeetDevice {
  deviceId: string;
  groupId: string;
  kind: string;
  label: string;
}

interface NanoMeetDevices {
  audioInput?: NanoMeetDevice[];
  audioOutput?: NanoMeetDevice[];
  videoInput?: NanoMeetDevice[];
}

/** The engine API (the Jitsi IFrame API), as far as pages need it. */
interface NanoMeetEngine {
  addEventListener(event: string, listener: (data: Readonly<Record<string, unknown>>) => void): void;
  removeEventListener(
    event: string,
    listener?: (data: Readonly<Record<string, unknown>>) => void,
  ): void;
  on(event: string | symbol, listener: (...args: any[]) => void): this;
  once(event: string | symbol, listener: (...args: any[]) => void): this;
  off(event: string | symbol, listener?: (...args: any[]) => void): this;
  removeAllListeners(event?: string | symbol): this;
  emit(event: string | symbol, ...args: unknown[]): boolean;
  listenerCount(event: string | symbol): number;
  /** Does not report the outcome: `NanoMeet.executeCommand` does. */
  executeCommand(command: string, ...args: unknown[]): void;
  getSupportedCommands(): string[];
  getSupportedEvents(): string[];
  getParticipantsInfo(): NanoMeetParticipant[];
  getNumberOfParticipants(): number;
  getDisplayName(id: string): string | undefined;
  /** Commands that are also methods. */
  startRecording(options: Readonly<Record<string, unknown>>): void;
  stopRecording(mode?: string, transcription?: boolean): void;
  /** The meeting's id, the same for all participants; empty before joining. */
  getSessionId(): Promise<unknown>;
  getDeploymentInfo(): Promise<unknown>;
  isAudioMuted(): Promise<unknown>;
  isVideoMuted(): Promise<unknown>;
  isSharingScreen(): Promise<unknown>;
  isParticipantsPaneOpen(): Promise<unknown>;
  getRoomsInfo(): Promise<unknown>;
  getContentSharingParticipants(): Promise<unknown>;
  getConnectionStats(): Promise<unknown>;
  captureLargeVideoScreenshot(): Promise<unknown>;
  getIFrame(): HTMLIFrameElement;
}

/** One meeting at a time; a page may have several instances. */
declare class NanoMeet {
  constructor(options?: NanoMeetOptions);

  bintuTokenUrl: string;
  bintuApiUrl: string;
  nanoMeetWebPage: string;
  linkShortener: string;
  defaultServer: string;

  /** The meeting's engine, from the call of `init` until the meeting ends. */
  get api(): NanoMeetEngine | null;

  /** Show the meeting and join it. Resolves when it is joined; on failure it removes everything. */
  init(config: NanoMeetInit): Promise<NanoMeetSuccess<{ moderator: boolean }>>;
  /** Hang up and remove the meeting from the page. */
  destroy(): Promise<void>;

  /** Broadcast the meeting. Resolves when it is live. */
  startBroadcast(
    isVOD?: boolean,
    options?: NanoMeetBroadcastOptions,
  ): Promise<NanoMeetSuccess<NanoMeetBroadcast>>;
  /** Stop the broadcast. Resolves when it has ended and its recording is complete. */
  stopBroadcast(): Promise<void>;

  createNanoMeetRoom(
    apiKey: string,
    setup: NanoMeetRoomSetup,
  ): Promise<NanoMeetSuccess<NanoMeetRoom>>;
  createInviteToken(
    token: string,
    setup: { moderator: boolean; nbf?: string | undefined; exp?: string | undefined },
  ): Promise<NanoMeetSuccess<{ moderator: boolean; token: string; inviteLink: string }>>;
  validateAPIKey(apiKey: string): Promise<NanoMeetSuccess<Record<string, unknown>>>;
  createNanoStreams(
    apiKey: string,
    profiles?: readonly string[],
  ): Promise<
    NanoMeetSuccess<{
      streamInfo: Record<string, unknown>;
      cloudDashboardLink: string | null;
    }>
  >;
  shortenMeetingUrl(url: string, alias?: string): Promise<NanoMeetSuccess<string>>;
  /** Return a token's claims, unverified. */
  parseToken(token: string): {
    room: string;
    streamname: string;
    sub: string;
    tenant: string | null;
    server: string;
    moderator: boolean;
    notbefore: number | null;
    expiration: number | null;
  };

  /** Moderators only. */
  setNanoMeetSubject(subject: string): Promise<NanoMeetSuccess<{ subject: string }>>;
  /** Turn the lobby on or off. Moderators only; it sets no password. */
  setLobby(
    active: boolean | "true" | "false",
  ): Promise<NanoMeetSuccess<{ lobby: boolean; password: string }>>;
  /** Set the room's password; an empty one removes it, and turns the lobby off. */
  setPassword(password: string): Promise<NanoMeetSuccess<{ lobby: boolean; password: string }>>;
  /** Mute all other participants. Moderators only. */
  muteEveryone(): Promise<NanoMeetSuccess<{ muteEveryone: true }>>;

  /** Ask everyone a question. Moderators only. Resolves with the poll's id. */
  openPoll(poll: NanoMeetPollSetup): Promise<NanoMeetSuccess<{ id: string }>>;
  /** Vote in a poll, or change the vote; no choices take it back. */
  vote(id: string, choices: readonly number[]): Promise<NanoMeetSuccess<{ choices: number[] }>>;
  /** Close a poll: its votes are final. Moderators only. */
  closePoll(id: string): Promise<NanoMeetSuccess<{ id: string }>>;
  /** Who voted for what in a poll that is not anonymous. Moderators only. */
  readVotes(
    id: string,
  ): Promise<
    NanoMeetSuccess<{ votes: { id: string | null; name: string; choices: number[] }[] }>
  >;

  getParticipants(): Promise<NanoMeetSuccess<NanoMeetParticipant[]>>;
  /** Pin this participant; without an id, unpin. */
  pinParticipant(
    id?: string,
  ): Promise<NanoMeetSuccess<{ mainParticipant: { id: string | undefined } }>>;
  /** Show this participant large: for everyone, if the caller is a moderator and the engine supports it. */
  setMainParticipant(id: string): Promise<NanoMeetSuccess<{ pinnedParticipant: { id: string } }>>;

  getAvailableDevices(): Promise<NanoMeetSuccess<NanoMeetDevices>>;
  getCurrentDevices(): Promise<NanoMeetSuccess<NanoMeetDevices>>;
  setAudioDevice(audio: {
    type: "input" | "output";
    id: string;
  }): Promise<NanoMeetSuccess<{ type: string; deviceId: string }>>;
  setVideoDevice(id: string): Promise<NanoMeetSuccess<{ deviceId: string }>>;

  /** Switch the own microphone, camera, screen share or hand. Resolves with the new state. */
  toggle(
    what: "microphone" | "camera" | "screen" | "hand",
    on?: boolean,
  ): Promise<NanoMeetSuccess<{ on: boolean }>>;
  /**
   * Ask the user whether to show an element of this page to everyone, as a screen with this title.
   * Resolves with `{ stream }`, by which `nanomeetSourceClosed` tells of its end, once they are asked:
   * browsers share a tab only by a click in the meeting. Chrome and Edge, from version 132 on; rejects
   * elsewhere.
   */
  presentElement(element: HTMLElement, title?: string): Promise<NanoMeetSuccess<unknown>>;
  /**
   * Run a command of the engine API, by its name there: `kickParticipant`, `sendChatMessage`,
   * … Resolves when it is done, rejects with the meeting's reason if refused.
   * `nanomeetRemoveParticipant` takes an id and `{ revoke?: boolean, address?: boolean }`: whether
   * their link is revoked, and whether their network address is blocked, too.
   *
   * `nanomeetOpenSource` takes `{ use: "screen" | "camera", title?: string }` and gives `{ stream,
   * ticket }`: with the ticket, which is a secret, a program sends pictures and sound to the server's
   * `ws/ingest`, and the page shows them to others as a screen of this title, or in place of the
   * camera. `nanomeetCloseSource` takes `{ use, failed?: boolean }`: whether an error ends it, after
   * which the camera is off. The event `nanomeetSourceClosed` has `{ use, stream, message, failed }`.
   *
   * `nanomeetReadMedia` takes `{ media: "video" | "audio", of: string | null, lines?: number, fps?:
   * number }`: `of` is a participant's id, or null for the stage, which only a moderator may read. It
   * resolves once the participant has agreed, with `{ id, stream, ticket }`: with the ticket, which is
   * a secret, a program watches the stream at the server's `ws/watch`. `nanomeetStopReading` takes
   * `{ id }`. The events `nanomeetReadingsChanged`, `nanomeetReadingMoved` and `nanomeetReadingEnded`
   * say what goes on.
   *
   * `nanomeetOpenPoll` takes what `openPoll` takes, and gives `{ id }`; `nanomeetVote` takes `{ poll,
   * choices }`, `nanomeetClosePoll` and `nanomeetReadVotes` take `{ poll }`. The event
   * `nanomeetPollChanged` has `{ poll: NanoMeetPoll }`: a poll was opened or closed, or you have joined
   * its meeting. `nanomeetPollCounts` has `{ id, counts, voters }`, a few times a second while people
   * vote.
   *
   * Groups (breakout rooms): `nanomeetEnterGroup` takes `{ group }`, null for the main room; for moderators,
   * `nanomeetOpenGroups` takes `{ groups: [{ name, people? }], minutes? }`, `nanomeetAddGroup` `{ name }`,
   * `nanomeetRenameGroup` `{ group, name }`, `nanomeetRemoveGroup` `{ group }`, `nanomeetAssignGroup` `{ id,
   * group }`, `nanomeetSetGroupsEnd` `{ minutes }`, `nanomeetAnnounceToGroups` `{ text }`, and
   * `nanomeetCloseGroups` nothing. The events `nanomeetGroupsChanged` and `nanomeetGroupNote` say what goes on;
   * `nanomeetConnection` says `moving` while the page goes to another room.
   *
   * On an engine other than the embedded server's, those whose names begin with `nanomeet` reject at
   * once. `data` is what the command gives; the new state of a switch; otherwise true, if the engine
   * confirms commands.
   */
  executeCommand(command: string, ...args: unknown[]): Promise<NanoMeetSuccess<unknown>>;
}

interface Window {
  NanoMeet: typeof NanoMeet;
}
