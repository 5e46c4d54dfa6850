import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Settings } from "../launch";
import { arrange, type Stage as StageShape } from "../layout";
import { type Meeting, screenOf } from "../meeting";
import { Tile, type TileProps } from "./tile";

type Shown = Omit<TileProps, "rect" | "large" | "pinned" | "onPin">;

/** Everybody's picture, in as much room as the page has. */
export function Stage({ meeting }: { meeting: Meeting }): JSX.Element {
  const element = useRef<HTMLUListElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });

  useEffect(() => {
    const list = element.current;
    if (!list) return;
    const sizes = new ResizeObserver(() =>
      setSize({ width: list.clientWidth, height: list.clientHeight }),
    );
    sizes.observe(list);
    return () => sizes.disconnect();
  }, []);

  const { view } = meeting;
  const tiles = everybody(meeting);
  const large = view.tileView.value ? null : spotlight(meeting, tiles);
  const rects = arrange({
    ...size,
    count: tiles.length,
    spotlight: large,
    ...wishes(meeting.launch.interfaceConfig),
  });
  return (
    <ul class="stage" ref={element} aria-label="People in the meeting">
      {tiles.map((tile, index) => {
        const rect = rects[index];
        const pinned = large === index && view.large.value === tile.id;
        const pin = (): void => view.pin(pinned ? null : tile.id);
        return rect ? (
          <Tile
            key={tile.id}
            {...tile}
            rect={rect}
            large={large === index}
            pinned={pinned}
            onPin={tiles.length > 1 ? pin : null}
          />
        ) : null;
      })}
    </ul>
  );
}

/** What is shared first, then everybody, oneself last. */
function everybody(meeting: Meeting): Shown[] {
  const { room, media } = meeting;
  const speaking = meeting.speaking.value;
  const tiles: Shown[] = [];
  const screens: Shown[] = [];
  for (const other of room.others.value.filter(({ stage }) => stage)) {
    const remote = meeting.remotes.value.get(other.id);
    const state = remote?.state ?? "connecting";
    const { id, name } = other;
    tiles.push({
      id,
      name,
      local: false,
      video: other.video ? (remote?.video ?? null) : null,
      screen: false,
      mirrored: false,
      microphone: other.audio,
      speaking: speaking.has(id),
      state,
      onLines: (camera) => meeting.wants.show(id, { camera }),
    });
    if (!other.screen || !remote?.screen) continue;
    screens.push({
      ...screenTile(id, name, remote.screen),
      state,
      onLines: (screen) => meeting.wants.show(id, { screen }),
    });
  }
  const self = room.selfId.value ?? "self";
  const own: Shown = {
    id: self,
    name: meeting.name.value,
    local: true,
    video: media.camera.value,
    screen: false,
    mirrored: true,
    microphone: media.microphoneOn.value,
    speaking: speaking.has(self),
    state: "connected",
    onLines: (camera) => meeting.wants.show(self, { camera }),
  };
  const { value: shared } = media.screen;
  if (shared) screens.push({ ...screenTile(self, own.name, shared), local: true });
  return [...screens, ...tiles, own];
}

function screenTile(owner: string, name: string, video: MediaStreamTrack): Shown {
  return {
    id: screenOf(owner),
    name: `${name}'s screen`,
    local: false,
    video,
    screen: true,
    mirrored: false,
    microphone: true,
    speaking: false,
    state: "connected",
    onLines: () => {},
  };
}

/** Whoever was chosen is large, else what is shared, else whoever speaks. */
function spotlight(meeting: Meeting, tiles: readonly Shown[]): number | null {
  if (tiles.length < 2) return null;
  const shared = tiles.find(({ screen }) => screen)?.id;
  const wished = [meeting.view.large.value, shared, meeting.large.value];
  const places = wished.map((wanted) => tiles.findIndex(({ id }) => id === wanted));
  return places.find((place) => place >= 0) ?? 0;
}

/** What the embedding page wants of the tiles, by Jitsi's names. */
function wishes(config: Settings): Pick<StageShape, "maxColumns" | "vertical" | "stripSize"> {
  const number = (key: string): number | undefined => {
    const value = config.get(key);
    return typeof value === "number" && value >= 1 ? value : undefined;
  };
  const vertical = config.get("VERTICAL_FILMSTRIP");
  return {
    maxColumns: Math.floor(number("TILE_VIEW_MAX_COLUMNS") ?? Number.POSITIVE_INFINITY),
    vertical: typeof vertical === "boolean" ? vertical : undefined,
    stripSize: number("FILM_STRIP_MAX_HEIGHT"),
  };
}
