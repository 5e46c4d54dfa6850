/** The messages between the kernel and the page that shows a meeting; the other side: `_widget.py`. */
import type { Broadcast, Status } from "../shared/protocol";
import type { Targets } from "../webapi/targets";

export interface Failure {
  kind: string;
  message: string;
}

export interface Playout {
  live: string;
  vod: string | null;
}

export interface Person {
  id: string;
  display_name: string;
  /** Null for what the engine does not tell. */
  moderator: boolean | null;
  audio: boolean | null;
  video: boolean | null;
  /** Where the engine tells it. */
  screen?: boolean;
  stage?: boolean;
  /** Milliseconds since 1970 at which the hand went up; null while it is down. */
  hand?: number | null;
}

/** What the kernel says of how a meeting is carried. */
export interface Arrangements {
  /** Where this page reaches the token's server, if that is not where the token says. */
  server: string | null;
  /** Where a broadcast goes, for an engine that does not carry it itself. */
  broadcast: Targets | null;
  /** A page that runs another library than our own, see `EngineOptions.library`. */
  library: string | null;
}

export type FromKernel =
  /** `ask` names a server that the user has to say yes to before the token is handed to it. */
  | ({ type: "token"; token: string | null; ask: string | null } & Arrangements)
  | { type: "knock" }
  | { type: "notice"; message: string }
  | { type: "invite"; link: string | null; error: string | null }
  | { type: "browser"; link: string | null; error: string | null }
  | { type: "command"; id: number; name: string; args: readonly unknown[] }
  /** A command that was not begun yet is no longer wanted. */
  | { type: "withdrawn"; id: number }
  | { type: "moved" }
  | { type: "close" };

export type ToKernel =
  /** `base`: the Jupyter server's address, as this page has it. */
  | { type: "hello"; base: string | null }
  | { type: "knocked" }
  | { type: "trust"; server: string }
  | { type: "invite" }
  /** A link is wanted that opens the meeting in a browser. */
  | { type: "browser" }
  /** No cell shows the widget any more, and another one has its meeting. */
  | { type: "retired" }
  | { type: "event"; name: string; data: Readonly<Record<string, unknown>> }
  | { type: "status"; status: Status; error: Failure | null }
  | { type: "broadcast"; state: Broadcast; playout: Playout | null; error: string | null }
  | { type: "participants"; participants: Person[] }
  | { type: "role"; moderator: boolean }
  /** A command cannot be carried out yet, for the reason `why`; told again as long as that is so. */
  | { type: "held"; id: number; why: string }
  | { type: "begun"; id: number }
  /** `cause`: the kind of failure that kept the meeting from being joined. */
  | { type: "reply"; id: number; result?: unknown; error?: Failure & { cause?: string } };

interface Messages {
  on(event: "msg:custom", callback: (message: unknown) => void): void;
  off(event: "msg:custom", callback: (message: unknown) => void): void;
  send(content: unknown): void;
}

/** One page's end of the channel. The kernel addresses pages by their `client`. */
export class Channel {
  readonly #model: Messages;
  /** Random, but no UUID: a page over plain HTTP cannot make one. */
  readonly #client = crypto.getRandomValues(new Uint32Array(4)).join("-");
  readonly #listen: (message: unknown) => void;

  constructor(model: Messages, onMessage: (message: FromKernel) => void) {
    this.#model = model;
    this.#listen = (message) => {
      const { client, ...rest } = message as FromKernel & { client?: string };
      if (client === this.#client) onMessage(rest as FromKernel);
    };
    model.on("msg:custom", this.#listen);
  }

  /** A kernel that has gone hears nothing: what happens here goes on without it. */
  send(message: ToKernel): void {
    try {
      this.#model.send({ ...message, client: this.#client });
    } catch {
      // Jupyter's comms throw once they are closed.
    }
  }

  close(): void {
    this.#model.off("msg:custom", this.#listen);
  }
}
