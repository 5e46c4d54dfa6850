/** The whole engine API, as `external_api.js` has it; what every page needs of it is in `core.ts`. */

import { commandNames } from "./commands";
import { EngineCore } from "./core";
import { EngineError } from "./errors";
import { eventName, eventNames } from "./events";

export type { EngineOptions } from "./core";

export class EngineClient extends EngineCore {
  override executeCommand(name: string, ...args: unknown[]): void {
    if (!COMMANDS.has(name)) {
      throw new EngineError("argument", `there is no command ${JSON.stringify(name)}`);
    }
    super.executeCommand(name, ...args);
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

  setVideoInputDevice(label?: string, id?: string): Promise<unknown> {
    return this.setDevice("videoinput", label, id);
  }

  isVideoMuted(): Promise<unknown> {
    return this.request({ name: "is-video-muted" });
  }

  isAudioAvailable(): Promise<unknown> {
    return this.request({ name: "is-audio-available" });
  }

  isVideoAvailable(): Promise<unknown> {
    return this.request({ name: "is-video-available" });
  }

  isSharingScreen(): Promise<unknown> {
    return this.request({ name: "is-sharing-screen" });
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

  getRoomsInfo(): Promise<unknown> {
    return this.request({ name: "rooms-info" });
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
    return commandNames();
  }

  getSupportedEvents(): string[] {
    return [...new Set(eventNames().map(eventName))];
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

  protected override knows(wire: string): boolean {
    return EVENTS.has(wire);
  }
}

const COMMANDS: ReadonlySet<string> = new Set(commandNames());
const EVENTS: ReadonlySet<string> = new Set(eventNames());
