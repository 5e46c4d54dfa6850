/** Groups in the engine API: Jitsi's commands about breakout rooms, this project's own, and their data. */

import { invalid, text, textOrNull } from "../../shared/arguments";
import { type GroupPlan, LIMITS } from "../../shared/protocol";
import { RefusedError } from "../../shared/refused-error";
import { type MeetingPage, minutesOf, type RoomStore, shuffled, usualName } from "../room";
import { roleOf } from "./engine-data";
import { type Watch, watch } from "./ordered-effects";

type Command = (meeting: MeetingPage, args: readonly unknown[]) => unknown;
type Emit = (name: string, data?: Record<string, unknown>) => void;

const NAME = { min: 1, max: LIMITS.group };
const ID = { min: 1, max: Number.POSITIVE_INFINITY };
const MESSAGE = { min: 1, max: LIMITS.message };

const read = (value: unknown, key: string): unknown => Reflect.get(Object(value), key);

export const GROUP_COMMANDS: Readonly<Record<string, Command>> = {
  "add-breakout-room": ({ ask, room }, [name]) =>
    ask.groups.add(textOrNull("The name", name, NAME) || newName(room)),
  // As in Jitsi, everyone but oneself, by chance: into the rooms that there are.
  "auto-assign-to-breakout-rooms": async ({ ask, room }) => {
    const groups = room.groups.groups.value;
    if (groups.length === 0) throw new RefusedError("invalid", "No groups are open.");
    const people = shuffled(room.others.value.map(({ id }) => id));
    for (const [at, id] of people.entries()) {
      await ask.groups.assign(id, groups[at % groups.length]?.id ?? null);
    }
  },
  // As in Jitsi, the room stays, without anyone in it.
  "close-breakout-room": async ({ ask, room }, [id]) => {
    const wanted = group(room, id);
    const { people } = room.groups.groups.value.find((one) => one.id === wanted) ?? { people: [] };
    for (const person of people) await ask.groups.assign(person.id, null);
  },
  "join-breakout-room": ({ ask, launch, room }, [id]) =>
    ask.groups.enter(groupOrMain(room, launch.room, id)),
  "remove-breakout-room": ({ ask, room }, [id]) => ask.groups.remove(group(room, id)),
  "send-participant-to-room": ({ ask, launch, room }, [id, to]) =>
    ask.groups.assign(member(room, id), groupOrMain(room, launch.room, to)),
  "nanomeet-open-groups": ({ ask, room }, [wanted]) =>
    ask.groups.open(plans(room, read(wanted, "groups")), minutes(read(wanted, "minutes"))),
  "nanomeet-add-group": ({ ask }, [wanted]) =>
    ask.groups.add(text("The group's name", read(wanted, "name"), NAME)),
  "nanomeet-rename-group": ({ ask, room }, [wanted]) =>
    ask.groups.rename(
      group(room, read(wanted, "group")),
      text("The group's name", read(wanted, "name"), NAME),
    ),
  "nanomeet-remove-group": ({ ask, room }, [wanted]) =>
    ask.groups.remove(group(room, read(wanted, "group"))),
  "nanomeet-assign-group": ({ ask, room }, [wanted]) =>
    ask.groups.assign(member(room, read(wanted, "id")), groupOrNull(room, read(wanted, "group"))),
  "nanomeet-enter-group": ({ ask, room }, [wanted]) =>
    ask.groups.enter(groupOrNull(room, read(wanted, "group"))),
  "nanomeet-set-groups-end": ({ ask }, [wanted]) =>
    ask.groups.setEnd(minutes(read(wanted, "minutes"))),
  "nanomeet-announce-to-groups": ({ ask }, [wanted]) =>
    ask.groups.announce(text("The message", read(wanted, "text"), MESSAGE)),
  "nanomeet-close-groups": ({ ask }) => ask.groups.closeAll(),
};

/** A room as Jitsi describes it. */
interface BreakoutRoom {
  id: string;
  jid: string;
  name: string;
  isMainRoom: boolean;
  participants: Readonly<Record<string, { jid: string; role: string | null; displayName: string }>>;
}

/**
 * All rooms of the meeting by id, as Jitsi describes them. Of a room in which this page is not, it
 * knows those who belong there and are there; of the main room, while it is in a group, no one.
 */
