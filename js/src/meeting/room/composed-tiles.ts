/** The stage as tiles of the frame that this page composes for viewers. */

import type { StageTile } from "../../composer/index";
import type { Remote } from "../mesh/mesh";
import type { MeetingParts } from "./parts";

/** One tile for each screen share and each participant. */
export function composedTiles(
  { room, media, name }: Pick<MeetingParts, "room" | "media" | "name">,
  remotes: ReadonlyMap<string, Remote>,
  speaking: ReadonlySet<string>,
): StageTile[] {
  const tiles = room.everybody.value.map((one) => {
    const own = one.id === room.selfId.value;
    const remote = remotes.get(one.id);
    const [camera, screen] = own
      ? [media.camera.value, media.screen.value]
      : [one.video ? remote?.video : null, one.screen ? remote?.screen : null];
    const title = own ? media.sharing.title.value : one.screen_title;
    const [voice, sound] = own
      ? [media.microphone.value, media.sharing.sound.value]
      : [remote?.audio, one.screen ? remote?.screenSound : null];
    return {
      screen: screen && {
        id: screenOf(one.id),
        name: title ? titled(title, one.name) : one.name,
        video: screen,
        audio: sound ?? null,
        speaking: false,
        screen: true,
      },
      person: {
        id: one.id,
        name: own ? name.value : one.name,
        video: camera ?? null,
        audio: voice ?? null,
        speaking: speaking.has(one.id),
      },
    };
  });
  const screens = tiles.map(({ screen }) => screen ?? null).filter((tile) => tile !== null);
  return [...screens, ...tiles.map(({ person }) => person)];
}

/** The label of a screen with a title, and of whose it is. */
export function titled(title: string, name: string): string {
  return `${title} (${name})`;
}

/** The id of the tile for a participant's screen share. */
export function screenOf(id: string): string {
  return `${id}:screen`;
}
