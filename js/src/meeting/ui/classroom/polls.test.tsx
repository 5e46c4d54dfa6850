// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, test, vi } from "vitest";
import type { Poll } from "../../../shared/protocol";
import { RefusedError } from "../../../shared/refused-error";
import { speak } from "../../strings";
import { FakeMeeting, person } from "../../testing/fake-room";
import { listenForShortcuts, offeredShortcuts } from "../shortcuts";
import { Toolbar } from "../toolbar";
import { PollCard, PollHint } from "./poll-card";
import { PollsPanel } from "./polls";

let meeting: FakeMeeting;
let root: HTMLElement;

beforeEach(() => {
  document.body.innerHTML = "";
  root = document.body.appendChild(document.createElement("div"));
  meeting = new FakeMeeting(person({ id: "me" }));
  return () => {
    speak(["en"]);
    vi.useRealTimers();
  };
});

const poll = (some: Partial<Poll> = {}): Poll => ({
  ...{ id: "p1", question: "Slope?", options: ["1", "2"], multiple: false, anonymous: false },
  ...{ show: "after", open: true, ends: null, counts: null, voters: 0, correct: [], own: [] },
  ...some,
});
const told = (some: Partial<Poll> = {}): unknown =>
  act(() => void meeting.polls.apply({ type: "poll_changed", poll: poll(some) }));

async function show(element: Parameters<typeof render>[0]): Promise<void> {
  await act(() => render(element, root));
}
const panel = (): Promise<void> => show(<PollsPanel meeting={meeting.page} />);

const press = (label: string): Promise<void> =>
  act(async () => {
    const found = [...root.querySelectorAll("button")].find(
      (one) => (one.getAttribute("aria-label") ?? one.textContent) === label,
    );
    if (!found) throw new Error(`there is no ${label} in ${root.innerHTML}`);
    found.click();
    // The request settles.
    await new Promise((resolve) => setTimeout(resolve));
  }) as Promise<void>;
const choose = (index: number): Promise<void> =>
  act(async () => {
    root.querySelectorAll<HTMLInputElement>(".poll-choice input")[index]?.click();
  }) as Promise<void>;
const rows = (): string[] =>
  [...root.querySelectorAll(".poll-results li")].map((one) => one.textContent ?? "");

test("the card votes, and goes once the vote counts", async () => {
  told();
  await show(<PollCard meeting={meeting.page} />);
  await press("Vote");
  expect(root.querySelector("[role=alert]")?.textContent).toBe("Choose an answer first.");
  expect(meeting.asked).toEqual([]);
  await choose(1);
  await press("Vote");
  expect(meeting.asked).toEqual([{ type: "vote", poll: "p1", choices: [1] }]);
  expect(root.textContent).toBe("");
});

test("several options may be chosen where the poll says so", async () => {
  told({ multiple: true });
  await panel();
  await choose(1);
  await choose(0);
  await press("Vote");
  await choose(0);
  await press("Change vote");
  await press("Take back vote");
  expect(meeting.asked.map((one) => Reflect.get(one, "choices"))).toEqual([[0, 1], [1], []]);
  expect(root.querySelectorAll("input:checked")).toHaveLength(0);
});

test("a vote that does not count says why, and what was chosen stays", async () => {
  told();
  meeting.vote = () => Promise.reject(new RefusedError("conflict", "This poll is closed."));
  await panel();
  await choose(1);
  await press("Vote");
  expect(root.querySelector("[role=alert]")?.textContent).toBe("Not counted: The poll is closed.");
  expect(root.querySelectorAll<HTMLInputElement>("input")[1]?.checked).toBe(true);
});

test("the card is the first question that waits, and is put away for good", async () => {
  told();
  told({ id: "p2", question: "Why?" });
  await show(<PollCard meeting={meeting.page} />);
  expect(root.textContent).toContain("Slope?");
  expect(root.textContent).toContain("1 more question");
  await press("Not now");
  expect(root.textContent).toContain("Why?");
  await act(() => {
    meeting.view.panel.value = "polls";
  });
  expect(root.textContent).toBe("");
});

test("where a page does without polls, none is shown", async () => {
  meeting.launch.config.set("disablePolls", true);
  told();
  await show(
    <>
      <PollCard meeting={meeting.page} />
      <PollHint meeting={meeting.page} />
    </>,
  );
  expect(root.textContent).toBe("");
});

test("results have text, percentages of people, and a word for what is right", async () => {
  const counts = [3, 1];
  told({ multiple: true, open: false, counts, voters: 3, correct: [0], own: [1] });
  await panel();
  expect(rows()).toEqual(["1Right answer3 votes · 100%", "2Your vote1 vote · 33%"]);
  expect(root.textContent).toContain("percentages are of the people who voted");
  expect(root.querySelector<HTMLElement>(".poll-bar span")?.style.width).toBe("100%");
});

test("a poll without votes has no percentages that are not numbers", async () => {
  told({ open: false, counts: [0, 0] });
  await panel();
  expect(rows()).toEqual(["10 votes · 0%", "20 votes · 0%"]);
});

