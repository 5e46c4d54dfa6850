import { expect, test } from "vitest";
import { displayFailure } from "./display-failure";

test.each([
  ["NotFoundError", "The object can not be found here.", "screen_missing"],
  ["NotReadableError", "", "screen_system"],
  ["AbortError", "", "screen_system"],
  ["NotAllowedError", "Permission denied by system", "screen_system"],
  ["InvalidStateError", "", "needs_touch"],
])("%s (%s) of a browser has words of the page's own", (name, message, kind) => {
  expect(displayFailure(new DOMException(message, name))).toMatchObject({ kind });
});

test("who dismisses the browser's question needs no words", () => {
  expect(displayFailure(new DOMException("Permission denied", "NotAllowedError"))).toBeNull();
});

test("any other failure stays what it is", () => {
  for (const error of [new TypeError("no"), new DOMException("", "DataError")]) {
    expect(displayFailure(error)).toBe(error);
  }
});
