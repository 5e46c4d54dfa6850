/** The viewer's page. */

import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ScreenWake } from "../shared/screen-wake";
import { Controls } from "./controls";
import { listenForCommands, tell } from "./page-api";
import { PollSheet } from "./poll-sheet";
import { load, save } from "./preferences";
import { Recorded } from "./recorded";
import { playerFor, Screen } from "./screen";
import type { PlayerState } from "./state";
import type { PlayerOptions, StreamPlayer } from "./stream-player";
import { t } from "./strings";

/** The controls hide after this long without input. */
const IDLE_MS = 3_000;
/** Seconds that an arrow key seeks. */
const SKIP = 5;
/** The states with something to control. */
const CONTROLLED: readonly PlayerState[] = ["connecting", "waiting", "live"];

export function Unsupported() {
  return (
    <main class="player" data-state="unsupported">
      <div class="notice" role="alert">
        <h1>{t.unsupported.title}</h1>
        <p>{globalThis.isSecureContext ? t.unsupported.outdated : t.unsupported.insecure}</p>
      </div>
    </main>
  );
}

/** Reports the actual state to the embedding page, and to tests. */
function publish(root: HTMLElement, player: StreamPlayer): void {
  const { frames, dropped, latency, lipSync, level, width, height, behind, kept } =
    player.figures.value;
  const facts = {
    state: player.state.value,
    picture: player.picture.value,
    shows: player.shows.value,
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
  document.title = player.title.value || t.untitled;
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

  const wake = useRef(new ScreenWake());
  // A browser keeps the screen on for a video with sound, but not for a canvas.
  const stayAwake = () => {
    const { value } = player;
    wake.current.set(value?.state.value === "live" && !value.paused.value);
  };
  useSignalEffect(stayAwake);
  useSignalEffect(() => {
    if (root.current !== null) root.current.dataset.awake = String(wake.current.held.value);
  });
  useEffect(() => {
    document.addEventListener("visibilitychange", stayAwake);
    return () => {
      document.removeEventListener("visibilitychange", stayAwake);
      wake.current.set(false);
    };
  }, []);

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
    // Refused where the embedding frame does not allow it: then nothing changes.
    // Phones may have no full screen but a video's own.
    const done = full.value ? document.exitFullscreen() : root.current?.requestFullscreen?.();
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
    // Any click or key is the gesture that the browser requires before sound.
    const allow = () => {
      if (player.value?.sound.peek() === "blocked") player.value.allowSound();
    };
    addEventListener("click", allow, { signal });
    addEventListener("keydown", allow, { signal });
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
    listenForCommands(
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
        <Screen screen={screen} label={now?.title.value || t.picture} hidden={recorded} />
        {now !== null && <Notice player={now} />}
        <Kept days={now?.kept.value ?? null} />
        {state === "live" && !paused && sound === "blocked" && (
          <button type="button" class="tap" onClick={() => now?.allowSound()}>
            {t.tapForSound}
          </button>
        )}
      </div>
      {now !== null && <PollSheet polls={now.polls} />}
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

/** What is kept of this view. */
function Kept({ days }: { days: number | null }) {
  return (
    <p class="kept" role="status">
      {days !== null && t.records.keepsViews(days)}
    </p>
  );
}

function Notice({ player }: { player: StreamPlayer }) {
  const title = player.title.value;
  const shown = player.figures.value.frames > 0;
  if (player.state.value === "live" && !player.picture.value) return <SoundOnly player={player} />;
  if (player.paused.value) return null;
  switch (player.state.value) {
    case "live":
      return shown ? null : (
        <div class="notice" role="status">
          <p>{t.loading}</p>
        </div>
      );
    case "connecting":
      return (
        <div class="notice" data-over={shown} role="status">
          <p>{shown ? t.reconnecting : t.connecting}</p>
        </div>
      );
    case "waiting":
      return <Card words={player.begun.value ? t.back : t.soon} about={title} />;
    case "ended": {
      const vod = player.vod.value;
      if (vod !== null) return <Recorded vod={vod} />;
      return <Card words={{ title: t.ended.title, told: t.ended.noRecording }} about={title} />;
    }
    case "failed":
      return <Failed player={player} />;
    default:
      return null;
  }
}

/** What is shown instead of the video. */
function SoundOnly({ player }: { player: StreamPlayer }) {
  const title = player.title.value || t.untitled;
  const shows = player.shows.value;
  if (shows === "stage") return <Card words={{ title, told: t.soundOnly }} about="" />;
  const words = { soon: t.soon.title, paused: t.break };
  return <Card words={{ title: words[shows], told: t.soundOnly }} about={title} />;
}

interface CardProps {
  words: { title: string; told: string };
  /** The broadcast's subject. */
  about: string;
}

function Card({ words: { title, told }, about }: CardProps) {
  return (
    <div class="notice" role="status">
      <h1>{title}</h1>
      {about !== "" && <p>{about}</p>}
      <p class="quiet">{told}</p>
    </div>
  );
}

function Failed({ player }: { player: StreamPlayer }) {
  const { kind = "", message = "" } = player.refusal.value ?? {};
  return (
    <div class="notice" role="alert">
      <h1>{t.failed.title}</h1>
      <p>{t.refusals[kind] ?? message}</p>
      <button type="button" class="again" onClick={() => location.reload()}>
        {t.failed.again}
      </button>
    </div>
  );
}
