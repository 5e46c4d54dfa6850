import { afterEach, expect, test, vi } from "vitest";
import { type RecordKind, recordsPolicy, sentenceOf } from "./records";
import { records as de } from "./records.de";
import { records as en } from "./records.en";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A server that gives this answer. */
function answers(body: unknown, status = 200): { url?: string; init?: RequestInit } {
  const asked: { url?: string; init?: RequestInit } = {};
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    Object.assign(asked, { url: url.href, init });
    return new Response(JSON.stringify(body), { status });
  });
  return asked;
}

test("the server is asked with the token in a header, below its base", async () => {
  const asked = answers({ kinds: ["attendance"], days: 30 });
  const policy = await recordsPolicy("https://hub.example/user/ada/nanomeet", "a.b.c");
  expect(policy).toEqual({ kinds: ["attendance"], days: 30 });
  expect(asked.url).toBe("https://hub.example/user/ada/nanomeet/records/policy");
  expect(asked.init?.headers).toEqual({ Authorization: "Bearer a.b.c" });
});

test.each([
  ["an error", { message: "no" }, 401],
  ["no list", { kinds: "attendance", days: 30 }, 200],
  ["no days", { kinds: ["attendance"] }, 200],
  // A sentence without it would be false.
  ["a kind that this page cannot name", { kinds: ["attendance", "gaze"], days: 30 }, 200],
  ["a property of every object", { kinds: ["constructor"], days: 30 }, 200],
  ["nothing", null, 200],
])("%s is no answer", async (_, body, status) => {
  answers(body, status);
  expect(await recordsPolicy("https://meet.example", "a.b.c")).toBeNull();
});

test("without a network there is no answer", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
  expect(await recordsPolicy("https://meet.example", "a.b.c")).toBeNull();
});

test("the sentence names all that is kept, and for how long", () => {
  expect(sentenceOf({ kinds: ["attendance"], days: 30 }, en)).toBe(
    "This meeting keeps who was here and when, for 30 days. Its moderators can read it.",
  );
  expect(sentenceOf({ kinds: ["attendance", "chat"], days: 1 }, en)).toContain(
    "who was here and when and the chat, for 1 day.",
  );
  expect(sentenceOf({ kinds: ["attendance", "hands", "chat"], days: 7 }, de)).toContain(
    "7 Tage lang aufbewahrt: wer wann hier war, gehobene Hände und der Chat.",
  );
});

test.each([en, de])("nothing is nothing, and every kind has words", (words) => {
  expect(sentenceOf({ kinds: [], days: 30 }, words)).toBe(words.keepsNothing);
  const all = Object.keys(words.kinds) as RecordKind[];
  const sentence = sentenceOf({ kinds: all, days: 30 }, words);
  for (const kind of all) expect(sentence).toContain(words.kinds[kind]);
});
