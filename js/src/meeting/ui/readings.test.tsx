// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, test, vi } from "vitest";
import type { Reading, ReadingAsked } from "../../shared/protocol";
import { FakeMeeting, person } from "../testing/fake-room";
import { PersonRow } from "./person-row";
import { ReadingQuestions } from "./reading-question";
import { hasReadingBadges, ReadingBadges, ReadingList, ReadingMark } from "./readings";

let meeting: FakeMeeting;
let root: HTMLElement;

beforeEach(() => {
  document.body.innerHTML = "";
  root = document.body.appendChild(document.createElement("div"));
  meeting = new FakeMeeting(person({ id: "me", name: "Grace" }), [
    person({ id: "ada", name: "Ada" }),
    person({ id: "alan", name: "Alan" }),
  ]);
});

const reading = (some: Partial<Reading> = {}): Reading => ({
  ...{ id: "r1", reader: "ada", of: "me", media: "video" },
  ...some,
});

function asked(some: Partial<Reading> = {}): ReadingAsked {
  const one = reading(some);
  const name = one.reader === "ada" ? "Ada" : "Alan";
  return { type: "reading_asked", reading: one, name };
}

async function show(element: Parameters<typeof render>[0]): Promise<void> {
  await act(() => render(element, root));
}

const buttons = (): HTMLButtonElement[] => [...root.querySelectorAll("button")];
const press = (label: string): Promise<void> =>
  act(() => {
    const found = buttons().find(
      (one) => (one.getAttribute("aria-label") ?? one.textContent) === label,
    );
    if (!found) throw new Error(`there is no ${label} in ${root.innerHTML}`);
    found.click();
  }) as Promise<void>;

test.each([
  ["Allow", true],
  ["Refuse", false],
] as const)("%s answers the question, and nothing else does", async (label, allowed) => {
  meeting.view.askReading(asked());
  await show(<ReadingQuestions meeting={meeting.page} />);
  expect(root.textContent).toContain("Ada asks to read your picture with a program.");
  expect(meeting.asked).toEqual([]);
  await press(label);
  expect(meeting.asked).toEqual([{ type: "answer_reading", id: "r1", allowed }]);
  expect(root.textContent).toBe("");
});

test("the next question takes the place of the one that was answered, but not at once", async () => {
  vi.useFakeTimers();
  meeting.view.askReading(asked());
  meeting.view.askReading(asked({ id: "r2", reader: "alan", media: "audio" }));
  meeting.view.askReading(asked());
  await show(<ReadingQuestions meeting={meeting.page} />);
  expect(root.textContent).toContain("1 more question");
  await press("Allow");
  expect(root.textContent).toContain("Alan asks to read your sound with a program.");
  expect(buttons().every(({ disabled }) => disabled)).toBe(true);
  await act(() => void vi.advanceTimersByTime(1_000));
  expect(buttons().some(({ disabled }) => disabled)).toBe(false);
  await press("Refuse");
  expect(meeting.asked).toEqual([
    { type: "answer_reading", id: "r1", allowed: true },
    { type: "answer_reading", id: "r2", allowed: false },
  ]);
  vi.useRealTimers();
});

test("a question that is withdrawn goes", async () => {
  meeting.view.askReading(asked());
  await show(<ReadingQuestions meeting={meeting.page} />);
  await act(() => meeting.view.dropReadingQuestion("r1"));
  expect(root.textContent).toBe("");
  expect(meeting.asked).toEqual([]);
});

test("one click takes everything back", async () => {
  meeting.room.readings.value = [reading(), reading({ id: "r2", media: "audio" })];
  await show(<ReadingBadges meeting={meeting.page} />);
  expect(root.textContent).toContain("Ada's program reads your picture and your sound");
  await press("Stop: Ada's program reads your picture and your sound");
  expect(meeting.asked).toEqual([
    { type: "stop_reading", id: "r1" },
    { type: "stop_reading", id: "r2" },
  ]);
});

test("the header tells of oneself, the stage and one's own programs, and not of others", async () => {
  const words = (): (string | null)[] =>
    [...root.querySelectorAll(".badge-words")].map((one) => one.textContent);
  meeting.room.readings.value = [reading({ of: "alan" })];
  expect(hasReadingBadges(meeting.page)).toBe(false);
  await show(<ReadingBadges meeting={meeting.page} />);
  expect(words()).toEqual([]);
  meeting.room.readings.value = [
    reading({ id: "a" }),
    reading({ id: "b", reader: "alan" }),
    reading({ id: "c", of: null }),
    reading({ id: "d", reader: "me", of: "alan" }),
  ];
  expect(hasReadingBadges(meeting.page)).toBe(true);
  await show(<ReadingBadges meeting={meeting.page} />);
  expect(words()).toEqual([
    "2 programs read your picture or sound",
    "Ada's program reads the stage's picture",
    "Your program reads Alan's picture",
  ]);
});

test("a tile and the participants panel say who reads a participant", async () => {
  meeting.room.readings.value = [
    reading({ id: "a", of: "alan" }),
    reading({ id: "b", of: "alan", media: "audio" }),
    reading({ id: "c", of: "alan", reader: "me" }),
  ];
  const words = "read by Ada's program: picture, sound; read by your program: picture";
  await show(<ReadingMark meeting={meeting.page} id="alan" />);
  expect(root.querySelector("[role=img]")?.getAttribute("aria-label")).toBe(words);
  await show(<ReadingMark meeting={meeting.page} id="ada" />);
  expect(root.innerHTML).toBe("");
  const alan = meeting.room.others.value[1];
  if (!alan) throw new Error("Alan is not there");
  Object.assign(meeting, { speaking: { value: new Set() } });
  await show(<PersonRow meeting={meeting.page} person={alan} />);
  expect(root.textContent).toContain(words);
});

test("the panel lists one's own first, and only these can be stopped", async () => {
  meeting.room.readings.value = [
    ...["1", "2", "3", "4", "5"].map((id) => reading({ id, of: "alan" })),
    reading({ id: "6" }),
  ];
  await show(<ReadingList meeting={meeting.page} />);
  expect(root.querySelector("li")?.textContent).toContain("Ada's program reads your picture");
  expect(buttons()).toHaveLength(1);
  expect(root.querySelector("summary")?.textContent).toBe("2 more");
});
