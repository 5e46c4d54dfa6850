/** One page's end of the channel to its kernel; the other end: `_page_sessions.py`. */
import type { Envelope, FromKernel, Sealed, ToKernel } from "../shared/page-protocol";
import { randomName } from "../shared/random";

export type {
  Arrangements,
  Failure,
  FromKernel,
  Person,
  Playout,
  ToKernel,
} from "../shared/page-protocol";

/** Bytes for a few messages; the kernel requests more for a longer one. */
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
  /** The pads that seal the kernel's messages to this page; see `_sealing.py`. */
  readonly #pads: Uint8Array[] = [];
  #sent = 0;

  constructor(model: Messages, onMessage: (message: FromKernel) => void) {
    this.#model = model;
    this.#listen = (message) => {
      const { client, ...rest } = message as FromKernel & Partial<Envelope>;
      if (client !== this.#client) return;
      if (rest.type === "pad") this.#send({ type: "pad" }, this.#newPad(rest.size));
      else onMessage(rest.type === "sealed" ? this.#open(rest) : rest);
    };
    model.on("msg:custom", this.#listen);
  }

  /** A dead kernel receives nothing; the page continues without it. */
  send(message: ToKernel): void {
    this.#send(message, message.type === "hello" ? this.#newPad(0) : undefined);
  }

  /**
   * Random bytes that the kernel seals with, so that no other page can read this page's messages.
   */
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

  #send(message: ToKernel, pad?: [number, string]): void {
    const envelope: Envelope = {
      client: this.#client,
      number: this.#sent++,
      ...(pad && { pad }),
    };
    try {
      this.#model.send({ ...message, ...envelope });
    } catch {
      // Jupyter's comms throw after they are closed.
    }
  }

  close(): void {
    this.#model.off("msg:custom", this.#listen);
  }
}
