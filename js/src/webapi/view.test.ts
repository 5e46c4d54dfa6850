import { describe, expect, it } from "vitest";
import { MeetingView } from "./view";

function told(...events: readonly (readonly [name: string, data?: object])[]): boolean[] {
  const view = new MeetingView(true);
  return events.map(([name, data]) => {
    view.update(name, { ...data }, "me");
    return view.ready;
  });
}

const ROLE = ["participantRoleChanged", { id: "me", role: "moderator" }] as const;

describe("a meeting's view", () => {
  it("is ready once our own engine has joined and reported the own id, not when it is connected", () => {
    expect(
      told(
        ["ready", { nanomeet: true }],
        ["nanomeetConnection", { state: "connected" }],
        ["videoConferenceJoined", { id: "me" }],
        ["participantRoleChanged", { id: "other", role: "moderator" }],
        ROLE,
      ),
    ).toEqual([false, false, false, false, true]);
  });

  it("is not ready while its connection is lost, or after leaving", () => {
    expect(
      told(
        ["ready", { nanomeet: true }],
        ["videoConferenceJoined", { id: "me" }],
        ROLE,
        ["nanomeetConnection", { state: "reconnecting" }],
        ["nanomeetConnection", { state: "connected" }],
        ["videoConferenceLeft"],
        ["videoConferenceJoined", { id: "me" }],
        ROLE,
      ),
    ).toEqual([false, false, true, false, true, false, false, true]);
  });

  it("is not ready on the way to another room of the meeting, which it does not leave", () => {
    expect(
      told(
        ["ready", { nanomeet: true }],
        ["videoConferenceJoined", { id: "me" }],
        ROLE,
        ["nanomeetConnection", { state: "moving" }],
        ["nanomeetConnection", { state: "connected" }],
        ["videoConferenceJoined", { id: "me", breakoutRoom: true }],
      ),
    ).toEqual([false, false, true, false, true, true]);
  });

  it("is ready as soon as any Jitsi has joined, even without the own id", () => {
    expect(told(["ready"], ["videoConferenceJoined", { id: "me" }])).toEqual([false, true]);
  });
});
