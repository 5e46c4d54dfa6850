// @vitest-environment happy-dom
import { effect } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { encodeFrame, Kind, Track as Place } from "../../shared/frames";
import type { SourceOpened } from "../../shared/protocol";
import { LocalMedia } from "../media/media";
import { mediaMemory } from "./preferences";
import { type SourceClosing, Sources, type SourceUse } from "./sources";

/** A track, with the parts that these tests need. */
class Track extends EventTarget {
  readyState = "live";
  contentHint = "";
  constructor(readonly kind: string) {
    super();
  }
  getSettings = () => ({});
  getCapabilities = () => ({});
  stop = () => {
    this.readyState = "ended";
  };
}

/** A track that the page writes: `writable` counts. */
class Generator extends Track {
  readonly written: unknown[] = [];
  readonly writable = {
    getWriter: () => ({
      desiredSize: 1,
      write: async (picture: unknown) => void this.written.push(picture),
      abort: async () => {},
    }),
  };
  constructor({ kind }: { kind: string }) {
    super(kind);
  }
}

/** The server's end of a viewer's connection. */
class Line {
  static all: Line[] = [];
  readyState = 1;
  onopen = (): void => {};
  onmessage = (_: { data: unknown }): void => {};
  onclose = (): void => {};
  send = (text: string): void => void this.sent.push(JSON.parse(text));
  close = (): void => {
    this.readyState = 3;
  };
  readonly sent: { stream?: string; ticket?: string }[] = [];
  constructor(readonly url: string) {
    Line.all.push(this);
    queueMicrotask(() => this.onopen());
  }
}

class Decoder {
  state = "unconfigured";
  decodeQueueSize = 0;
  static isConfigSupported = async () => ({ supported });
  constructor(readonly events: { output: (decoded: object) => void }) {}
  configure = (): void => {
    this.state = "configured";
  };
  decode = (): void => this.events.output({ displayWidth: 640, displayHeight: 360, close() {} });
  close = (): void => {
    this.state = "closed";
  };
}

let supported: boolean;
let media: LocalMedia;
let sources: Sources;
let closings: SourceClosing[];
let sent: unknown[];
let opened: number;

beforeEach(() => {
  vi.useFakeTimers();
  supported = true;
  opened = 0;
  closings = [];
  sent = [];
  Line.all = [];
  vi.stubGlobal("WebSocket", Object.assign(Line, { OPEN: 1 }));
  vi.stubGlobal("MediaStreamTrackGenerator", Generator);
  vi.stubGlobal("VideoDecoder", Decoder);
  vi.stubGlobal("AudioDecoder", Decoder);
  vi.stubGlobal("EncodedVideoChunk", Object);
  vi.stubGlobal("EncodedAudioChunk", Object);
  vi.stubGlobal("isSecureContext", true);
  const stream = (kinds: readonly string[]) => {
    const tracks = kinds.map((kind) => new Track(kind));
    const of = (kind: string) => () => tracks.filter((track) => track.kind === kind);
    return { getAudioTracks: of("audio"), getVideoTracks: of("video") };
  };
  vi.stubGlobal("navigator", {
    mediaDevices: {
      getUserMedia: async () => stream(["video"]),
      getDisplayMedia: async () => stream(["video", "audio"]),
      enumerateDevices: async () => [],
      addEventListener: () => {},
    },
  });
  media = new LocalMedia(mediaMemory);
  vi.spyOn(media.meter, "listen").mockImplementation(() => {});
  sources = new Sources({
    url: "wss://meet.example/ws/watch",
    media,
    line: {
      openSource: async ({ use, title = "" }) => granted(use, 1, title),
      request: async (message) => void sent.push(message),
      send: (message) => void sent.push(message),
    },
    onResized: () => {},
    onClosed: (closing) => closings.push(closing),
  });
});

afterEach(() => {
  sources.dispose();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  localStorage.clear();
});

function granted(use: SourceUse, ref: number | null, title = ""): SourceOpened {
  opened += 1;
  const secrets = { ingest_ticket: `in${opened}`, watch_ticket: `out${opened}` };
  return { type: "source_opened", ref, use, stream: `s${opened}`, title, ...secrets };
}

/** The server opens a source; returns the stream's name. `ref`: null if it tells of it again. */
function open(use: SourceUse, title = "", ref: number | null = 1): string {
  const message = granted(use, ref, title);
  sources.opened(message);
  return message.stream;
}

async function deliver(stream: string, kind: number, track: 0 | 1, payload: object): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
  const line = Line.all.findLast(({ sent: [first] }) => first?.stream === stream);
  const bytes = new TextEncoder().encode(JSON.stringify(payload));
  const head = { kind, track, keyframe: true, duration: 0, timestamp: 0 } as const;
  line?.onmessage({ data: encodeFrame({ ...head, kind: kind as 1 | 2, payload: bytes }).buffer });
  await vi.advanceTimersByTimeAsync(0);
}

