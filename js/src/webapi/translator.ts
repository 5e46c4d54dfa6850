/** Translates Jitsi's events into those of this project's engine: see `engine-events.ts`. */

import type { EngineCore } from "../engine/core";
import type { EventData } from "../engine/events";
import type { BroadcastStatus } from "../shared/protocol";
import type { Targets } from "./targets";

/** A participant; null for what this engine does not report. */
interface Person {
  id: string;
  display_name: string;
  moderator: boolean | null;
  audio: boolean | null;
  video: boolean | null;
  /** When the hand was raised, in milliseconds since 1970; null while it is down. */
  hand: number | null;
  local: boolean;
}

/**
 * Jitsi's errors that end the meeting although it does not call them fatal: our kind, and what to
 * do. Errors about a room's password start with "conference".
 */
const REFUSALS: Readonly<Record<string, readonly [kind: string, message: string]>> = {
  "connection.passwordRequired": [
    "token_rejected",
    "The server does not accept the token: check the issuer, the audience and the secret.",
  ],
  "conference.connectionError.accessDenied": [
    "refused",
    "A moderator did not let you in: ask the moderator, then join again.",
  ],
  "conference.connectionError.notAllowed": [
    "wrong_room",
    "The server does not let this token into this room: check the token's room and tenant.",
  ],
  "conference.max_users": [
    "room_full",
    "The room is full: join again when another participant has left.",
  ],
  "conference.authenticationRequired": [
    "login_required",
    "The server wants a login first: join with a moderator's token, or after a moderator.",
  ],
  "conference.reservationError": [
    "not_reserved",
    "The server has no reservation for this meeting: reserve the room, then join again.",
  ],
  "conference.destroyed": ["ended", "A moderator has ended the meeting."],
  "conference.gracefulShutdown": [
    "server_stopping",
    "The server is shutting down: join again later.",
  ],
};

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export class Translator {
  readonly #api: EngineCore;
  readonly #targets: Targets | null;
  readonly #people = new Map<string, Person>();
  #foreign = false;
  #broadcast: BroadcastStatus = "off";
  #record = false;
  #away = false;
  #messages = 0;

  constructor(api: EngineCore, targets: Targets | null) {
    this.#api = api;
    this.#targets = targets;
  }

  /** Reports that the broadcast is starting or stopping; Jitsi has no event for that. */
  broadcast(state: BroadcastStatus, record = this.#record, error: string | null = null): void {
    if (!this.#foreign || state === this.#broadcast) return;
    this.#record = record;
    this.#broadcast = state;
    const live = state === "live";
    const playout = live ? (this.#targets?.[record ? "rec" : "live"].playout ?? null) : null;
    this.#emitAfter("nanomeetBroadcastChanged", {
      state,
      playout,
      since: live ? Date.now() / 1000 : null,
      error,
    });
  }

  hear(event: string, data: EventData): void {
    // The first message of every engine; our own identifies itself there.
    if (event === "ready") this.#foreign = data.nanomeet !== true;
    if (!this.#foreign || data.derived === true) return;
    if (event.startsWith("nanomeet")) this.#foreign = false;
    else this.#translate(event, data);
  }

  #translate(event: string, data: EventData): void {
    const id = text(data.id);
    switch (event) {
      case "videoConferenceJoined":
        this.#people.clear();
        this.#arrived(id, data, true);
        if (this.#away) this.#emitAfter("nanomeetConnection", { state: "connected" });
        this.#away = false;
        void this.#ask(id);
        break;
      case "videoConferenceLeft":
        // If the meeting has ended, readyToClose follows at once.
        this.#away = true;
        this.#people.clear();
        this.#emitAfter("nanomeetConnection", { state: "reconnecting" });
        break;
      case "participantJoined":
        this.#arrived(id, data, false);
        void this.#ask(null);
        break;
      case "participantLeft":
        if (this.#people.delete(id)) this.#tellPeople();
        break;
      case "displayNameChange":
        this.#update(id, { display_name: text(data.displayName) });
        break;
      case "participantRoleChanged":
        this.#update(id, { moderator: data.role === "moderator" });
        break;
      case "participantMuted":
        this.#update(id, {
          [data.mediaType === "audio" ? "audio" : "video"]: data.isMuted !== true,
        });
        break;
      case "raiseHandUpdated":
        this.#update(id, { hand: Number(data.handRaised) || null });
        break;
      case "incomingMessage":
        this.#written(text(data.from), data);
        break;
      case "outgoingMessage":
        this.#written(this.#api.localId ?? "", data);
        break;
      case "audioMuteStatusChanged":
        this.#update(this.#api.localId, { audio: data.muted !== true });
        break;
      case "videoMuteStatusChanged":
        this.#update(this.#api.localId, { video: data.muted !== true });
        break;
      case "participantKickedOut":
        if (Reflect.get(Object(data.kicked), "local") === true) {
          this.#fail("kicked", "A moderator removed you from the meeting.");
        }
        break;
      case "errorOccurred":
        this.#failed(text(data.name));
        break;
      case "recordingStatusChanged":
        if (data.mode === "stream") this.#recorded(data);
        break;
    }
  }

  #written(sender: string, { nick, message, privateMessage }: EventData): void {
    this.#messages += 1;
    const words = {
      id: this.#messages,
      sender,
      display_name: text(nick ?? this.#people.get(sender)?.display_name),
      text: text(message),
      at: Date.now() / 1000,
      private: privateMessage === true,
    };
    this.#emitAfter("nanomeetChat", { whole: false, messages: [words] });
  }

  #recorded({ on, error }: EventData): void {
    if (on === true) this.broadcast("live");
    else if (error) this.broadcast("failed", this.#record, String(error));
    else if (this.#broadcast === "starting") {
      this.broadcast("failed", this.#record, "the broadcast ended before it had begun");
    } else this.broadcast("off");
  }

  #arrived(id: string, data: EventData, local: boolean): void {
    this.#people.set(id, {
      id,
      display_name: text(data.displayName),
      moderator: null,
      audio: null,
      video: null,
      hand: null,
      local,
    });
    this.#tellPeople();
  }

  #update(id: string | null, news: Partial<Person>): void {
    const person = id === null ? undefined : this.#people.get(id);
    if (!person) return;
    Object.assign(person, news);
    this.#tellPeople();
  }

  /** Requests what no event reports: roles and own devices. Old Jitsi versions do not answer. */
  async #ask(self: string | null): Promise<void> {
    const asked = [this.#api.getRoomsInfo().then((answer) => this.#roles(answer))];
    if (self !== null) {
      const learn = (name: "audio" | "video") => (muted: unknown) =>
        this.#update(self, { [name]: muted !== true });
      asked.push(this.#api.isAudioMuted().then(learn("audio")));
      asked.push(this.#api.isVideoMuted().then(learn("video")));
    }
    await Promise.allSettled(asked);
  }

  #roles(answer: unknown): void {
    const { rooms } = Object(answer) as { rooms?: { participants?: EventData[] }[] };
    for (const { id, role } of (rooms ?? []).flatMap((room) => room.participants ?? [])) {
      if (typeof role === "string") this.#update(text(id), { moderator: role === "moderator" });
    }
  }

  #tellPeople(): void {
    const participants = [...this.#people.values()].map((one) => ({ ...one }));
    this.#emitAfter("nanomeetParticipants", { participants });
  }

  #failed(name: string): void {
    const refusal = Object.hasOwn(REFUSALS, name) ? REFUSALS[name] : undefined;
    if (refusal) this.#fail(...refusal);
    else if (/membersOnly/.test(name)) this.#emitAfter("nanomeetWaiting", {});
  }

  #fail(name: string, message: string): void {
    this.#emitAfter("errorOccurred", {
      name,
      message,
      isFatal: true,
      error: { name, message, isFatal: true },
    });
  }

  /** Emits after all listeners of the original event. */
  #emitAfter(event: string, data: EventData): void {
    queueMicrotask(() => this.#api.tell(event, { ...data, derived: true }));
  }
}
