/** The signalling connection: joins, stays alive, reconnects after a drop, and detects the end. */

import {
  type Bye,
  type ClientMessage,
  type CreateInvite,
  type Join,
  type NamedVote,
  type OpenPoll,
  type OpenSource,
  PROTOCOL_VERSION,
  type ReadingOpened,
  type ReadMedia,
  type RemovalPlanned,
  type ServerMessage,
  type SourceOpened,
} from "../../shared/protocol";
import { RefusedError } from "../../shared/refused-error";
import type { Request, ServerLine } from "../../shared/server-line";
import type { Misfit } from "./launch";
import { type Answer, PendingRequests } from "./pending-requests";

export type Connection =
  | "idle"
  | "connecting"
  | "joining"
  | "locked"
  | "waiting"
  | "joined"
  | "reconnecting"
  | "ended";

export const CONNECTION_STEPS: Readonly<Record<Connection, readonly Connection[]>> = {
  idle: ["connecting", "ended"],
  connecting: ["joining", "reconnecting", "ended"],
  joining: ["locked", "waiting", "joined", "reconnecting", "ended"],
  locked: ["joining", "reconnecting", "ended"],
  waiting: ["locked", "joined", "reconnecting", "ended"],
  joined: ["reconnecting", "ended"],
  reconnecting: ["connecting", "ended"],
  ended: [],
};

export interface Ending {
  kind: Bye["kind"] | "server_unreachable" | "group_refused" | Misfit;
  message: string;
  /** Whether rejoining may succeed. */
  retry: boolean;
}

/** The subset of WebSocket that is used here. */
export interface Socket {
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(data: string): void;
  close(code?: number): void;
}

export interface SignallingOptions {
  url: string;
  /** What to join with; called for every attempt, so that it is up to date. */
  credentials: () => Omit<Join, "type" | "v" | "resume" | "password">;
  /** The resume secret from before a reload. */
  resume: string | null;
  /** Whether the page comes from another room of the meeting. */
  onward: boolean;
  open: (url: string) => Socket;
  /** Tells the server of a leave in a way that outlives the page. */
  farewell: (resume: string) => void;
  random: () => number;
  onMessage: (message: ServerMessage) => void;
  onConnection: (connection: Connection, ending: Ending | null) => void;
}

/**
 * Milliseconds before each attempt to reconnect; the last one repeats. The room is back within five
 * seconds of the network or the server.
 */
const DELAYS = [0, 300, 1000, 2000, 3000];
const JITTER = 0.3;
const PING_INTERVAL = 5_000;
const PONG_TIMEOUT = 10_000;
const HURRIED_PONG_TIMEOUT = 3_000;
const OPEN_TIMEOUT = 10_000;
/** A page that has never been in a room gives up sooner than one that lost its connection. */
const GIVE_UP_NEW = 20_000;
const GIVE_UP_JOINED = 120_000;
/** A participant may answer for a minute, and their page then has 20 seconds to send. */
const QUESTION_TIMEOUT = 85_000;
const OPEN = 1;
/** Close codes; the second is also defined in the server's `meeting_socket.py`. */
const NORMAL = 1000;
const UNLOADED = 4001;
const NOT_ADMITTED: ReadonlySet<Bye["kind"]> = new Set(["room_full", "lobby_full", "room_closed"]);

export class Signalling implements ServerLine {
  readonly #options: SignallingOptions;
  readonly #pending = new PendingRequests((text) => this.#write(text));
  #connection: Connection = "idle";
  #socket: Socket | null = null;
  #resume: string | null;
  #password: string | null = null;
  #attempt = 0;
  #everJoined: boolean;
  #troubleSince: number | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #pingTimer: ReturnType<typeof setInterval> | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SignallingOptions) {
    this.#options = options;
    this.#resume = options.resume;
    this.#everJoined = options.onward;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** The resume secret of our place, while we have one. */
  get resume(): string | null {
    return this.#resume;
  }

  connect(): void {
    this.#troubleSince = performance.now();
    this.#open();
  }

