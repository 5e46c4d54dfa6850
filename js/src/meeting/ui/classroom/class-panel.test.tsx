// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, test } from "vitest";
import { FakeMeeting, person } from "../../testing/fake-room";
import { ClassPanel } from "./class-panel";

const HOSTILE = "<img src=x onerror=alert(1)>";
let meeting: FakeMeeting;
let root: HTMLElement;

beforeEach(() => {
  document.body.innerHTML = "";
  root = document.body.appendChild(document.createElement("div"));
  meeting = new FakeMeeting(person({ id: "me", name: "Grace", moderator: true }), [
    person({ id: "ada", name: "Ada", hand: 20 }),
    person({ id: "bo", name: HOSTILE, hand: 10 }),
    person({ id: "cem", name: "Cem" }),
  ]);
});

const show = (): Promise<void> =>
  act(() => render(<ClassPanel meeting={meeting.page} />, root)) as Promise<void>;
const part = (id: string): HTMLElement => {
  const found = root.querySelector<HTMLElement>(`[aria-labelledby="class-${id}"]`);
  if (!found) throw new Error(`there is no ${id} in ${root.innerHTML}`);
  return found;
};
const button = (label: string): HTMLElement => {
  const all = [...root.querySelectorAll<HTMLElement>("button")];
  const found = all.find((one) => (one.getAttribute("aria-label") ?? one.textContent) === label);
  if (!found) throw new Error(`there is no ${label} in ${root.innerHTML}`);
  return found;
};
const press = (label: string): Promise<void> =>
  act(async () => {
    button(label).click();
    await new Promise((resolve) => setTimeout(resolve));
  });
/** The names of a list, by its summary. */
const names = (section: string, label: string): string[] => {
  const lists = [...part(section).querySelectorAll("details")];
  const found = lists.find((one) => one.querySelector("summary")?.textContent?.startsWith(label));
  return [...(found?.querySelectorAll("li") ?? [])].map((one) => one.textContent?.trim() ?? "");
};

test("hands are in the order in which they were raised, and who has raised none is listed", async () => {
  await show();
  const hands = [...part("hands").querySelectorAll("ol > li .person-name")];
  expect(hands.map((hand) => hand.textContent)).toEqual([HOSTILE, "Ada"]);
  expect(root.querySelector("img")).toBeNull();
  expect(names("hands", "Not raised")).toEqual(["Cem"]);
});

test("a moderator calls on the next one, or on the one who is chosen", async () => {
  await show();
  await press("Next: call on the first raised hand");
  await press("Call on Ada");
  expect(meeting.asked).toEqual([
    { type: "call_hand", id: null },
    { type: "call_hand", id: "ada" },
  ]);
  expect(meeting.view.toasts.value.at(-1)?.text).toBe("Ada was called.");
});

test("a check-in is started, followed by name, and ended", async () => {
  await show();
  await press("Start");
  const asked = { type: "check_in_changed" as const, id: "c1", question: "Ready?", since: 0 };
  await act(() => meeting.room.apply({ ...asked, done: ["cem"] }));
  expect(part("check-in").textContent).toContain("Ready?");
  expect(part("check-in").querySelector("[role=status]")?.textContent).toBe("1 of 3 done");
  expect(names("check-in", "Done")).toEqual(["Cem"]);
  expect(names("check-in", "Not yet")).toEqual([HOSTILE, "Ada"]);
  await press("End the check-in");
  expect(meeting.asked).toEqual([
    { type: "start_check_in", question: "Finished?" },
    { type: "end_check_in" },
  ]);
});

test("the roster says who is absent, here, and in several browsers; a long one is searched", async () => {
  await show();
  expect(root.querySelector("[aria-labelledby='class-roster']")).toBeNull();
  const rostered = (id: string, ...here: string[]) => ({ id, name: id, moderator: false, here });
  const more = Array.from({ length: 6 }, (_, at) => rostered(`Absent ${at}`));
  await act(() =>
    meeting.room.apply({
      type: "roster_changed",
      people: [rostered("Ada", "ada", "bo"), rostered("Cem", "cem"), rostered("Dora")],
    }),
  );
  expect(names("roster", "Absent")).toEqual(["Dora"]);
  expect(names("roster", "Here")).toEqual(["Ada", "Cem"]);
  expect(names("roster", "Link open")).toEqual(["Ada 2×"]);
  expect(part("roster").querySelector("input")).toBeNull();
  await act(() =>
    meeting.room.apply({ type: "roster_changed", people: [rostered("Ada", "ada"), ...more] }),
  );
  expect(part("roster").querySelector("input")).toBeNull();
  await act(() =>
    meeting.room.apply({
      type: "roster_changed",
      people: [rostered("Ada", "ada"), ...more, rostered("Cem", "cem"), rostered("Dora")],
    }),
  );
  const search = part("roster").querySelector("input");
  if (!search) throw new Error("there is no search");
  await act(() => {
    search.value = " dor";
    search.dispatchEvent(new Event("input", { bubbles: true }));
  });
  expect(names("roster", "Absent")).toEqual(["Dora"]);
});

test("talk time is said to be kept or not, and listed", async () => {
  await show();
  expect(part("talk").textContent).toContain("does not keep");
  await act(() => {
    meeting.room.apply({ type: "records_kept", kinds: ["talk"], days: 30 });
    meeting.room.apply({ type: "talk_times", seconds: { ada: 5, cem: 65.2, gone: 1 } });
  });
  expect([...part("talk").querySelectorAll("li")].map((one) => one.textContent)).toEqual([
    "Cem 1:05",
    "Ada 0:05",
    "Someone who has left 0:01",
  ]);
});
