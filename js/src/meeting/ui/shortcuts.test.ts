// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import { ViewStore } from "../look/view";
import type { MeetingPage } from "../room/meeting-page";
import { listenForShortcuts } from "./shortcuts";

test("a shortcut that opens a field is not typed into it, all other keys are", () => {
  const view = new ViewStore();
  const owner = new AbortController();
  listenForShortcuts({ view, status: signal("joined") } as unknown as MeetingPage, owner.signal);
  const press = (key: string, init: KeyboardEventInit = {}): boolean => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
    document.body.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect(press("c")).toBe(true);
  expect(view.panel.value).toBe("chat");
  for (const init of [{ ctrlKey: true }, { repeat: true }]) expect(press("c", init)).toBe(false);
  expect(press("x")).toBe(false);
  expect(view.panel.value).toBe("chat");
  owner.abort();
});
