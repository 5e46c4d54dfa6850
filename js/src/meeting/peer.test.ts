import { expect, test } from "vitest";
import { sessionOf } from "./peer";

test("the session of a description is read from its origin line", () => {
  expect(sessionOf("v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\n")).toBe(
    "4611731400430051336",
  );
  expect(sessionOf("v=0\r\ns=-\r\n")).toBeNull();
  expect(sessionOf(undefined)).toBeNull();
});
