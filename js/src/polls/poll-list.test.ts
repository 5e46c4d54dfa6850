import { expect, test } from "vitest";
import type { Poll } from "../shared/protocol";
import { PollList } from "./poll-list";

const poll = (some: Partial<Poll> = {}): Poll => ({
  ...{ id: "p1", question: "Slope?", options: ["1", "2"], multiple: false, anonymous: false },
  ...{ show: "after", open: true, ends: null, counts: null, voters: 0, correct: [], own: [] },
  ...some,
});

const changed = (some: Partial<Poll> = {}) => ({
  type: "poll_changed" as const,
  poll: poll(some),
});

test("a poll that opens and one that closes are news, once", () => {
  const polls = new PollList();
  expect(polls.hear(changed())).toMatchObject({ what: "opened", poll: { id: "p1" } });
  expect(polls.hear(changed())).toBeNull();
  expect(polls.hear(changed({ open: false, counts: [0, 1] }))).toMatchObject({ what: "closed" });
  expect(polls.hear(changed({ open: false, counts: [0, 1] }))).toBeNull();
  // From before joining, or answered before a reload.
  expect(polls.hear(changed({ id: "p2", open: false }))).toBeNull();
  expect(polls.hear(changed({ id: "p3", own: [1] }))).toBeNull();
  expect(polls.open.value.map(({ id }) => id)).toEqual(["p3"]);
  expect(polls.closed.value.map(({ id }) => id)).toEqual(["p2", "p1"]);
});

test("what is sent to everyone keeps the own vote", () => {
  const polls = new PollList();
  polls.hear(changed());
  polls.voted("p1", [1]);
  polls.hear(changed({ open: false, counts: [3, 4], voters: 7 }));
  expect(polls.get("p1")).toMatchObject({ own: [1], counts: [3, 4], voters: 7 });
});

test("a vote that is taken back is gone, also when the poll closes", () => {
  const polls = new PollList();
  polls.hear(changed({ own: [1] }));
  polls.voted("p1", []);
  polls.hear(changed({ open: false }));
  expect(polls.get("p1")?.own).toEqual([]);
});

test("counts change the poll that they are of", () => {
  const polls = new PollList();
  polls.hear(changed());
  polls.hear(changed({ id: "p2" }));
  polls.hear({ type: "poll_counts", id: "p2", counts: [1, 0], voters: 1 });
  polls.hear({ type: "poll_counts", id: "unknown", counts: [9, 9], voters: 9 });
  expect(polls.all.value.map(({ counts, voters }) => [counts, voters])).toEqual([
    [null, 0],
    [[1, 0], 1],
  ]);
});

test("what is chosen and not sent lasts until the vote counts", () => {
  const polls = new PollList();
  polls.hear(changed({ own: [0] }));
  const choices = (): readonly number[] => polls.choicesOf(polls.get("p1") ?? poll());
  expect(choices()).toEqual([0]);
  polls.choose("p1", [1]);
  polls.hear({ type: "poll_counts", id: "p1", counts: null, voters: 4 });
  expect(choices()).toEqual([1]);
  polls.voted("p1", [1]);
  expect(choices()).toEqual([1]);
  polls.voted("p1", []);
  expect(choices()).toEqual([]);
});
