/** A page's own colours and logo: the JSON file that nanoMeet calls branding; every key is optional. */

import type { Settings } from "./launch";

/** Where Jitsi's configuration names such a file. */
const KEYS = ["brandingDataUrl", "dynamicBrandingUrl"];
const TIMEOUT = 10_000;

/** Fetches and shows it; an embedding page may also give its content at once. A file that cannot be read changes nothing: the meeting matters more. */
export async function showBranding(config: Settings, owner: AbortSignal): Promise<void> {
  const given = config.get("branding");
  if (typeof given === "object" && given !== null) show(reader(given));
  const address = KEYS.map((key) => config.get(key)).find((value) => typeof value === "string");
  if (typeof address !== "string" || !httpUrl(address)) return;
  try {
    const signal = AbortSignal.any([owner, AbortSignal.timeout(TIMEOUT)]);
    const response = await fetch(address, { credentials: "omit", signal });
    const branding: unknown = await response.json();
    if (typeof branding === "object" && branding !== null) show(reader(branding));
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

function show(read: Read): void {
  const { style } = document.documentElement;
  const colour = read("backgroundColor");
  const picture = httpUrl(read("backgroundImageUrl"));
  const logo = httpUrl(read("logoImageUrl"));
  if (colour && CSS.supports("color", colour)) style.setProperty("--background", colour);
  if (picture) style.setProperty("--background-image", `url("${CSS.escape(picture)}")`);
  if (logo) showLogo(logo, httpUrl(read("logoClickUrl")));
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
    holder.setAttribute("aria-label", "The organiser's page");
  }
  holder.append(image);
  document.body.append(holder);
}

function httpUrl(value: string | null): string | null {
  return value && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
    ? new URL(value).href
    : null;
}
