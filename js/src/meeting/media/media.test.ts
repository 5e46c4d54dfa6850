// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { MeetingPage } from "../room/meeting-page";
import { mediaMemory } from "../room/preferences";
import { toggle } from "../room/switches";
import { LocalMedia } from "./media";

const PATIENT = { timeout: 20_000 };

/** An open device, with the parts that these tests need. */
class Track extends EventTarget {
  enabled = true;
  readyState = "live";
  contentHint = "";
  constructor(
    readonly kind: string,
    readonly deviceId: string,
  ) {
    super();
  }
  getSettings = () => ({ deviceId: this.deviceId });
  getCapabilities = () => ({});
  stop = () => {
    this.readyState = "ended";
  };
}

type Device = { ideal?: string; exact?: string };
type Wanted = Partial<Record<"audio" | "video", { deviceId?: Device } | boolean>>;

/** Pending device requests. */
let asked: { give: () => Track[]; refuse: (error: Error) => void }[];
let tracks: Track[];
let media: LocalMedia;
let meeting: MeetingPage;

const request = (wanted: Wanted): Promise<unknown> =>
  new Promise((resolve, refuse) => {
    const give = (): Track[] => {
      const kinds = (["audio", "video"] as const).filter((kind) => wanted[kind]);
      const opened = kinds.map((kind) => {
        const one = wanted[kind];
        const device = typeof one === "object" ? one.deviceId : undefined;
        return new Track(kind, device?.exact ?? device?.ideal ?? "usual");
      });
      tracks.push(...opened);
      const of = (kind: string) => () => opened.filter((track) => track.kind === kind);
      resolve({ getAudioTracks: of("audio"), getVideoTracks: of("video") });
      return opened;
    };
    asked.push({ give, refuse });
  });

beforeEach(() => {
  asked = [];
  tracks = [];
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", {
    mediaDevices: {
      getUserMedia: request,
      getDisplayMedia: request,
      enumerateDevices: async () => [],
      addEventListener: () => {},
    },
  });
  media = new LocalMedia(mediaMemory);
  vi.spyOn(media.meter, "listen").mockImplementation(() => {});
  const parts = {
    media,
    setMicrophone: (on: boolean) => media.setMicrophone(on),
    setCamera: (on: boolean) => media.setCamera(on),
    setScreen: (on: boolean) => media.setScreen(on),
  };
  meeting = parts as unknown as MeetingPage;
});

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

/** The next device request. */
async function next(): Promise<(typeof asked)[0]> {
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0), PATIENT);
  return asked.shift() as (typeof asked)[0];
}

const live = (): string[] =>
  tracks
    .filter((track) => track.readyState === "live" && track.enabled)
    .map(({ kind, deviceId }) => `${kind} ${deviceId}`);

test("a device that is still being opened has not been switched off", async () => {
  expect(media.wanted).toEqual({ audio: false, video: false });
  const opened = media.open({ audio: false, video: true });
  expect([...media.busy.value]).toEqual(["video"]);
  expect(media.wanted).toEqual({ audio: false, video: true });
  (await next()).refuse(new DOMException("", "NotReadableError"));
  await opened;
  // Nor was a device that turned out to be in use elsewhere.
  expect(media.camera.value).toBeNull();
  expect(media.wanted).toEqual({ audio: false, video: true });
});

test.each(["audio", "video"] as const)(
  "three toggles of %s while it opens switch it off, on and off",
  async (kind) => {
    const opened = media.open({ audio: kind === "audio", video: kind === "video" });
    const opening = await next();
    const switched = [1, 2, 3].map(() => toggle(meeting, kind));
    await expect(switched[0]).resolves.toBe(false);
    opening.give();
    await opened;
    await expect(Promise.all(switched)).resolves.toEqual([false, true, false]);
    expect([live(), asked]).toEqual([[], []]);
    expect([...media.busy.value]).toEqual([]);
  },
);

test.each(["audio", "video"] as const)(
  "%s can be switched on or off while it opens",
  async (kind) => {
    const opened = media.open({ audio: kind === "audio", video: kind === "video" });
    const opening = await next();
    const on = toggle(meeting, kind, true);
    opening.give();
    await Promise.all([on, opened]);
    await expect(on).resolves.toBe(true);
    expect(live()).toEqual([`${kind} usual`]);
    await expect(toggle(meeting, kind)).resolves.toBe(false);
    expect(live()).toEqual([]);
  },
);

test("a device switched off while it opens is never on, and is not opened again", async () => {
  const shown: unknown[] = [];
  media.microphoneOn.subscribe((on) => shown.push(on));
  media.camera.subscribe((track) => shown.push(track));
  const opened = media.open({ audio: true, video: true });
  const opening = await next();
  await media.setMicrophone(false);
  await media.setCamera(false);
  expect(media.wanted).toEqual({ audio: false, video: false });
  opening.give();
  await opened;
  expect(shown).toEqual([false, null]);
  expect(live()).toEqual([]);
  expect(tracks.map(({ readyState }) => readyState)).toEqual(["live", "ended"]);
});

test("a queued device that is switched off before its turn is not opened", async () => {
  const opened = media.open({ audio: true, video: false });
  const opening = await next();
  const on = media.setCamera(true);
  expect(media.intends("video")).toBe(true);
  await media.setCamera(false);
  opening.give();
  await Promise.all([opened, on]);
  expect([live(), asked, media.camera.value]).toEqual([["audio usual"], [], null]);
});

