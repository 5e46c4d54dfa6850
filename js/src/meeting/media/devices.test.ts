import { expect, test, vi } from "vitest";
import { acquire, type Capture, explain, type MediaKind, retriable, tabHelps } from "./devices";
import type { Refusal } from "./permissions";

const BOTH = { audio: true, video: true };

function named(name: string): Error {
  const error = new Error(name);
  error.name = name;
  return error;
}

const track = (kind: string) => ({ kind }) as MediaStreamTrack;

/**
 * A machine that answers requests for each kind with a track or an error; a request for both fails
 * if either fails.
 */
function machine(
  answers: { audio?: string; video?: string },
  permission: PermissionState = "granted",
  refused: Partial<Record<MediaKind, Refusal>> = {},
) {
  const asked: string[] = [];
  const capture: Capture = {
    async getUserMedia({ audio, video }) {
      const kinds = [audio && "audio", video && "video"].filter(
        (k) => k === "audio" || k === "video",
      );
      asked.push(kinds.join("+"));
      for (const kind of kinds) {
        const error = answers[kind];
        if (error) throw named(error);
      }
      const some = (kind: "audio" | "video") => (kinds.includes(kind) ? [track(kind)] : []);
      return {
        getAudioTracks: () => some("audio"),
        getVideoTracks: () => some("video"),
      } as unknown as MediaStream;
    },
    refusal: (kind) => refused[kind] ?? null,
    permission: async (kind) => (answers[kind] === "NotAllowedError" ? permission : "granted"),
  };
  return { capture, asked };
}

test("requests camera and microphone together", async () => {
  const { capture, asked } = machine({});
  const { audio, video, problems } = await acquire(capture, BOTH, {});
  expect([audio?.kind, video?.kind, problems, asked]).toEqual([
    "audio",
    "video",
    {},
    ["audio+video"],
  ]);
});

test("uses the microphone without a camera", async () => {
  const { capture } = machine({ video: "NotFoundError" });
  const { audio, video, problems } = await acquire(capture, BOTH, {});
  expect([audio?.kind, video, problems]).toEqual(["audio", null, { video: "missing" }]);
});

test("uses the microphone if the camera is in use elsewhere", async () => {
  const { capture } = machine({ video: "NotReadableError" });
  expect((await acquire(capture, BOTH, {})).problems).toEqual({ video: "busy" });
});

test("does not prompt again after a refusal", async () => {
  const capture: Capture = {
    getUserMedia: () => Promise.reject(named("NotAllowedError")),
    refusal: () => null,
    permission: async () => "prompt",
  };
  expect((await acquire(capture, BOTH, {})).problems).toEqual({ audio: "denied", video: "denied" });
});

test("a blocked camera does not affect the microphone", async () => {
  const { capture, asked } = machine({ video: "NotAllowedError" }, "denied");
  const { audio, problems } = await acquire(capture, BOTH, {});
  expect(audio?.kind).toBe("audio");
  expect(problems).toEqual({ video: "denied" });
  expect(asked).toEqual(["audio+video", "audio"]);
});

test("a page without TLS has no devices, and says what to do", async () => {
  const { capture, asked } = machine({}, "granted", { audio: "insecure", video: "insecure" });
  const { problems } = await acquire(capture, BOTH, {});
  expect(explain(problems)).toMatch(/begins with https/);
  expect([retriable(problems), tabHelps(problems), asked]).toEqual([false, false, []]);
});

test("opens only what is wanted", async () => {
  const { capture, asked } = machine({});
  await acquire(capture, { audio: true, video: false }, {});
  await acquire(capture, { audio: false, video: false }, {});
  expect(asked).toEqual(["audio"]);
});

test("a camera blocked by the embedding page does not affect the microphone", async () => {
  const { capture, asked } = machine({}, "granted", { video: "framed" });
  const { audio, problems } = await acquire(capture, BOTH, {});
  expect([audio?.kind, problems, asked]).toEqual(["audio", { video: "framed" }, ["audio"]]);
  expect(explain(problems)).toContain("Open the meeting in its own tab");
  expect([retriable(problems), tabHelps(problems)]).toEqual([false, true]);
});

test("after the system blocked a device a retry may help, and a tab does not", async () => {
  const capture: Capture = {
    getUserMedia: () =>
      Promise.reject(new DOMException("Permission denied by system", "NotAllowedError")),
    refusal: () => null,
    permission: async () => "granted",
  };
  const { problems } = await acquire(capture, BOTH, {});
  expect(problems).toEqual({ audio: "system", video: "system" });
  expect(explain(problems)).toContain("the system's privacy settings");
  expect([retriable(problems), tabHelps(problems)]).toEqual([true, false]);
});

test("a chosen camera is used even if another one fits the size better", async () => {
  const getUserMedia = vi.fn(async () => ({ getAudioTracks: () => [], getVideoTracks: () => [] }));
  const capture = { getUserMedia, refusal: () => null } as unknown as Capture;
  const wanted = { audio: false, video: true };
  await acquire(capture, wanted, { videoinput: "back" });
  await acquire(capture, wanted, { videoinput: "back", exactly: true });
  await acquire(capture, wanted, { videoinput: "back", facing: "user" });
  const asked = getUserMedia.mock.calls as unknown as [{ video: MediaTrackConstraints }][];
  expect(asked.map(([{ video }]) => [video.deviceId, video.facingMode])).toEqual([
    [{ ideal: "back" }, undefined],
    [{ exact: "back" }, undefined],
    [undefined, { exact: "user" }],
  ]);
});
