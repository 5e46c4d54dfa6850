import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Settings } from "../launch";
import { arrange, type Stage as StageShape } from "../layout";
import type { Meeting } from "../meeting";
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

function everybody(meeting: Meeting): Shown[] {
  const { room, media } = meeting;
  const speaking = meeting.speaking.value;
  const others = room.others.value.map((other): Shown => {
    const remote = meeting.remotes.value.get(other.id);
    return {
      id: other.id,
      name: other.name,
      local: false,
      video: other.video ? (remote?.video ?? null) : null,
      mirrored: false,
      microphone: other.audio,
      speaking: speaking.has(other.id),
      state: remote?.state ?? "connecting",
    };
  });
  const self = room.selfId.value ?? "self";
  const own: Shown = {
    id: self,
    name: meeting.name.value,
    local: true,
    video: media.video.value,
    mirrored: media.screen.value === null,
    microphone: media.microphoneOn.value,
    speaking: speaking.has(self),
    state: "connected",
  };
  return [...others, own];
}

function spotlight(meeting: Meeting, tiles: readonly Shown[]): number | null {
  if (tiles.length < 2) return null;
  const wanted = meeting.large.value;
  return Math.max(
    0,
    tiles.findIndex(({ id }) => id === wanted),
  );
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