  /** Sends if joined. State that the room needs after a drop is sent again on joining. */
  send(message: ClientMessage): void {
    if (this.#connection === "joined" && this.#socket?.readyState === OPEN) this.#post(message);
  }

  /**
   * Resolves when the server has carried it out; rejects if it refuses or does not answer in time.
   */
  async request(message: Request, timeout?: number): Promise<void> {
    await this.#ask(message, timeout);
  }

  /** Requests an invite; returns its token. */
  async createInvite(wanted: Omit<CreateInvite, "type" | "ref">): Promise<string> {
    const answer = await this.#ask({ type: "create_invite", ...wanted });
    if (answer.type === "invite_created") return answer.token;
    throw new RefusedError("protocol", "The server made no invite.");
  }

  /** Returns the effects of removing a participant. */
  async planRemoval(id: string): Promise<RemovalPlanned> {
    const answer = await this.#ask({ type: "plan_removal", id });
    if (answer.type === "removal_planned") return answer;
    throw new RefusedError("protocol", "The server did not say what removing them would mean.");
  }

  /** Requests a stream that a program of ours sends; the ingest ticket is a secret. */
  async openSource(wanted: Omit<OpenSource, "type" | "ref">): Promise<SourceOpened> {
    const answer = await this.#ask({ type: "open_source", ...wanted });
    if (answer.type === "source_opened") return answer;
    throw new RefusedError("protocol", "The server opened no source.");
  }

  /**
   * Asks to read media with a program; settles once the participant has answered. The ticket
   * is a secret.
   */
  async readMedia(wanted: Omit<ReadMedia, "type" | "ref">): Promise<ReadingOpened> {
    const answer = await this.#ask({ type: "read_media", ...wanted }, QUESTION_TIMEOUT);
    if (answer.type === "reading_opened") return answer;
    throw new RefusedError("protocol", "The server opened no stream to read.");
  }

  /** Asks everyone a question; returns the poll's id. */
  async openPoll(wanted: Omit<OpenPoll, "type" | "ref">): Promise<string> {
    const answer = await this.#ask({ type: "open_poll", ...wanted });
    if (answer.type === "poll_opened") return answer.id;
    throw new RefusedError("protocol", "The server opened no poll.");
  }

  /** Returns who voted for what in a poll that is not anonymous. */
  async readVotes(poll: string): Promise<readonly NamedVote[]> {
    const answer = await this.#ask({ type: "read_votes", poll });
    if (answer.type === "poll_votes") return answer.votes;
    throw new RefusedError("protocol", "The server gave no votes.");
  }

  /** Calls on a participant with a raised hand; null for the first one. Returns who was called. */
  async callHand(id: string | null): Promise<string | null> {
    const answer = await this.#ask({ type: "call_hand", id });
    if (answer.type === "hand_called") return answer.id;
    throw new RefusedError("protocol", "The server did not say who was called.");
  }

  #ask(message: Request, timeout?: number): Promise<Answer> {
    if (this.#connection === "joined") return this.#pending.ask(message, timeout);
    return Promise.reject(new RefusedError("not_joined", "You are not connected to the room."));
  }

  /** Answers the password prompt, or from the lobby requests admission again with the password. */
  submitPassword(password: string): void {
    if (this.#connection === "locked") {
      this.#password = password;
      this.#join();
    }
    if (this.#connection === "waiting") {
      this.#password = password;
      this.#dropSocket();
      this.#step("reconnecting");
      this.#open();
    }
  }

  /** The network changed: reconnects at once, or checks that the server still hears us. */
  hurry(): void {
    if (this.#connection === "reconnecting") {
      clearTimeout(this.#retryTimer);
      this.#open();
    } else if (this.#connection === "connecting") {
      // An attempt that began without a network takes longer than a new one.
      this.#dropSocket();
      this.#step("reconnecting");
      this.#open();
    } else if (this.#socket?.readyState === OPEN) {
      this.#ping();
      this.#expectMessage(HURRIED_PONG_TIMEOUT);
    }
  }

  /**
   * Gives up the place permanently. What a socket sends last is lost if the page's frame is removed
   * while messages are on their way to it.
   */
  leave(): void {
    if (this.#socket?.readyState === OPEN) this.#post({ type: "leave" });
    if (this.#resume !== null && this.#connection !== "ended") this.#options.farewell(this.#resume);
    this.#end({ kind: "left", message: "You left the meeting.", retry: true });
  }

  /** The page unloads: the server keeps the place in case of a reload. */
  unload(): void {
    this.close(UNLOADED);
  }

  /** The page goes to another room of the meeting, with another connection. */
  moveOn(): void {
    this.#pending.rejectAll("moved", "You went to another room of the meeting.");
    this.close();
  }

  /** Drops the connection without a bye: the server keeps the place for a while. */
  close(code = NORMAL): void {
    this.#dropSocket(code);
    clearTimeout(this.#retryTimer);
    this.#pending.rejectAll("connection_lost", "The connection was lost.");
  }

  #open(): void {
    this.#step("connecting");
    const socket = this.#options.open(this.#options.url);
    this.#socket = socket;
    this.#expectMessage(OPEN_TIMEOUT);
    socket.onopen = () => {
      this.#join();
      this.#pingTimer = setInterval(() => this.#ping(), PING_INTERVAL);
    };
    socket.onmessage = ({ data }) => this.#onMessage(data);
    socket.onclose = () => this.#onLost();
  }

  #join(): void {
    this.#step("joining");
    this.#expectMessage(OPEN_TIMEOUT);
    this.#post({
      type: "join",
      v: PROTOCOL_VERSION,
      ...this.#options.credentials(),
      resume: this.#resume,
      password: this.#password,
    });
  }

  #onMessage(data: unknown): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = undefined;
    const message = parse(data);
    if (!message) return;
    switch (message.type) {
      case "pong":
        return;
      case "ack":
      case "hand_called":
      case "invite_created":
      case "removal_planned":
      case "reading_opened":
      case "poll_opened":
      case "poll_votes":
        this.#pending.settle(message.ref, message);
        return;
      case "source_opened":
        if (message.ref !== null) this.#pending.settle(message.ref, message);
        break;
      case "error":
        if (message.ref !== null) {
          this.#pending.settle(message.ref, new RefusedError(message.kind, message.message));
          return;
        }
        // Too many wrong passwords: the prompt stays open.
        if (this.#connection === "joining" && this.#password !== null) this.#arrive("locked");
        break;
      case "bye":
        // The user may retry a full or locked room, but not in a loop.
        if (message.retry && !NOT_ADMITTED.has(message.kind)) this.#onLost();
        else this.#end({ kind: message.kind, message: message.message, retry: message.retry });
        return;
      case "welcome":
        this.#resume = message.resume;
        this.#everJoined = true;
        this.#arrive("joined");
        break;
      case "waiting":
        this.#arrive("waiting");
        break;
      case "password_required":
        this.#password = null;
        this.#arrive("locked");
        break;
    }
    this.#options.onMessage(message);
  }

  #arrive(connection: Connection): void {
    this.#attempt = 0;
    this.#troubleSince = null;
    this.#step(connection);
  }

