// @vitest-environment happy-dom
// @vitest-environment-options {"settings": {"disableIframePageLoading": true}}
/** With any arguments, the Web API's promises settle, and the meeting continues. */

import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { commandNames } from "../engine/commands";
import { FakeMeeting } from "../engine/fake-meeting";
import { NanoMeetError } from "./errors";
import { token } from "./test-token";
import { WebApi } from "./web-api";

const CALLS = [
  "createInviteToken",
  "createNanoMeetRoom",
  "createNanoStreams",
  "executeCommand",
  "getAvailableDevices",
  "getCurrentDevices",
  "getParticipants",
  "muteEveryone",
  "pinParticipant",
  "presentElement",
  "setAudioDevice",
  "setLobby",
  "setMainParticipant",
  "setNanoMeetSubject",
  "setPassword",
  "setVideoDevice",
  "shortenMeetingUrl",
  "startBroadcast",
  "stopBroadcast",
  "toggle",
  "validateAPIKey",
] as const satisfies readonly (keyof WebApi)[];

type Call = (...args: unknown[]) => Promise<unknown>;

let nanoMeet: WebApi;
let meeting: FakeMeeting;

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = '<div id="place"></div>';
});

afterEach(() => {
  nanoMeet.api?.dispose();
  vi.useRealTimers();
});

/** The reason of a rejection; null if it resolves. */
function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (failure) => failure,
  );
}

async function join(own: boolean): Promise<void> {
  const fetch = async (): Promise<Response> => new Response("{}");
  nanoMeet = new WebApi({ fetch });
  const joining = nanoMeet.init({ token: token({ moderator: true }), id: "place" });
  meeting = new FakeMeeting(nanoMeet.api);
  meeting.join(own ? { nanomeet: true } : {});
  if (own) meeting.emit("nanomeet-participants", { participants: [] });
  await vi.advanceTimersByTimeAsync(60);
  await joining;
}

const circle: Record<string, unknown> = {};
circle.circle = circle;
const ODD: unknown[] = [
  ...[undefined, null, "", " ", "\ud800", "x".repeat(5000), "constructor", "__proto__", "me"],
  ...[0, -1, Number.NaN, 1e308, 10n, Symbol("odd"), () => {}, [], {}, [[]], circle],
  ...[new Date(0), new Map(), Object.create(null), { toJSON: () => 1n }, { length: 1n }],
];
const odd = fc.oneof(fc.constantFrom(...ODD), fc.anything({ withBigInt: true }));

test.each([true, false])("every call settles with a message; our own engine: %s", async (own) => {
  await join(own);
  const args = fc.oneof(
    fc.array(odd, { maxLength: 3 }),
    fc.tuple(fc.constantFrom(...commandNames().filter((name) => name !== "hangup")), odd),
    fc.tuple(fc.constantFrom("constructor", "toString", "__proto__"), odd),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...CALLS), args, async (name, given) => {
      const settled = failureOf((nanoMeet[name] as Call).apply(nanoMeet, given));
      await vi.advanceTimersByTimeAsync(61_000);
      const failure = await settled;
      if (failure === null) return;
      expect(failure, name).toBeInstanceOf(NanoMeetError);
      expect(failure).toMatchObject({
        error: expect.stringMatching(/ Error$/),
        kind: expect.stringMatching(/^[a-z_]+$/),
        message: expect.stringMatching(/\w/),
      });
    }),
    { numRuns: 400 },
  );
  expect(nanoMeet.api).not.toBeNull();
  const sent = meeting.commands.length;
  const said = nanoMeet.executeCommand("sendChatMessage", "Hello");
  said.catch(() => {});
  await vi.advanceTimersByTimeAsync(61_000);
  expect(meeting.commands.slice(sent)).toEqual([["send-chat-message", ["Hello"]]]);
});

test("init with any argument rejects with a message, and leaves nothing behind", async () => {
  nanoMeet = new WebApi();
  const config = fc.oneof(
    odd,
    fc.record(
      {
        token: fc.oneof(fc.constant(token()), odd),
        id: fc.oneof(fc.constant("place"), odd),
        ...{ branding: odd, tileView: odd, server: odd, config: odd, displayName: odd },
        ...{ width: odd, height: odd, prejoin: odd, theme: odd, broadcast: odd, library: odd },
      },
      { requiredKeys: [] },
    ),
  );
  await fc.assert(
    fc.asyncProperty(config, async (given) => {
      const settled = failureOf(nanoMeet.init(given as never));
      await vi.advanceTimersByTimeAsync(61_000);
      expect(await settled).toBeInstanceOf(NanoMeetError);
      expect(nanoMeet.api).toBeNull();
      expect(document.querySelectorAll("iframe")).toHaveLength(0);
    }),
    { numRuns: 300 },
  );
});
