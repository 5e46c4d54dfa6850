import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { GroupsChanged } from "../../../shared/protocol";
import { ViewStore } from "../../look/view";
import { warnOfEnd } from "./group-warnings";
import { GroupsStore } from "./groups";

const OPEN: GroupsChanged = {
  type: "groups_changed",
  groups: [{ id: "g1", name: "Red", people: [{ id: "ada", name: "Ada", here: true }] }],
  ends: 1_000,
  here: null,
  own: "g1",
};

let groups: GroupsStore;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  groups = new GroupsStore();
});
afterEach(() => {
  vi.useRealTimers();
});

test("the end is told by this page's clock, and kept by the server's", () => {
  groups.apply(OPEN, 100);
  expect(groups.ends.value).toBe(900);
  expect(groups.endsByServer.value).toBe(1_000);
});

test("a page that goes to a group knows its name before the server tells of it", () => {
  groups.go({ group: "g2", name: "Blue" });
  expect(groups.name.value).toBe("Blue");
  groups.apply({ ...OPEN, here: "g1" }, 0);
  expect(groups.name.value).toBe("Red");
  groups.go({ group: null, name: "" });
  expect(groups.name.value).toBeNull();
});

test("a message to all groups is over with the groups", () => {
  groups.go({ group: "g1", name: "Red" });
  groups.apply({ type: "group_note", name: "Grace", text: "Two more minutes" }, 0);
  groups.go({ group: "g2", name: "Blue" });
  expect(groups.note.value?.text).toBe("Two more minutes");
  groups.go({ group: null, name: "" });
  expect(groups.note.value).toBeNull();
});

test("everyone is warned one minute and ten seconds before the end, by a clock that is ahead", () => {
  const view = new ViewStore();
  const told = vi.spyOn(view, "tell");
  const stop = warnOfEnd(groups, view);
  groups.apply({ ...OPEN, ends: 300 }, 100);
  vi.advanceTimersByTime(139_000);
  expect(told).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_500);
  expect(told.mock.calls).toEqual([["The groups close in 1 minute."]]);
  vi.advanceTimersByTime(50_000);
  expect(told).toHaveBeenLastCalledWith("The groups close in 10 seconds.");
  stop();
});

test("an end that is put off is not warned of at its old time, and a near one once", () => {
  const view = new ViewStore();
  const told = vi.spyOn(view, "tell");
  const stop = warnOfEnd(groups, view);
  groups.apply({ ...OPEN, ends: 70 }, 0);
  groups.apply({ ...OPEN, ends: 1_000 }, 0);
  vi.advanceTimersByTime(100_000);
  expect(told).not.toHaveBeenCalled();
  groups.apply({ ...OPEN, ends: 130 }, 0);
  vi.advanceTimersByTime(29_000);
  expect(told.mock.calls).toEqual([["The groups close in 10 seconds."]]);
  groups.apply({ ...OPEN, groups: [], ends: null }, 0);
  stop();
  expect(vi.getTimerCount()).toBe(0);
});
