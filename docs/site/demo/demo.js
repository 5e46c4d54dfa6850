// The demo page: the front end of BroadcastPlayer as notebooks load it, and in place of a kernel this page. It sends what
// Python sends for each line, and shows what Python is told.
import widget from "./broadcast_player.js";

const page = document.getElementById("player-demo");
const said = document.getElementById("player-state");
const listeners = new Map();
const state = { width: "100%", height: 360, volume: 1, muted: true };
let commands = 0;

function tell(event, ...given) {
  for (const listener of listeners.get(event) ?? []) listener(...given);
}

/** What anywidget hands to a front end. */
const model = {
  get: (name) => state[name],
  on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
  off: (event, listener) =>
    listeners.set(event, (listeners.get(event) ?? []).filter((one) => one !== listener)),
  send(message) {
    if (message.type === "hello") {
      const { captions } = page.dataset;
      const url = new URL(page.dataset.recording, document.baseURI).href;
      tell("msg:custom", { type: "source", url, captions: { text: captions } });
    } else if (message.type === "facts") {
      const { state, paused, behind } = message.facts;
      // As Python writes it.
      const written = paused ? "True" : "False";
      said.textContent = `state='${state}', paused=${written}, behind=${behind.toFixed(1)}`;
    }
  },
};

function command(name, args = {}) {
  commands += 1;
  tell("msg:custom", { type: "command", id: commands, name, args: [{ name, ...args }] });
}

const lines = {
  play: () => command("play"),
  pause: () => command("pause"),
  back: () => command("seek", { behind: 10 }),
  height() {
    state.height = state.height === 360 ? 240 : 360;
    tell("change:height");
  },
};
for (const button of document.querySelectorAll("[data-line]")) {
  button.addEventListener("click", lines[button.dataset.line]);
}
widget.render({ model, el: page });
