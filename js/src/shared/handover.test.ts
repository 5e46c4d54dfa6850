// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { handOver, takeHandover } from "./handover";

const room = (): URL => new URL("/org/room#jwt=%22a.b.c%22&config.theme=%22dark%22", location.href);

beforeEach(() => {
  localStorage.clear();
  vi.useRealTimers();
});

test("settings are taken once, and the token stays in the address", () => {
  const { hash } = handOver(room());
  expect(hash).toMatch(/^#jwt=%22a\.b\.c%22&handover=[\d-]+$/);
  expect(JSON.stringify({ ...localStorage })).not.toContain("a.b.c");
  expect(takeHandover(hash)).toBe("config.theme=%22dark%22");
  expect(takeHandover(hash)).toBeNull();
});

test("settings are taken once, and the token stays in the URL", () => {
  const { hash } = handOver(room());
  for (const guess of ["#handover=", "#handover=undefined", "#handover=1-2-3-4", "#", ""]) {
    expect(takeHandover(guess)).toBeNull();
  }
  expect(takeHandover(hash)).not.toBeNull();
});

test("a link without waiting settings brings none, and removes none", () => {
  vi.useFakeTimers();
  const { hash } = handOver(room());
  vi.advanceTimersByTime(61_000);
  expect(takeHandover(hash)).toBeNull();
});

test("settings expire after a minute", () => {
  const url = new URL("https://jitsi.example/room#jwt=%22a.b.c%22&config.theme=%22dark%22");
  expect(handOver(new URL(url)).href).toBe(url.href);
  expect(localStorage).toHaveLength(0);
});

test("the URL of another origin's server stays unchanged", () => {
  for (const odd of ["", "null", "7", "{", '{"name":null}', '{"name":"x"}']) {
    localStorage.setItem("nanomeet.handover", odd);
    expect(takeHandover("#handover=x")).toBeNull();
    expect(takeHandover("#handover=null")).toBeNull();
  }
});