export function breakoutRooms({ room, launch, name }: MeetingPage): Record<string, BreakoutRoom> {
  const { groups, here } = room.groups;
  const present = room.everybody.value.map((one) => ({
    id: one.id,
    name: one.id === room.selfId.value ? name.value : one.name,
    role: roleOf(one.moderator),
  }));
  const described = (
    id: string,
    title: string,
    isMainRoom: boolean,
    people: readonly { id: string; name: string; role: string | null }[],
  ): [string, BreakoutRoom] => {
    const participants = people.map((one) => [
      one.id,
      { jid: one.id, role: one.role, displayName: one.name },
    ]);
    return [
      id,
      { id, jid: id, name: title, isMainRoom, participants: Object.fromEntries(participants) },
    ];
  };
  const main = here.value === null ? present : [];
  // A group's subject is its own.
  const subject = here.value === null ? room.state.value.subject : "";
  // The list of the groups follows the welcome to one of them.
  const unlisted = room.groups.listed.value ? null : here.value;
  return Object.fromEntries([
    described(launch.room, subject || launch.room, true, main),
    ...(unlisted === null
      ? []
      : [described(unlisted, room.groups.name.value ?? "", false, present)]),
    ...groups.value.map(({ id, name: title, people }) => {
      const away = people.filter((one) => one.here).map((one) => ({ ...one, role: null }));
      return described(id, title, false, id === here.value ? present : away);
    }),
  ]);
}

/** What the page around the meeting learns of its groups; nothing while it is in no room, or in one it cannot name. */
export function watchGroups(meeting: MeetingPage, emit: Emit): Watch[] {
  const { room } = meeting;
  const { groups, endsByServer: ends, here, own } = room.groups;
  return [
    watch(
      () => {
        const state = { groups: groups.value, ends: ends.value, here: here.value, own: own.value };
        return room.selfId.value && room.groups.listed.value ? state : null;
      },
      (now) => now && emit("nanomeet-groups-changed", { ...now, groups: [...now.groups] }),
    ),
    watch(
      () =>
        room.selfId.value && room.groups.open.value ? JSON.stringify(breakoutRooms(meeting)) : "",
      (_, before) => {
        if (!room.selfId.value || (before === "" && !room.groups.open.value)) return;
        emit("breakout-rooms-updated", { rooms: breakoutRooms(meeting) });
      },
    ),
  ];
}

/** The first usual name that no group has. */
function newName({ groups }: RoomStore): string {
  const taken = new Set(groups.groups.value.map(({ name }) => name));
  let at = 0;
  while (taken.has(usualName(at))) at += 1;
  return usualName(at);
}

function plans(room: RoomStore, wanted: unknown): GroupPlan[] {
  if (!Array.isArray(wanted) || wanted.length === 0 || wanted.length > LIMITS.groups) {
    throw invalid("groups", `is a list of 1 to ${LIMITS.groups} groups`);
  }
  return wanted.map((one) => {
    const people = read(one, "people") ?? [];
    if (!Array.isArray(people)) throw invalid("people", "is a list of participants' ids");
    return {
      name: text("The group's name", read(one, "name"), NAME),
      people: people.map((id) => member(room, id)),
    };
  });
}

function minutes(value: unknown): number | null {
  if (value == null) return null;
  const wanted = typeof value === "number" ? minutesOf(String(value)) : undefined;
  if (wanted == null) throw invalid("minutes", "is a number above 0, up to 1440");
  return wanted;
}

/** A participant in one of the meeting's rooms. */
function member({ everybody, groups }: RoomStore, value: unknown): string {
  const id = text("The participant's id", value, ID);
  const known = [everybody.value, ...groups.groups.value.map(({ people }) => people)].flat();
  if (known.some((one) => one.id === id)) return id;
  throw new RefusedError("not_found", "No participant with this id is in the meeting.");
}

function group({ groups }: RoomStore, value: unknown): string {
  const id = text("The group's id", value, ID);
  if (groups.groups.value.some((one) => one.id === id)) return id;
  throw new RefusedError("not_found", "No group with this id is open.");
}

function groupOrNull(room: RoomStore, value: unknown): string | null {
  return value == null || value === "" ? null : group(room, value);
}

/** The main room has an id of its own for Jitsi's commands. */
function groupOrMain(room: RoomStore, main: string, value: unknown): string | null {
  return value === main ? null : groupOrNull(room, value);
}