/** The program's picture arrives. */
async function picture(stream: string): Promise<void> {
  await deliver(stream, Kind.setup, Place.video, { codec: "avc1.42c01e" });
  await deliver(stream, Kind.media, Place.video, {});
}

function close(use: SourceUse, stream: string, failed = false): void {
  sources.closed({ type: "source_closed", use, stream, message: "Over.", failed });
}

async function cameraOn(): Promise<MediaStreamTrack> {
  await media.setCamera(true);
  return media.source as MediaStreamTrack;
}

test("a program's pictures are shared as a moving screen, from the first one on", async () => {
  const grant = await sources.open("screen", "Loss");
  expect(grant).toEqual({ stream: "s1", ticket: "in1" });
  const stream = open("screen", "Loss");
  await vi.advanceTimersByTimeAsync(0);
  expect(Line.all.at(-1)?.url).toBe("wss://meet.example/ws/watch");
  expect(Line.all.at(-1)?.sent[0]).toMatchObject({ stream, ticket: "out2", format: "frames" });
  expect(media.screen.value).toBeNull();
  await picture(stream);
  expect(media.screen.value?.contentHint).toBe("motion");
  expect(media.screen.value?.getSettings()).toMatchObject({ width: 640, height: 360 });
  expect(media.sharing.title.value).toBe("Loss");
  expect(media.sharing.sound.value).toBeNull();
  await deliver(stream, Kind.setup, Place.audio, { codec: "opus" });
  expect(media.sharing.sound.value?.contentHint).toBe("music");
});

test("a second source replaces the first without a gap", async () => {
  const seen: (MediaStreamTrack | null)[] = [];
  const first = open("screen");
  await picture(first);
  const ended = effect(() => void seen.push(media.screen.value));
  const second = open("screen");
  close("screen", first);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(seen).toHaveLength(1);
  await picture(second);
  await deliver(second, Kind.setup, Place.audio, { codec: "opus" });
  expect([seen.length, seen.includes(null)]).toEqual([2, false]);
  expect([seen[0]?.readyState, seen[1]?.readyState]).toEqual(["ended", "live"]);
  expect(media.sharing.sound.value).not.toBeNull();
  expect(closings.map(({ stream }) => stream)).toEqual([first]);
  ended();
  close("screen", second);
  expect(media.screen.value).toBeNull();
  expect(closings.map(({ stream }) => stream)).toEqual([first, second]);
});

test("a replacement that ends before its first picture takes its predecessor with it", async () => {
  const first = open("screen");
  await picture(first);
  const second = open("screen");
  close("screen", first);
  close("screen", second, true);
  expect(media.screen.value).toBeNull();
  expect(closings.map(({ stream, failed }) => [stream, failed])).toEqual([
    [first, false],
    [second, true],
  ]);
});

test("the user stops it like any screen share, and the program hears of it", async () => {
  const stream = open("screen");
  await picture(stream);
  await media.setScreen(false);
  expect(sent).toEqual([{ type: "close_source", use: "screen" }]);
  expect(closings).toEqual([
    {
      use: "screen",
      stream,
      message: "Its sharing was stopped in the meeting.",
      failed: false,
    },
  ]);
  // The server's own report comes later.
  close("screen", stream);
  expect(closings).toHaveLength(1);
});

test("a real screen replaces it, and is replaced by it", async () => {
  const first = open("screen");
  await picture(first);
  await media.setScreen(true);
  const real = media.screen.value;
  expect(real?.contentHint).toBe("detail");
  expect(media.sharing.title.value).toBeNull();
  expect(closings.map(({ stream }) => stream)).toEqual([first]);
  const second = open("screen", "Loss");
  expect(media.screen.value).toBe(real);
  await picture(second);
  expect([real?.readyState, media.sharing.title.value]).toEqual(["ended", "Loss"]);
});

test("no screen that a moderator stopped appears later", async () => {
  const stream = open("screen");
  sources.stopScreen();
  await picture(stream);
  expect(media.screen.value).toBeNull();
  expect(closings.map((closing) => closing.stream)).toEqual([stream]);
});

test("others see the changed picture in place of the camera, and on request the camera again", async () => {
  const camera = await cameraOn();
  const stream = open("camera");
  await vi.advanceTimersByTimeAsync(0);
  expect(media.camera.value).toBe(camera);
  await picture(stream);
  const changed = media.camera.value;
  expect(changed).toBeInstanceOf(Generator);
  expect(media.source).toBe(camera);
  close("camera", stream);
  expect(media.camera.value).toBe(camera);
  expect(camera.readyState).toBe("live");
});

