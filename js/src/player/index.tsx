/** The live page: `live/{streamname}` below the server's base. */

import "./player.css";
import { render } from "preact";
import { serverBase } from "../shared/base";
import { playable } from "./screen";
import { speak } from "./strings";
import { Player, Unsupported } from "./view";

const base = serverBase();
const socketUrl = new URL("ws/watch", base.replace(/^http/, "ws")).href;
/** For a private broadcast: in the fragment, which no server sees. */
const ticket = new URLSearchParams(location.hash.slice(1)).get("ticket");
const stream = decodeURIComponent(location.pathname.split("/").at(-1) ?? "");
const hlsUrl = ticket === null ? new URL(`hls/${stream}/master.m3u8`, base).href : null;

document.documentElement.lang = speak([
  new URLSearchParams(location.search).get("lang"),
  ...navigator.languages,
]);

render(
  playable(hlsUrl) ? (
    <Player
      socketUrl={socketUrl}
      workletUrl={new URL("static/player-audio.js", base).href}
      stream={stream}
      ticket={ticket}
      hlsUrl={hlsUrl}
    />
  ) : (
    <Unsupported />
  ),
  document.body,
);
