// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ToTap } from "../../composer/tap-messages";
import type { ReadingGranted } from "../../shared/protocol";
import { Taps } from "./taps";

/** Workers, with what they were told; each may end by itself. */
class FakeWorker {
  static all: FakeWorker[] = [];
  readonly told: ToTap[] = [];
  terminated = false;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;

  constructor() {
    FakeWorker.all.push(this);
  }

  postMessage(message: ToTap): void {
    this.told.push(message);
  }

  terminate(): void {
    this.terminated = true;
  }

  get types(): string[] {
    return this.told.map(({ type }) => type);
  }

  static get running(): FakeWorker[] {
    return FakeWorker.all.filter(({ terminated }) => !terminated);
  }

  static get last(): FakeWorker {
    const last = FakeWorker.all.at(-1);
    if (!last) throw new Error("there is no worker");
    return last;
  }
}

/** Each track's pictures are a readable of the same name. */
class FakeProcessor {
  readonly readable: unknown;
  constructor({ track }: { track: { id: string } }) {
    this.readable = track.id;
  }
}

const track = (id: string) => ({ id, readyState: "live" }) as unknown as MediaStreamTrack;
const camera = signal<MediaStreamTrack | null>(null);
const source = signal<MediaStreamTrack | null>(null);
const microphone = signal<MediaStreamTrack | null>(null);
const onUnable = vi.fn();
const onRefused = vi.fn();
let taps: Taps;

beforeEach(() => {
  for (const name of ["VideoEncoder", "AudioEncoder", "VideoFrame", "OffscreenCanvas"]) {
    vi.stubGlobal(name, class {});
  }
  vi.stubGlobal("Worker", FakeWorker);
  vi.stubGlobal("MediaStreamTrackProcessor", FakeProcessor);
  FakeWorker.all = [];
  camera.value = track("seen");
  source.value = track("raw");
  microphone.value = track("voice");
  taps = new Taps({
    base: "https://meet.example/base/",
    track: (media, own) => {
      if (media === "audio") return microphone.value;
      return own ? source.value : camera.value;
    },
    onUnable,
    onRefused,
  });
});

afterEach(() => {
  taps.close();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.clearAllMocks();
});

const granted = (some: Partial<ReadingGranted> = {}): ReadingGranted => ({
  type: "reading_granted",
  ...{ id: "r1", stream: "s1", ticket: "t1", media: "video", lines: 360, fps: 10, own: false },
  ...some,
});

test("the camera is sent as others see it, in the size that was asked for", () => {
  taps.start(granted());
  expect(FakeWorker.last.told).toEqual([
    {
      ...{ type: "open", ingestUrl: "wss://meet.example/base/ws/ingest", ticket: "t1" },
      ...{ media: "video", lines: 360, fps: 10 },
    },
    { type: "pictures", readable: "seen" },
  ]);
});

test("only one's own program sees the camera as it is", () => {
  taps.start(granted({ own: true }));
  expect(FakeWorker.last.told.at(-1)).toEqual({ type: "pictures", readable: "raw" });
  expect(taps.own).toEqual([{ id: "r1", media: "video" }]);
});

test("another camera is followed, and one that is off is told as such", () => {
  taps.start(granted());
  camera.value = null;
  camera.value = track("turned");
  expect(FakeWorker.last.told.slice(1)).toEqual([
    { type: "pictures", readable: "seen" },
    { type: "off" },
    { type: "pictures", readable: "turned" },
  ]);
  taps.stop("r1");
  camera.value = track("later");
  expect(FakeWorker.last.told).toHaveLength(4);
  expect(FakeWorker.last.terminated).toBe(true);
});

test("sound is the microphone's", () => {
  taps.start(granted({ media: "audio" }));
  expect(FakeWorker.last.told.at(-1)).toEqual({ type: "sound", readable: "voice" });
  microphone.value = null;
  expect(FakeWorker.last.types.at(-1)).toBe("off");
});

test("a page that sends already goes on, and one with another ticket starts again", () => {
  taps.start(granted());
  taps.start(granted());
  expect(FakeWorker.all).toHaveLength(1);
  taps.start(granted({ ticket: "t2" }));
  expect(FakeWorker.all).toHaveLength(2);
  expect(FakeWorker.running).toEqual([FakeWorker.last]);
});

test("what the room no longer announces is not sent, but for one's own program", () => {
  taps.start(granted({ id: "a" }));
  taps.start(granted({ id: "b" }));
  taps.start(granted({ id: "c", own: true }));
  taps.keep([{ id: "b" }]);
  expect(FakeWorker.all.map(({ terminated }) => terminated)).toEqual([true, false, false]);
  taps.close();
  expect(FakeWorker.running).toEqual([]);
});

test("what is taken back stays so, even if the server grants it again", () => {
  taps.start(granted());
  expect(taps.refused("r1")).toBe(false);
  expect(taps.refuse("r1")).toBe(true);
  expect(taps.refused("r1")).toBe(true);
  expect(FakeWorker.running).toEqual([]);
  taps.start(granted());
  expect(FakeWorker.all).toHaveLength(1);
  expect(onRefused.mock.calls).toEqual([["r1"]]);
  // What another page sends is not this one's to refuse.
  expect(taps.refuse("r2")).toBe(false);
  expect(taps.refused("r2")).toBe(false);
});

test("the camera delivers what the largest reading needs", () => {
  expect(taps.lines).toBe(0);
  taps.start(granted({ id: "a", lines: 180 }));
  taps.start(granted({ id: "b", lines: 720 }));
  taps.start(granted({ id: "c", media: "audio", lines: 360 }));
  expect(taps.lines).toBe(720);
  taps.stop("b");
  expect(taps.lines).toBe(180);
});

test("an encoder that fails is reported, and an end by the server is not", () => {
  taps.start(granted({ id: "a" }));
  FakeWorker.last.onmessage?.({ data: { type: "ended", unable: true } });
  expect(onUnable.mock.calls).toEqual([["a"]]);
  taps.start(granted({ id: "b" }));
  FakeWorker.last.onmessage?.({ data: { type: "ended", unable: false } });
  taps.start(granted({ id: "c" }));
  FakeWorker.last.onerror?.();
  expect(onUnable.mock.calls).toEqual([["a"], ["c"]]);
  expect(FakeWorker.running).toEqual([]);
});

test("a browser without encoders refuses, and starts nothing", () => {
  vi.unstubAllGlobals();
  expect([taps.supports("audio"), taps.supports("video")]).toEqual([false, false]);
  taps.start(granted());
  expect(onUnable.mock.calls).toEqual([["r1"]]);
});

test("a browser that does not transfer pictures is asked for each", () => {
  vi.stubGlobal("MediaStreamTrackProcessor", undefined);
  Reflect.deleteProperty(globalThis, "MediaStreamTrackProcessor");
  vi.stubGlobal("MediaStream", class {});
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
  vi.spyOn(HTMLMediaElement.prototype, "srcObject", "set").mockImplementation(() => {});
  expect([taps.supports("video"), taps.supports("audio")]).toEqual([true, false]);
  taps.start(granted());
  expect(FakeWorker.last.types).toEqual(["open", "asking"]);
  FakeWorker.last.onmessage?.({ data: { type: "next" } });
  expect(FakeWorker.last.types).toEqual(["open", "asking", "picture"]);
});
