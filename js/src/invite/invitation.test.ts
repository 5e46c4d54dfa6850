import { expect, test } from "vitest";
import { token } from "../webapi/test-token";
import { duration, invitation, meetingAddress, tokenIn } from "./invitation";

const NOW = Date.UTC(2026, 2, 1, 9);

test("the token is in the fragment", () => {
  expect(tokenIn("#token=a.b.c")).toBe("a.b.c");
  expect(tokenIn("#")).toBeNull();
});

test.each([
  ["missing", null],
  ["missing", ""],
  ["malformed", "a.b.c"],
  ["malformed", token().slice(0, 30)],
  ["malformed", token({ room: undefined })],
  ["malformed", token({ sub: ".." })],
  ["malformed", token({ room: "a/b" })],
  ["early", token({ nbf: NOW / 1000 + 1, exp: NOW / 1000 + 60 })],
  ["open", token({ nbf: NOW / 1000, exp: NOW / 1000 + 60 })],
  ["open", token({ nbf: undefined, exp: undefined })],
  ["expired", token({ nbf: NOW / 1000 - 60, exp: NOW / 1000 })],
])("an invite is %s", (state, text) => {
  expect(invitation(text, NOW).state).toBe(state);
});

test("without the server's time, a token's validity period is not checked", () => {
  const expired = token({ nbf: NOW / 1000 - 60, exp: NOW / 1000 });
  expect(invitation(expired, null).state).toBe("open");
  expect(invitation(token({ nbf: NOW / 1000 + 60 }), null).state).toBe("open");
});

test("the meeting's URL has the token in its fragment, below the server's base", () => {
  const text = token();
  const current = invitation(text, NOW);
  if (!("claims" in current)) throw new Error(current.state);
  const base = "https://hub.example/user/ada/nanomeet/";
  const url = new URL(meetingAddress(text, current.claims, base));
  expect(url.href.split("#")[0]).toBe(`${base}team/standup`);
  expect(decodeURIComponent(url.hash)).toBe(`#jwt="${text}"`);
});

test.each([
  [0, "0 s"],
  [999, "1 s"],
  [61_000, "1 min 1 s"],
  [3_600_000, "1 h 0 min 0 s"],
  [90_061_000, "1 d 1 h 1 min 1 s"],
])("%i ms are %s", (milliseconds, words) => {
  expect(duration(milliseconds)).toBe(words);
});
