import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import type { Remote } from "../mesh/mesh";
import { FakeMeeting, person } from "../testing/fake-room";
import { composedTiles } from "./composed-tiles";

test("viewers read the title of a screen, and whose it is", () => {
  const others = [
    person({ id: "ada", name: "Ada", screen: true, screen_title: "Loss" }),
    person({ id: "bo", name: "Bo", screen: true }),
  ];
  const { page } = new FakeMeeting(person({ id: "me", name: "Me" }), others);
  const track = {} as MediaStreamTrack;
  const own = { screen: signal(track), sharing: { title: signal("Plot"), sound: signal(track) } };
  const media = Object.assign({ ...page.media }, own) as unknown as typeof page.media;
  const remote = { screen: track, screenSound: null } as Remote;
  const remotes = new Map(others.map(({ id }) => [id, remote]));
  const tiles = composedTiles({ room: page.room, name: page.name, media }, remotes, new Set());
  const screens = tiles.filter(({ screen }) => screen);
  expect(screens.map(({ name }) => name)).toEqual(["Plot (Me)", "Loss (Ada)", "Bo"]);
  expect(screens[0]?.audio).toBe(track);
});
