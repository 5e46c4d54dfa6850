import type { JSX } from "preact";
import { arrange, capacity, type Rect, type Stage as StageShape } from "../look/layout";
import type { Settings } from "../room/launch";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { People } from "./icons";
import { type Shown, spotlight, tilesOf } from "./stage-tiles";
import { Tile } from "./tile";
import { useSize } from "./use-size";

/** All tiles, as large as the page allows. */
export function Stage({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const [element, size] = useSize<HTMLUListElement>();
  const { view } = meeting;
  const all = tilesOf(meeting);
  const wanted = spotlight(meeting, all);
  const shape = { ...size, spotlight: wanted, ...tileSettings(meeting.launch.interfaceConfig) };
  const fitting = capacity({ ...shape, count: all.length });
  const crowded = fitting < all.length;
  const tiles = crowded ? nearest(meeting, all, wanted, fitting - 1) : all;
  const chosen = wanted === null ? undefined : all[wanted];
  const large = chosen ? tiles.indexOf(chosen) : null;
  const rects = arrange({
    ...shape,
    count: tiles.length + (crowded ? 1 : 0),
    spotlight: large,
  });
  const last = rects.at(-1);
  const shown = all.some(({ screen, local }) => screen && !local);
  const unpin = (): void => (shown ? view.enlarge(null) : view.pin(null));
  return (
    <ul class="stage" ref={element} aria-label={t.stage.label}>
      {tiles.map((tile, index) => {
        const rect = rects[index];
        const pinned = view.large.value === tile.id && !view.tileView.value;
        return rect ? (
          <Tile
            key={tile.id}
            {...tile}
            meeting={meeting}
            rect={rect}
            large={large === index}
            pinned={pinned}
            onPin={all.length > 1 ? () => (pinned ? unpin() : view.pin(tile.id)) : null}
          />
        ) : null;
      })}
      {crowded && last && <Rest meeting={meeting} count={all.length - tiles.length} rect={last} />}
    </ul>
  );
}

/** The tiles to show where not all fit: the large one, the speakers, then the others in order. */
function nearest(
  { speaking }: MeetingPage,
  all: readonly Shown[],
  large: number | null,
  count: number,
): Shown[] {
  const rank = (tile: Shown): number => {
    if (all.indexOf(tile) === large) return 0;
    return speaking.value.has(tile.id) ? 1 : 2;
  };
  const kept = new Set([...all].sort((a, b) => rank(a) - rank(b)).slice(0, Math.max(1, count)));
  return all.filter((tile) => kept.has(tile));
}

interface RestProps {
  meeting: MeetingPage;
  count: number;
  rect: Rect;
}

/** Represents the participants that do not fit. */
function Rest({ meeting, count, rect }: RestProps): JSX.Element {
  return (
    <li
      class="tile rest"
      style={{
        left: `${rect.left}px`,
        top: `${rect.top}px`,
        width: `${rect.width}px`,
        height: `${rect.height}px`,
      }}
    >
      <button
        type="button"
        class="rest-button"
        data-panel-button="people"
        aria-label={`${t.stage.more(count)}. ${t.stage.showMore}`}
        title={t.stage.showMore}
        onClick={() => meeting.view.toggle("people")}
      >
        +{count}
      </button>
    </li>
  );
}

/** The size of the audience. */
export function AudienceCount({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const { room, view } = meeting;
  const count = room.audience.value.length;
  if (count === 0) return null;
  return (
    <button
      type="button"
      class="audience-count"
      data-panel-button="people"
      onClick={() => view.toggle("people")}
    >
      <People />
      {t.stage.audience(count)}
    </button>
  );
}

/** The embedding page's settings of the tiles, by Jitsi's names. */
function tileSettings(config: Settings): Pick<StageShape, "maxColumns" | "vertical" | "stripSize"> {
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
