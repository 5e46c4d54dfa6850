// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { beforeEach, expect, test } from "vitest";
import { Volumes } from "./volumes";

beforeEach(() => sessionStorage.clear());

test("a volume survives a reload of the page, but not the meeting", () => {
  const session = signal("");
  const volumes = new Volumes(session);
  session.value = "one";
  expect(volumes.of("ada")).toBe(1);
  volumes.set("ada", 0.25);
  volumes.set("bo", 0);
  const again = new Volumes(signal("one"));
  expect([again.of("ada"), again.of("bo"), again.of("cy")]).toEqual([0.25, 0, 1]);
  session.value = "two";
  expect(volumes.of("ada")).toBe(1);
  expect(new Volumes(signal("two")).of("ada")).toBe(1);
});

test.each(["no JSON", '{"of":"one"}', '{"of":"one","volumes":[["ada",7],["bo","1"],7]}', "null"])(
  "%s in the storage changes nothing",
  (kept) => {
    sessionStorage.setItem("nanomeet.volumes", kept);
    const volumes = new Volumes(signal("one"));
    expect([volumes.of("ada"), volumes.of("bo")]).toEqual([1, 1]);
  },
);
