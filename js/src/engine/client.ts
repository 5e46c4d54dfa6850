/** The whole engine API, as `external_api.js` has it; what every page needs of it is in `core.ts`. */

import { commandNames } from "./commands";
import contract from "./contract.json";
import { EngineCore, type EngineOptions } from "./core";
import type { EventListener } from "./emitter";
import { EngineError } from "./errors";
import { type EventData, eventName, eventNames } from "./events";

export interface ClientOptions extends EngineOptions {
  /** Called when the meeting page has started, not when its document has loaded. */
  onload?: (() => void) | undefined;
  /** Who is called into the meeting as soon as it starts. */
  invitees?: readonly unknown[] | undefined;
}

export class EngineClient extends EngineCore {
  #largeVideo: string | undefined;
  #videoQuality: number | undefined;
  #visitor = false;
  /** Whether the engine is this project's own, which does not do all that others do. */
  #own = false;

  constructor(domain: string, options: ClientOptions = {}) {
    super(domain, supported(options));
    if (options.onload) this.on("ready", options.onload);
    if (options.invitees?.length) this.invite(options.invitees).catch(() => {});
  }

  once(event: string, listener: EventListener): this {
    const first: EventListener = (data) => {
      this.off(event, first);
      listener(data);
    };
    return this.on(event, first);
  }

  addListener(event: string, listener: EventListener): this {
    return this.on(event, listener);
  }

  removeListener(event: string, listener: EventListener): this {
    return this.off(event, listener);
  }

  addEventListeners(listeners: Readonly<Record<string, EventListener>>): void {
    for (const [event, listener] of Object.entries(listeners)) this.on(event, listener);
  }

  /** Stop all listening to an event, or that of one listener. */
  removeEventListener(event: string, listener?: EventListener): void {
    this.off(event, listener);
  }

  removeEventListeners(events: readonly string[]): void {
    for (const event of events) this.off(event);
  }

  override executeCommand(name: string, ...args: unknown[]): void {
    if (!COMMANDS.has(name)) {
      throw new EngineError("argument", `there is no command ${JSON.stringify(name)}`);
    }
    if (name === "setVideoQuality" && typeof args[0] === "number") this.#videoQuality = args[0];
    super.executeCommand(name, ...args);
  }

  executeCommands(commands: Readonly<Record<string, readonly unknown[]>>): void {
    for (const [name, args] of Object.entries(commands)) this.executeCommand(name, ...args);
  }

  getVideoQuality(): number | undefined {
    return this.#videoQuality;
  }

  isVisitor(): boolean {
    return this.#visitor;
  }

  invite(invitees: readonly unknown[]): Promise<unknown> {
    if (!Array.isArray(invitees) || invitees.length === 0) {
      return Promise.reject(new EngineError("argument", "invite needs a list of who to invite"));
    }
    return this.request({ name: "invite", invitees });
  }

  /** Who is shown large, if the engine says so. */
  _getOnStageParticipant(): string | undefined {
    return this.#largeVideo;
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
    return EVENTS.has(wire);
  }
}

/** Refuse what would be ignored without a word, and should not be. */
function supported(options: ClientOptions): ClientOptions {
  if ("e2eeKey" in options) {
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

const COMMANDS: ReadonlySet<string> = new Set(commandNames());
const EVENTS: ReadonlySet<string> = new Set(eventNames());
