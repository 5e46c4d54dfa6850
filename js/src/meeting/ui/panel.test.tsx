// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test } from "vitest";
import { FakeMeeting } from "../testing/fake-room";
import { OpenPanel } from "./panel";

test("an opened panel takes the focus before the next key, and restores it", async () => {
  const meeting = Object.assign(new FakeMeeting(), {
    invite: async () => "https://example.org/#token=x",
  });
  const { view } = meeting;
  document.body.innerHTML = `
    <div class="toolbar"><button data-panel-button="invite">Invite</button></div><main></main>`;
  const root = document.querySelector("main") as HTMLElement;
  render(<OpenPanel meeting={meeting.page} />, root);
  // Rendering after a key must not wait for a timer or a frame: those may be late.
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