  #onLost(): void {
    if (this.#connection === "ended") return;
    this.#dropSocket();
    this.#pending.rejectAll("connection_lost", "The connection was lost.");
    const now = performance.now();
    this.#troubleSince ??= now;
    const limit = this.#everJoined ? GIVE_UP_JOINED : GIVE_UP_NEW;
    if (now - this.#troubleSince > limit) {
      this.#end({
        kind: "server_unreachable",
        message: "The meeting's server cannot be reached. Check your network, then join again.",
        retry: true,
      });
      return;
    }
    this.#step("reconnecting");
    this.#retryTimer = setTimeout(() => this.#open(), this.#delay());
  }

  #delay(): number {
    const delay = DELAYS[Math.min(this.#attempt, DELAYS.length - 1)] ?? 0;
    this.#attempt += 1;
    return delay * (1 + JITTER * this.#options.random());
  }

  #ping(): void {
    this.#post({ type: "ping", t: performance.now() });
    // The timer starts with the ping: a throttled timer in a hidden tab cannot fire too early.
    if (this.#silenceTimer === undefined) this.#expectMessage(PONG_TIMEOUT);
  }

  #expectMessage(within: number): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => this.#onLost(), within);
  }

  #post(message: ClientMessage): void {
    this.#write(JSON.stringify(message));
  }

  #write(text: string): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(text);
  }

  #end(ending: Ending): void {
    if (this.#connection === "ended") return;
    this.close();
    this.#resume = null;
    this.#step("ended", ending);
  }

  #dropSocket(code = NORMAL): void {
    clearInterval(this.#pingTimer);
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = undefined;
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close(code);
  }

  #step(connection: Connection, ending: Ending | null = null): void {
    if (!CONNECTION_STEPS[this.#connection].includes(connection)) {
      throw new Error(`there is no step from ${this.#connection} to ${connection}`);
    }
    this.#connection = connection;
    this.#options.onConnection(connection, ending);
  }
}

function parse(data: unknown): ServerMessage | null {
  if (typeof data !== "string") return null;
  try {
    const message: unknown = JSON.parse(data);
    const known = typeof message === "object" && message !== null && "type" in message;
    return known ? (message as ServerMessage) : null;
  } catch {
    return null;
  }
}
