/**
 * Plays one stream with Media Source Extensions, for browsers without WebCodecs and for pages not
 * served over TLS, which lack WebCodecs. The server packages the frames (`server/media/cmaf.py`).
 */

import { type Frame, Kind, Track } from "../shared/frames";
import { readSetup } from "../shared/track-setup";
import { ElementPlayer } from "./element-player";
import { liveEdge } from "./live-edge";
import { NO_FIGURES, type PlayerOptions } from "./stream-player";
import { TrackBuffer } from "./track-buffer";
import { playing } from "./video";

const UPDATE_MS = 100;
/** A stream that cannot be decoded is restarted after this long. */
const RETRY_MS = 1_000;
/** Seconds that the viewer can seek back. */
const KEEP = 120;

/** iPhones have only the managed kind (Media Source Extensions 2). */
const Source =
  globalThis.MediaSource ??
  (globalThis as { ManagedMediaSource?: typeof MediaSource }).ManagedMediaSource;

export class MsePlayer extends ElementPlayer {
  protected override readonly held = liveEdge.TARGET;
  readonly #codecs = new Map<Track, string>();
  /** The headers and fragments that arrived before the source was created. */
  readonly #headers = new Map<Track, { type: string; header: Uint8Array }>();
  #buffers = new Map<Track, TrackBuffer>();
  #source: MediaSource | null = null;
  /** Frames of earlier sources. */
  #framesBefore = 0;

  static supported(): boolean {
    return Source?.isTypeSupported(VIDEO_MP4) === true;
  }

  constructor(video: HTMLVideoElement, options: PlayerOptions) {
    super(video, options, "fmp4", UPDATE_MS);
    // A managed source opens only in an element that plays nowhere else.
    video.disableRemotePlayback = true;
    const { signal } = this.end;
    // The next keyframe may be decodable again.
    const retry = (): void => void setTimeout(() => this.video.error && this.reconnect(), RETRY_MS);
    video.addEventListener("error", retry, { signal });
  }

  setVolume(volume: number): void {
    this.video.volume = volume;
  }

  allowSound(): void {
    this.video.muted = false;
    this.start();
  }

  protected receive({ kind, track, keyframe, payload }: Frame): void {
    switch (kind) {
      case Kind.setup:
        this.#codecs.set(track, readSetup(payload).codec);
        break;
      case Kind.header:
        this.#prepare(track, payload);
        break;
      case Kind.fragment:
        // The server sends the headers of all tracks before the first fragment of any.
        this.#source ??= this.#open();
        this.#buffers.get(track)?.append(payload, keyframe);
        break;
    }
  }

  /** A header starts a track, or restarts it, for example with another size. */
  #prepare(track: Track, header: Uint8Array): void {
    const codec = this.#codecs.get(track);
    if (codec === undefined) return;
    const type = `${track === Track.video ? "video" : "audio"}/mp4; codecs="${codec}"`;
    if (!Source.isTypeSupported(type)) {
      // Without audio a stream can still be watched; without video there is nothing to show.
      if (track === Track.audio) return;
      this.fail({ kind: "codec", message: codec });
      return;
    }
    const buffer = this.#buffers.get(track);
    if (buffer) buffer.begin(header);
    else if (this.#source === null) this.#headers.set(track, { type, header });
    // A source accepts no more tracks after its first headers (Media Source Extensions, 2.4.1).
    else this.reconnect();
  }

  #open(): MediaSource {
    const source = new Source();
    const url = URL.createObjectURL(source);
    this.video.src = url;
    source.addEventListener("sourceopen", () => URL.revokeObjectURL(url), { once: true });
    for (const [track, { type, header }] of this.#headers) {
      const buffer = new TrackBuffer(source, type);
      buffer.begin(header);
      this.#buffers.set(track, buffer);
    }
    this.#tellSound();
    this.following = true;
    this.start();
    return source;
  }

  protected start(): void {
    if (this.paused.value || !this.video.src) return;
    playing(this.video, () => this.#tellSound());
  }

  #tellSound(): void {
    if (!this.#buffers.has(Track.audio)) return;
    this.sound.value = this.video.muted ? "blocked" : "playing";
  }

  protected update(): void {
    const video = this.video;
    const { start, end } = this.range();
    const behind = Math.max(0, end - video.currentTime);
    if (end > 0 && !this.paused.value) this.#steer(start, end);
    for (const buffer of this.#buffers.values()) buffer.forget(video.currentTime - KEEP);
    const { totalVideoFrames = 0, droppedVideoFrames = 0 } = video.getVideoPlaybackQuality();
    this.figures.value = {
      ...NO_FIGURES,
      level: null,
      frames: this.#framesBefore + totalVideoFrames - droppedVideoFrames,
      dropped: droppedVideoFrames,
      latency: end > 0 ? behind * 1000 + this.roundTrip / 2 : null,
      width: video.videoWidth,
      height: video.videoHeight,
      behind: this.following ? 0 : behind,
      kept: Math.max(0, end - start),
    };
  }

  /**
   * Stays close to the live edge by adjusting the playback rate slightly, or by a jump if that is
   * not enough.
   */
  #steer(start: number, end: number): void {
    const video = this.video;
    const { jumpTo, rate } = liveEdge(video.currentTime, { start, end }, this.following);
    if (jumpTo !== null) video.currentTime = jumpTo;
    if (video.playbackRate !== rate) video.playbackRate = rate;
  }

  /** The playable range, which every track covers. */
  protected range(): { start: number; end: number } {
    const ranges = [...this.#buffers.values()].map((buffer) => buffer.range);
    const known = ranges.filter((range) => range !== null);
    if (known.length === 0 || known.length < ranges.length) return { start: 0, end: 0 };
    return {
      start: Math.max(...known.map(({ start }) => start)),
      end: Math.min(...known.map(({ end }) => end)),
    };
  }

  protected restart(): void {
    for (const buffer of this.#buffers.values()) buffer.close();
    this.#buffers = new Map();
    this.#codecs.clear();
    this.#headers.clear();
    if (this.#source === null) return;
    const { totalVideoFrames, droppedVideoFrames } = this.video.getVideoPlaybackQuality();
    this.#framesBefore += totalVideoFrames - droppedVideoFrames;
    this.#source = null;
    this.video.removeAttribute("src");
    this.video.load();
  }
}

/** H.264 baseline, which is what broadcasts use. */
const VIDEO_MP4 = 'video/mp4; codecs="avc1.42001f"';
