/** The connections to all others, as one: who is there, what comes from them, what goes to them. */

import { signal } from "@preact/signals";
import type { Signal, Signalled } from "../shared/protocol";
import { type Outgoing, Peer, type PeerState } from "./peer";
import { qualityFor } from "./quality";

export interface Remote {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
  state: PeerState;
}

export interface MeshOptions {
  selfId: string;
  iceServers: RTCIceServer[];
  send: (signal: Signal) => void;
}

export class Mesh {
  readonly selfId: string;
  readonly remotes = signal<ReadonlyMap<string, Remote>>(new Map());
  readonly #options: MeshOptions;
  readonly #peers = new Map<string, Peer>();
  #outgoing: Outgoing = { audio: null, video: null };
  #screen = false;

  constructor(options: MeshOptions) {
    this.#options = options;
    this.selfId = options.selfId;
  }

  /** Holds a connection to each of `ids` and to nobody else; new ones are offered by us. */
  sync(ids: readonly string[]): void {
    for (const id of [...this.#peers.keys()]) if (!ids.includes(id)) this.remove(id);
    for (const id of ids) {
      const peer = this.#peers.get(id);
      if (peer) peer.refresh();
      else this.#add(id).start();
    }
  }

  /** Somebody came: the newcomer makes the offer, so that the two do not collide. */
  expect(id: string): void {
    if (!this.#peers.has(id)) this.#add(id);
  }

  remove(id: string): void {
    this.#peers.get(id)?.close();
    this.#peers.delete(id);
    this.#resize();
    this.#publish();
  }

  receive({ sender, description, candidate }: Signalled): void {
    this.#peers.get(sender)?.receive(description, candidate);
  }

  setOutgoing(outgoing: Outgoing, screen: boolean): void {
    this.#outgoing = outgoing;
    this.#screen = screen;
    for (const peer of this.#peers.values()) void peer.setOutgoing(outgoing);
    this.#resize();
  }

  levels(): Map<string, number> {
    return new Map([...this.#peers].map(([id, peer]) => [id, peer.level]));
  }

  close(): void {
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    this.#publish();
  }

  #add(id: string): Peer {
    const peer = new Peer(
      {
        iceServers: this.#options.iceServers,
        polite: this.selfId < id,
        send: (signal) => this.#options.send({ type: "signal", to: id, ...signal }),
        onChange: () => this.#publish(),
      },
      this.#outgoing,
      this.#quality(this.#peers.size + 2),
    );
    this.#peers.set(id, peer);
    this.#resize();
    this.#publish();
    return peer;
  }

  #resize(): void {
    const quality = this.#quality(this.#peers.size + 1);
    for (const peer of this.#peers.values()) void peer.setQuality(quality);
  }

  #quality(people: number) {
    return qualityFor(people, this.#screen);
  }

  #publish(): void {
    this.remotes.value = new Map(
      [...this.#peers].map(([id, { audio, video, state }]) => [id, { audio, video, state }]),
    );
  }
}
