/** The room's state from the server: participants, subject, lobby, broadcast. */

import { computed, signal } from "@preact/signals";
import { serverBase } from "../../shared/base";
import type {
  BroadcastState,
  Knock,
  Link,
  Participant,
  Reading,
  RoomState,
  ServerMessage,
  StageFeed,
} from "../../shared/protocol";
import { CheckInStore } from "./classroom/check-in";
import { GroupsStore } from "./classroom/groups";
import { RecordsStore } from "./classroom/records";
import { RosterStore } from "./classroom/roster";

/** The state without a broadcast. */
export const NO_BROADCAST: BroadcastState = {
  state: "off",
  broadcaster: null,
  playout: null,
  since: null,
  trouble: null,
  targets: [],
  quality: "360p",
  shows: "stage",
  program: false,
};

const OPEN: RoomState = { subject: "", lobby: false, locked: false, closed: false, main: null };
const NO_FEED: StageFeed = { type: "stage_feed", stream: null, ticket: null, possible: true };

export class RoomStore {
  /** Oneself, as others see it. */
  readonly own = signal<Participant | null>(null);
  readonly selfId = computed(() => this.own.value?.id ?? null);
  readonly moderator = computed(() => this.own.value?.moderator ?? false);
  readonly onStage = computed(() => this.own.value?.stage ?? false);
  /** The others, in order of joining. */
  readonly others = signal<readonly Participant[]>([]);
  /** Profile pictures by participant id, including oneself. */
  readonly avatars = signal<ReadonlyMap<string, string>>(new Map());
  readonly state = signal<RoomState>(OPEN);
  readonly broadcast = signal<BroadcastState>(NO_BROADCAST);
  /** The lobby, in the order of the knocks. */
  readonly knocking = signal<readonly Knock[]>([]);
  /** Invite links used by several people; known to moderators. */
  readonly links = signal<readonly Link[]>([]);
  /** The meeting's id: the same for everyone in it, empty outside. */
  readonly session = signal("");
  /** That of the main room, also while the page is in a group; empty before it has been there. */
  readonly mainSession = signal("");
  readonly maxStage = signal(Number.POSITIVE_INFINITY);
  /** The number of viewers of the broadcast; known to moderators. */
  readonly viewers = signal(0);
  /** The stream that shows the stage to the audience. */
  readonly feed = signal<StageFeed>(NO_FEED);
  /** Programs that read the stage, or a participant who has agreed; announced to everyone. */
  readonly readings = signal<readonly Reading[]>([]);
  /** What the server keeps of the meeting. */
  readonly records = new RecordsStore();
  readonly groups = new GroupsStore();
  /** The people with personal links; known to moderators. */
  readonly roster = new RosterStore();
  readonly checkIn = new CheckInStore();
  /** All participants, oneself first. */
  readonly everybody = computed<readonly Participant[]>(() =>
    this.own.value ? [this.own.value, ...this.others.value] : this.others.value,
  );
  readonly people = computed(() => this.everybody.value.length);
  readonly audience = computed(() => this.everybody.value.filter(({ stage }) => !stage));
  /** Raised hands, the first one first. */
  readonly hands = computed(() =>
    this.everybody.value
      .filter(({ hand }) => hand !== null)
      .sort((a, b) => (a.hand ?? 0) - (b.hand ?? 0)),
  );
  /** The participants with a direct connection to this page: the rest of the stage, while on it. */
  readonly connected = computed(() =>
    this.onStage.value ? this.others.value.filter(({ stage }) => stage) : [],
  );

  /** Seconds by which the server's clock is ahead of this page's. */
  #ahead = 0;

  /** Applies a message; ignores those that do not concern the room's state. */
  apply(message: ServerMessage): void {
    this.records.apply(message);
    this.roster.apply(message);
    this.checkIn.apply(message);
    switch (message.type) {
      case "welcome":
        this.own.value = message.own;
        this.others.value = message.participants.filter(({ id }) => id !== message.own.id);
        // Avatars and links follow in messages of their own, if there are any.
        this.avatars.value = new Map();
        this.state.value = message.state;
        this.#ahead = message.now - Date.now() / 1000;
        this.broadcast.value = this.#localized(message.broadcast);
        this.knocking.value = message.knocking;
        this.links.value = [];
        this.session.value = message.session;
        if (this.groups.here.value === null) this.mainSession.value = message.session;
        this.maxStage.value = message.max_stage;
        this.viewers.value = message.viewers;
        this.feed.value = message.feed;
        this.readings.value = message.readings;
        break;
      case "groups_changed":
      case "group_note":
        this.groups.apply(message, this.#ahead);
        break;
      case "joined":
        this.others.value = [
          ...without(this.others.value, message.participant.id),
          message.participant,
        ];
        break;
      case "updated":
        if (message.participant.id === this.selfId.value) {
          this.own.value = message.participant;
        } else {
          this.others.value = this.others.value.map((other) =>
            other.id === message.participant.id ? message.participant : other,
          );
        }
        break;
      case "left":
        this.others.value = without(this.others.value, message.id);
        this.#show(message.id, null);
        break;
      case "avatar_changed":
        this.#show(message.id, message.avatar);
        break;
      case "room_changed":
        this.state.value = message.state;
        break;
      case "broadcast_changed":
        this.broadcast.value = this.#localized(message.broadcast);
        break;
      case "links_changed":
        this.links.value = message.links;
        break;
      case "viewers_changed":
        this.viewers.value = message.viewers;
        break;
      case "stage_feed":
        this.feed.value = message;
        break;
      case "readings_changed":
        this.readings.value = message.readings;
        break;
      case "knock": {
        const { id, name } = message;
        this.knocking.value = [...without(this.knocking.value, id), { type: "knock", id, name }];
        break;
      }
      case "knock_ended":
        this.knocking.value = without(this.knocking.value, message.id);
        break;
    }
  }

  clear(): void {
    this.own.value = null;
    this.others.value = [];
    this.avatars.value = new Map();
    this.knocking.value = [];
    this.links.value = [];
    this.broadcast.value = NO_BROADCAST;
    this.viewers.value = 0;
    this.feed.value = NO_FEED;
    this.readings.value = [];
    this.records.clear();
    this.roster.clear();
    this.checkIn.clear();
  }

  #show(id: string, avatar: string | null): void {
    const avatars = new Map(this.avatars.value);
    if (avatar === null) avatars.delete(id);
    else avatars.set(id, avatar);
    this.avatars.value = avatars;
  }

  /**
   * The broadcast as seen from this page. Inside a Jupyter server, the server's links are paths
   * relative to a base that only the page knows; and `since` is converted to this page's clock.
   */
  #localized(broadcast: BroadcastState): BroadcastState {
    const since = broadcast.since === null ? null : broadcast.since - this.#ahead;
    if (broadcast.playout === null) return { ...broadcast, since };
    const { live, vod } = broadcast.playout;
    const whole = (link: string): string => new URL(link, serverBase()).href;
    const playout = { live: whole(live), vod: vod === null ? null : whole(vod) };
    return { ...broadcast, since, playout };
  }
}

function without<T extends { id: string }>(all: readonly T[], id: string): T[] {
  return all.filter((one) => one.id !== id);
}
