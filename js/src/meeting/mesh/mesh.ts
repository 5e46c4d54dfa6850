/** The connections to all others: participants, incoming media, outgoing media. */

import { signal } from "@preact/signals";
import type { Signal, Signalled, Wanted } from "../../shared/protocol";
import { type ConnectionQuality, lineVerdict } from "./connection-quality";
import { Hysteresis } from "./hysteresis";
import { type SamplePair, sendingVerdict, showingVerdict } from "./load";
import { type Outgoing, Peer, type PeerState } from "./peer";
import { decide, LINE_STEPS, PROCESSOR_STEPS, type Sending } from "./quality";
import type { Shown } from "./video-constraints";

export interface Remote {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
  screen: MediaStreamTrack | null;
  screenSound: MediaStreamTrack | null;
  state: PeerState;
  /** Null until measured. */
  quality: ConnectionQuality | null;
}

export interface MeshOptions {
  selfId: string;
  iceServers: RTCIceServer[];
  relayOnly: boolean;
  /** The number of processor cores. */
  cores: number;
  send: (signal: Signal) => void;
  /** A participant is connected (again), perhaps on a new page, which knows nothing of us. */
  onConnected: (id: string) => void;
}

interface Other {
  peer: Peer;
  /** The steps down for the network to them. */
  line: Hysteresis;
}

const MEASURE_INTERVAL = 2_000;
/** Found by measurement. */
const PROCESSOR = { alarm: 2, patience: 6, maxPatience: 96 };
const LINE = { alarm: 2, patience: 3, maxPatience: 24, lastIsForWorst: true };
const SCALES = [1, 0.7, 0.5, 0.35];
export const NOTHING: Outgoing = {
  microphone: null,
  camera: null,
  screen: null,
  screenSound: null,
};

export class Mesh {
  readonly selfId: string;
  readonly remotes = signal<ReadonlyMap<string, Remote>>(new Map());
  /** The current encoding for each participant. */
  readonly sendings = signal<ReadonlyMap<string, Sending>>(new Map());
  /** The share of the shown lines that this machine can render in time, from 0 to 1. */
  readonly scale = signal(1);
  readonly #options: MeshOptions;
  readonly #others = new Map<string, Other>();
  readonly #wanted = new Map<string, Shown>();
  readonly #encoding: Hysteresis;
  readonly #showing: Hysteresis;
  readonly #timer: ReturnType<typeof setInterval>;
  #outgoing = NOTHING;

  constructor(options: MeshOptions) {
    this.#options = options;
    this.selfId = options.selfId;
    const first = firstStep(options.cores);
    this.#encoding = new Hysteresis({ ...PROCESSOR, steps: PROCESSOR_STEPS, first });
    this.#showing = new Hysteresis({ ...PROCESSOR, steps: SCALES.length - 1 });
    this.#timer = setInterval(() => void this.#measure(), MEASURE_INTERVAL);
  }

  /** Keeps connections to exactly these participants; makes the offers for new ones. */
  sync(ids: readonly string[]): void {
    for (const id of [...this.#others.keys()]) if (!ids.includes(id)) this.remove(id);
    for (const id of ids) {
      const known = this.#others.get(id);
      if (known) known.peer.refresh();
      else this.#add(id).start();
    }
  }

  /** A participant joined: the newcomer makes the offer, so that the two do not collide. */
  expect(id: string): void {
    if (!this.#others.has(id)) this.#add(id);
  }

  remove(id: string): void {
    this.#others.get(id)?.peer.close();
    this.#others.delete(id);
    this.#wanted.delete(id);
    this.#decide();
    this.#publish();
  }

  receive({ sender, ...step }: Signalled): void {
    this.#others.get(sender)?.peer.receive(step);
  }

  /** A participant reports the size at which they show our video. */
  wanted({ sender, camera, screen }: Wanted): void {
    this.#wanted.set(sender, { camera, screen });
    this.#decide();
  }

  setOutgoing(outgoing: Outgoing): void {
    this.#outgoing = outgoing;
    for (const { peer } of this.#others.values()) void peer.setOutgoing(outgoing);
    this.#decide();
  }

  /** Our network changed. */
  restart(): void {
    for (const { peer } of this.#others.values()) peer.restart();
  }

  /** The camera's frame size changed: recomputes the scaling of what is sent. */
  rescale(): void {
    this.#decide();
  }

  levels(): Map<string, number> {
    return new Map([...this.#others].map(([id, { peer }]) => [id, peer.level]));
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { peer } of this.#others.values()) peer.close();
    this.#others.clear();
    this.#wanted.clear();
    this.#publish();
  }

  #add(id: string): Peer {
    const peer = new Peer(
      {
        iceServers: this.#options.iceServers,
        relayOnly: this.#options.relayOnly,
        polite: this.selfId < id,
        send: (signal) => this.#options.send({ type: "signal", to: id, ...signal }),
        onChange: () => this.#publish(),
        onConnected: () => this.#options.onConnected(id),
      },
      this.#outgoing,
      { camera: null, screen: null },
    );
    const line = new Hysteresis({ ...LINE, steps: LINE_STEPS });
    this.#others.set(id, { peer, line });
    this.#decide();
    this.#publish();
    return peer;
  }

  #decide(): void {
    const sendings = decide({
      wanted: new Map([...this.#others.keys()].map((id) => [id, this.#wanted.get(id) ?? null])),
      screen: kindOf(this.#outgoing.screen),
      processor: this.#encoding.step,
      line: new Map([...this.#others].map(([id, { line }]) => [id, line.step])),
    });
    for (const [id, { peer }] of this.#others) {
      const sending = sendings.get(id);
      if (sending) void peer.setSending(sending);
    }
    this.sendings.value = sendings;
  }

  async #measure(): Promise<void> {
    const others = [...this.#others];
    const pairs = await Promise.all(others.map(([, { peer }]) => peer.measure()));
    const measured = pairs.filter((pair): pair is SamplePair => pair !== null);
    if (measured.length === 0) return;
    const sending = sendingVerdict(measured);
    // A page that sends nothing learns nothing about its capacity.
    if (measured.some(({ aim }) => aim > 0)) this.#encoding.update(sending);
    this.#showing.update(showingVerdict(measured));
    this.scale.value = SCALES[this.#showing.step] ?? 1;
    // A slow processor makes every network look bad: then blame no network.
    const trusted = sending !== "too_much";
    for (const [, { peer, line }] of others) {
      if (peer.quality && trusted) line.update(lineVerdict(peer.quality));
    }
    this.#decide();
    this.#publish();
  }

  #publish(): void {
    this.remotes.value = new Map(
      [...this.#others].map(([id, { peer }]) => [
        id,
        {
          audio: peer.track("microphone"),
          video: peer.track("camera"),
          screen: peer.track("screen"),
          screenSound: peer.track("screenSound"),
          state: peer.state,
          quality: peer.quality,
        },
      ]),
    );
  }
}

function kindOf(screen: MediaStreamTrack | null): "detail" | "motion" | null {
  if (screen === null) return null;
  return screen.contentHint === "motion" ? "motion" : "detail";
}

/** A weak machine starts low and steps up; starting high would make its first minute stutter. */
function firstStep(cores: number): number {
  if (cores > 4) return 0;
  return cores > 2 ? 1 : 2;
}