test.each([
  ["after", true, "Results are shown when the poll closes."],
  ["never", true, "Only moderators see the results."],
  ["never", false, "Only moderators see the results."],
] as const)(
  "without results, %s and open %s, it says who sees them",
  async (shown, open, words) => {
    told({ show: shown, open });
    await panel();
    expect(root.textContent).toContain(words);
  },
);

test("a moderator sees results that others do not, and closes the poll", async () => {
  meeting.room.own.value = person({ id: "me", moderator: true });
  told({ show: "never", counts: [1, 0], voters: 1 });
  await panel();
  expect(rows()[0]).toBe("11 vote · 100%");
  expect(root.textContent).toContain("Only moderators see the results.");
  await press("Close now: Slope?");
  expect(meeting.asked).toEqual([{ type: "close_poll", poll: "p1" }]);
});

test("a moderator reads who voted for what, unless the poll is anonymous", async () => {
  meeting.room.own.value = person({ id: "me", moderator: true });
  meeting.readVotes = async () => [
    { id: "ab", name: "Ada", choices: [1] },
    { id: null, name: "", choices: [0] },
  ];
  told({ counts: [1, 1], voters: 2 });
  await panel();
  const details = root.querySelector<HTMLDetailsElement>(".poll-votes");
  expect(details?.querySelectorAll("li")).toHaveLength(0);
  await act(async () => {
    if (details) details.open = true;
    details?.dispatchEvent(new Event("toggle"));
  });
  await vi.waitFor(() => {
    const rows = [...root.querySelectorAll(".poll-votes li")].map((one) => one.textContent);
    expect(rows).toEqual(["Ada2", "A viewer1"]);
  });
  await told({ id: "p1", anonymous: true });
  expect(root.querySelector(".poll-votes")).toBeNull();
});

test("participants ask nothing and close nothing", async () => {
  told();
  await panel();
  expect(root.textContent).not.toContain("Ask a question");
  expect(root.textContent).not.toContain("Close now");
});

test("a quick poll fills the form, whose draft survives the closing of the panel", async () => {
  meeting.room.own.value = person({ id: "me", moderator: true });
  await panel();
  await press("Slower / Good / Faster");
  await show(null);
  await panel();
  await press("Ask everyone");
  expect(meeting.asked).toEqual([
    {
      ...{ type: "open_poll", question: "How is the pace?" },
      ...{ options: ["Slower", "Good", "Faster"], multiple: false, anonymous: false },
      ...{ correct: [], seconds: null, show: "after" },
    },
  ]);
  expect(meeting.polls.draft.value).toBeNull();
});

test("a question that the server refuses stays, with the reason", async () => {
  meeting.room.own.value = person({ id: "me", moderator: true });
  meeting.openPoll = () => Promise.reject(new RefusedError("too_many", "Close one first."));
  await panel();
  await press("Yes / No");
  await press("Ask everyone");
  expect(root.querySelector("[role=alert]")?.textContent).toBe("Not asked: Close one first.");
  expect(root.querySelector("textarea")?.value).toBe("Yes or no?");
});

test("the time left counts down by the server's clock", async () => {
  vi.useFakeTimers();
  meeting.polls.ahead.value = 3_600;
  told({ ends: Date.now() / 1000 + 3_600 + 65 });
  await panel();
  const timer = (): string | null | undefined => root.querySelector("[role=timer]")?.textContent;
  expect(timer()).toBe("1:05 left");
  await act(async () => void (await vi.advanceTimersByTimeAsync(61_000)));
  expect(timer()).toBe("0:04 left");
  await act(async () => void (await vi.advanceTimersByTimeAsync(10_000)));
  expect(timer()).toBe("Time is up");
});

test("polls speak German", async () => {
  speak(["de"]);
  told({ anonymous: true, voters: 2 });
  await panel();
  expect(root.textContent).toContain("Anonym: Es wird nichts gespeichert");
  expect(root.textContent).toContain("2 Personen haben abgestimmt");
});

test("participants have the way to the panel once there is a poll, moderators always", async () => {
  // The fake meeting has no devices for the stage's buttons.
  meeting.room.own.value = person({ id: "me", stage: false });
  const owner = new AbortController();
  listenForShortcuts(meeting.page, owner.signal);
  const q = (): unknown =>
    act(
      () =>
        void document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "q", bubbles: true })),
    );
  const tool = (): Element | null => root.querySelector("[data-tool=polls]");
  await show(<Toolbar meeting={meeting.page} room={20} />);
  const listed = (): boolean =>
    offeredShortcuts(meeting.page).some(({ words }) => words() === "Polls");
  expect([tool(), listed()]).toEqual([null, false]);
  await q();
  expect(meeting.view.panel.value).toBeNull();

  await told();
  expect(tool()).not.toBeNull();
  expect(listed()).toBe(true);
  await q();
  expect(meeting.view.panel.value).toBe("polls");
  // On the way into another room the panel stays open, and so does the way out of it.
  await act(() => meeting.polls.clear());
  expect(tool()).not.toBeNull();
  await q();
  expect([meeting.view.panel.value, tool()]).toEqual([null, null]);

  await act(() => {
    meeting.room.own.value = person({ id: "me", moderator: true, stage: false });
  });
  expect(tool()).not.toBeNull();
  await q();
  expect(meeting.view.panel.value).toBe("polls");
  owner.abort();
});
