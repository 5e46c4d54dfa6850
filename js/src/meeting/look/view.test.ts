import { beforeEach, expect, test, vi } from "vitest";
import type { ReadingAsked } from "../../shared/protocol";
import { ViewStore } from "./view";

let view: ViewStore;

beforeEach(() => {
  view = new ViewStore();
});

const asked = (id: string): ReadingAsked => ({
  type: "reading_asked",
  reading: { id, reader: "ada", of: "me", media: "video" },
  name: "Ada",
});

test("what is announced a second time is read again", () => {
  const read = vi.fn();
  view.announcement.subscribe((text) => text && read(text.trim()));
  view.announce("Ada asks.");
  view.announce("Ada asks.");
  view.announce("Ada asks.");
  expect(read.mock.calls).toEqual([["Ada asks."], ["Ada asks."], ["Ada asks."]]);
});

test("questions of programs wait in their order, each once, until the room is left", () => {
  for (const id of ["a", "b", "a", "c"]) view.askReading(asked(id));
  view.dropReadingQuestion("b");
  view.dropReadingQuestion("unknown");
  expect(view.readingQuestions.value.map(({ reading }) => reading.id)).toEqual(["a", "c"]);
  view.clear();
  expect(view.readingQuestions.value).toEqual([]);
});
