/** The widget that shows a broadcast in a cell: the server's player in a frame, or a recording. */

import type { AnyModel, AnyWidget } from "@anywidget/types";
import { allowing } from "../engine/iframe";
import { fetchCaptions, offerCaptions, toggleCaptions } from "../player/captions";
import { MARK, type PlayerCommand, type PlayerFacts } from "../player/page-api";
import { playOn } from "../player/recording";
import { speak, t } from "../player/strings";
import { languagesOf } from "../shared/language";
import type {
  PlayerFromKernel as FromKernel,
  Source,
  PlayerToKernel as ToKernel,
} from "../shared/page-protocol";
import { randomName } from "../shared/random";
import { isSaved } from "../widget/host";
import { currentTheme, followTheme } from "../widget/theme";
import "./broadcast-player.css";

interface State {
  width: number | string;
  height: number | string;
  volume: number;
  muted: boolean;
}

type Captions = NonNullable<Source["captions"]>;

/** One view of the player. Only the newest view reports to the kernel. */
class Screen {
  readonly #model: AnyModel<State>;
  readonly #el: HTMLElement;
  readonly #owner = new AbortController();
  /** A dead kernel does not answer; the cell then says so. */
  readonly #silence: ReturnType<typeof setTimeout>;
  #url: string | null = null;
  #frame: HTMLIFrameElement | null = null;
  /** Whether the page in the frame is listening: it is from its first message on. */
  #listening = false;
  /** Commands pending until then, or until the recording's duration is known. */
  #asked: PlayerCommand[] = [];
  #video: HTMLVideoElement | null = null;
  /** Removes what is shown now. */
  #showing = new AbortController();
  #failed = false;
  /** Removes the current captions. */
  #captions = new AbortController();
  #said = "";
  /** This view, and how many facts it has told the kernel. */
  readonly #name = randomName();
  #told = 0;
  /** A message that the video does not show. */
  readonly #notice = status("");

  constructor(model: AnyModel<State>, el: HTMLElement) {
    this.#model = model;
    this.#el = el;
    el.classList.add("nanomeet-player");
    const { signal } = this.#owner;
    this.#on("msg:custom", (message: unknown) => this.#onMessage(message as FromKernel));
    for (const name of ["width", "height"] as const) this.#on(`change:${name}`, () => this.#size());
    for (const name of ["volume", "muted"] as const)
      this.#on(`change:${name}`, () => this.#sound());
    addEventListener("message", (event) => this.#onFrameMessage(event), { signal });
    signal.addEventListener(
      "abort",
      followTheme(document, () => this.#dress()),
    );
    // Runs before the notebook's own shortcut, which would copy the cell.
    addEventListener("keydown", (event) => this.#press(event), { signal, capture: true });
    this.#notice.setAttribute("role", "alert");
    this.#size();
    this.#dress();
    const saved = isSaved(document);
    this.#note(saved ? t.cell.saved : t.cell.moment);
    this.#silence = setTimeout(() => saved || this.#note(t.cell.gone), SILENT_MS);
    this.#send({ type: "hello" });
  }

  close(): void {
    clearTimeout(this.#silence);
    this.#owner.abort();
    this.#showing.abort();
    this.#captions.abort();
    this.#notice.remove();
    this.#el.replaceChildren();
  }

  #on(event: string, callback: (message: unknown) => void): void {
    const model = this.#model as unknown as {
      on(event: string, callback: (message: unknown) => void): void;
      off(event: string, callback: (message: unknown) => void): void;
    };
    model.on(event, callback);
    this.#owner.signal.addEventListener("abort", () => model.off(event, callback));
  }

  #size(): void {
    const css = (value: number | string): string =>
      typeof value === "number" ? `${value}px` : value;
    this.#el.style.width = css(this.#model.get("width"));
    this.#el.style.height = css(this.#model.get("height"));
  }

  #onMessage(message: FromKernel): void {
    if (message.type === "source") {
      clearTimeout(this.#silence);
      if (message.url !== this.#url || message.url === null) this.#show(message.url);
      void this.#caption(message.captions);
    } else if (message.type === "command") {
      this.#do(message.args[0] as PlayerCommand);
      this.#send({ type: "reply", id: message.id });
    } else if (message.type === "probe") {
      this.#send({ type: "alive" });
    } else if (message.type === "notice") {
      this.#notice.textContent = message.message;
      this.#el.after(this.#notice);
    }
  }

  #show(url: string | null): void {
    this.#url = url;
    this.#showing.abort();
    this.#showing = new AbortController();
    this.#failed = false;
    this.#frame = this.#video = null;
    this.#asked = [];
    if (url === null) {
      this.#note(t.cell.empty);
    } else if (/\.(mp4|webm|m4v)$/i.test(new URL(url).pathname)) {
      this.#showRecording(url);
    } else {
      this.#showLive(url);
    }
  }

  #showLive(url: string): void {
    const frame = document.createElement("iframe");
    frame.title = t.picture;
    frame.allow = allowing(
      ["autoplay", "fullscreen", "picture-in-picture", "screen-wake-lock"],
      url,
    );
    frame.referrerPolicy = "no-referrer";
    frame.src = url;
    // Also after the viewer reloads it.
    frame.onload = () => {
      this.#listening = false;
    };
    this.#listening = false;
    this.#frame = frame;
    this.#el.replaceChildren(frame);
  }

