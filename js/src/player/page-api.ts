/**
 * Reports the player's state to the embedding page, which can control it. Never sends a secret: a framed
 * page cannot know who frames it.
 */

import type { StreamPlayer } from "./stream-player";

/** Marks the messages of both directions. */
export const MARK = "nanomeet-player";

/** The state sent to the embedding page; in seconds, except `latency`, in milliseconds. */
export interface PlayerFacts {
  state: string;
  paused: boolean;
  sound: string;
  title: string;
  vod: string | null;
  latency: number | null;
  behind: number;
  kept: number;
  frames: number;
  width: number;
  height: number;
}

export type PlayerCommand =
  | { name: "play" }
  | { name: "pause" }
  | { name: "seek"; behind: number }
  | { name: "sound"; volume: number; muted: boolean }
  | { name: "theme"; theme: "light" | "dark" };

export interface PlayerHandlers {
  player: () => StreamPlayer | null;
  sound: (volume: number, muted: boolean) => void;
}

/** Executes the embedding page's commands until the signal aborts. */
export function listenForCommands({ player, sound }: PlayerHandlers, signal: AbortSignal): void {
  addEventListener(
    "message",
    ({ source, data }: MessageEvent<unknown>) => {
      if (source !== window.parent || window.parent === window) return;
      const command = commandIn(data);
      switch (command?.name) {
        case "play":
          player()?.play();
          break;
        case "pause":
          player()?.pause();
          break;
        case "seek":
          player()?.seek(command.behind);
          break;
        case "sound":
          sound(command.volume, command.muted);
          break;
        case "theme":
          document.documentElement.dataset.theme = command.theme;
          break;
      }
    },
    { signal },
  );
}

export function tell(facts: PlayerFacts): void {
  if (window.parent !== window) window.parent.postMessage({ mark: MARK, facts }, "*");
}

/** Validates every message: any page may frame this one. */
function commandIn(data: unknown): PlayerCommand | null {
  if (typeof data !== "object" || data === null || Reflect.get(data, "mark") !== MARK) return null;
  const command: unknown = Reflect.get(data, "command");
  if (typeof command !== "object" || command === null) return null;
  const read = (key: string): unknown => Reflect.get(command, key);
  const number = (key: string, most: number): number => {
    const value = read(key);
    return typeof value === "number" && value >= 0 ? Math.min(value, most) : 0;
  };
  switch (read("name")) {
    case "play":
      return { name: "play" };
    case "pause":
      return { name: "pause" };
    case "seek":
      return { name: "seek", behind: number("behind", 86_400) };
    case "sound":
      return { name: "sound", volume: number("volume", 1), muted: read("muted") === true };
    case "theme":
      return { name: "theme", theme: read("theme") === "dark" ? "dark" : "light" };
    default:
      return null;
  }
}
