import { beforeEach, expect, test } from "vitest";
import type { Reading } from "../../shared/protocol";
import { speak } from "../strings";
import { FakeMeeting, person } from "../testing/fake-room";
import { ReadingNews, sentenceOf } from "./reading-words";

let meeting: FakeMeeting;
let news: ReadingNews;

beforeEach(() => {
  meeting = new FakeMeeting(person({ id: "me", name: "Grace" }), [
    person({ id: "ada", name: "Ada" }),
    person({ id: "alan", name: "Alan" }),
  ]);
  news = new ReadingNews(meeting.page);
  return () => void speak(["en"]);
});

const reading = (some: Partial<Reading> = {}): Reading => ({
  ...{ id: "r1", reader: "ada", of: "me", media: "video" },
  ...some,
});

function becomes(...readings: Reading[]): [toasts: string[], announced: string] {
  meeting.view.toasts.value = [];
  meeting.view.announcement.value = "";
  meeting.room.readings.value = readings;
  news.tell();
  return [meeting.view.toasts.value.map(({ text }) => text), meeting.view.announcement.value];
}

test.each([
  [{}, "Ada's program reads your picture"],
  [{ of: "alan", media: "audio" }, "Ada's program reads Alan's sound"],
  [{ reader: "me", of: "alan" }, "Your program reads Alan's picture"],
  [{ of: null }, "Ada's program reads the stage's picture"],
  [{ reader: "gone", of: null, media: "audio" }, "A program reads the stage's sound"],
] as const)("%j is: %s", (some, words) => {
  expect(sentenceOf(meeting.room, [reading(some)])).toBe(words);
});

test("several readings by one reader are one sentence", () => {
  const both = [reading(), reading({ media: "audio" })];
  expect(sentenceOf(meeting.room, both)).toBe("Ada's program reads your picture and your sound");
  speak(["de"]);
  expect(sentenceOf(meeting.room, both)).toBe(
    "Das Programm von Ada empfängt Ihr Bild und Ihren Ton",
  );
});

test("what concerns oneself or the stage is shown when it begins and ends", () => {
  const began = "Ada's program now reads your picture.";
  expect(becomes(reading())).toEqual([[began], began]);
  const stage = reading({ id: "r2", of: null });
  const second = "Ada's program now reads the stage's picture.";
  expect(becomes(reading(), stage)).toEqual([[second], second]);
  // The reader has left meanwhile.
  meeting.room.others.value = [];
  const ended = [
    "Ada's program no longer reads your picture.",
    "Ada's program no longer reads the stage's picture.",
  ];
  expect(becomes()).toEqual([ended, ended.join(" ")]);
});

test("a program that goes on to read in another size is no news", () => {
  const larger = reading({ id: "r2" });
  becomes(reading());
  expect(becomes(reading(), larger)).toEqual([[], ""]);
  expect(sentenceOf(meeting.room, meeting.room.readings.value)).toBe(
    "Ada's program reads your picture",
  );
  expect(becomes(larger)).toEqual([[], ""]);
  const ended = "Ada's program no longer reads your picture.";
  expect(becomes()).toEqual([[ended], ended]);
});

test("what concerns others is only read aloud", () => {
  const other = reading({ of: "alan" });
  expect(becomes(other)).toEqual([[], "Ada's program now reads Alan's picture."]);
  expect(becomes(other)).toEqual([[], ""]);
  expect(becomes()).toEqual([[], "Ada's program no longer reads Alan's picture."]);
});
