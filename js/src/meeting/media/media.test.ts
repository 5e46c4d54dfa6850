// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { LocalMedia } from "./media";

const PATIENT = { timeout: 20_000 };

test("what is being opened still was not switched off", async () => {
  let refuse: (error: Error) => void = () => {};
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", {
    mediaDevices: {
      getUserMedia: () => new Promise((_, reject) => (refuse = reject)),
      enumerateDevices: async () => [],
      addEventListener: () => {},
    },
  });
  const media = new LocalMedia();
  expect(media.wanted).toEqual({ audio: false, video: false });
  const opened = media.open({ audio: false, video: true });
  await vi.waitFor(() => expect(media.busy.value.size).toBe(1), PATIENT);
  expect(media.wanted).toEqual({ audio: false, video: true });
  refuse(new DOMException("", "NotReadableError"));
  await opened;
  // Nor was what turned out to be in use elsewhere.
  expect(media.camera.value).toBeNull();
  expect(media.wanted).toEqual({ audio: false, video: true });
  vi.unstubAllGlobals();
});