test.each([true, false])(
  "after an error the camera is off: pictures came before it: %s",
  async (came) => {
    const camera = await cameraOn();
    const seen: (MediaStreamTrack | null)[] = [];
    const stream = open("camera");
    if (came) await picture(stream);
    const ended = effect(() => void seen.push(media.camera.value));
    close("camera", stream, true);
    ended();
    expect(media.camera.value).toBeNull();
    expect(camera.readyState).toBe("ended");
    expect(seen.slice(1)).toEqual([null]);
    expect(closings.map(({ failed }) => failed)).toEqual([true]);
  },
);

test("a program that reports an error of its own switches the camera off, too", async () => {
  await cameraOn();
  const stream = open("camera");
  await picture(stream);
  await sources.close("camera", true);
  expect(media.camera.value).toBeNull();
  expect(sent).toEqual([{ type: "close_source", use: "camera" }]);
  expect(closings).toMatchObject([{ use: "camera", stream, failed: true }]);
});

test("a camera that the user switches off is off, and on again it shows the changed picture only", async () => {
  const camera = await cameraOn();
  const stream = open("camera");
  await picture(stream);
  const changed = media.camera.value;
  await media.setCamera(false);
  expect([media.camera.value, camera.readyState]).toEqual([null, "ended"]);
  expect(closings).toEqual([]);
  const seen: (MediaStreamTrack | null)[] = [];
  const ended = effect(() => void seen.push(media.camera.value));
  await cameraOn();
  ended();
  expect(seen).toEqual([null, changed]);
});

test.each([
  ["opened while the camera is off", 1, false],
  ["found by a page that was reloaded", null, true],
] as const)("a source %s never lets the plain camera be seen", async (_, ref, on) => {
  if (on) await cameraOn();
  const stream = open("camera", "", ref);
  const seen: (MediaStreamTrack | null)[] = [];
  const ended = effect(() => void seen.push(media.camera.value));
  if (!on) await cameraOn();
  await picture(stream);
  ended();
  expect(seen.filter((track) => track !== null)).toHaveLength(1);
  expect(seen.at(-1)).toBeInstanceOf(Generator);
});

test("a camera that is switched off before the first picture never shows the plain one again", async () => {
  const camera = await cameraOn();
  open("camera");
  await media.setCamera(false);
  const again = await cameraOn();
  expect(again).not.toBe(camera);
  expect(media.camera.value).toBeInstanceOf(Generator);
});

test("a background is put on the changed picture, and nothing bare is seen meanwhile", async () => {
  const covered: MediaStreamTrack[] = [];
  vi.spyOn(media.background, "wanted", "get").mockReturnValue(true);
  vi.spyOn(media.background, "cover").mockImplementation(async (track) => {
    covered.push(track);
    return new Track("covered") as unknown as MediaStreamTrack;
  });
  const camera = await cameraOn();
  const stream = open("camera");
  const seen: (MediaStreamTrack | null)[] = [];
  const ended = effect(() => void seen.push(media.camera.value));
  await picture(stream);
  close("camera", stream);
  await media.idle;
  ended();
  expect(covered).toEqual([camera, expect.any(Generator), camera]);
  expect(seen.map((track) => track?.kind ?? null)).toEqual([
    ...["covered", null, "covered"],
    ...[null, "covered"],
  ]);
});

test("a source that the page plays already goes on when the server tells of it again", async () => {
  const stream = open("screen");
  await picture(stream);
  const before = media.screen.value;
  const again = { ...granted("screen", null), stream };
  sources.opened(again);
  await picture(stream);
  expect(media.screen.value).toBe(before);
  expect(Line.all).toHaveLength(1);
});

test("what this browser cannot decode fails at once", async () => {
  supported = false;
  const stream = open("screen");
  await picture(stream);
  await vi.advanceTimersByTimeAsync(1);
  expect(closings).toMatchObject([{ stream, failed: true }]);
  expect(closings[0]?.message).toContain("avc1.42c01e");
  expect(sent).toEqual([{ type: "close_source", use: "screen" }]);
});

test("a stream that the server closes has the server's reason, or fails without one", async () => {
  const first = open("screen");
  const second = open("camera");
  await vi.advanceTimersByTimeAsync(0);
  for (const line of Line.all) {
    const message = "This ticket is no longer valid.";
    line.onmessage({ data: JSON.stringify({ type: "error", kind: "forbidden", message }) });
  }
  close("screen", first);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(closings).toMatchObject([
    { stream: first, message: "Over.", failed: false },
    { stream: second, message: "This ticket is no longer valid.", failed: true },
  ]);
});

test("what failed while the page was reloaded switches the camera off, and is told", async () => {
  await cameraOn();
  close("camera", "before", true);
  expect(media.camera.value).toBeNull();
  expect(closings).toEqual([{ use: "camera", stream: "before", message: "Over.", failed: true }]);
});

test("a page that cannot decode opens no source", async () => {
  vi.stubGlobal("VideoDecoder", undefined);
  Reflect.deleteProperty(globalThis, "VideoDecoder");
  await expect(sources.open("screen", "")).rejects.toMatchObject({ kind: "unsupported" });
});
