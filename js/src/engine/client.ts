/** The whole engine API of `external_api.js`; the part that every page needs is in `core.ts`. */

import { type ClientOptions, readAddress, readOptions } from "./address";
import { aliasesOf, commandNames } from "./commands";
import contract from "./contract.json";
import { EngineCore } from "./core";
import type { Entry, EventKey, EventListener } from "./emitter";
import { EngineError } from "./errors";
import { aliasOf, type EventData, eventName, eventNames } from "./events";

// biome-ignore lint/suspicious/noExplicitAny: as Node's emitters have it, a listener takes anything.
type AnyListener = (...args: any[]) => void;

export class EngineClient extends EngineCore {
  #largeVideo: string | undefined;
  #videoQuality: number | undefined;
  #visitor = false;
  /** Whether the engine is this project's own, which lacks some of the others' features. */
  #own = false;
  #maxListeners = 10;

  /** Old pages pass the options as positional arguments, the room's name first. */
  constructor(
    domain: string,
    options?: ClientOptions | string | null,
    ...others: readonly unknown[]
  ) {
    const wanted = supported(readOptions([options, ...others]));
    super(...readAddress(domain, wanted));
    if (wanted.onload) this.on("ready", wanted.onload);
    if (wanted.invitees?.length) this.invite(wanted.invitees).catch(() => {});
  }

  override on(event: EventKey, listener: AnyListener): this {
    return this.#listen(event, listener);
  }

  /** Remove all listeners of an event, or one. */
  override off(event: EventKey, listener?: AnyListener): this {
    const before = this.emitter.of(event);
    this.emitter.remove(event, listener);
    const left = new Set(this.emitter.of(event));
    for (const entry of before) {
      if (!left.has(entry)) this.emitter.call("removeListener", [event, entry.listener]);
    }
    return this;
  }

  once(event: EventKey, listener: AnyListener): this {
    return this.#listen(event, listener, { once: true });
  }

  prependListener(event: EventKey, listener: AnyListener): this {
    return this.#listen(event, listener, { first: true });
  }

  prependOnceListener(event: EventKey, listener: AnyListener): this {
    return this.#listen(event, listener, { first: true, once: true });
  }

  addListener(event: EventKey, listener: AnyListener): this {
    return this.on(event, listener);
  }

  removeListener(event: EventKey, listener: AnyListener): this {
    return this.off(event, listener);
  }

  /** Remove all listeners of one event, or of all events. */
  removeAllListeners(event?: EventKey): this {
    for (const one of event === undefined ? this.eventNames() : [event]) this.off(one);
    return this;
  }

  /** Call an event's listeners; the meeting is not involved. */
  emit(event: EventKey, ...args: unknown[]): boolean {
    return this.emitter.call(event, args);
  }

  listeners(event: EventKey): AnyListener[] {
    return this.emitter.of(event).map(({ listener }) => listener as AnyListener);
  }

  rawListeners(event: EventKey): AnyListener[] {
    return this.listeners(event);
  }

  listenerCount(event: EventKey): number {
    return this.emitter.of(event).length;
  }

  eventNames(): EventKey[] {
    return [...this.emitter.entries.keys()];
  }

  /** Never warns of too many listeners: the number is only kept for `getMaxListeners`. */
  setMaxListeners(count: number): this {
    this.#maxListeners = count;
    return this;
  }

  getMaxListeners(): number {
    return this.#maxListeners;
  }

  addEventListeners(listeners: Readonly<Record<string, EventListener>>): void {
    for (const [event, listener] of Object.entries(listeners)) this.on(event, listener);
  }

  /** Remove all listeners of an event, or one. */
  removeEventListener(event: string, listener?: EventListener): void {
    this.off(event, listener);
  }

  removeEventListeners(events: readonly string[]): void {
    for (const event of events) this.off(event);
  }

