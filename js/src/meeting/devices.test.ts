import { expect, test } from "vitest";
import { acquire, type Capture, explain } from "./devices";

const BOTH = { audio: true, video: true };

function named(name: string): Error {
  const error = new Error(name);
  error.name = name;
  return error;
}

const track = (kind: string) => ({ kind }) as MediaStreamTrack;

/** A machine that answers each kind with a track or an error; both together fail if one does. */
function machine(
  answers: { audio?: string; video?: string },
  permission: PermissionState = "granted",
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
    permission: async (kind) => (answers[kind] === "NotAllowedError" ? permission : "granted"),
  };
  return { capture, asked };
}

test("camera and microphone are asked for at once", async () => {
  const { capture, asked } = machine({});
  const { audio, video, problems } = await acquire(capture, BOTH, {});
  expect([audio?.kind, video?.kind, problems, asked]).toEqual([
    "audio",
    "video",
    {},
    ["audio+video"],
  ]);
});

test("without a camera the microphone is still used", async () => {
  const { capture } = machine({ video: "NotFoundError" });
  const { audio, video, problems } = await acquire(capture, BOTH, {});
  expect([audio?.kind, video, problems]).toEqual(["audio", null, { video: "missing" }]);
});

test("a camera in use elsewhere leaves the microphone", async () => {
  const { capture } = machine({ video: "NotReadableError" });
  expect((await acquire(capture, BOTH, {})).problems).toEqual({ video: "busy" });
});

test("who just said no is not asked again", async () => {
  const capture: Capture = {
    getUserMedia: () => Promise.reject(named("NotAllowedError")),
    permission: async () => "prompt",
  };
  expect((await acquire(capture, BOTH, {})).problems).toEqual({ audio: "denied", video: "denied" });
});

test("a camera that is blocked for good does not take the microphone with it", async () => {
  const { capture, asked } = machine({ video: "NotAllowedError" }, "denied");
  const { audio, problems } = await acquire(capture, BOTH, {});
  expect(audio?.kind).toBe("audio");
  expect(problems).toEqual({ video: "denied" });
  expect(asked).toEqual(["audio+video", "audio"]);
});

test("a page without TLS has no devices, and says what to do", async () => {
  const { problems } = await acquire(null, BOTH, {});
  expect(explain(problems)).toMatch(/https or on localhost/);
});

test("what is not wanted is not opened", async () => {
  const { capture, asked } = machine({});
  await acquire(capture, { audio: true, video: false }, {});
  await acquire(capture, { audio: false, video: false }, {});
  expect(asked).toEqual(["audio"]);
});
