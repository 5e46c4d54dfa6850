/** The engine API: a meeting page in a frame, controlled by commands, reporting by events. */

import { isFields, type NamedData, type PostisMessage, PostisPeer } from "../shared/postis";
import { commandName } from "./commands";
import { BLOCKED, type Blocker, isMixed, watchRules } from "./embedding";
import { Emitter, type EventKey, type EventListener, type EventObserver } from "./emitter";
import { EngineError } from "./errors";
import { type EventData, eventName, normalise } from "./events";
import { createFrame, type FrameOptions } from "./iframe";
import { ParticipantCache, type ParticipantInfo } from "./participants";
import { type MeetingAddress, meetingUrl } from "./url";

export interface EngineOptions extends MeetingAddress, FrameOptions {
  /** The frame's parent; the page's body by default. */
  parentNode?: Node | undefined;
  /**
   * A page without an origin, as a data: URL, that runs another vendor's library: it is framed in the
   * meeting's place, shows the meeting, and relays messages. See `library/index.ts`.
   */
  library?: string | undefined;
  /** Why there can be no meeting: shown in its place, and reported as a fatal error. */
  trouble?: string | undefined;
  /** Timeout for the meeting page's first message, in milliseconds. */
  handshakeTimeout?: number | undefined;
  /** Timeout for a request, in milliseconds. */
  requestTimeout?: number | undefined;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: EngineError): void;
  timer: ReturnType<typeof setTimeout>;
}

/**
 * How long a loaded page may still be silent after a fetch from its server failed: the
 * embedding page's own policy may have blocked the fetch.
 */
const ABSENCE_MS = 3_000;
/**
 * What another library may do: all but lead the page around it elsewhere, for which a click in it would be
 * enough. It has no origin in any case; a sandbox without `allow-same-origin` would take that of the meeting
 * which it frames, too, and with it the camera.
 */
const LIBRARY_SANDBOX =
  "allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox";
/** Muting waits for all participants concerned; requests to the room's server have their own timeouts. */
const PERFORM_MS = 20_000;
/** The same where a participant is asked, who has a minute, and whose page then begins to send. */
const ASK_MS = 90_000;

export class EngineCore {
  protected readonly emitter = new Emitter(this);
  readonly #participants = new ParticipantCache();
  readonly #pending = new Map<number, Pending>();
  readonly #frame: HTMLIFrameElement;
  readonly #peer: PostisPeer;
  readonly #requestTimeout: number;
  /** Ends the wait for a page that does not answer. */
  readonly #silence: ReturnType<typeof setTimeout>[] = [];
  readonly #waiting = new AbortController();
  #requests = 0;
  #connected = false;
  #disposed = false;

