import fc from "fast-check";
import { expect, test } from "vitest";
import { CHARACTER_BYTES } from "./protocol";
import { bytes, characters, cut, first, isTooLong, isWhole, lengthOf, nameOf, whole } from "./text";

/** One visible character each. */
const ONE = ["a", "ß", "👋", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇩🇪", "e\u0301", "\r\n", "क्षि", "กำ", "👩🏽‍❤️‍💋‍👨🏽"];

test.each(ONE)("%s is one character", (one) => {
  expect(lengthOf(one)).toBe(1);
  expect(lengthOf(one.repeat(64))).toBe(64);
  expect(isTooLong(one.repeat(64), 64)).toBe(false);
  expect(isTooLong(one.repeat(65), 64)).toBe(true);
  expect(cut(one.repeat(65), 64)).toBe(one.repeat(64));
  expect(cut(`${"x".repeat(63)}${one}y`, 64)).toBe(`${"x".repeat(63)}${one}`);
  expect(first(`${one}x`)).toBe(one);
});

test("a character with endless accents is limited in bytes", () => {
  const zalgo = `a${"\u0301".repeat(100_000)}`;
  expect(lengthOf(zalgo)).toBe(1);
  expect(isTooLong(zalgo, 64)).toBe(true);
  expect(cut(`Ada ${zalgo}`, 64)).toBe("Ada ");
  expect(nameOf(zalgo)).toBe("");
});

test("half of a UTF-16 pair is not a character", () => {
  expect(isWhole("👋")).toBe(true);
  for (const half of ["\ud83d", "\udc4b", "\udc4b\ud83d", "a\ud83d b"]) {
    expect(isWhole(half)).toBe(false);
    expect(isWhole(whole(half))).toBe(true);
  }
  expect(whole("\ud83d👋\udc4b")).toBe("\ufffd👋\ufffd");
});

test("truncation keeps as many whole characters of the beginning as fit", () => {
  const texts = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...ONE)));
  fc.assert(
    fc.property(texts, fc.integer({ min: 0, max: 20 }), (parts, max) => {
      const text = parts.join("");
      const kept = cut(text, max);
      expect(text.startsWith(kept)).toBe(true);
      expect([...characters(text)].slice(0, lengthOf(kept)).join("")).toBe(kept);
      expect(isTooLong(kept, max)).toBe(false);
      const next = [...characters(text)][lengthOf(kept)];
      if (next !== undefined) {
        const room = bytes(kept + next) <= max * CHARACTER_BYTES;
        expect(lengthOf(kept) === max || !room).toBe(true);
      }
    }),
  );
});
