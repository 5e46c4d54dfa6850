/**
 * Relays messages between a meeting that a library has framed in this page and the
 * embedding page. The library receives the meeting's messages, too, but not the answers to others' requests.
 */

import { asMessage, type PostisMessage, type PostisPeer, parse } from "../shared/postis";

/** Requests from outside have ids above this one; a library counts its own from 1. */
const OUTSIDE = 2 ** 40;

interface Framed {
  window: Window;
  origin: string;
  scope: unknown;
}

export class Relay {
  readonly #outside: Pick<PostisPeer, "send" | "onMessage">;
  readonly #self: Pick<Window, "document" | "addEventListener">;
  #meeting: Framed | null = null;
  #waiting: PostisMessage[] = [];

  /** Create it before the library listens: listeners are called in order. */
  constructor(
    outside: Pick<PostisPeer, "send" | "onMessage">,
    self: Pick<Window, "document" | "addEventListener">,
  ) {
    this.#outside = outside;
    this.#self = self;
    outside.onMessage = (message) => this.#inwards(message);
    self.addEventListener("message", (event) => this.#outwards(event));
  }

  #outwards(event: MessageEvent): void {
    const framed = [...this.#self.document.querySelectorAll("iframe")].some(
      ({ contentWindow }) => contentWindow !== null && contentWindow === event.source,
    );
    const envelope = framed ? parse(event.data) : null;
    const message = envelope?.method === "message" ? asMessage(envelope.params) : null;
    if (!envelope || !message) return;
    this.#meeting = { window: event.source as Window, origin: event.origin, scope: envelope.scope };
    if (message.type === "event") this.#outside.send(message);
    else if (message.type === "response" && message.id > OUTSIDE) {
      event.stopImmediatePropagation();
      this.#outside.send({ ...message, id: message.id - OUTSIDE });
    }
    for (const waiting of this.#waiting.splice(0)) this.#inwards(waiting);
  }

  #inwards(message: PostisMessage): void {
    if (!this.#meeting) {
      this.#waiting.push(message);
      return;
    }
    const { window, origin, scope } = this.#meeting;
    const params = message.type === "request" ? { ...message, id: message.id + OUTSIDE } : message;
    window.postMessage(JSON.stringify({ postis: true, scope, method: "message", params }), origin);
  }
}
