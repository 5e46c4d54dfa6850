/** The messages between the kernel and the page that shows a meeting; the other side: `_widget.py`. */
import type { BroadcastStatus, MeetingStatus } from "../shared/protocol";
import { randomName } from "../shared/random";
import type { Targets } from "../webapi/targets";

export interface Failure {
  kind: string;
  /** Of a meeting that is not joined: the kind of what kept it. */
  cause?: string;
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
  /** Why pages on other machines do not reach the token's server, and what to do. */
  obstacle?: string;
}

/** What the kernel sends to one page; every page hears it, and only that one can read it. */
interface Sealed {
  type: "sealed";
  pad: number;
  at: number;
  text: string;
}

export type FromKernel =
  /** `ask` names a server that the user has to say yes to before the token is handed to it. */
  | ({ type: "token"; token: string | null; ask: string | null; guest?: true } & Arrangements)
  /** The meeting belongs to another browser's page; `invites`: this one may take part, too. */
  | { type: "shared"; invites: boolean }
  /** The kernel lost sight of this page: it wants to hear how the meeting stands. */
  | { type: "report" }
  | { type: "knock" }
  | { type: "notice"; message: string }
  | { type: "invite"; link: string | null; error: string | null; note?: string }
  | { type: "browser"; link: string | null; error: string | null }
  | { type: "command"; id: number; name: string; args: readonly unknown[] }
  /** A command that was not begun yet is no longer wanted. */
  | { type: "withdrawn"; id: number }
  /** `browser`: to another one. */
  | { type: "moved"; browser: boolean }
  | { type: "close" };

export type ToKernel =
  /** `base`: the Jupyter server's address, as this page has it; `asked`: the user wants it here. */
  | { type: "hello"; base: string | null; browser: string; asked: boolean }
  /** The user wants to take part as a participant of their own, or has done so. */
  | { type: "guest" }
  | { type: "guest_left" }
  /** The page is about to go. */
  | { type: "goodbye" }
  | { type: "knocked" }
  | { type: "trust"; server: string }
  | { type: "invite" }
  /** A link is wanted that opens the meeting in a browser. */
  | { type: "browser" }
  /** No cell shows the widget any more, and another one has its meeting. */
  | { type: "retired" }
  | { type: "event"; name: string; data: Readonly<Record<string, unknown>> }
  | { type: "status"; status: MeetingStatus; error: Failure | null }
  | { type: "broadcast"; state: BroadcastStatus; playout: Playout | null; error: string | null }
  | { type: "participants"; participants: Person[] }
  | { type: "role"; moderator: boolean }
  /** A command cannot be carried out yet, for the reason `why`; told again as long as that is so. */
  | { type: "held"; id: number; why: string }
  | { type: "begun"; id: number }
  | { type: "reply"; id: number; result?: unknown; error?: Failure };

/** Bytes for some messages; the kernel asks for more where one is longer. */
const PAD = 8_192;

interface Messages {
  on(event: "msg:custom", callback: (message: unknown) => void): void;
  off(event: "msg:custom", callback: (message: unknown) => void): void;
  send(content: unknown): void;
}

/** One page's end of the channel. The kernel addresses pages by their `client`. */
export class KernelChannel {
  readonly #model: Messages;
  readonly #client = randomName();
  readonly #listen: (message: unknown) => void;
  /** What the kernel's messages to this page are sealed with, see `_sealing.py`. */
  readonly #pads: Uint8Array[] = [];

  constructor(model: Messages, onMessage: (message: FromKernel) => void) {
    this.#model = model;
    this.#listen = (message) => {
      const { client, ...rest } = message as (
        | FromKernel
        | Sealed
        | { type: "pad"; size: number }
      ) & {
        client?: string;
      };
      if (client !== this.#client) return;
      if (rest.type === "pad") this.#send({ type: "pad", pad: this.#newPad(rest.size) });
      else onMessage(rest.type === "sealed" ? this.#open(rest) : rest);
    };
    model.on("msg:custom", this.#listen);
  }

  /** A kernel that has gone hears nothing: what happens here goes on without it. */
  send(message: ToKernel): void {
    this.#send(message.type === "hello" ? { ...message, pad: this.#newPad(0) } : message);
  }

  /** Random bytes for the kernel: what a page says reaches no other page. */
  #newPad(size: number): [number, string] {
    const pad = crypto.getRandomValues(new Uint8Array(Math.max(size, PAD)));
    const text = Array.from(pad, (byte) => String.fromCharCode(byte)).join("");
    return [this.#pads.push(pad) - 1, btoa(text)];
  }

  #open({ pad, at, text }: Sealed): FromKernel {
    const bytes = Uint8Array.from(
      atob(text),
      (character, i) => character.charCodeAt(0) ^ (this.#pads[pad]?.[at + i] ?? 0),
    );
    return JSON.parse(new TextDecoder().decode(bytes));
  }

  #send(message: object): void {
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
