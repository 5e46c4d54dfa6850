/** The page of a viewer. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Controls } from "./controls";
import { obey, tell } from "./page-api";
import { load, save } from "./preferences";
import { playerFor, Screen } from "./screen";
import type { PlayerState } from "./state";
import type { PlayerOptions, StreamPlayer } from "./stream-player";

/** The controls step aside after this long without a movement. */
const IDLE_MS = 3_000;
/** Seconds that an arrow key goes back or on. */
const SKIP = 5;
/** Where there is something to control. */
const CONTROLLED: readonly PlayerState[] = ["connecting", "waiting", "live"];

export function Unsupported() {
  return (
    <main class="player" data-state="unsupported">
      <div class="notice" role="alert">
        <h1>This browser cannot show the broadcast</h1>
        <p>
          {globalThis.isSecureContext
            ? "It lacks a part that decodes live pictures. A current Chrome, Edge, Firefox or Safari has it."
            : "The page was not opened over a secure connection. Open it over https."}
        </p>
      </div>
    </main>
  );
}

/** Tells the page around, and whoever tests it, what is really going on. */
function publish(root: HTMLElement, player: StreamPlayer): void {
  const { frames, dropped, latency, lipSync, level, width, height, behind, kept } =
    player.figures.value;
  const facts = {
    state: player.state.value,
    paused: player.paused.value,
    sound: player.sound.value,
    frames,
    dropped,
    width,
    height,
    behind: behind.toFixed(1),
    kept: kept.toFixed(1),
    latencyMs: latency?.toFixed(1) ?? "",
    lipSyncMs: lipSync?.toFixed(1) ?? "",
    soundLevel: level?.toFixed(4) ?? "",
  };
  for (const [name, value] of Object.entries(facts)) root.dataset[name] = String(value);
  const { state, paused, sound } = facts;
  tell({
    state,
    paused,
    sound,
    title: player.title.value,
    vod: player.vod.value,
    latency,
    behind,
    kept,
    frames,
    width,
    height,
  });
  document.title = player.title.value || "Live broadcast";
}

