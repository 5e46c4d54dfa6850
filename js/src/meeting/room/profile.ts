/** What a person shows of themselves besides the name: a picture, to all; an e-mail address, to none. */

import { signal } from "@preact/signals";
import type { ServerMessage } from "../../shared/protocol";
import { pictureOf } from "../media/avatar-picture";
import type { Launch } from "./launch";
import { rememberAvatar, rememberedAvatar } from "./preferences";
import type { RoomRequests } from "./requests";
import type { RoomStore } from "./room";

/** The picture that a participant shows; null where they show none. */
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
  /** As the others are shown it, a data: URL; null while one's initials are shown. */
  readonly avatar = signal<string | null>(null);
  /**
   * Known to this page and to the one that embeds it, which gave it. It is sent neither to the server
   * nor to other participants.
   */
  readonly email: ReturnType<typeof signal<string>>;
  readonly #meeting: OwnPage;
  /** Counts the wishes: a picture that comes late does not undo a later wish. */
  #wish = 0;

  constructor(meeting: OwnPage) {
    this.#meeting = meeting;
    this.email = signal(meeting.launch.email ?? "");
    this.avatar.value = meeting.launch.avatar === null ? rememberedAvatar() : null;
    // The server forgets the picture with one's place, which may be another one now.
    meeting.listen(({ type }) => {
      if (type === "welcome" && this.avatar.value) void this.#show(this.avatar.value);
    });
  }

  /** Take the picture that the page's address names; rejects where it is none. */
  async open(): Promise<void> {
    const { avatar } = this.#meeting.launch;
    if (avatar) await this.setAvatar(avatar);
  }

  /** Show the picture that is at an address; null shows the initials. Settles once all can see it. */
  async setAvatar(address: string | null): Promise<void> {
    this.#wish += 1;
    const wish = this.#wish;
    const picture = address === null ? null : await pictureOf(address);
    if (wish === this.#wish) await this.take(picture);
  }

  /** Show a picture that was drawn for it. */
  async take(picture: string | null): Promise<void> {
    this.#wish += 1;
    if (this.#meeting.status.value === "joined") await this.#meeting.ask.setAvatar(picture);
    this.avatar.value = picture;
    rememberAvatar(picture);
  }

  async #show(picture: string): Promise<void> {
    try {
      await this.#meeting.ask.setAvatar(picture);
    } catch {
      // The server refuses it, or went again: then the others see the initials, and so does one.
      if (this.#meeting.status.value === "joined" && this.avatar.value === picture)
        this.avatar.value = null;
    }
  }
}
