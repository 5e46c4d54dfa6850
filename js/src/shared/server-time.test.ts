import { afterEach, expect, test, vi } from "vitest";
import { clockAhead } from "./server-time";

afterEach(() => vi.unstubAllGlobals());

const answer = (date: string | null): void => {
  vi.stubGlobal(
    "fetch",
    async () => new Response("", date === null ? {} : { headers: { Date: date } }),
  );
};

test.each([3, 0, -3])("a clock that is %i hours ahead", async (hours) => {
  answer(new Date(Date.now() + hours * 3_600_000).toUTCString());
  const ahead = await clockAhead("https://meet.example/");
  expect(Math.abs((ahead ?? Number.NaN) - hours * 3_600_000)).toBeLessThan(2_000);
});

test.each([null, "yesterday"])("a server that does not report its time: %s", async (date) => {
  answer(date);
  expect(await clockAhead("https://meet.example/")).toBeNull();
});

test("an unreachable server", async () => {
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("Failed to fetch");
  });
  expect(await clockAhead("https://meet.example/")).toBeNull();
});
