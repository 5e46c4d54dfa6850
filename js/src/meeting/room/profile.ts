/**
 * A participant's profile besides the name: a picture, shown to everyone; an e-mail address, shown
 * to no one.
 */

import { signal } from "@preact/signals";
import type { ServerMessage } from "../../shared/protocol";
import { pictureOf } from "../media/avatar-picture";
import type { Launch } from "./launch";
import { rememberAvatar, rememberedAvatar } from "./preferences";
import type { RoomRequests } from "./requests";
import type { RoomStore } from "./room";

/** A participant's picture; null if they have none. */
export function avatarOf({ room, profile }: Faces, id: string): string | null {
  return id === room.selfId.value ? profile.avatar.value : (room.avatars.value.get(id) ?? null);
}

interface Faces {
  room: RoomStore;
  profile: Profile;
}

interface OwnPage {
  launch: Launch;
  ask: RoomRequests;
  status: { readonly value: string };
  listen(listener: (message: ServerMessage) => void): void;
}

export class Profile {
  /** The data: URL that others see; null while they see initials. */
  readonly avatar = signal<string | null>(null);
  /**
   * Given by the embedding page, and known only to it and this page. It is not sent to the server
   * or to other participants.
   */
  readonly email: ReturnType<typeof signal<string>>;
  readonly #meeting: OwnPage;
  /** Counts the requests: a picture that loads late must not undo a later one. */
  #requests = 0;

  constructor(meeting: OwnPage) {
    this.#meeting = meeting;
    this.email = signal(meeting.launch.email ?? "");
    this.avatar.value = meeting.launch.avatar === null ? rememberedAvatar() : null;
    // The server forgets the picture with the place, and this may be a new place.
    meeting.listen(({ type }) => {
      if (type === "welcome" && this.avatar.value) void this.#show(this.avatar.value);
    });
  }

  /** Loads the picture named in the page's URL; rejects if there is none at its address. */
  async open(): Promise<void> {
    const { avatar } = this.#meeting.launch;
    if (avatar) await this.setAvatar(avatar);
  }

  /** Shows the picture at a URL; null shows the initials. Resolves when everyone can see it. */
  async setAvatar(address: string | null): Promise<void> {
    this.#requests += 1;
    const request = this.#requests;
    const picture = address === null ? null : await pictureOf(address);
    if (request === this.#requests) await this.take(picture);
  }

  /** Shows a redrawn picture. */
  async take(picture: string | null): Promise<void> {
    this.#requests += 1;
    if (this.#meeting.status.value === "joined") await this.#meeting.ask.setAvatar(picture);
    this.avatar.value = picture;
    rememberAvatar(picture);
  }

  async #show(picture: string): Promise<void> {
    try {
      await this.#meeting.ask.setAvatar(picture);
    } catch {
      // Refused, or disconnected again: others see the initials, so show them here, too.
      if (this.#meeting.status.value === "joined" && this.avatar.value === picture)
        this.avatar.value = null;
    }
  }
}
