// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { expect, test } from "vitest";
import { ViewStore } from "../look/view";
import type { MeetingPage } from "../room/meeting-page";
import { Header } from "./header";

function shown(config: [string, unknown][]): HTMLElement {
  const meeting = {
    launch: { config: new Map(config) },
    title: signal("Algebra"),
    view: new ViewStore(),
    room: {
      moderator: signal(true),
      viewers: signal(2),
      state: signal({ subject: "", lobby: true, locked: false, closed: false }),
      broadcast: signal({ state: "live", playout: null, since: null }),
    },
  } as unknown as MeetingPage;
  const root = document.createElement("div");
  render(<Header meeting={meeting} />, root);
  return root;
}

test("the room says its name, how its door stands, that it is live, and how many watch", () => {
  const root = shown([]);
  expect(root.querySelector(".title")?.textContent).toBe("Algebra");
  expect(root.textContent).toContain("LIVE");
  const marks = [...root.querySelectorAll("[role=img]")].map((one) =>
    one.getAttribute("aria-label"),
  );
  expect(marks).toEqual(["Newcomers wait until they are let in", "2 viewers"]);
});

test("where the page around it says name and broadcast, only the door is left", () => {
  const root = shown([["hideConferenceSubject", true]]);
  expect(root.querySelector(".title")).toBeNull();
  expect(root.querySelector("h1")?.className).toBe("hidden");
  expect(root.textContent).not.toContain("LIVE");
  expect(root.querySelectorAll("[role=img]")).toHaveLength(1);
});
