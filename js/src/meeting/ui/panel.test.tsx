// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test } from "vitest";
import { ViewStore } from "../look/view";
import type { MeetingPage } from "../room/meeting-page";
import { OpenPanel } from "./panel";

test("an opened panel has the focus before another key can be pressed, and gives it back", async () => {
  const view = new ViewStore();
  const meeting = { view, invite: async () => "https://example.org/#token=x" };
  document.body.innerHTML = `
    <div class="toolbar"><button data-panel-button="invite">Invite</button></div><main></main>`;
  const root = document.querySelector("main") as HTMLElement;
  render(<OpenPanel meeting={meeting as unknown as MeetingPage} />, root);
  // What is drawn after a key waits for no timer and no frame: those may be late.
  const turn = async (): Promise<void> => {
    for (let step = 0; step < 10; step += 1) await Promise.resolve();
  };
  view.toggle("invite");
  await turn();
  expect(document.activeElement).toBe(root.querySelector(".panel"));
  view.toggle("invite");
  await turn();
  expect(document.activeElement?.getAttribute("data-panel-button")).toBe("invite");
});
