import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MAX_LINES } from "../../shared/video-limits";
import { type Shown, VideoConstraints } from "./video-constraints";

function told() {
  const said: [string, number, number][] = [];
  const videoConstraints = new VideoConstraints({
    tell: (to: string, { camera, screen }: Shown) => said.push([to, camera, screen]),
  });
  /** The messages sent since the last call. */
  const news = (): [string, number, number][] => said.splice(0);
  return { videoConstraints, news };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a participant who comes into view is reported at once, in whole steps of lines", () => {
  const { videoConstraints, news } = told();
  videoConstraints.show("ada", { camera: 361 });
  expect(news()).toEqual([["ada", 390, 0]]);
});

test("reports are throttled while a page is being resized", () => {
  const { videoConstraints, news } = told();
  videoConstraints.show("ada", { camera: 360 });
  news();
  for (let lines = 361; lines < 600; lines += 1) videoConstraints.show("ada", { camera: lines });
  expect(news()).toEqual([]);
  vi.advanceTimersByTime(250);
  expect(news()).toEqual([["ada", 600, 0]]);
  vi.advanceTimersByTime(10_000);
  expect(news()).toEqual([]);
});

test("a tile that disappears and returns at once is not reported", () => {
  const { videoConstraints, news } = told();
  videoConstraints.show("ada", { camera: 360 });
  news();
  videoConstraints.show("ada", { camera: 0 });
  videoConstraints.show("ada", { camera: 360 });
  vi.advanceTimersByTime(1_000);
  expect(news()).toEqual([]);
});

test("a shared screen is reported beside the camera", () => {
  const { videoConstraints, news } = told();
  videoConstraints.show("ada", { camera: 90 });
  news();
  videoConstraints.show("ada", { screen: 720 });
  expect(news()).toEqual([["ada", 90, 720]]);
});

test("a page in the background wants no video, and all of it when visible again", () => {
  const { videoConstraints, news } = told();
  videoConstraints.show("ada", { camera: 180 });
  videoConstraints.show("grace", { camera: 360, screen: 720 });
  news();
  videoConstraints.setVisible(false);
  vi.advanceTimersByTime(250);
  expect(news()).toEqual([
    ["ada", 0, 0],
    ["grace", 0, 0],
  ]);
  videoConstraints.setVisible(true);
  expect(news()).toEqual([
    ["ada", 180, 0],
    ["grace", 360, 720],
  ]);
});

test("what is broadcast from here is wanted, visible or not", () => {
  const { videoConstraints, news } = told();
  videoConstraints.show("ada", { camera: 90 });
  videoConstraints.setFloor({ camera: 180, screen: 360 });
  videoConstraints.setVisible(false);
  vi.advanceTimersByTime(250);
  expect(news().at(-1)).toEqual(["ada", 180, 360]);
});

test("a machine that cannot keep up requests smaller cameras, but a readable screen", () => {
  const { videoConstraints, news } = told();
  videoConstraints.show("ada", { camera: 360, screen: 720 });
  news();
  videoConstraints.setScale(0.5);
  vi.advanceTimersByTime(250);
  expect(news()).toEqual([["ada", 180, 720]]);
});

test("a new connection gets the reports of the old one", () => {
  const { videoConstraints, news } = told();
  videoConstraints.show("ada", { camera: 180 });
  news();
  videoConstraints.retell("ada");
  expect(news()).toEqual([["ada", 180, 0]]);
});

test("a participant without a tile gets a report of zero, or what a broadcast needs", () => {
  const { videoConstraints, news } = told();
  videoConstraints.retell("ada");
  videoConstraints.setFloor({ camera: 180, screen: 360 });
  expect(news()).toEqual([
    ["ada", 0, 0],
    ["ada", 180, 360],
  ]);
});

test("a participant who has left gets no more reports", () => {
  const { videoConstraints, news } = told();
  videoConstraints.show("ada", { camera: 180 });
  videoConstraints.show("ada", { camera: 0 });
  news();
  videoConstraints.forget("ada");
  videoConstraints.show("ada", { camera: 0 });
  vi.advanceTimersByTime(1_000);
  expect(news()).toEqual([]);
});

test("no camera is requested with more lines than the ceiling", () => {
  const { videoConstraints, news } = told();
  videoConstraints.show("ada", { camera: 720, screen: 1080 });
  news();
  videoConstraints.setCeiling(180);
  vi.advanceTimersByTime(250);
  expect(news()).toEqual([["ada", 180, 1080]]);
  videoConstraints.setCeiling(0);
  vi.advanceTimersByTime(250);
  expect(news()).toEqual([["ada", 0, 1080]]);
  videoConstraints.setCeiling(MAX_LINES);
  vi.advanceTimersByTime(250);
  expect(news()).toEqual([["ada", 720, 1080]]);
});
