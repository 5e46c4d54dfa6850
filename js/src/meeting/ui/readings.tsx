/** Who sees which programs read: in the header, on a tile, and in the participants panel. */

import type { JSX } from "preact";
import type { Reading } from "../../shared/protocol";
import type { MeetingPage } from "../room/meeting-page";
import { sentenceOf } from "../room/reading-words";
import { t } from "../strings";
import { attempt } from "./attempt";
import { Eye, Microphone, Program } from "./icons";

/** One sentence names so many readings, and the panel shows so many at once. */
const SENTENCE = 2;
const AT_A_GLANCE = 4;

/** In the header: what reads oneself or the stage, and what one's own programs read. */
export function ReadingBadges({ meeting }: { meeting: MeetingPage }): JSX.Element {
  const { room } = meeting;
  const self = room.selfId.value;
  const all = meeting.readings.value;
  const ofSelf = all.filter(({ of }) => of === self);
  const ofStage = all.filter(({ of, reader }) => of === null && reader !== self);
  const bySelf = all.filter(({ of, reader }) => of !== self && reader === self);
  const readers = byReader(ofSelf);
  const ofSelfInWords =
    readers.length > 1 ? t.readings.severalReadYou(readers.length) : sentenceOf(room, ofSelf);
  const bySelfInWords =
    bySelf.length > SENTENCE ? t.readings.youReadSeveral(bySelf.length) : sentenceOf(room, bySelf);
  return (
    <>
      {ofSelf.length > 0 && (
        <Badge meeting={meeting} tone="of-self" words={ofSelfInWords} ends={ofSelf} />
      )}
      {byReader(ofStage).map((one) => (
        <Badge key={one[0]?.reader} meeting={meeting} words={sentenceOf(room, one)} ends={[]} />
      ))}
      {bySelf.length > 0 && <Badge meeting={meeting} words={bySelfInWords} ends={bySelf} />}
    </>
  );
}

/** Whether the header shows any. */
export function hasReadingBadges({ room, readings }: MeetingPage): boolean {
  const told = [null, room.selfId.value];
  return readings.value.some(({ of, reader }) => told.includes(of) || told.includes(reader));
}

interface BadgeProps {
  meeting: MeetingPage;
  tone?: "of-self";
  words: string;
  /** The readings that its button ends. */
  ends: readonly Reading[];
}

function Badge({ meeting, tone, words, ends }: BadgeProps): JSX.Element {
  return (
    <span class={`badge reading ${tone ?? ""}`} title={words}>
      <Program />
      <span class="badge-words">{words}</span>
      {ends.length > 0 && <Stop meeting={meeting} words={words} ends={ends} />}
    </span>
  );
}

function Stop({ meeting, words, ends }: Omit<BadgeProps, "tone">): JSX.Element {
  const stop = (): Promise<unknown> => Promise.all(ends.map(({ id }) => meeting.stopReading(id)));
  return (
    <button
      type="button"
      class="reading-stop"
      aria-label={t.readings.stopOne(words)}
      onClick={() => attempt(meeting, stop)}
    >
      {t.readings.stop}
    </button>
  );
}

/** On a tile: that programs read the participant, and what. */
export function ReadingMark(props: { meeting: MeetingPage; id: string }): JSX.Element | null {
  const words = readBy(props.meeting, props.id);
  if (!words) return null;
  const media = new Set(of(props.meeting, props.id).map((reading) => reading.media));
  return (
    <span class="tile-reading" role="img" aria-label={words} title={words}>
      <Program />
      {media.has("video") && <Eye />}
      {media.has("audio") && <Microphone />}
    </span>
  );
}

/** In the participants panel: all readings, and buttons to end those that concern oneself. */
export function ReadingList({ meeting }: { meeting: MeetingPage }): JSX.Element | null {
  const self = meeting.room.selfId.value;
  const isMine = ({ reader, of }: Reading): boolean => [reader, of].includes(self);
  const { value: everything } = meeting.readings;
  const all = [...everything].sort((a, b) => Number(isMine(b)) - Number(isMine(a)));
  if (all.length === 0) return null;
  const more = all.slice(AT_A_GLANCE);
  return (
    <section aria-label={t.readings.title}>
      <h3>
        {t.readings.title}
        <span class="count">{all.length}</span>
      </h3>
      <Rows meeting={meeting} readings={all.slice(0, AT_A_GLANCE)} isMine={isMine} />
      {more.length > 0 && (
        <details class="unfold">
          <summary>{t.readings.more(more.length)}</summary>
          <Rows meeting={meeting} readings={more} isMine={isMine} />
        </details>
      )}
    </section>
  );
}

interface RowsProps {
  meeting: MeetingPage;
  readings: readonly Reading[];
  isMine: (reading: Reading) => boolean;
}

function Rows({ meeting, readings, isMine }: RowsProps): JSX.Element {
  return (
    <ul class="people readings">
      {readings.map((reading) => {
        const words = sentenceOf(meeting.room, [reading]);
        return (
          <li key={reading.id}>
            <span>{words}</span>
            {isMine(reading) && <Stop meeting={meeting} words={words} ends={[reading]} />}
          </li>
        );
      })}
    </ul>
  );
}

/** "read by Ada's program: picture, sound"; empty if no program reads the participant. */
export function readBy(meeting: MeetingPage, id: string): string {
  return byReader(of(meeting, id))
    .map((readings) => {
      const media = new Set(readings.map((reading) => t.readings.kinds[reading.media]));
      return `${programIn(meeting, readings[0]?.reader)}: ${[...media].join(", ")}`;
    })
    .join("; ");
}

function programIn({ room }: MeetingPage, reader: string | undefined): string {
  if (reader === room.selfId.value) return t.readings.readByYou;
  const name = room.others.value.find(({ id }) => id === reader)?.name;
  return name === undefined ? t.readings.readByOne : t.readings.readBy(name);
}

function of(meeting: MeetingPage, id: string): Reading[] {
  return meeting.readings.value.filter((reading) => reading.of === id);
}

function byReader(readings: readonly Reading[]): Reading[][] {
  return [...new Set(readings.map(({ reader }) => reader))].map((reader) =>
    readings.filter((reading) => reading.reader === reader),
  );
}