  override executeCommand(name: string, ...args: unknown[]): void {
    if (typeof name !== "string" || !this.knows(name)) {
      const what = typeof name === "string" ? JSON.stringify(name) : `that is a ${typeof name}`;
      report(`There is no command ${what}: getSupportedCommands() gives all that there are.`);
      return;
    }
    if (name === "setVideoQuality" && typeof args[0] === "number") this.#videoQuality = args[0];
    // Engines of different versions know different names: sending both has the same effect.
    for (const one of this.#own ? [name] : aliasesOf(name)) super.executeCommand(one, ...args);
  }

  /** An array holds a command's arguments; anything else is its only argument. */
  executeCommands(commands: Readonly<Record<string, unknown>>): void {
    for (const [name, given] of Object.entries(commands)) {
      this.executeCommand(name, ...(Array.isArray(given) ? given : [given]));
    }
  }

  override knows(command: string): boolean {
    return COMMANDS.has(command) || OURS.test(command);
  }

  startRecording(options: Readonly<Record<string, unknown>>): void {
    this.executeCommand("startRecording", options);
  }

  stopRecording(mode?: string, transcription?: boolean): void {
    this.executeCommand("stopRecording", mode, transcription);
  }

  showPiP(): void {
    this.executeCommand("showPiP");
  }

  hidePiP(): void {
    this.executeCommand("hidePiP");
  }

  resizeLargeVideo(width: number, height: number): void {
    this.executeCommand("resizeLargeVideo", width, height);
  }

  setVirtualBackground(enabled: boolean, image?: string): void {
    this.executeCommand("setVirtualBackground", enabled, image);
  }

  toggleE2EE(enabled: boolean): void {
    this.executeCommand("toggleE2EE", enabled);
  }

  /** Set the meeting's encryption key; without a key, remove it. */
  async setMediaEncryptionKey({ encryptionKey, key, index }: MediaKey): Promise<void> {
    const wanted = encryptionKey ?? key;
    const raw = wanted ? await crypto.subtle.exportKey("raw", wanted) : null;
    const exportedKey = raw ? [...new Uint8Array(raw)] : false;
    this.executeCommand("setMediaEncryptionKey", JSON.stringify({ exportedKey, index }));
  }

  sendProxyConnectionEvent(event: unknown): void {
    this.send("proxy-connection-event", event);
  }

  sendExternalShareSignal(signal: unknown): void {
    this.send("external-share-signal", signal);
  }

  getVideoQuality(): number | undefined {
    return this.#videoQuality;
  }

  isVisitor(): boolean {
    return this.#visitor;
  }

  invite(invitees: readonly unknown[]): Promise<unknown> {
    if (!Array.isArray(invitees) || invitees.length === 0) {
      return Promise.reject(new EngineError("argument", "invite needs a list of invitees"));
    }
    return this.request({ name: "invite", invitees });
  }

  /** The participant shown large, if the engine reports it. */
  _getOnStageParticipant(): string | undefined {
    return this.#largeVideo;
  }

  override getRoomsInfo(includeHidden?: boolean): Promise<unknown> {
    return this.request({ name: "rooms-info", includeHidden });
  }

  captureCameraPicture(
    cameraFacingMode?: string,
    descriptionText?: string,
    titleText?: string,
  ): Promise<unknown> {
    const texts = { cameraFacingMode, descriptionText, titleText };
    return this.request({ name: "capture-camera-picture", ...texts });
  }

  getSharedDocumentUrl(): Promise<unknown> {
    return this.request({ name: "get-shared-document-url" });
  }

  getCustomAvatarBackgrounds(): Promise<unknown> {
    return this.request({ name: "get-custom-avatar-backgrounds" });
  }

  isAudioDisabled(): Promise<unknown> {
    return this.request({ name: "is-audio-disabled" });
  }

  isStartSilent(): Promise<unknown> {
    return this.request({ name: "is-start-silent" });
  }

  isDeviceListAvailable(): Promise<unknown> {
    return this.devices("isDeviceListAvailable");
  }

  isDeviceChangeAvailable(deviceType?: string): Promise<unknown> {
    return this.devices("isDeviceChangeAvailable", { deviceType });
  }

  isMultipleAudioInputSupported(): Promise<unknown> {
    return this.devices("isMultipleAudioInputSupported");
  }

  setAudioInputDevice(label?: string, id?: string): Promise<unknown> {
    return this.setDevice("audioinput", label, id);
  }

  setAudioOutputDevice(label?: string, id?: string): Promise<unknown> {
    return this.setDevice("audiooutput", label, id);
  }

  setVideoInputDevice(label?: string, id?: string): Promise<unknown> {
    return this.setDevice("videoinput", label, id);
  }

  isAudioAvailable(): Promise<unknown> {
    return this.request({ name: "is-audio-available" });
  }

  isVideoAvailable(): Promise<unknown> {
    return this.request({ name: "is-video-available" });
  }

  isModerationOn(mediaType?: string): Promise<unknown> {
    return this.request({ name: "is-moderation-on", mediaType });
  }

  isParticipantForceMuted(participantId: string, mediaType?: string): Promise<unknown> {
    return this.request({ name: "is-participant-force-muted", participantId, mediaType });
  }

  isParticipantsPaneOpen(): Promise<unknown> {
    return this.request({ name: "is-participants-pane-open" });
  }

  isP2pActive(): Promise<unknown> {
    return this.request({ name: "get-p2p-status" });
  }

  getLivestreamUrl(): Promise<unknown> {
    return this.request({ name: "get-livestream-url" });
  }

  getSessionId(): Promise<unknown> {
    return this.request({ name: "session-id" });
  }

  getConnectionStats(): Promise<unknown> {
    return this.request({ name: "connection-stats" });
  }

  getContentSharingParticipants(): Promise<unknown> {
    return this.request({ name: "get-content-sharing-participants" });
  }

  getDeploymentInfo(): Promise<unknown> {
    return this.request({ name: "deployment-info" });
  }

  captureLargeVideoScreenshot(): Promise<unknown> {
    return this.request({ name: "capture-largevideo-screenshot" });
  }

  listBreakoutRooms(): Promise<unknown> {
    return this.request({ name: "list-breakout-rooms" });
  }

  getSupportedCommands(): string[] {
    return this.#own ? supportedOf(contract.commands) : commandNames();
  }

  getSupportedEvents(): string[] {
    const names = this.#own ? supportedOf(contract.events) : eventNames();
    return [...new Set(names.map(eventName))];
  }

  getNumberOfParticipants(): number {
    return this.getParticipantsInfo().length;
  }

  getDisplayName(id: string): string | undefined {
    return this.participant(id)?.displayName;
  }

  getEmail(id: string): string | undefined {
    return this.participant(id)?.email;
  }

  getAvatarURL(id: string): string | undefined {
    return this.participant(id)?.avatarURL;
  }

  protected override admits(wire: string, data: EventData): boolean {
    if (wire === "ready") this.#own = data.nanomeet === true;
    if (wire === "on-stage-participant-changed") {
      this.#largeVideo = typeof data.id === "string" ? data.id : undefined;
    }
    if (wire === "video-quality-changed" && typeof data.videoQuality === "number") {
      this.#videoQuality = data.videoQuality;
    }
    if (wire === "video-conference-joined") this.#visitor = data.visitor === true;
    if (wire === "error-occurred" && this.localId === null) warn(data);
    // Our own engine emits a renamed event under both names.
    const alias = this.#own ? undefined : aliasOf(wire);
    if (alias) this.tell(eventName(alias), data);
    return EVENTS.has(wire);
  }

  #listen(event: EventKey, listener: AnyListener, { once = false, first = false } = {}): this {
    if (typeof listener !== "function") {
      throw new TypeError(`a listener has to be a function: that of ${String(event)} is none`);
    }
    this.emitter.call("newListener", [event, listener]);
    const others = this.emitter.of(event);
    const entry: Entry = { listener, once };
    this.emitter.set(event, first ? [entry, ...others] : [...others, entry]);
    return this;
  }
}

interface MediaKey {
  encryptionKey?: CryptoKey;
  /** The same, under the name that some pages use. */
  key?: CryptoKey;
  index?: number;
}

/** Log fatal errors to the console, too: not every page listens for errors. */
function warn(data: EventData): void {
  const { isFatal, message } = Object(data.error ?? data);
  if (isFatal === true) report(`There is no meeting: ${message}`);
}

function report(words: string): void {
  // biome-ignore lint/suspicious/noConsole: it is the console that old pages are mended by.
  console.error(words);
}

/** Refuse options that must not be ignored silently. */
function supported(options: ClientOptions): ClientOptions {
  if (Reflect.get(options, "e2eeKey") != null) {
    throw new EngineError(
      "argument",
      "e2eeKey is not supported: leave it out, the meeting would not be encrypted with it",
    );
  }
  return options;
}

function supportedOf(names: Readonly<Record<string, string | null>>): string[] {
  return Object.keys(names).filter((name) => names[name] === null);
}

/** Extensions of this project's engine to the engine API. */
const OURS = /^nanomeet[A-Z]/;
const COMMANDS: ReadonlySet<string> = new Set(commandNames());
const EVENTS: ReadonlySet<string> = new Set(eventNames());
