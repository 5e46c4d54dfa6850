/**
 * The Web API of `nanomeet.js`, as a page has it that loads the script. Every promise settles: with
 * what has happened, or with a `NanoMeetFailure` in bounded time.
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
}

interface NanoMeetOptions {
  /** Where tokens are made, and where streams are; by default where the script came from. */
  tokenUrl?: string;
  apiUrl?: string;
  /** The page that an invite leads to. */
  invitePage?: string;
  /** Which server a token means that names none. */
  defaultServer?: string;
  linkShortener?: string;
  /** How to reach the services; the browser's own `fetch` if it is left out. */
  fetch?: typeof fetch;
  /** Milliseconds that the meeting may be silent while it is joined: 30 000. */
  joinTimeout?: number;
  /** Milliseconds that a service has to answer: 15 000. */
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
  /** Where the meeting goes: an element's id, or the element, or a shadow root. */
  id: string | Node;
  /** Pixels, or a CSS length: 100 % unless said otherwise. */
  width?: number | string;
  height?: number | string;
  /** The URL of a branding file, or what would be in it. */
  branding?: string | Readonly<Record<string, unknown>>;
  tileView?: NanoMeetTileView;
  /** Where the page reaches the token's server, if that is not where the token says. */
  server?: string | null;
  displayName?: string;
  /** Whether name and devices are chosen before the meeting is joined; else the engine's way. */
  prejoin?: boolean;
  theme?: "light" | "dark";
  /** Where a broadcast goes, for an engine that does not carry it itself. */
  broadcast?: Readonly<Record<"live" | "rec", NanoMeetBroadcastTarget>> | null;
  /** Further settings of the meeting page, by their names in Jitsi's `config.js`. */
  config?: Readonly<Record<string, unknown>>;
}

interface NanoMeetRoomSetup {
  /** From when and until when the token shall be valid: ISO 8601. */
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

/** The embedded server's own. */
interface NanoMeetBroadcastOptions {
  /** Whether it takes its link to watch. */
  private?: boolean;
  /** RTMP addresses that it is pushed to besides; the end of each is a secret. */
  to?: readonly string[];
  /** Its lines, or sound alone; "360p" if it is left out. */
  quality?: "360p" | "540p" | "720p" | "1080p" | "audio";
  /** What this browser encodes and everybody plays, if it is left out. */
  codec?: "h264" | "vp9" | "av1" | null;
  /** Whether it begins with a card, until `executeCommand("nanomeetPauseBroadcast", false)`. */
  paused?: boolean;
}

interface NanoMeetBroadcast {
  /** `live` is empty where the address to watch is unknown. */
  playout: { live: string; vod: string | null };
  /** The same, as version 1.0.2 of the vendor's library has it. */
  playback: { live: string; vod?: string };
  /** Where the stream is sent; empty if the engine itself carries it. */
  nanoStream: string;
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
  /** Tells nothing of what comes of it: `NanoMeet.executeCommand` does. */
  executeCommand(command: string, ...args: unknown[]): void;
  getSupportedCommands(): string[];
  getSupportedEvents(): string[];
  getParticipantsInfo(): NanoMeetParticipant[];
  getNumberOfParticipants(): number;
  getDisplayName(id: string): string | undefined;
  /** Commands that are methods, too. */
  startRecording(options: Readonly<Record<string, unknown>>): void;
  stopRecording(mode?: string, transcription?: boolean): void;
  /** The meeting's id, the same for everybody in it; empty before it is joined. */
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

  /** The engine of the meeting, from the call of `init` on until the meeting is over. */
  get api(): NanoMeetEngine | null;

  /** Show the meeting and join it. Resolves once it is joined; if it is not, nothing stays behind. */
  init(config: NanoMeetInit): Promise<NanoMeetSuccess<{ moderator: boolean }>>;
  /** Hang up and remove the meeting from the page. */
  destroy(): Promise<void>;

  /** Broadcast the meeting. Resolves once it is live. */
  startBroadcast(
    isVOD?: boolean,
    options?: NanoMeetBroadcastOptions,
  ): Promise<NanoMeetSuccess<NanoMeetBroadcast>>;
  /** End the broadcast. Resolves once it is over and its recording complete. */
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
  /** Return what a token says, unverified. */
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
  /** Make newcomers wait for a moderator, or stop that. Moderators only; it sets no password. */
  setLobby(
    active: boolean | "true" | "false",
  ): Promise<NanoMeetSuccess<{ lobby: boolean; password: string }>>;
  /** Ask newcomers for a password; an empty one asks no more, and turns the lobby off. */
  setPassword(password: string): Promise<NanoMeetSuccess<{ lobby: boolean; password: string }>>;
  /** Switch off all other microphones. Moderators only. */
  muteEveryone(): Promise<NanoMeetSuccess<{ muteEveryone: true }>>;

  getParticipants(): Promise<NanoMeetSuccess<NanoMeetParticipant[]>>;
  /** Always show this participant; without an id, unpin. */
  pinParticipant(
    id?: string,
  ): Promise<NanoMeetSuccess<{ mainParticipant: { id: string | undefined } }>>;
  /** Show this participant large: to everybody, if a moderator asks and the engine can. */
  setMainParticipant(id: string): Promise<NanoMeetSuccess<{ pinnedParticipant: { id: string } }>>;

  getAvailableDevices(): Promise<NanoMeetSuccess<NanoMeetDevices>>;
  getCurrentDevices(): Promise<NanoMeetSuccess<NanoMeetDevices>>;
  setAudioDevice(audio: {
    type: "input" | "output";
    id: string;
  }): Promise<NanoMeetSuccess<{ type: string; deviceId: string }>>;
  setVideoDevice(id: string): Promise<NanoMeetSuccess<{ deviceId: string }>>;

  /** Switch the own microphone, camera, screen or hand. Resolves with whether it is on then. */
  toggle(
    what: "microphone" | "camera" | "screen" | "hand",
    on?: boolean,
  ): Promise<NanoMeetSuccess<{ on: boolean }>>;
  /**
   * Carry out a command of the engine API, by its name there: `kickParticipant`, `sendChatMessage`,
   * … Resolves when it is done, rejects with the meeting's reason if it is refused.
   * `nanomeetRemoveParticipant` takes an id and `{ revoke?: boolean, address?: boolean }`: whether
   * their link is revoked, and whether their network address is kept out, too. On another engine than
   * the embedded server's it is rejected at once.
   */
  executeCommand(command: string, ...args: unknown[]): Promise<void>;
}

interface Window {
  NanoMeet: typeof NanoMeet;
}
