/**
 * A page that runs another vendor's nanoMeet library. It is framed as a data: URL: its origin is
 * opaque, so the library reaches neither the notebook's page nor what any server has stored.
 *
 * The library joins the meeting, but its promises are not trusted. The meeting's messages are relayed to the
 * embedding page unchanged, and commands go to the meeting itself.
 */

import { PostisPeer } from "../shared/postis";
import { Relay } from "./relay";

declare const NanoMeet: new () => { init(config: Record<string, unknown>): Promise<unknown> };

const settings = new URLSearchParams(location.hash.slice(1));
const setting = (name: string): unknown => JSON.parse(settings.get(name) ?? "null") ?? undefined;

const { script: src = "", integrity = "" } = document.body.dataset;
const outside = new PostisPeer({
  scope: `jitsi_meet_external_api_${settings.get("jitsi_meet_external_api_id")}`,
  target: () => parent,
  targetOrigin: "*",
});
new Relay(outside, window);

function fail(message: string): void {
  const error = { name: "library", type: "CONFIG", message, isFatal: true };
  outside.send({ type: "event", data: { name: "error-occurred", error } });
}

async function join(): Promise<void> {
  // A script's top-level class is no property of window.
  if (typeof NanoMeet === "undefined") {
    fail(`${src} is no nanoMeet library: it has no class NanoMeet`);
    return;
  }
  if (settings.has("config.branding")) {
    fail("another library takes its branding as the URL of a file: give branding as one");
    return;
  }
  try {
    await new NanoMeet().init({
      token: setting("jwt"),
      id: "meeting",
      width: "100%",
      height: "100%",
      branding: setting("config.dynamicBrandingUrl"),
    });
  } catch (thrown) {
    const { message } = Object(thrown) as { message?: unknown };
    fail(`${src} did not join: ${message ?? String(thrown)}`);
  }
}

const script = document.createElement("script");
// The library's own scripts, too: it may not notice that its engine failed to load.
addEventListener(
  "error",
  ({ target }) => {
    if (!(target instanceof HTMLScriptElement)) return;
    const changed = target === script && integrity;
    fail(`${target.src} cannot be loaded${changed ? ", or is not what its integrity says" : ""}`);
  },
  true,
);
script.addEventListener("load", () => void join());
if (integrity) {
  script.integrity = integrity;
  // The integrity check requires CORS.
  script.crossOrigin = "anonymous";
}
script.src = src;
document.body.append(script);
