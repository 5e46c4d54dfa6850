// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test } from "vitest";
import { NO_BROADCAST } from "../room/room";
import { FakeMeeting, person } from "../testing/fake-room";
import { Header } from "./header";

function shown(config: [string, unknown][], program = false): HTMLElement {
  const meeting = new FakeMeeting(person({ id: "me", moderator: true }));
  for (const [key, value] of config) meeting.launch.config.set(key, value);
  meeting.title.value = "Algebra";
  const { room } = meeting;
  room.viewers.value = 2;
  room.state.value = { ...room.state.value, lobby: true };
  room.broadcast.value = { ...NO_BROADCAST, state: "live", program };
  const root = document.createElement("div");
  render(<Header meeting={meeting.page} />, root);
  return root;
}

test("the header shows the room's name, admission, the live mark and the viewers", () => {
  const root = shown([]);
  expect(root.querySelector(".title")?.textContent).toBe("Algebra");
  expect(root.textContent).toContain("LIVE");
  const marks = [...root.querySelectorAll("[role=img]")].map((one) =>
    one.getAttribute("aria-label"),
  );
  expect(marks).toEqual(["Lobby enabled: people wait until a moderator admits them", "2 viewers"]);
});

test("where the embedding page shows name and broadcast, only admission is left", () => {
  const root = shown([["hideConferenceSubject", true]]);
  expect(root.querySelector(".title")).toBeNull();
  expect(root.querySelector("h1")?.className).toBe("hidden");
  expect(root.textContent).not.toContain("LIVE");
  expect(root.querySelectorAll("[role=img]")).toHaveLength(1);
});

test("the live mark says whether viewers see the stage or a program's pictures", () => {
  const title = (program: boolean) =>
    shown([], program).querySelector(".live")?.getAttribute("title");
  expect(title(false)).toBe("Watch in a new tab");
  expect(title(true)).toBe("A program broadcasts, not the stage. Watch in a new tab");
});
