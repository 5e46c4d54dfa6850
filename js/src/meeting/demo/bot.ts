/** A demo bot: a participant of its own, which this page runs beside the person's. */

import type { Participant, PollChanged, ServerMessage } from "../../shared/protocol";
import { randomName } from "../../shared/random";
import { Mesh } from "../mesh/mesh";
import { iceServer, reaching } from "../room/call";
import { RoomRequests } from "../room/requests";
import { RoomStore } from "../room/room";
import { Signalling } from "../room/signalling";
import { type Looks, Puppet } from "./puppet";

const UNSEEN = { camera: 0, screen: 0 };
/** Seconds. */
const THINKING = 2;
const SPEECH = 4;

export interface BotOptions {
  base: string;
  token: string;
  name: string;
  looks: Looks;
  /** What it does once it is in the room: seconds after that, and deeds. */
  part: readonly (readonly [number, (bot: Bot) => unknown])[];
}

export class Bot {
  readonly room = new RoomStore();
  readonly ask = new RoomRequests((request, timeout) => this.#line.request(request, timeout));
  readonly #options: BotOptions;
  readonly #puppet: Puppet;
  /** By which the server recognises it in each room of the meeting. */
  readonly #person = randomName();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #line: Signalling;
  #mesh: Mesh | null = null;
  #begun = false;
  readonly #sends = { audio: true, video: true };

  constructor(options: BotOptions) {
    this.#options = options;
    this.#puppet = new Puppet(options.looks);
    this.#line = this.#join(options.token);
  }

  /** Speaks, and opens its mouth. */
  speak(): void {
    this.#puppet.speak(SPEECH);
  }

  /** Does something later, unless it has left by then. What the room refuses is not done. */
  later(seconds: number, deed: () => unknown): void {
    const timer = setTimeout(async () => {
      this.#timers.delete(timer);
      try {
        await deed();
      } catch {
        // For example a poll that was closed meanwhile.
      }
    }, seconds * 1000);
    this.#timers.add(timer);
  }

  leave(): void {
    this.#line.leave();
  }

  #join(token: string): Signalling {
    const line = new Signalling({
      ...reaching(this.#options.base, token),
      credentials: () => ({
        token,
        name: this.#options.name,
        person: this.#person,
        ...this.#sends,
        composes: false,
        watches: false,
      }),
      resume: null,
      onward: false,
      onMessage: (message) => this.#hear(message),
      onConnection: (connection) => {
        // Of the room that it has gone on from, nothing is heard any more.
        if (connection === "ended" && this.#line === line) this.#end();
      },
    });
    line.connect();
    return line;
  }

  #hear(message: ServerMessage): void {
    this.room.apply(message);
    switch (message.type) {
      case "welcome":
        this.#mesh?.close();
        this.#mesh = new Mesh({
          selfId: message.own.id,
          iceServers: message.ice_servers.map(iceServer),
          relayOnly: false,
          cores: navigator.hardwareConcurrency,
          send: (signal) => this.#line.send(signal),
          // It looks at no one, so that no one sends it pictures.
          onConnected: (to) => this.#line.send({ type: "want", to, ...UNSEEN }),
        });
        this.#tellMedia();
        this.#mesh.sync(this.room.connected.value.map(({ id }) => id));
        for (const { id } of this.room.connected.value) {
          this.#line.send({ type: "want", to: id, ...UNSEEN });
        }
        if (!this.#begun) {
          this.#begun = true;
          for (const [after, deed] of this.#options.part) this.later(after, () => deed(this));
        }
        break;
      case "joined":
      case "updated":
        this.#meet(message.participant);
        break;
      case "left":
        this.#mesh?.remove(message.id);
        break;
      case "signalled":
        this.#mesh?.receive(message);
        break;
      case "wanted":
        this.#mesh?.wanted(message);
        break;
      case "mute_requested":
      case "unmute_asked":
        this.#sends[message.media] = message.type === "unmute_asked";
        this.#tellMedia();
        break;
      case "stage_invited":
        this.later(THINKING, () => this.ask.enterStage());
        break;
      case "poll_changed":
        this.#vote(message);
        break;
      case "check_in_changed": {
        const { id } = message;
        const done = message.done.includes(this.room.selfId.value ?? "");
        if (id !== null && !done) {
          this.later(THINKING * (1 + Math.random()), () => this.ask.answerCheckIn(id, true));
        }
        break;
      }
      case "moved":
        this.#go(message.token);
        break;
    }
  }

  #meet({ id, stage }: Participant): void {
    if (id === this.room.selfId.value) {
      this.#mesh?.sync(this.room.connected.value.map((other) => other.id));
    } else if (!stage) this.#mesh?.remove(id);
    else if (this.room.onStage.value) this.#mesh?.expect(id);
  }

  #vote({ poll }: PollChanged): void {
    if (!poll.open || poll.own.length > 0) return;
    const choice = Math.floor(Math.random() * poll.options.length);
    this.later(THINKING * (1 + Math.random()), () => this.ask.vote(poll.id, [choice]));
  }

  #tellMedia(): void {
    const { microphone, camera, ...none } = this.#puppet.outgoing;
    const { audio, video } = this.#sends;
    this.#mesh?.setOutgoing({
      ...none,
      microphone: audio ? microphone : null,
      camera: video ? camera : null,
    });
    this.#line.send({ type: "media", audio, video, screen: false, screen_title: "" });
  }

  /** Goes to another room of the meeting, as it was sent there. */
  #go(token: string): void {
    const before = this.#line;
    this.#mesh?.close();
    this.#mesh = null;
    this.room.clear();
    this.#line = this.#join(token);
    before.moveOn();
  }

  #end(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#mesh?.close();
    this.#mesh = null;
    this.#puppet.close();
  }
}
