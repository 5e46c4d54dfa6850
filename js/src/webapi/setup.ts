/** Validates the arguments of `init` and converts them for the engine. */

import type { EngineOptions } from "../engine/core";
import { asNanoMeetError, NanoMeetError } from "./errors";
import type { Targets } from "./targets";
import { type Claims, readWholeToken } from "./token";

export interface TileView {
  /** The maximum height of a tile in pixels. */
  size?: number;
  /** 1 to 5. */
  maxColumns?: number;
  vertical?: boolean;
}

export interface InitConfig {
  token: string;
  /** The meeting's container: an element's id, the element, or a shadow root. */
  id: string | Node;
  /** Pixels, or a CSS length. */
  width?: number | string;
  height?: number | string;
  /** The URL of a branding file, or its content. */
  branding?: string | Readonly<Record<string, unknown>>;
  tileView?: TileView;
  /** The URL of the token's server, if it differs from the token's. */
  server?: string | null;
  displayName?: string;
  /** Whether to show the pre-join screen for name and devices; the engine's default if omitted. */
  prejoin?: boolean;
  theme?: "light" | "dark";
  /** The target of a broadcast, for an engine that does not carry it itself. */
  broadcast?: Targets | null;
  /** A page that runs another library instead of the meeting; see `EngineOptions.library`. */
  library?: string | null;
  /** Other settings of the meeting page, by their names in Jitsi's `config.js`. */
  config?: Readonly<Record<string, unknown>>;
}

export interface Setup {
  claims: Claims;
  options: EngineOptions;
  broadcast: Targets | null;
}

export function checkConfig(config: InitConfig | undefined): Setup {
  try {
    return setup(config);
  } catch (thrown) {
    throw asNanoMeetError("Config Error", thrown);
  }
}

function setup(config: InitConfig | undefined): Setup {
  if (!config) throw new NanoMeetError("Config Error", "missing: the configuration");
  const read = readWholeToken(config.token);
  const claims = { ...read, server: config.server ?? read.server };
  const options: EngineOptions = {
    roomName: claims.room,
    jwt: config.token,
    library: config.library ?? undefined,
    width: config.width,
    height: config.height,
    parentNode: container(config.id),
    title: `Video meeting: ${claims.room}`,
    configOverwrite: {
      ...config.config,
      disableDeepLinking: true,
      theme: config.theme,
      prejoinConfig: config.prejoin === undefined ? undefined : { enabled: config.prejoin },
      ...branding(config.branding),
    },
    interfaceConfigOverwrite: { MOBILE_APP_PROMO: false, ...tiles(config.tileView) },
    userInfo: config.displayName ? { displayName: config.displayName } : undefined,
  };
  return { claims, options, broadcast: config.broadcast ?? null };
}

function container(id: unknown): Node {
  const node = typeof id === "string" && id ? document.getElementById(id) : id;
  if (typeof node === "object" && node !== null && "appendChild" in node) return node as Node;
  const words = id
    ? `the page has no element with the id ${JSON.stringify(id)}`
    : "missing: id, the element that shows the meeting";
  throw new NanoMeetError("Missing Div Error", words);
}

function branding(value: InitConfig["branding"]): Record<string, unknown> {
  if (!value) return {};
  if (typeof value === "object") return { branding: value };
  const url = URL.canParse(value, location.href) ? new URL(value, location.href) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new NanoMeetError("Branding Error", "branding must be the URL of a JSON file");
  }
  // Older engines know only the second name.
  return { dynamicBrandingUrl: url.href, brandingDataUrl: url.href };
}

function tiles(view: TileView = {}): Record<string, unknown> {
  const { size, maxColumns, vertical } = view;
  const wrong = (what: string): NanoMeetError => new NanoMeetError("Tile View Error", what);
  if (size !== undefined && !(size > 0)) throw wrong("tileView.size must be above 0");
  if (maxColumns !== undefined && ![1, 2, 3, 4, 5].includes(maxColumns)) {
    throw wrong("tileView.maxColumns must be 1, 2, 3, 4 or 5");
  }
  return {
    FILM_STRIP_MAX_HEIGHT: size,
    TILE_VIEW_MAX_COLUMNS: maxColumns,
    VERTICAL_FILMSTRIP: vertical,
  };
}
