// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { expect, test } from "vitest";
import type { Meeting } from "../meeting";
import { ViewStore } from "../view";
import { Header } from "./header";

function shown(config: [string, unknown][]): HTMLElement {
  const meeting = {
    launch: { config: new Map(config) },
    title: signal("Algebra"),
    view: new ViewStore(),
    room: {
      people: signal(2),
      state: signal({ subject: "", lobby: false, locked: false }),
      broadcast: signal({ state: "live", playout: null, since: null }),
    },
  } as unknown as Meeting;
  const root = document.createElement("div");
  render(<Header meeting={meeting} />, root);
  return root;
}

test("the room says its name, that it is live, and who is there", () => {
  const root = shown([]);
  expect(root.querySelector(".title")?.textContent).toBe("Algebra");
  expect(root.textContent).toContain("LIVE");
  expect(root.querySelector("button")?.getAttribute("aria-label")).toContain("2 people");
});

test("where the page around it says name and broadcast, only the people are left", () => {
  const root = shown([["hideConferenceSubject", true]]);
  expect(root.querySelector(".title")).toBeNull();
  expect(root.querySelector("h1")?.className).toBe("hidden");
  expect(root.textContent).not.toContain("LIVE");
  expect(root.querySelector("button")).not.toBeNull();
});
