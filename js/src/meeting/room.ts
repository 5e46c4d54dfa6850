/** The room as the server tells it: who is in, what it is about, who waits, what is broadcast. */

import { computed, signal } from "@preact/signals";
import type {
  BroadcastState,
  Knock,
  Participant,
  RoomState,
  ServerMessage,
} from "../shared/protocol";

const NO_BROADCAST: BroadcastState = {
  state: "off",
  broadcaster: null,
  playout: null,
  since: null,
  error: null,
};

export class RoomStore {
  readonly selfId = signal<string | null>(null);
  readonly moderator = signal(false);
  /** The others, in the order in which they came. */
  readonly others = signal<readonly Participant[]>([]);
  readonly state = signal<RoomState>({ subject: "", lobby: false, locked: false });
  readonly broadcast = signal<BroadcastState>(NO_BROADCAST);
  readonly knocking = signal<readonly Knock[]>([]);
  readonly maxStage = signal(Number.POSITIVE_INFINITY);
  readonly people = computed(() => this.others.value.length + (this.selfId.value ? 1 : 0));

  /** Takes in one message; what does not concern the room is passed over. */
  apply(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        this.selfId.value = message.id;
        this.moderator.value = message.moderator;
        this.others.value = message.participants.filter(({ id }) => id !== message.id);
        this.state.value = message.state;
        this.broadcast.value = message.broadcast;
        this.knocking.value = message.knocking;
        this.maxStage.value = message.max_stage;
        break;
      case "joined":
        this.others.value = [
          ...without(this.others.value, message.participant.id),
          message.participant,
        ];
        break;
      case "updated":
        if (message.participant.id === this.selfId.value) {
          this.moderator.value = message.participant.moderator;
        } else {
          this.others.value = this.others.value.map((other) =>
            other.id === message.participant.id ? message.participant : other,
          );
        }
        break;
      case "left":
        this.others.value = without(this.others.value, message.id);
        break;
      case "room_changed":
        this.state.value = message.state;
        break;
      case "broadcast_changed":
        this.broadcast.value = message.broadcast;
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
    this.selfId.value = null;
    this.moderator.value = false;
    this.others.value = [];
    this.knocking.value = [];
    this.broadcast.value = NO_BROADCAST;
  }
}

function without<T extends { id: string }>(all: readonly T[], id: string): T[] {
  return all.filter((one) => one.id !== id);
}
