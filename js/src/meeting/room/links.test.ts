import { expect, test } from "vitest";
import { pieces } from "./links";

const hrefs = (text: string): (string | undefined)[] =>
  pieces(text).flatMap(({ href }) => (href ? [href] : []));

test.each([
  ["See https://example.org/a?b=c#d.", ["https://example.org/a?b=c#d"]],
  ["(http://example.org/wiki/Set_(mathematics))", ["http://example.org/wiki/Set_(mathematics)"]],
  ["[https://example.org]!", ["https://example.org"]],
  ["HTTPS://EXAMPLE.ORG, http://b.example", ["HTTPS://EXAMPLE.ORG", "http://b.example"]],
  ["„https://example.org/straße“", ["https://example.org/straße"]],
  ["https://[::1]:8000/x", ["https://[::1]:8000/x"]],
])("finds links in %s", (text, expected) => {
  expect(hrefs(text)).toEqual(expected);
});

test.each([
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "ftp://example.org",
  "example.org",
  "https://",
  "http://bank.example@evil.example/",
])("%s is not a link", (text) => {
  expect(hrefs(text)).toEqual([]);
});

test("no text is lost", () => {
  const text = 'a <b> https://x.example/"q" (https://y.example). c\n';
  expect(
    pieces(text)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
});
