import type { EventData } from "./events";

export interface ParticipantInfo {
  participantId: string;
  displayName?: string | undefined;
  formattedDisplayName?: string | undefined;
  avatarURL?: string | undefined;
  email?: string | undefined;
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

/** The participants, derived from the meeting's events. */
export class ParticipantCache {
  readonly #known = new Map<string, ParticipantInfo>();
  #local: string | null = null;

  get localId(): string | null {
    return this.#local;
  }

  list(): ParticipantInfo[] {
    return [...this.#known.values()].map((one) => ({ ...one }));
  }

  get(id: string): ParticipantInfo | undefined {
    return this.#known.get(id);
  }

  clear(): void {
    this.#known.clear();
    this.#local = null;
  }

  update(event: string, data: EventData): void {
    const id = text(data.id);
    if (event === "videoConferenceLeft" || event === "ready") this.clear();
    if (id === undefined) return;
    const known = this.#known.get(id);
    switch (event) {
      case "videoConferenceJoined":
        this.clear();
        this.#local = id;
        this.#set(id, data);
        break;
      case "participantJoined":
        this.#set(id, data);
        break;
      case "participantLeft":
        this.#known.delete(id);
        break;
      case "displayNameChange":
      case "emailChange":
      case "avatarChanged":
        if (known) this.#set(id, { ...known, ...data });
        break;
    }
  }

  #set(id: string, data: EventData): void {
    this.#known.set(id, {
      participantId: id,
      displayName: text(data.displayName),
      formattedDisplayName: text(data.formattedDisplayName),
      avatarURL: text(data.avatarURL),
      email: text(data.email),
    });
  }
}
