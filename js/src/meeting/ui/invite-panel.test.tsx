// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test, vi } from "vitest";
import type { MeetingPage } from "../room/meeting-page";
import { FakeMeeting } from "../testing/fake-room";
import { InvitePanel } from "./invite-panel";

const inviting = (invite: MeetingPage["invite"], invitedAsModerator: boolean): MeetingPage =>
  Object.assign(new FakeMeeting(), { invite, invitedAsModerator }).page;

const PATIENT = { timeout: 20_000 };

test("a participant's link is never shown as a moderator's", async () => {
  const invite = vi.fn(async (moderator: boolean) => `https://example.org/#token=${moderator}`);
  const root = document.body.appendChild(document.createElement("div"));
  render(<InvitePanel meeting={inviting(invite, true)} />, root);
  const [participant, moderator] = root.querySelectorAll<HTMLInputElement>("input[type=radio]");
  const shown = (): string[] =>
    [...root.querySelectorAll<HTMLInputElement>("input[readonly]")].map(({ value }) => value);
  await vi.waitFor(() => expect(shown()).toEqual(["https://example.org/#token=false"]), PATIENT);

  const seen = new Set<string>();
  const watch = new MutationObserver(() => {
    for (const link of shown())
      seen.add(`${root.querySelector(".field label")?.textContent}: ${link}`);
  });
  watch.observe(root, { subtree: true, childList: true, characterData: true });
  moderator?.click();
  await vi.waitFor(() => expect(shown()).toEqual(["https://example.org/#token=true"]), PATIENT);
  participant?.click();
  await vi.waitFor(() => expect(shown()).toEqual(["https://example.org/#token=false"]), PATIENT);
  expect([...seen]).toEqual([
    "Moderator link: https://example.org/#token=true",
    "Participant link: https://example.org/#token=false",
  ]);
});

test("a link that could not be created is retried on request", async () => {
  const invite = vi.fn<(moderator: boolean) => Promise<string>>();
  invite.mockRejectedValueOnce(new Error("No answer.")).mockResolvedValue("https://example.org/#t");
  const root = document.createElement("div");
  render(<InvitePanel meeting={inviting(invite, false)} />, root);
  await vi.waitFor(
    () => expect(root.querySelector("[role=alert]")?.textContent).toBe("No answer."),
    PATIENT,
  );
  root.querySelector<HTMLButtonElement>("button")?.click();
  await vi.waitFor(() => expect(root.querySelector("[role=alert]")).toBeNull(), PATIENT);
  await vi.waitFor(
    () => expect(root.querySelector("input")?.value).toBe("https://example.org/#t"),
    PATIENT,
  );
});
