/** Two bots that keep a person company whose token says so: `nm.demo()` makes such tokens. */

import { effect } from "@preact/signals";
import type { MeetingPage } from "../room/meeting-page";
import { t } from "../strings";
import { Bot, type BotOptions } from "./bot";

/** The same in each language: another page of the person looks for them. */
const NAMES = ["Ada (Bot)", "Linus (Bot)"] as const;
/** Seconds between two speeches. */
const SPEECHES = 17;

/** Lets the bots come once the person is in the room, and go with them. */
export function keepCompany(meeting: MeetingPage, signal: AbortSignal): void {
  if (!meeting.bringsBots) return;
  let bots: readonly Bot[] = [];
  const leave = (): void => {
    const gone = bots;
    bots = [];
    for (const bot of gone) bot.leave();
  };
  const come = async (): Promise<void> => {
    const cast = await Promise.all(parts().map((part) => makeBot(meeting, part)));
    if (meeting.status.peek() === "joined" && !signal.aborted) bots = cast.map((make) => make());
  };
  let came = false;
  effect(() => {
    const joined = meeting.status.value === "joined";
    const away = ["left", "failed"].includes(meeting.status.value);
    // Those of another page of the person, or of this one before it was reloaded.
    const names: ReadonlySet<string> = new Set(NAMES);
    const there = meeting.room.others.value.some(({ name }) => names.has(name));
    if (away) {
      came = false;
      leave();
    } else if (joined && !came && !there && meeting.room.groups.here.value === null) {
      came = true;
      come().catch(() => {});
    }
  });
  signal.addEventListener("abort", leave);
  window.addEventListener("pagehide", leave, { signal });
}

type Part = Pick<BotOptions, "name" | "looks" | "part">;

function parts(): [Part, Part] {
  const [first, second] = NAMES;
  return [
    {
      name: first,
      looks: { colours: ["#3c6ea8", "#7fb3d8"], pitch: 165 },
      part: [
        [1.5, (bot) => bot.ask.sendChat(t.demo.hello)],
        [3, speakNowAndThen],
        [6, (bot) => bot.ask.raiseHand(true)],
      ],
    },
    {
      name: second,
      looks: { colours: ["#8a4f7d", "#d08f6f"], pitch: 105 },
      part: [
        [4, (bot) => bot.ask.sendChat(t.demo.hint)],
        [9, (bot) => bot.ask.react("thumbs_up")],
        [3 + SPEECHES / 2, speakNowAndThen],
      ],
    },
  ];
}

function speakNowAndThen(bot: Bot): void {
  bot.speak();
  bot.later(SPEECHES, () => speakNowAndThen(bot));
}

async function makeBot(meeting: MeetingPage, part: Part): Promise<() => Bot> {
  const token = await meeting.inviteToken(false);
  const deeds = [takePlace(meeting, part.name), ...part.part];
  return () => new Bot({ base: meeting.launch.base, token, ...part, part: deeds });
}

/** Puts a bot into the group of the one that it follows, which the page had before it was reloaded. */
function takePlace({ room, ask }: MeetingPage, name: string): BotOptions["part"][number] {
  const left = room.groups.groups
    .peek()
    .flatMap(({ id: group, people }) =>
      people.filter((one) => one.name === name).map(({ id }) => ({ group, id })),
    );
  return [
    0,
    async ({ room: { selfId } }) => {
      for (const { group, id } of left) {
        await ask.groups.assign(id, null);
        if (selfId.value !== null) await ask.groups.assign(selfId.value, group);
      }
    },
  ];
}
