/**
 * The embedding page's colours and logo: the JSON file that nanoMeet calls branding; every key is
 * optional.
 */

import { LIMITS } from "../../shared/protocol";
import { cut } from "../../shared/text";
import { t } from "../strings";
import { type Colour, contrast, css, mix, readable, textOn } from "./contrast";
import type { ViewStore } from "./view";

/** The names of such a file in Jitsi's configuration. */
const KEYS = ["brandingDataUrl", "dynamicBrandingUrl"];
const TIMEOUT = 10_000;

/** Font names only: no URL, no function. */
const FONT = /^[\w\s,'"-]{1,200}$/;
/** The text colour's shares in elements on the background: cards, buttons, lines. */
const SHADES = {
  "--surface": 0.05,
  "--tile": 0.1,
  "--raised": 0.12,
  "--hover": 0.18,
  "--line": 0.26,
} as const;
const SOFT = 0.3;
/** A contrast high enough to lose some. */
const AMPLE = 9;

/**
 * Fetches and applies a branding file; an embedding page may also pass its content directly. An
 * unreadable file changes nothing: the meeting matters more.
 */
export async function showBranding(
  config: ReadonlyMap<string, unknown>,
  view: ViewStore,
  owner: AbortSignal,
): Promise<void> {
  const given = config.get("branding");
  if (typeof given === "object" && given !== null) show(reader(given), view);
  const address = KEYS.map((key) => config.get(key)).find((value) => typeof value === "string");
  if (typeof address !== "string" || !httpUrl(address)) return;
  try {
    const signal = AbortSignal.any([owner, AbortSignal.timeout(TIMEOUT)]);
    const response = await fetch(address, { credentials: "omit", signal });
    const branding: unknown = await response.json();
    if (typeof branding === "object" && branding !== null) show(reader(branding), view);
  } catch {
    // As above.
  }
}

type Read = (key: string) => string | null;

function reader(branding: object): Read {
  return (key) => {
    const value: unknown = Reflect.get(branding, key);
    return typeof value === "string" && value !== "" ? value : null;
  };
}

function show(read: Read, view: ViewStore): void {
  const { style } = document.documentElement;
  const picture = httpUrl(read("backgroundImageUrl"));
  const logo = httpUrl(read("logoImageUrl"));
  const font = read("fontFamily");
  const colours = new Map(palette(read, view).map(([name, colour]) => [name, css(colour)]));
  for (const [name, colour] of colours) style.setProperty(name, colour);
  if (picture) style.setProperty("--background-image", `url("${CSS.escape(picture)}")`);
  const fonts = font && FONT.test(font) ? font : null;
  if (fonts) style.setProperty("--font", `${fonts}, system-ui, sans-serif`);
  if (logo) showLogo(logo, httpUrl(read("logoClickUrl")));
  view.brand.value = {
    background: colours.get("--background") ?? null,
    text: colours.get("--text") ?? null,
    accent: colours.get("--accent") ?? null,
    font: fonts,
    ornaments: { logo, backdrop: picture },
  };
  const words = read("waitingMessage");
  view.waitingMessage.value = words && cut(words, LIMITS.notice);
}

/** The given colours, and colours derived from them with readable contrast. */
function palette(read: Read, view: ViewStore): [string, Colour][] {
  const background = parsed(read("backgroundColor"));
  const wanted = parsed(read("textColor"));
  const primary = parsed(read("primaryColor"));
  const found: [string, Colour][] = [];
  if (background) {
    const best = textOn(background);
    // Towards the text colour if the text stays readable; otherwise away from it.
    const target = contrast(background, best) > AMPLE ? best : opposite(best);
    const shade = (share: number): Colour => mix(background, target, share);
    const text = wanted ? readable(wanted, shade(SHADES["--raised"])) : best;
    view.dress(best[0] === 0 ? "light" : "dark");
    found.push(["--background", background], ["--text", text]);
    found.push(["--soft", readable(mix(text, background, SOFT), shade(SHADES["--raised"]))]);
    for (const [name, share] of Object.entries(SHADES)) found.push([name, shade(share)]);
  }
  if (primary) found.push(["--accent", primary], ["--on-accent", textOn(primary)]);
  return found;
}

function opposite([red, green, blue]: Colour): Colour {
  return [255 - red, 255 - green, 255 - blue];
}

/** Parses a colour in any form that the browser supports. */
function parsed(value: string | null): Colour | null {
  if (!value || !CSS.supports("color", value)) return null;
  const pen = new OffscreenCanvas(1, 1).getContext("2d");
  if (!pen) return null;
  pen.fillStyle = value;
  pen.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = pen.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}

function showLogo(logo: string, link: string | null): void {
  const image = document.createElement("img");
  image.src = logo;
  image.alt = "";
  const holder = document.createElement(link ? "a" : "span");
  holder.className = "logo";
  if (link && holder instanceof HTMLAnchorElement) {
    holder.href = link;
    holder.target = "_blank";
    holder.rel = "noopener noreferrer";
    holder.setAttribute("aria-label", t.common.organiser);
  }
  holder.append(image);
  document.body.append(holder);
}

function httpUrl(value: string | null): string | null {
  return value && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
    ? new URL(value).href
    : null;
}
