/** The room as the server tells it: who is in, what it is about, who waits, what is broadcast. */

import { computed, signal } from "@preact/signals";
import { serverBase } from "../../shared/base";
import type {
  BroadcastState,
  Knock,
  Link,
  Participant,
  RoomState,
  ServerMessage,
  StageFeed,
} from "../../shared/protocol";

/** A room that is not broadcast. */
export const NO_BROADCAST: BroadcastState = {
  state: "off",
  broadcaster: null,
  playout: null,
  since: null,
  trouble: null,
  targets: [],
  quality: "360p",
  shows: "stage",
};

const OPEN: RoomState = { subject: "", lobby: false, locked: false, closed: false, main: null };
const NO_FEED: StageFeed = { type: "stage_feed", stream: null, ticket: null, possible: true };

export class RoomStore {
  /** Oneself, as the server tells it to the others. */
  readonly own = signal<Participant | null>(null);
  readonly selfId = computed(() => this.own.value?.id ?? null);
  readonly moderator = computed(() => this.own.value?.moderator ?? false);
  readonly onStage = computed(() => this.own.value?.stage ?? false);
  /** The others, in the order in which they came. */
  readonly others = signal<readonly Participant[]>([]);
  /** The pictures that people show, oneself too, by their ids. */
  readonly avatars = signal<ReadonlyMap<string, string>>(new Map());
  readonly state = signal<RoomState>(OPEN);
  readonly broadcast = signal<BroadcastState>(NO_BROADCAST);
  /** Those in the lobby, in the order of their lobby knocks. */
  readonly knocking = signal<readonly Knock[]>([]);
  /** The links that several people came by; known to moderators. */
  readonly links = signal<readonly Link[]>([]);
  /** Which meeting this is: the same for everyone in it, empty outside. */
  readonly session = signal("");
  readonly maxStage = signal(Number.POSITIVE_INFINITY);
  /** How many watch the broadcast; known to moderators. */
  readonly viewers = signal(0);
  /** Where the audience sees the stage. */
  readonly feed = signal<StageFeed>(NO_FEED);
  /** Everyone, oneself first. */
  readonly everybody = computed<readonly Participant[]>(() =>
    this.own.value ? [this.own.value, ...this.others.value] : this.others.value,
  );
  readonly people = computed(() => this.everybody.value.length);
  readonly audience = computed(() => this.everybody.value.filter(({ stage }) => !stage));
  /** Whose hand is up, the first one first. */
  readonly hands = computed(() =>
    this.everybody.value
      .filter(({ hand }) => hand !== null)
      .sort((a, b) => (a.hand ?? 0) - (b.hand ?? 0)),
  );
  /** The others that have a direct connection to this page: the stage's, while one is on it. */
  readonly connected = computed(() =>
    this.onStage.value ? this.others.value.filter(({ stage }) => stage) : [],
  );

  /** Seconds that the server's clock is ahead of this page's. */
  #ahead = 0;

  /** Takes in one message; what does not concern the room is passed over. */
  apply(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        this.own.value = message.own;
        this.others.value = message.participants.filter(({ id }) => id !== message.own.id);
        // They follow, if there are any; so do the links.
        this.avatars.value = new Map();
        this.state.value = message.state;
        this.#ahead = message.now - Date.now() / 1000;
        this.broadcast.value = this.#told(message.broadcast);
        this.knocking.value = message.knocking;
        this.links.value = [];
        this.session.value = message.session;
        this.maxStage.value = message.max_stage;
        this.viewers.value = message.viewers;
        this.feed.value = message.feed;
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
        this.broadcast.value = this.#told(message.broadcast);
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
  }

  #show(id: string, avatar: string | null): void {
    const avatars = new Map(this.avatars.value);
    if (avatar === null) avatars.delete(id);
    else avatars.set(id, avatar);
    this.avatars.value = avatars;
  }

  /**
   * The broadcast as this page has it. Inside a Jupyter server the server's links are paths: only the page
   * knows what comes before them; and since when it is live is by this page's clock.
   */
  #told(broadcast: BroadcastState): BroadcastState {
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
