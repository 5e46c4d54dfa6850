/** Says in words who reads what, and tells the participant when that changes. */

import type { Reading } from "../../shared/protocol";
import { t } from "../strings";
import type { MeetingParts } from "./parts";
import type { RoomStore } from "./room";

export type Told = Pick<Reading, "reader" | "of" | "media">;

/** Whose program it is, as a sentence begins with it. */
export function programOf(room: RoomStore, { reader }: Told): string {
  if (reader === room.selfId.value) return t.readings.yourProgram;
  const name = nameOf(room, reader);
  return name === undefined ? t.readings.aProgram : t.readings.program(name);
}

/** What it reads, as a sentence ends with it. */
export function subjectOf(room: RoomStore, { of, media }: Told): string {
  if (of === null) return t.readings.stage[media];
  const name = nameOf(room, of);
  const own = of === room.selfId.value || name === undefined;
  return own ? t.readings.yours[media] : t.readings.theirs[media](name);
}

/** "Ada's program reads your picture and your sound": readings by one reader. */
export function sentenceOf(room: RoomStore, readings: readonly Told[]): string {
  const [first] = readings;
  if (!first) return "";
  const subjects = new Set(readings.map((reading) => subjectOf(room, reading)));
  return t.readings.reads(programOf(room, first), [...subjects].join(t.readings.and));
}

/**
 * Tells what has begun and ended: visibly if it concerns the stage or oneself, otherwise to screen
 * readers only.
 */
export class ReadingNews {
  readonly #parts: Pick<MeetingParts, "room" | "view">;
  /** As it was when it began: a reader who has left has no name any more. */
  #known = new Map<string, { ended: string; loud: boolean }>();

  constructor(parts: Pick<MeetingParts, "room" | "view">) {
    this.#parts = parts;
  }

  /** Call it when the room's readings have changed. */
  tell(): void {
    const { room, view } = this.#parts;
    const before = this.#known;
    this.#known = new Map();
    const news: { text: string; loud: boolean }[] = [];
    for (const reading of room.readings.value) {
      const words = [programOf(room, reading), subjectOf(room, reading)] as const;
      const loud = [null, room.selfId.value].includes(reading.of);
      // A program that reads the same in another size has another reading.
      const key = [reading.reader, reading.of, reading.media].join();
      const known = before.get(key) ?? this.#known.get(key);
      if (!known) news.push({ text: t.readings.began(...words), loud });
      this.#known.set(key, known ?? { ended: t.readings.ended(...words), loud });
      before.delete(key);
    }
    for (const { ended, loud } of before.values()) news.push({ text: ended, loud });
    const shown = news.filter(({ loud }) => loud);
    for (const { text } of shown) view.tell(text);
    // Each is read aloud as it is shown, but several at once are one announcement.
    if (news.length > 1 || news.length > shown.length) {
      view.announce(news.map(({ text }) => text).join(" "));
    }
  }
}

function nameOf(room: RoomStore, id: string): string | undefined {
  return room.everybody.value.find((one) => one.id === id)?.name;
}
