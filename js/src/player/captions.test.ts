import { afterEach, expect, test, vi } from "vitest";
import { captionsBeside, fetchCaptions } from "./captions";

const { signal } = new AbortController();

afterEach(() => {
  vi.unstubAllGlobals();
});

test("captions are next to their recording", () => {
  expect(captionsBeside("https://meet.example/base/vod/algebra-2.mp4")).toBe(
    "https://meet.example/base/vod/algebra-2.captions.vtt",
  );
});

test.each([
  ["WEBVTT\n\n00:01.000 --> 00:02.000\nHello", 200, true],
  ["\uFEFFWEBVTT - English\n", 200, true],
  ["WEBVTTX", 200, false],
  ["<!doctype html>", 200, false],
  ["WEBVTT", 404, false],
])("%j with status %i is taken: %s", async (text, status, taken) => {
  vi.stubGlobal("fetch", async () => new Response(text, { status }));
  expect(await fetchCaptions("https://meet.example/x.vtt", signal)).toBe(
    taken ? text.replace(/^\uFEFF/, "") : null,
  );
});
