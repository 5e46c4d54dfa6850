// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test, vi } from "vitest";
import { NO_BROADCAST } from "../room/room";
import { FakeMeeting, person } from "../testing/fake-room";
import { BroadcastPanel } from "./broadcast-panel";

function shown(program: boolean): string {
  const meeting = new FakeMeeting(person({ id: "me", moderator: true }));
  const { room } = meeting;
  room.others.value = [person({ id: "bot", name: "Ada" })];
  room.broadcast.value = {
    ...NO_BROADCAST,
    state: "live",
    broadcaster: "bot",
    shows: "soon",
    program,
  };
  const root = document.createElement("div");
  render(<BroadcastPanel meeting={meeting.page} />, root);
  return root.textContent ?? "";
}

test("the panel says that a program broadcasts, and that viewers do not see the stage", () => {
  const text = shown(true);
  expect(text).toContain("A program is live");
  expect(text).toContain("A program of Ada sends its own pictures and sound.");
  expect(text).toContain("Resume");
});

test("the panel says whose page sends the stage", () => {
  const text = shown(false);
  expect(text).toContain("You are live");
  expect(text).toContain("Ada's browser sends the broadcast.");
  expect(text).toContain("Show the stage");
});

test("a browser that cannot broadcast says so before anything can be pressed", () => {
  const meeting = new FakeMeeting(person({ id: "me", moderator: true }));
  const root = document.createElement("div");
  vi.stubGlobal("isSecureContext", true);
  render(<BroadcastPanel meeting={meeting.page} />, root);
  vi.unstubAllGlobals();
  expect(root.textContent).toContain("This browser cannot broadcast. Use Chrome, Edge");
  expect(root.querySelector("button, input")).toBeNull();
});
