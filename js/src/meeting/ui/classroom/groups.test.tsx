// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, test } from "vitest";
import { FakeMeeting, person } from "../../testing/fake-room";
import { Header } from "../header";
import { GroupsPanel } from "./groups";

let meeting: FakeMeeting;
let root: HTMLElement;

beforeEach(() => {
  document.body.innerHTML = "";
  root = document.body.appendChild(document.createElement("div"));
  meeting = new FakeMeeting(person({ id: "me", name: "Grace", moderator: true }), [
    person({ id: "ada", name: "Ada" }),
    person({ id: "alan", name: "Alan" }),
  ]);
});

async function show(element: Parameters<typeof render>[0]): Promise<void> {
  await act(() => render(element, root));
}

function open(here: string | null = null, own: string | null = null): void {
  const ada = { id: "ada", name: "Ada", here: true };
  const emmy = { id: "emmy", name: "Emmy", here: false };
  meeting.room.apply({
    type: "groups_changed",
    groups: [
      { id: "red", name: "Red", people: [ada, emmy] },
      { id: "blue", name: "Blue", people: [] },
    ],
    ...{ ends: null, here, own },
  });
}

const section = (name: string): HTMLElement | null =>
  root.querySelector(`section[aria-label="${name}"]`);
const named = (label: string): HTMLElement => {
  const all = [...root.querySelectorAll<HTMLElement>("button, select, input")];
  const found = all.find((one) => {
    const text = one.getAttribute("aria-label") ?? one.closest("label")?.textContent;
    return (text ?? one.textContent) === label;
  });
  if (!found) throw new Error(`there is no ${label} in ${root.innerHTML}`);
  return found;
};
const press = (label: string): Promise<void> => act(() => named(label).click()) as Promise<void>;
const type = (label: string, text: string): Promise<void> =>
  act(() => {
    const field = named(label) as HTMLInputElement;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }) as Promise<void>;
const choose = (label: string, place: string): Promise<void> =>
  act(() => {
    const field = named(label) as HTMLSelectElement;
    field.value = place;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }) as Promise<void>;

test("a moderator prepares groups by hand, and opens them", async () => {
  await show(<GroupsPanel meeting={meeting.page} />);
  await type("Number of groups", "3");
  await type("Name of group 3", "Tutors");
  await choose("Group of Ada", "2");
  await type("Minutes", "15");
  expect(section("Tutors")?.textContent).toContain("Ada");
  expect(section("In no group")?.textContent).toContain("Alan");
  expect(meeting.asked).toEqual([]);
  await press("Open the groups");
  expect(meeting.asked).toEqual([
    {
      type: "open_groups",
      groups: [
        { name: "Group 1", people: [] },
        { name: "Group 2", people: [] },
        { name: "Tutors", people: ["ada"] },
      ],
      minutes: 15,
    },
  ]);
});

test("the focus follows a person who is assigned by keyboard", async () => {
  await show(<GroupsPanel meeting={meeting.page} />);
  named("Group of Ada").focus();
  await choose("Group of Ada", "0");
  expect(document.activeElement).toBe(named("Group of Ada"));
  expect(section("Group 1")?.contains(document.activeElement)).toBe(true);
  await choose("Group of Ada", "1");
  expect(section("Group 2")?.contains(document.activeElement)).toBe(true);
});

test("chance assigns participants, and leaves moderators where they are", async () => {
  await show(<GroupsPanel meeting={meeting.page} />);
  await press("Assign at random");
  const unassigned = section("In no group")?.textContent ?? "";
  expect(unassigned).toContain("Me (you)");
  expect(unassigned).not.toContain("Ada");
  expect(unassigned).not.toContain("Alan");
  await press("Empty");
  expect(section("In no group")?.textContent).toContain("Ada");
});

test("no time is no limit, and one that is none is not sent", async () => {
  await show(<GroupsPanel meeting={meeting.page} />);
  await type("Minutes", "-1");
  await press("Open the groups");
  expect(meeting.asked).toEqual([]);
  expect(root.textContent).toContain("Minutes are a number above 0");
  await type("Minutes", "");
  await press("Open the groups");
  expect(meeting.asked).toEqual([expect.objectContaining({ minutes: null })]);
});

test("open groups show who is there, who is away and who is in none", async () => {
  open();
  await show(<GroupsPanel meeting={meeting.page} />);
  expect(section("Red")?.textContent).toMatch(/Ada.*in the group.*Emmy.*away/);
  expect(section("Blue")?.textContent).toContain("No one yet.");
  expect(section("In no group")?.textContent).toContain("Alan");
  expect(section("In no group")?.textContent).not.toContain("Ada");
});

test("a moderator visits, moves, adds, tells, extends and closes", async () => {
  open();
  meeting.room.apply({
    type: "groups_changed",
    groups: meeting.room.groups.groups.value as [],
    ends: Date.now() / 1000 + 60,
    ...{ here: null, own: null },
  });
  await show(<GroupsPanel meeting={meeting.page} />);
  await press("Visit Red");
  await choose("Group of Alan", "blue");
  // Nothing happens on the way to a choice.
  expect(meeting.asked).toHaveLength(1);
  await press("Move Alan");
  await choose("Group of Ada", "");
  await press("Move Ada");
  await press("Add a group");
  await type("Message to all groups", "Soon");
  await act(() => named("Message to all groups").closest("form")?.requestSubmit());
  await press("5 more minutes");
  await press("No time limit");
  await press("Close Red");
  await press("Close Red? Its people come back.");
  await press("Close all groups");
  await press("Close them? Everyone comes back.");
  expect(meeting.asked).toEqual([
    { type: "enter_group", group: "red" },
    { type: "assign_group", id: "alan", group: "blue" },
    { type: "assign_group", id: "ada", group: null },
    { type: "add_group", name: "Group 3" },
    { type: "announce_to_groups", text: "Soon" },
    { type: "set_groups_end", minutes: expect.closeTo(6, 1) },
    { type: "set_groups_end", minutes: null },
    { type: "remove_group", group: "red" },
    { type: "close_groups" },
  ]);
});

test("in a group, the header names it and leads back; in the main room it leads to one's own", async () => {
  await show(<Header meeting={meeting.page} />);
  expect(root.querySelector(".group, .group-go, .time-left")).toBeNull();
  await act(() => open(null, "red"));
  await press("Go to Red");
  await act(() => open("red", "red"));
  expect(root.querySelector(".badge.group")?.textContent).toBe("Red");
  await press("Back to the main room");
  expect(meeting.asked).toEqual([
    { type: "enter_group", group: "red" },
    { type: "enter_group", group: null },
  ]);
});
