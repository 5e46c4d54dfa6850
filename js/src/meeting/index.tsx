/** The meeting page: reads its address, joins, and shows the room. */

import "./styles/index.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { serverBase } from "../shared/base";
import { takeHandover } from "../shared/handover";
import { ScreenWake } from "../shared/screen-wake";
import { followVisibleArea } from "../shared/visible-area";
import { keepCompany } from "./demo/company";
import { serveEngineApi } from "./embed/engine-api";
import { showBranding } from "./look/branding";
import { isFramed } from "./media/permissions";
import { lasting, parseLaunch, wantsPrejoin, withoutToken } from "./room/launch";
import { MeetingPage } from "./room/meeting-page";
import { rememberedLanguage } from "./room/preferences";
import { Unloading } from "./room/unloading";
import { speak, t } from "./strings";
import { App } from "./ui/app";
import { words } from "./ui/attempt";
import { listenForShortcuts } from "./ui/shortcuts";

const framed = isFramed();
const handedOver = framed ? null : (takeHandover(location.hash) ?? kept(history.state));
const [navigation] = performance.getEntriesByType("navigation");
const reloaded = (navigation as PerformanceNavigationTiming | undefined)?.type === "reload";
const launch = parseLaunch(location.href, serverBase(), { framed, reloaded, handedOver });
// Over the shoulder, in a screenshot or in the history: the token belongs in none of them.
if (!framed) {
  const state = handedOver === null ? null : { handedOver: lasting(handedOver) };
  history.replaceState(state, "", withoutToken(location.href));
}

/** What was handed to this tab, after a reload. */
function kept(state: unknown): string | null {
  const value = typeof state === "object" && state !== null && Reflect.get(state, "handedOver");
  return typeof value === "string" ? value : null;
}

const { config } = launch;
const language = speak([
  rememberedLanguage(),
  config.get("lang"),
  config.get("defaultLanguage"),
  new URL(location.href).searchParams.get("lang"),
  ...navigator.languages,
]);

const owner = new AbortController();
const meeting = new MeetingPage(launch);
meeting.view.language.value = language;
meeting.view.dress(config.get("theme"));
effect(() => {
  document.documentElement.lang = meeting.view.language.value;
});
effect(() => {
  const theme = meeting.view.theme.value;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
});
void showBranding(config, meeting.view, owner.signal);

if (launch.apiId !== null) {
  serveEngineApi(meeting, launch.apiId, owner.signal);
} else void meeting.profile.open().catch((error: unknown) => meeting.view.tell(words(error)));
listenForShortcuts(meeting, owner.signal);
keepCompany(meeting, owner.signal);
effect(() => {
  document.title = meeting.title.value || t.common.meeting;
});

const options = { signal: owner.signal };
window.addEventListener("online", () => meeting.hurry(), options);
document.addEventListener("visibilitychange", () => meeting.look(!document.hidden), options);
const screenWake = new ScreenWake();
const stayAwake = (): void => screenWake.set(meeting.status.value === "joined");
effect(stayAwake);
document.addEventListener("visibilitychange", stayAwake, options);
effect(() => {
  document.documentElement.dataset.awake = String(screenWake.held.value);
});
followVisibleArea(document.documentElement, owner.signal);
// A finger counts for the browser when it is lifted, a mouse when it is pressed.
for (const touch of ["pointerdown", "pointerup", "keydown"] as const) {
  document.addEventListener(touch, () => meeting.wake(), options);
}
const unloading = new Unloading(window, owner.signal);
window.addEventListener(
  "pagehide",
  () => (unloading.forGood ? meeting.leave() : meeting.suspend()),
  options,
);
// A page that comes back from the browser's cache has lost its connections: reload it.
window.addEventListener("pageshow", ({ persisted }) => persisted && location.reload(), options);

const root = document.getElementById("meeting");
if (root) render(<App meeting={meeting} />, root);
meeting.look(!document.hidden);
if (wantsPrejoin(config, framed)) meeting.prepare();
else meeting.start();
