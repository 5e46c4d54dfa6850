/** What the server keeps of the meeting, and for how long each participant has spoken. */

import { signal } from "@preact/signals";
import type { ServerMessage, Speaking } from "../../../shared/protocol";
import type { RecordKind, RecordsPolicy } from "../../../shared/records";
import { Throttle } from "../../../shared/throttle";

export class RecordsStore {
  /** Null until the server has said it. */
  readonly kept = signal<RecordsPolicy | null>(null);
  /** Seconds by participant id; known to moderators. */
  readonly talkTimes = signal<Readonly<Record<string, number>>>({});

  keeps(kind: RecordKind): boolean {
    return this.kept.value?.kinds.includes(kind) ?? false;
  }

  apply(message: ServerMessage): void {
    if (message.type === "records_kept") {
      const { kinds, days } = message;
      this.kept.value = { kinds, days };
    }
    if (message.type === "talk_times") this.talkTimes.value = message.seconds;
  }

  clear(): void {
    this.kept.value = null;
    this.talkTimes.value = {};
  }
}

/** Milliseconds between two reports: a person who speaks makes pauses. */
const REPORT_PAUSE = 300;

/** Reports to the server whether one is speaking; call `follow` in an effect. */
export class SpeakingReports {
  #told = false;
  readonly #reports: Throttle<boolean>;

  constructor(send: (message: Speaking) => void) {
    this.#reports = new Throttle(REPORT_PAUSE, (speaking) => {
      if (speaking === this.#told) return;
      this.#told = speaking;
      send({ type: "speaking", speaking });
    });
  }

  /** `connected`: without a connection, the server counts no one as speaking. */
  follow(connected: boolean, speaking: boolean): void {
    if (connected) {
      this.#reports.tell(speaking);
    } else {
      this.#reports.clear();
      this.#told = false;
    }
  }

  close(): void {
    this.#reports.clear();
  }
}

/** Tells the participant what is kept, once, and again when that has changed. */
export class RecordsNews {
  #told: RecordsPolicy | null = null;
  readonly #tell: (policy: RecordsPolicy) => void;

  constructor(tell: (policy: RecordsPolicy) => void) {
    this.#tell = tell;
  }

  /** The page has shown this before joining. */
  shown(policy: RecordsPolicy | null): void {
    this.#told = policy;
  }

  joined(policy: RecordsPolicy): void {
    const before = this.#told;
    if (before !== null && same(before, policy)) return;
    this.#told = policy;
    // There is nothing to tell of nothing, unless something else was told before.
    if (before !== null || policy.kinds.length > 0) this.#tell(policy);
  }
}

function same(one: RecordsPolicy, other: RecordsPolicy): boolean {
  return one.days === other.days && one.kinds.join() === other.kinds.join();
}