export function Player(options: PlayerOptions) {
  const root = useRef<HTMLElement>(null);
  const screen = useRef<HTMLElement>(null);
  const player = useSignal<StreamPlayer | null>(null);
  const preferences = useSignal(load());
  const details = useSignal(false);
  const full = useSignal(false);
  const idle = useSignal(false);

  useEffect(() => {
    const made = playerFor(screen.current, options);
    if (made === null) return;
    player.value = made;
    return () => made.close();
  }, []);

  useSignalEffect(() => {
    const { volume, muted } = preferences.value;
    player.value?.setVolume(muted ? 0 : volume);
    save(preferences.value);
  });

  useSignalEffect(() => {
    if (root.current !== null && player.value !== null) publish(root.current, player.value);
  });

  const togglePlay = () => {
    const { value } = player;
    if (value?.paused.value) value.play();
    else value?.pause();
  };
  const toggleMute = () => {
    const { volume, muted } = preferences.value;
    if (!muted && player.value?.sound.value === "blocked") {
      player.value.allowSound();
      return;
    }
    preferences.value = { volume: muted && volume === 0 ? 1 : volume, muted: !muted };
    player.value?.allowSound();
  };
  const toggleFull = () => {
    // Refused where the frame around does not allow it: then nothing changes.
    const done = full.value ? document.exitFullscreen() : root.current?.requestFullscreen();
    done?.catch(() => undefined);
  };

  useEffect(() => {
    const lifetime = new AbortController();
    const { signal } = lifetime;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const active = () => {
      idle.value = false;
      clearTimeout(timer);
      timer = setTimeout(() => {
        idle.value = true;
      }, IDLE_MS);
    };
    const skip = (seconds: number) => {
      const { value } = player;
      value?.seek(Math.max(0, value.figures.value.behind - seconds));
    };
    const keys: Record<string, () => void> = {
      " ": togglePlay,
      k: togglePlay,
      m: toggleMute,
      f: toggleFull,
      l: () => player.value?.seek(0),
      arrowleft: () => skip(-SKIP),
      arrowright: () => skip(SKIP),
    };
    addEventListener("pointermove", active, { signal });
    addEventListener("pointerdown", active, { signal });
    addEventListener(
      "keydown",
      (event) => {
        active();
        const inControl =
          event.target instanceof Element && event.target.closest("button,input,video,a");
        if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
        if (inControl && /^( |Arrow)/.test(event.key)) return;
        const act = keys[event.key.toLowerCase()];
        if (act === undefined) return;
        event.preventDefault();
        act();
      },
      { signal },
    );
    document.addEventListener(
      "fullscreenchange",
      () => {
        full.value = document.fullscreenElement !== null;
      },
      { signal },
    );
    obey(
      {
        player: () => player.value,
        sound: (volume, muted) => {
          preferences.value = { volume, muted };
        },
      },
      signal,
    );
    active();
    return () => {
      lifetime.abort();
      clearTimeout(timer);
    };
  }, []);

  const now = player.value;
  const state = now?.state.value ?? "connecting";
  const paused = now?.paused.value ?? false;
  const vod = now?.vod.value ?? null;
  const sound = now?.sound.value ?? "none";
  const recorded = state === "ended" && vod !== null;
  const figures = now?.figures.value;

  return (
    <main ref={root} class="player" data-idle={idle.value && state === "live" && !paused}>
      <div class="screen">
        <Screen screen={screen} label={now?.title.value || "Broadcast"} hidden={recorded} />
        {now !== null && <Notice player={now} />}
        {state === "live" && !paused && sound === "blocked" && (
          <button type="button" class="tap" onClick={() => now?.allowSound()}>
            Tap for sound
          </button>
        )}
      </div>
      {CONTROLLED.includes(state) && figures !== undefined && (
        <Controls
          state={state}
          paused={paused}
          sound={sound}
          muted={preferences.value.muted || sound === "blocked"}
          volume={preferences.value.volume}
          full={full.value}
          details={details.value}
          figures={figures}
          onPlay={togglePlay}
          onMute={toggleMute}
          onVolume={(volume) => {
            preferences.value = { volume, muted: volume === 0 };
            player.value?.allowSound();
          }}
          onSeek={(behind) => now?.seek(behind)}
          onFull={toggleFull}
          onDetails={() => {
            details.value = !details.value;
          }}
        />
      )}
    </main>
  );
}

function Notice({ player }: { player: StreamPlayer }) {
  const state = player.state.value;
  const title = player.title.value;
  const shown = player.figures.value.frames > 0;
  if (player.paused.value) return null;
  switch (state) {
    case "live":
      return shown ? null : (
        <div class="notice" role="status">
          <p>Loading the picture…</p>
        </div>
      );
    case "connecting":
      return (
        <div class="notice" data-over={shown} role="status">
          <p>{shown ? "The connection was lost. Trying again…" : "Connecting…"}</p>
        </div>
      );
    case "waiting":
      return (
        <div class="notice" role="status">
          <h1>Starting soon</h1>
          {title !== "" && <p>{title}</p>}
          <p class="quiet">The picture comes by itself as soon as the broadcast begins.</p>
        </div>
      );
    case "ended":
      return <Ended title={title} vod={player.vod.value} />;
    case "failed":
      return (
        <div class="notice" role="alert">
          <h1>The broadcast cannot be shown</h1>
          <p>{player.refusal.value}</p>
          <button type="button" class="again" onClick={() => location.reload()}>
            Try again
          </button>
        </div>
      );
    default:
      return null;
  }
}

function Ended({ title, vod }: { title: string; vod: string | null }) {
  if (vod === null) {
    return (
      <div class="notice" role="status">
        <h1>The broadcast has ended</h1>
        {title !== "" && <p>{title}</p>}
        <p class="quiet">There is no recording of it.</p>
      </div>
    );
  }
  return (
    <div class="recording">
      <p role="status">
        The broadcast has ended. This is its <a href={vod}>recording</a>.
      </p>
      {/* biome-ignore lint/a11y/useMediaCaption: the recording has no captions */}
      <video controls playsInline preload="metadata" src={vod} />
    </div>
  );
}
