/** The meeting page: reads its address, joins, and shows the room. */

import "./styles/index.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { serveEngineApi } from "./embed/engine-api";
import { showBranding } from "./look/branding";
import { parseLaunch, wantsPrejoin, withoutToken } from "./room/launch";
import { MeetingPage } from "./room/meeting-page";
import { rememberedLanguage } from "./room/preferences";
import { Unloading } from "./room/unloading";
import { speak, t } from "./strings";
import { App } from "./ui/app";
import { words } from "./ui/attempt";
import { listenForShortcuts } from "./ui/shortcuts";

const launch = parseLaunch(location.href, document.baseURI);
// Over the shoulder, in a screenshot or in the history: the token belongs in none of them.
if (window.parent === window) history.replaceState(history.state, "", withoutToken(location.href));

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

if (launch.apiId !== null && window.parent !== window) {
  serveEngineApi(meeting, launch.apiId, owner.signal);
} else void meeting.profile.open().catch((error: unknown) => meeting.view.tell(words(error)));
listenForShortcuts(meeting, owner.signal);
effect(() => {
  document.title = meeting.title.value || t.common.meeting;
});

const options = { signal: owner.signal };
window.addEventListener("online", () => meeting.hurry(), options);
document.addEventListener("visibilitychange", () => meeting.look(!document.hidden), options);
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
if (wantsPrejoin(config, window.parent !== window)) meeting.prepare();
else meeting.start();
