/** A meeting's state, derived only from its events. */

import type { EventData } from "../engine/events";
import { BROADCAST_STEPS, type BroadcastStatus } from "../shared/protocol";

export interface Playout {
  live: string;
  /** The recording; null if there is none. */
  vod: string | null;
}

const isBroadcast = (value: unknown): value is BroadcastStatus =>
  typeof value === "string" && Object.hasOwn(BROADCAST_STEPS, value);

export class MeetingView {
  joined = false;
  /** Whether the connection of a joined meeting is lost and may recover. */
  reconnecting = false;
  moderator: boolean;
  /** Whether the engine reported the role; until then it is the token's claim. */
  roleTold = false;
  /** Whether the engine is this project's own, which extends the engine API. */
  own = false;
  broadcast: BroadcastStatus = "off";
  playout: Playout | null = null;
  broadcastError: string | null = null;
  /** Whether the lobby is on; null if unknown. */
  lobby: boolean | null = null;
  subject: string | null = null;
  /** Whether the own hand is raised. */
  handRaised = false;

  constructor(moderator: boolean) {
    this.moderator = moderator;
  }

  /** Whether all commands work. Our own engine reports the own id right after joining. */
  get ready(): boolean {
    return this.joined && !this.reconnecting && (this.roleTold || !this.own);
  }

  update(event: string, data: EventData, localId: string | null): void {
    this.own ||= event.startsWith("nanomeet") && data.derived !== true;
    switch (event) {
      case "ready":
        this.own = data.nanomeet === true;
        break;
      case "videoConferenceJoined":
        this.joined = true;
        this.reconnecting = false;
        // Another room of the meeting does not know of it.
        this.handRaised = false;
        break;
      case "nanomeetConnection":
        // On the way to another room of the meeting, too.
        this.reconnecting = data.state !== "connected";
        break;
      case "videoConferenceLeft":
      case "readyToClose":
      case "_willDispose":
        this.joined = this.roleTold = this.handRaised = false;
        break;
      case "participantRoleChanged":
        if (localId !== null && data.id !== localId) break;
        this.moderator = data.role === "moderator";
        this.roleTold = this.joined;
        break;
      case "errorOccurred":
        if (data.isFatal === true) this.joined = false;
        break;
      case "raiseHandUpdated":
        if (data.id === localId) this.handRaised = Number(data.handRaised) > 0;
        break;
      case "subjectChange":
        this.subject = typeof data.subject === "string" ? data.subject : null;
        break;
      case "nanomeetRoomChanged":
        this.lobby = data.lobby === true;
        break;
      case "nanomeetBroadcastChanged":
        if (!isBroadcast(data.state)) break;
        this.broadcast = data.state;
        // The vendor's documentation and its library spell it differently.
        this.playout = playout(data.playout ?? data.playback);
        this.broadcastError = typeof data.error === "string" ? data.error : null;
        break;
    }
  }
}

function playout(value: unknown): Playout | null {
  if (typeof value !== "object" || value === null) return null;
  const { live, vod } = value as { live?: unknown; vod?: unknown };
  if (typeof live !== "string") return null;
  return { live, vod: typeof vod === "string" ? vod : null };
}
