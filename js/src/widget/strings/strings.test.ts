// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { languagesOf, localeOf } from "../../shared/language";
import { token } from "../../webapi/test-token";
import { type Card, wordsOf } from "../cards";
import { remaining } from "../clock";
import { readinessOf } from "../readiness";
import { pageOf } from "../token";
import { speak, t } from ".";
import { de } from "./de";
import { en } from "./en";

const CARDS: readonly Card[] = [
  { kind: "silent", busy: true },
  { kind: "silent", busy: false },
  { kind: "saved" },
  { kind: "ended" },
  { kind: "unseen" },
  { kind: "shared", invites: true },
  { kind: "shared", invites: false },
  { kind: "no_token" },
  { kind: "early", opens: 0 },
  { kind: "ask", server: "https://meet.example" },
  { kind: "browser" },
  ...(["cell", "page", "browser", "tab"] as const).map(
    (place): Card => ({ kind: "elsewhere", place }),
  ),
  { kind: "left" },
  { kind: "left", code: true },
  ...Object.keys(en.failures).map(
    (kind): Card => ({ kind: "failed", failure: { kind, message: "It broke." } }),
  ),
];

afterEach(() => {
  document.documentElement.lang = "";
  vi.restoreAllMocks();
  speak(["en"]);
});

const browserSpeaks = (...tags: string[]) =>
  vi.spyOn(navigator, "languages", "get").mockReturnValue(tags);

test.each([
  ["de_DE", ["en-US"], "de"],
  ["de", [], "de"],
  ["en", ["de-AT"], "en"],
  ["", ["de-AT", "en"], "de"],
  ["", ["fr"], "en"],
  ["fr", ["fr", "de"], "de"],
])("a notebook in %j and a browser in %j give cells in %s", (page, browser, said) => {
  document.documentElement.lang = page;
  browserSpeaks(...browser);
  expect(speak(languagesOf(document))).toBe(said);
});

test.each(CARDS)("the card %j is German in a German notebook, with the same buttons", (card) => {
  const english = wordsOf(card, "algebra");
  speak(["de"]);
  const german = wordsOf(card, "algebra");
  expect(german.words).not.toBe(english.words);
  expect(german.words).not.toContain("{}");
  for (const button of ["action", "second"] as const) {
    expect(typeof german[button]).toBe(typeof english[button]);
    if (english[button]) expect(german[button]).not.toBe(english[button]);
  }
});

test("an unknown failure is shown with its own message", () => {
  speak(["de"]);
  const odd: Card = { kind: "failed", failure: { kind: "odd", message: "It broke." } };
  expect(wordsOf(odd, "")).toEqual({ words: "It broke.", action: "Noch einmal versuchen" });
});

test("both languages know the same failures", () => {
  expect(Object.keys(de.failures)).toEqual(Object.keys(en.failures));
});

test.each(CARDS)("Python receives the card %j in English", (card) => {
  const english = readinessOf(card, "algebra");
  speak(["de"]);
  expect(readinessOf(card, "algebra")).toEqual(english);
});

test("a countdown and a date are in the cell's language", () => {
  browserSpeaks("en-GB", "de-AT");
  speak(["de"]);
  expect(remaining(2 * 86_400)).toBe("2 Tage 0 h");
  expect(remaining(86_400)).toBe("1 Tag 0 h");
  expect([localeOf(t.language), localeOf("en"), localeOf("fr")]).toEqual(["de-AT", "en-GB", "fr"]);
});

test("the room uses the notebook's language, or the browser's if the notebook names none", () => {
  const asked = () => new URL(pageOf(token(), "light")).searchParams.get("lang");
  expect(asked()).toBeNull();
  speak(["de"]);
  expect(asked()).toBe("de");
});
