import { expect, test, vi } from "vitest";
import type { Poll } from "../shared/protocol";
import { ViewerPolls } from "./viewer-polls";

const poll = (some: Partial<Poll> = {}): Poll => ({
  ...{ id: "p1", question: "Slope?", options: ["1", "2"], multiple: false, anonymous: false },
  ...{ show: "after", open: true, ends: null, counts: null, voters: 0, correct: [], own: [] },
  ...some,
});
const changed = (some: Partial<Poll> = {}) => ({
  type: "poll_changed" as const,
  poll: poll(some),
});

const made = (clock = vi.fn(async () => 2_000 as number | null)) => {
  const send = vi.fn(async () => {});
  return { polls: new ViewerPolls(send, clock), send, clock };
};

test("an open poll is shown, then its results, until they are put away", () => {
  const { polls } = made();
  polls.receive(changed());
  polls.receive(changed({ id: "p2" }));
  expect(polls.shown.value?.id).toBe("p1");
  polls.putAway(poll());
  expect([polls.shown.value?.id, polls.put.value.length]).toEqual(["p2", 1]);
  polls.receive(changed({ id: "p2", open: false, counts: [1, 2] }));
  expect(polls.shown.value).toMatchObject({ id: "p2", counts: [1, 2] });
  polls.putAway(poll({ id: "p2", open: false }));
  expect(polls.shown.value).toBeNull();
  polls.bringBack();
  expect(polls.shown.value?.id).toBe("p1");
});

test("a poll that was put away shows its results", () => {
  const { polls } = made();
  polls.receive(changed());
  polls.putAway(poll());
  polls.receive(changed({ open: false }));
  expect(polls.shown.value).toMatchObject({ id: "p1", open: false });
});

test("a vote is the viewer's own once it counts", async () => {
  const { polls, send } = made();
  polls.receive(changed());
  await polls.vote("p1", [1]);
  expect(send).toHaveBeenCalledWith("p1", [1]);
  expect(polls.shown.value?.own).toEqual([1]);
  send.mockRejectedValueOnce(new Error("no"));
  await expect(polls.vote("p1", [0])).rejects.toThrow("no");
  expect(polls.shown.value?.own).toEqual([1]);
});

test("when the broadcast ends, open polls go and results stay", () => {
  const { polls } = made();
  polls.receive(changed());
  polls.receive(changed({ id: "p2" }));
  polls.putAway(poll());
  polls.receive(changed({ id: "p2", open: false, counts: [1, 2] }));
  polls.ended();
  expect(polls.shown.value).toMatchObject({ id: "p2", counts: [1, 2] });
  expect(polls.put.value).toEqual([]);
});

test("after a lost connection, the server tells which polls are open", () => {
  const { polls } = made();
  polls.receive(changed());
  polls.choose("p1", [1]);
  polls.lost();
  expect(polls.shown.value).toBeNull();
  polls.receive(changed());
  expect(polls.choicesOf(poll())).toEqual([1]);
});

test("the server's clock is asked for once, and only if a poll has an end", async () => {
  const { polls, clock } = made();
  polls.receive(changed());
  expect(clock).not.toHaveBeenCalled();
  polls.receive(changed({ id: "p2", ends: 5 }));
  polls.receive(changed({ id: "p3", ends: 5 }));
  await vi.waitFor(() => expect(polls.ahead.value).toBe(2));
  expect(clock).toHaveBeenCalledOnce();
});