  constructor(domain: string, options: EngineOptions = {}) {
    // Random, so that two copies of this script on one page do not interfere.
    const id = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const { library, trouble } = options;
    const url = trouble
      ? new URL(`data:text/plain;charset=utf-8,${encodeURIComponent(trouble)}`)
      : meetingUrl(domain, id, options);
    this.#requestTimeout = options.requestTimeout ?? 10_000;
    const src = library ? library + url.hash : url.href;
    const rules = library ? { ...options, sandbox: LIBRARY_SANDBOX } : options;
    this.#frame = createFrame(src, `jitsiConferenceFrame${id}`, rules);
    (options.parentNode ?? document.body).appendChild(this.#frame);
    this.#peer = new PostisPeer({
      scope: `jitsi_meet_external_api_${id}`,
      target: () => this.#frame.contentWindow,
      // A page without an origin cannot be addressed, and its messages have the origin "null".
      targetOrigin: library ? "*" : url.origin,
      acceptOrigin: library ? "null" : url.origin,
    });
    this.#peer.onMessage = (message) => this.#receive(message);
    // Emitted later: the calling page adds its listeners after construction.
    if (trouble) this.#silence.push(setTimeout(() => this.#giveUp("address_invalid", trouble)));
    else this.#watchHandshake(url, options.handshakeTimeout ?? 30_000);
  }

  /** Whether the meeting page has answered. */
  get connected(): boolean {
    return this.#connected && !this.#disposed;
  }

  /** The user's own id, while joined. */
  get localId(): string | null {
    return this.#participants.localId;
  }

  on(event: EventKey, listener: EventListener): this {
    this.emitter.add(event, listener);
    return this;
  }

  /** Remove all listeners of an event, or one. */
  off(event: EventKey, listener?: EventListener): this {
    this.emitter.remove(event, listener);
    return this;
  }

  addEventListener(event: string, listener: EventListener): void {
    this.on(event, listener);
  }

  /** Listen to all events, with their names. Returns the unsubscribe function. */
  observe(observer: EventObserver): () => void {
    return this.emitter.observe(observer);
  }

  executeCommand(name: string, ...args: unknown[]): void {
    this.send(commandName(name), ...args);
  }

  /** Whether the engine API has a command of this name, as far as this client can tell. */
  knows(_command: string): boolean {
    return true;
  }

  /** Run a command and wait until it is done: only this project's own engine confirms. */
  perform(name: string, ...args: unknown[]): Promise<unknown> {
    const command = commandName(name);
    const limit = name.endsWith("ReadMedia") ? ASK_MS : PERFORM_MS;
    return this.request({ name: "nanomeet-command", command, args }, limit);
  }

  getIFrame(): HTMLIFrameElement {
    return this.#frame;
  }

  getParticipantsInfo(): ParticipantInfo[] {
    return this.#participants.list();
  }

  pinParticipant(id?: string, videoType?: string): void {
    this.executeCommand("pinParticipant", id, videoType);
  }

  setLargeVideoParticipant(id?: string, videoType?: string): void {
    this.executeCommand("setLargeVideoParticipant", id, videoType);
  }

  isAudioMuted(): Promise<unknown> {
    return this.request({ name: "is-audio-muted" });
  }

  isVideoMuted(): Promise<unknown> {
    return this.request({ name: "is-video-muted" });
  }

  isSharingScreen(): Promise<unknown> {
    return this.request({ name: "is-sharing-screen" });
  }

  getRoomsInfo(): Promise<unknown> {
    return this.request({ name: "rooms-info" });
  }

  getAvailableDevices(): Promise<unknown> {
    return this.devices("getAvailableDevices");
  }

  getCurrentDevices(): Promise<unknown> {
    return this.devices("getCurrentDevices");
  }

  setDevice(kind: string, label?: string, id?: string): Promise<unknown> {
    return this.devices("setDevice", { device: { id, kind, label } });
  }

  /** Remove the frame without hanging up: for a clean exit run `hangup` and await readyToClose. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.emitter.emit("_willDispose", {});
    this.#disconnect("the meeting was closed before it answered");
    this.#participants.clear();
    this.emitter.clear();
    this.#frame.remove();
  }

  /** Emit an event that is derived from others. */
  tell(event: string, data: EventData): void {
    if (!this.#disposed) this.emitter.emit(event, data);
  }

  /** Return whether events of this wire name are emitted. */
  protected admits(_wire: string, _data: EventData): boolean {
    return true;
  }

  protected send(wire: string, ...args: unknown[]): void {
    this.#say({ type: "event", data: { name: wire, data: args } });
  }

  /** A participant's known details. */
  protected participant(id: string): ParticipantInfo | undefined {
    return this.#participants.get(id);
  }

  #watchHandshake(url: URL, timeout: number): void {
    let words = `did not answer within ${timeout / 1000} s`;
    let name = "server_unreachable";
    let retried = false;
    const giveUp = (): void => this.#giveUp(name, `the meeting page of ${url.host} ${words}`);
    const blocked = (by: Blocker): void => {
      const frame: HTMLIFrameElement & { credentialless?: boolean } = this.#frame;
      if (by === "coep" && frame.credentialless === false) {
        // Allows embedding without the server's opt-in, but without stored credentials.
        frame.credentialless = true;
        // Replacing it by itself reloads it.
        frame.replaceWith(frame);
        retried = true;
        this.#silence.splice(1).forEach(clearTimeout);
        return;
      }
      name = "frame_blocked";
      words = `is not shown: ${BLOCKED[by]}`;
      giveUp();
    };
    watchRules(url, this.#waiting.signal, blocked);
    const wait = (milliseconds: number): void => {
      this.#silence.push(setTimeout(giveUp, milliseconds));
    };
    wait(timeout);
    // The browser's own error page also fires "load": only a fetch can tell.
    const loaded = async (): Promise<void> => {
      const there = await reachable(url);
      if (this.#waiting.signal.aborted || retried) return;
      if (there && this.#isRefused(url)) blocked("header");
      else if (there) {
        name = "frame_silent";
        words += ", though its server does: a rule may forbid to show it in this page";
      } else if (isMixed(url)) blocked("mixed");
      else {
        words = "cannot be reached";
        wait(ABSENCE_MS);
      }
    };
    // Mixed content does not even start to load.
    if (isMixed(url)) void loaded();
    else this.#frame.addEventListener("load", () => void loaded(), { once: true });
    this.#peer.ready.then(
      () => {
        this.#connected = true;
        this.#endWait();
      },
      () => {},
    );
  }

  /** Whether the browser shows its error page in place of a same-origin page. */
  #isRefused({ origin }: URL): boolean {
    const { src, sandbox, contentDocument } = this.#frame;
    return (
      origin === location.origin && src.startsWith(origin) && !sandbox.length && !contentDocument
    );
  }

  #giveUp(name: string, message: string): void {
    this.#disconnect("the meeting page does not answer");
    this.#receive({
      type: "event",
      data: { name: "error-occurred", error: { name, type: "CONNECTION", message, isFatal: true } },
    });
  }

  #endWait(): void {
    this.#silence.forEach(clearTimeout);
    this.#waiting.abort();
  }

  #disconnect(why: string): void {
    this.#endWait();
    this.#connected = false;
    this.#peer.close();
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new EngineError("disposed", why));
    }
    this.#pending.clear();
  }

  #receive(message: PostisMessage): void {
    if (message.type === "response") {
      this.#settle(message.id, message.result, message.error);
      return;
    }
    if (message.type !== "event") return;
    const { name, ...data } = message.data;
    if (!this.admits(name, data)) return;
    const event = eventName(name);
    this.#emit(event, normalise(event, data));
  }

  #emit(event: string, data: EventData): void {
    this.#participants.update(event, data);
    this.emitter.emit(event, data);
  }

  protected devices(name: string, more: EventData = {}): Promise<unknown> {
    return this.request({ ...more, type: "devices", name });
  }

  protected request(data: NamedData, limit = this.#requestTimeout): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#disposed) {
        reject(new EngineError("disposed", `${data.name}: the meeting is closed`));
        return;
      }
      this.#requests += 1;
      const id = this.#requests;
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        const seconds = limit / 1000;
        reject(new EngineError("timeout", `${data.name}: no answer within ${seconds} s`));
      }, limit);
      this.#pending.set(id, { resolve, reject, timer });
      try {
        this.#say({ type: "request", id, data });
      } catch (error) {
        this.#pending.delete(id);
        clearTimeout(timer);
        reject(error);
      }
    });
  }

  #say(message: PostisMessage): void {
    try {
      this.#peer.send(message);
    } catch (cause) {
      throw new EngineError("argument", "an argument cannot be converted to JSON", { cause });
    }
  }

  #settle(id: number, result: unknown, error: unknown): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (result !== undefined) pending.resolve(result);
    else pending.reject(new EngineError("refused", words(error), { cause: Object(error).name }));
  }
}

function words(error: unknown): string {
  const message = isFields(error) ? error.message : error;
  return typeof message === "string" && message ? message : "the meeting refused the request";
}

/** Whether a server is reachable. */
function reachable(url: URL): Promise<boolean> {
  return fetch(url.origin, {
    mode: "no-cors",
    cache: "no-store",
    referrerPolicy: "no-referrer",
  }).then(
    () => true,
    () => false,
  );
}