test("a participant muted while another microphone opens stays muted", async () => {
  const opened = media.open({ audio: true, video: false });
  (await next()).give();
  await opened;
  const chosen = media.choose("audioinput", "other");
  const opening = await next();
  await media.setMicrophone(false);
  opening.give();
  await chosen;
  expect([media.microphoneOn.value, live()]).toEqual([false, []]);
  await media.setMicrophone(true);
  expect(live()).toEqual(["audio other"]);
});

test("a device chosen while another one opens comes after it", async () => {
  const opened = media.open({ audio: false, video: true });
  const opening = await next();
  const chosen = media.choose("videoinput", "other");
  opening.give();
  await opened;
  (await next()).give();
  await chosen;
  expect(live()).toEqual(["video other"]);
});

test("a screen share cancelled during the picker is stopped", async () => {
  const on = media.setScreen(true);
  const picked = await next();
  expect([media.isOn("screen"), media.intends("screen")]).toEqual([false, true]);
  await media.setScreen(!media.intends("screen"));
  picked.give();
  await on;
  expect([media.screen.value, live(), asked]).toEqual([null, [], []]);
});

test("the screen picker opens once, however often sharing is requested", async () => {
  const twice = [media.setScreen(true), media.setScreen(true)];
  (await next()).give();
  await Promise.all(twice);
  expect([live(), asked]).toEqual([["audio usual", "video usual"], []]);
});

test("switching on a device that cannot be opened gives the reason", async () => {
  const opened = media.open({ audio: false, video: true });
  const opening = await next();
  const [off, on] = [toggle(meeting, "video"), toggle(meeting, "video")];
  await off;
  opening.refuse(new DOMException("", "NotFoundError"));
  await opened;
  (await next()).refuse(new DOMException("", "NotFoundError"));
  await expect(on).rejects.toMatchObject({ kind: "video", problem: "missing" });
});

test("requests from before the end of a meeting open nothing after it", async () => {
  const opened = media.open({ audio: true, video: false });
  const opening = await next();
  const on = media.setCamera(true);
  media.close();
  opening.give();
  await Promise.all([opened, on]);
  expect([live(), asked]).toEqual([[], []]);
});

interface Asked {
  noiseSuppression?: boolean;
  facingMode?: { exact: string };
  deviceId?: { ideal: string };
}

/**
 * A browser that applies these settings only when it opens a device, and has only the cameras in
 * `ways`.
 */
function browser(ways: readonly string[] = []) {
  const asked: Asked[] = [];
  const track = (settings: object) => ({
    ...{ enabled: true, stop: vi.fn(), addEventListener: () => {}, getSettings: () => settings },
    applyConstraints: async () => {},
  });
  const getUserMedia = async ({ audio, video }: Record<string, Asked | false>) => {
    const { facingMode, ...rest } = { ...(audio || video) } as Asked;
    asked.push({ ...rest, ...(facingMode && { facingMode }) });
    const way = facingMode ? ways.indexOf(facingMode.exact) : Number(rest.deviceId?.ideal ?? 0);
    if (video && way < 0) throw new DOMException("", "OverconstrainedError");
    const sound = audio ? [track({ noiseSuppression: rest.noiseSuppression })] : [];
    const pictures = video ? [track({ deviceId: `${way}`, facingMode: ways[way] })] : [];
    return { getAudioTracks: () => sound, getVideoTracks: () => pictures };
  };
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("MediaStream", class {});
  vi.stubGlobal(
    "AudioContext",
    class {
      state = "running";
      createAnalyser = () => ({});
      createMediaStreamSource = () => ({ connect: () => {}, disconnect: () => {} });
    },
  );
  vi.stubGlobal("navigator", {
    mediaDevices: { getUserMedia, enumerateDevices: async () => [], addEventListener: () => {} },
  });
  localStorage.clear();
  return asked;
}

test("noise suppression applies live, or by reopening the microphone where the browser requires it", async () => {
  const asked = browser();
  const media = new LocalMedia(mediaMemory);
  expect(media.noise.value).toBe("unavailable");
  await media.open({ audio: true, video: false });
  expect(media.noise.value).toBe("on");
  await media.setMicrophone(false);
  const first = media.microphone.value;
  await media.setNoiseSuppression(false);
  expect([media.noise.value, media.microphoneOn.value]).toEqual(["off", false]);
  expect(first?.stop).toHaveBeenCalled();
  expect(media.microphone.value?.enabled).toBe(false);
  await media.setNoiseSuppression(false);
  expect(asked.map(({ noiseSuppression }) => noiseSuppression)).toEqual([true, false]);
  // Stored for the next visit, too.
  const later = new LocalMedia(mediaMemory);
  await later.open({ audio: true, video: false });
  expect(later.noise.value).toBe("off");
  vi.unstubAllGlobals();
});

test("uses the camera that faces the other way, or keeps the current one if there is none", async () => {
  browser(["user", "environment"]);
  const media = new LocalMedia(mediaMemory);
  await media.open({ audio: false, video: true });
  const is = () => media.camera.value?.getSettings().facingMode;
  expect(is()).toBe("user");
  await media.face("environment");
  expect([is(), media.choice.value.videoinput]).toEqual(["environment", "1"]);
  vi.unstubAllGlobals();
  browser(["user"]);
  await media.face("user");
  await expect(media.face("environment")).rejects.toMatchObject({ kind: "no_device" });
  expect(is()).toBe("user");
  expect(media.problems.value).toEqual({});
  vi.unstubAllGlobals();
});
