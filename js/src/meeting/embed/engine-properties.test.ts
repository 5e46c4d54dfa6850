/** Whatever an embedding page sends, each command and request settles; a refusal has a message. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { commandNames } from "../../engine/commands";
import { asMessage } from "../../shared/postis";
import { LIMITS } from "../../shared/protocol";
import { RefusedError } from "../../shared/refused-error";
import { bytes, isTooLong, isWhole } from "../../shared/text";
import type { MeetingPage } from "../room/meeting-page";
import { FakeMeeting, person } from "../testing/fake-room";
import { COMMANDS, runCommand } from "./engine-commands";
import { ANSWERS, answerRequest, DEVICE_ANSWERS } from "./engine-requests";

const ID = "0123456789abcdef";
const WORDS = [
  "",
  " ",
  ID,
  "video",
  "\ud800",
  "__proto__",
  "constructor",
  "👨‍👩‍👧‍👦",
  "x".repeat(3000),
];

/** Anything a page can send: JSON, and whatever JSON makes of other values. */
const odd = fc
  .oneof(
    { weight: 2, arbitrary: fc.constantFrom<unknown>(...WORDS, null, true, -1, 1e308, [], {}) },
    fc.string({ unit: "binary" }),
    fc.record({
      title: fc.constantFrom<unknown>(...WORDS, 7),
      timeout: fc.constantFrom<unknown>(...WORDS, {}),
      mode: fc.constantFrom("stream", "file"),
      to: fc.constantFrom<unknown>("rtmp://a/b", ["rtmp://a/b"], [7], { length: 2 }),
      quality: fc.constantFrom<unknown>("1080p", "toString", 3),
      toString: fc.constant(1),
    }),
    fc.jsonValue({ maxDepth: 6 }),
    fc.anything({ withBigInt: false, withDate: true, withNullPrototype: true }),
  )
  .map((value): unknown => JSON.parse(JSON.stringify([value]))[0]);

/** A meeting with fake devices, and its requests to the server. */
function parts(): { meeting: MeetingPage; asked: Record<string, unknown>[] } {
  const fake = new FakeMeeting(person({ id: "ab", moderator: true }), [person({ id: ID })]);
  fake.media.microphoneOn.value = true;
  fake.media.noise.value = "on";
  return { meeting: fake.page, asked: fake.asked as Record<string, unknown>[] };
}

/** Throws if the server would reject a request: its rules, in TypeScript. */
function right(request: Record<string, unknown>): void {
  const most = { text: LIMITS.message, subject: LIMITS.subject, password: LIMITS.password };
  for (const [field, value] of Object.entries(request)) {
    if (typeof value === "string" && field !== "name") {
      expect(isWhole(value)).toBe(true);
      expect(isTooLong(value, most[field as "text"] ?? LIMITS.push_url)).toBe(false);
    }
    if (["id", "to"].includes(field) && request.type !== "start_broadcast") {
      expect([ID, "ab", null]).toContain(value);
    }
  }
  expect(bytes(JSON.stringify(request))).toBeLessThan(LIMITS.frame);
}

/** Resolves, or rejects with a message and a kind. */
async function settles(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({
      kind: expect.stringMatching(/^[a-z_]+$/),
      message: expect.stringMatching(/\.$/),
    });
  }
}

const odds = fc.array(odd, { maxLength: 3 });
const emit = (): void => {};

test.each(Object.keys(COMMANDS))("%s settles with any arguments", async (name) => {
  await fc.assert(
    fc.asyncProperty(odds, async (args) => {
      const { meeting, asked } = parts();
      await settles(runCommand(meeting, emit, name, args));
      for (const request of asked) right(request);
    }),
    { numRuns: 100 },
  );
});

test("no other name is a command", async () => {
  const names = fc.oneof(fc.constantFrom(...WORDS, ...commandNames()), fc.string());
  await fc.assert(
    fc.asyncProperty(names, odds, async (name, args) => {
      await settles(runCommand(parts().meeting, emit, name, args));
    }),
  );
});

test("every request settles with any arguments", async () => {
  const known = [...Object.keys(ANSWERS), ...Object.keys(DEVICE_ANSWERS), ...WORDS];
  const question = fc.record(
    {
      name: fc.constantFrom(...known),
      type: fc.constantFrom<unknown>("devices", undefined, 7),
      command: fc.oneof(fc.constantFrom(...Object.keys(COMMANDS)), odd),
      args: fc.oneof(odds, odd),
      device: odd,
    },
    { requiredKeys: ["name"] },
  );
  await fc.assert(
    fc.asyncProperty(question, async (data) => {
      const { meeting, asked } = parts();
      const message = asMessage(JSON.parse(JSON.stringify({ type: "request", id: 1, data })));
      if (message?.type !== "request") throw new Error("this is no question");
      await settles(Promise.resolve(answerRequest(meeting, message.data, emit)));
      for (const request of asked) right(request);
    }),
    { numRuns: 500 },
  );
});
