import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RecordsNews, RecordsStore, SpeakingReports } from "./records";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function reports(): { told: boolean[]; reports: SpeakingReports } {
  const told: boolean[] = [];
  return { told, reports: new SpeakingReports(({ speaking }) => told.push(speaking)) };
}

test("what the server keeps is known once it has said it", () => {
  const store = new RecordsStore();
  expect(store.kept.value).toBeNull();
  expect(store.keeps("talk")).toBe(false);
  store.apply({ type: "records_kept", kinds: ["attendance", "talk"], days: 30 });
  expect(store.keeps("talk")).toBe(true);
  expect(store.keeps("chat")).toBe(false);
  store.apply({ type: "talk_times", seconds: { ada: 3.5 } });
  expect(store.talkTimes.value).toEqual({ ada: 3.5 });
  store.clear();
  expect(store.kept.value).toBeNull();
  expect(store.talkTimes.value).toEqual({});
});

test("speaking is reported when it begins and ends, a few times a second at most", () => {
  const { told, reports: ours } = reports();
  ours.follow(true, false);
  expect(told).toEqual([]);
  ours.follow(true, true);
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([true]);
  for (let turn = 0; turn < 50; turn += 1) {
    ours.follow(true, turn % 2 === 1);
    vi.advanceTimersByTime(20);
  }
  expect(told.length).toBeLessThanOrEqual(6);
  vi.advanceTimersByTime(1000);
  expect(told.at(-1)).toBe(true);
});

test("after a lost connection, a person who still speaks is reported again", () => {
  const { told, reports: ours } = reports();
  ours.follow(true, true);
  vi.advanceTimersByTime(1000);
  ours.follow(false, true);
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([true]);
  ours.follow(true, true);
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([true, true]);
});

test("nothing is reported after leaving", () => {
  const { told, reports: ours } = reports();
  ours.follow(true, true);
  vi.advanceTimersByTime(1000);
  ours.follow(true, false);
  ours.follow(true, true);
  ours.close();
  vi.advanceTimersByTime(1000);
  expect(told[0]).toBe(true);
  expect(told.length).toBeLessThanOrEqual(2);
});

test("a participant is told once, and again when it has changed", () => {
  const told: string[][] = [];
  const news = new RecordsNews(({ kinds }) => told.push(kinds));
  news.joined({ kinds: ["attendance"], days: 30 });
  news.joined({ kinds: ["attendance"], days: 30 });
  news.joined({ kinds: ["attendance", "chat"], days: 30 });
  news.joined({ kinds: [], days: 30 });
  expect(told).toEqual([["attendance"], ["attendance", "chat"], []]);
});

test("what the pre-join screen has shown is not told again, unless it was something else", () => {
  const told: number[] = [];
  const news = new RecordsNews(({ days }) => told.push(days));
  news.shown({ kinds: ["attendance"], days: 30 });
  news.joined({ kinds: ["attendance"], days: 30 });
  expect(told).toEqual([]);
  news.joined({ kinds: ["attendance"], days: 90 });
  expect(told).toEqual([90]);
});

test("that nothing is kept needs no news", () => {
  const told: string[][] = [];
  const news = new RecordsNews(({ kinds }) => told.push(kinds));
  news.joined({ kinds: [], days: 30 });
  expect(told).toEqual([]);
});