  /** The page in the frame has started: sends everything that it does not know yet. */
  #introduce(): void {
    this.#listening = true;
    this.#dress();
    this.#sound();
    for (const command of this.#asked.splice(0)) this.#post(command);
  }

  #showRecording(url: string): void {
    const video = document.createElement("video");
    video.controls = true;
    video.playsInline = true;
    video.preload = "metadata";
    video.src = url;
    video.setAttribute("aria-label", t.cell.recording);
    playOn(video, this.#showing.signal, () => {
      this.#failed = true;
    });
    const told = ["loadedmetadata", "play", "pause", "seeked", "timeupdate", "ended", "error"];
    for (const event of told) video.addEventListener(event, () => this.#followRecording());
    video.addEventListener("loadedmetadata", () => {
      for (const command of this.#asked.splice(0)) this.#do(command);
    });
    this.#video = video;
    this.#sound();
    this.#el.replaceChildren(video);
    this.#followRecording();
  }

  /** Live pages have no captions: speech is not known in advance. */
  async #caption(captions: Captions | null): Promise<void> {
    this.#captions.abort();
    this.#captions = new AbortController();
    const { signal } = this.#captions;
    const video = this.#video;
    if (!captions || !video) return;
    const text =
      "text" in captions
        ? captions.text
        : await fetchCaptions(captions.url, signal).catch(() => null);
    if (signal.aborted) return;
    if (text === null) this.#warn(t.cell.noCaptions);
    else offerCaptions(video, text, t.captions, signal);
  }

  #press(event: KeyboardEvent): void {
    if (event.key.toLowerCase() !== "c" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.#video || !event.composedPath().includes(this.#el)) return;
    event.stopImmediatePropagation();
    toggleCaptions(this.#video);
  }

  #followRecording(): void {
    const video = this.#video;
    if (!video) return;
    const { error, readyState, paused, currentTime, duration, videoWidth, videoHeight } = video;
    const known = Number.isFinite(duration);
    this.#report({
      state: this.#failed ? "failed" : error || readyState === 0 ? "connecting" : "recording",
      paused,
      sound: "playing",
      title: "",
      vod: this.#url,
      latency: null,
      behind: known ? duration - currentTime : 0,
      kept: known ? duration : 0,
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
      width: videoWidth,
      height: videoHeight,
    });
  }

  #do(command: PlayerCommand): void {
    const video = this.#video;
    if (video ? video.readyState === 0 : !this.#listening) {
      // Keep only the last command of each kind.
      const seeks = command.name === "seek";
      const others = this.#asked.filter(({ name }) => (name === "seek") !== seeks);
      this.#asked = [...others, command];
      return;
    }
    if (!video) {
      this.#post(command);
      return;
    }
    if (command.name === "play") void video.play().catch(() => this.#followRecording());
    if (command.name === "pause") video.pause();
    if (command.name === "seek") {
      video.currentTime = Math.max(0, (video.duration || 0) - command.behind);
    }
  }

  #sound(): void {
    const volume = this.#model.get("volume");
    const muted = this.#model.get("muted");
    if (this.#video) Object.assign(this.#video, { volume, muted });
    this.#post({ name: "sound", volume, muted });
  }

  #dress(): void {
    const theme = currentTheme(document);
    this.#el.style.colorScheme = theme;
    this.#post({ name: "theme", theme });
  }

  #post(command: PlayerCommand): void {
    if (this.#url === null) return;
    this.#frame?.contentWindow?.postMessage({ mark: MARK, command }, new URL(this.#url).origin);
  }

  #onFrameMessage({
    source,
    origin,
    data,
  }: MessageEvent<{ mark?: unknown; facts?: PlayerFacts }>): void {
    if (!this.#frame || this.#url === null || source !== this.#frame.contentWindow) return;
    if (origin !== new URL(this.#url).origin || data?.mark !== MARK || !data.facts) return;
    if (!this.#listening) this.#introduce();
    this.#report(data.facts);
  }

  /** Sends the kernel what has changed; figures at most once a second. */
  #report(facts: PlayerFacts): void {
    const { state, paused, sound, title, vod, behind } = facts;
    const second = Math.floor(Date.now() / 1000);
    const said = JSON.stringify([state, paused, sound, title, vod, Math.round(behind), second]);
    if (said === this.#said) return;
    this.#said = said;
    this.#send({ type: "facts", facts, view: this.#name, number: this.#told++ });
  }

  #note(words: string): void {
    this.#el.replaceChildren(status(words));
  }

  /** Shows a message below the video. */
  #warn(words: string): void {
    const note = status(words);
    this.#el.append(note);
    this.#captions.signal.addEventListener("abort", () => note.remove());
  }

  #send(message: ToKernel): void {
    try {
      this.#model.send(message);
    } catch {
      // Jupyter's comms throw when they are closed.
    }
  }
}

const SILENT_MS = 4_000;

function status(words: string): HTMLElement {
  const note = document.createElement("p");
  note.setAttribute("role", "status");
  note.textContent = words;
  return note;
}

const widget: AnyWidget<State> = {
  render({ model, el }) {
    speak(languagesOf(document));
    const screen = new Screen(model, el);
    return () => screen.close();
  },
};

export default widget;
