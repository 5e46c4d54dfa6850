import { expect, test } from "vitest";
import type { Poll } from "../../../shared/protocol";
import { person, welcome } from "../../testing/fake-room";
import { draftOf } from "./poll-draft";
import { offersPolls, PollStore } from "./polls";

const poll = (some: Partial<Poll> = {}): Poll => ({
  ...{ id: "p1", question: "Slope?", options: ["1", "2"], multiple: false, anonymous: false },
  ...{ show: "after", open: true, ends: null, counts: null, voters: 0, correct: [], own: [] },
  ...some,
});
const changed = (some: Partial<Poll> = {}) => ({
  type: "poll_changed" as const,
  poll: poll(some),
});

const ids = (polls: readonly Poll[]): string[] => polls.map(({ id }) => id);

test("a place that was kept keeps its polls until the server tells of them again", () => {
  const polls = new PollStore();
  polls.apply(welcome([person({ id: "me" })]));
  expect(polls.apply(changed())?.what).toBe("opened");
  polls.choose("p1", [1]);
  polls.dismiss("p1");
  polls.apply({ ...welcome([]), kept: true });
  // It is not announced again, and stays away; what was chosen is still there.
  expect(polls.apply(changed())).toBeNull();
  expect(ids(polls.shown.value)).toEqual([]);
  expect(polls.choicesOf(poll())).toEqual([1]);
});

test("a new place has the polls that the server tells of, and no others", () => {
  const polls = new PollStore();
  polls.apply(welcome([]));
  polls.apply(changed());
  polls.draft.value = draftOf("Why?");
  polls.apply({ ...welcome([]), kept: false });
  polls.apply(changed({ id: "p2" }));
  expect(ids(polls.all.value)).toEqual(["p2"]);
  // The question that is being written belongs to the person.
  expect(polls.draft.value?.question).toBe("Why?");
  polls.clear();
  expect([polls.all.value, polls.draft.value]).toEqual([[], null]);
});

test("who asks a question is not asked it", () => {
  const polls = new PollStore();
  polls.asked("p1");
  expect(polls.apply(changed())).toBeNull();
  expect(ids(polls.unanswered.value)).toEqual([]);
  expect(polls.apply(changed({ open: false }))?.what).toBe("closed");
});

test("what waits for an answer: what is open, not answered and not put away", () => {
  const polls = new PollStore();
  for (const id of ["p1", "p2", "p3"]) polls.apply(changed({ id }));
  polls.voted("p1", [0]);
  polls.dismiss("p2");
  expect(ids(polls.unanswered.value)).toEqual(["p2", "p3"]);
  expect(ids(polls.shown.value)).toEqual(["p3"]);
  polls.apply(changed({ id: "p3", open: false }));
  expect(ids(polls.shown.value)).toEqual([]);
});

test("the time left is by the server's clock", () => {
  const polls = new PollStore();
  polls.apply({ ...welcome([]), now: Date.now() / 1000 + 3_600 });
  expect(polls.ahead.value).toBeCloseTo(3_600, 0);
});

test("an embedding page may do without polls", () => {
  expect(offersPolls({ config: new Map() })).toBe(true);
  expect(offersPolls({ config: new Map([["disablePolls", true]]) })).toBe(false);
});
