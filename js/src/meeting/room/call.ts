/**
 * What exists from joining to leaving: the signalling connection, the mesh, and the composed
 * streams.
 */

import { batch, computed, signal } from "@preact/signals";
import { StageBroadcast } from "../../composer/index";
import { person } from "../../shared/person";
import type { IceServer, Participant, ServerMessage, Welcome } from "../../shared/protocol";
import { BroadcastControl } from "../broadcast/broadcast";
import { Composing } from "../broadcast/composing";
import { Levels } from "../media/levels";
import { Mesh, type Remote } from "../mesh/mesh";
import { connectsPeers } from "../mesh/support";
import { Taps } from "../readings/taps";
import { t } from "../strings";
import { composedTiles } from "./composed-tiles";
import { ElementShare } from "./element-share";
import { flag } from "./launch";
import type { MeetingParts } from "./parts";
import { type Connection, type Ending, Signalling, type SignallingOptions } from "./signalling";
import { type SourceClosing, Sources } from "./sources";

export interface CallOptions {
  token: string;
  /** The resume secret from before a reload. */
  resume: string | null;
  /** Whether the page comes from another room of the meeting. */
  onward: boolean;
  onMessage: (message: ServerMessage) => void;
  onConnection: (connection: Connection, ending: Ending | null) => void;
  onSourceClosed: (closing: SourceClosing) => void;
}

/** The server has closed the sources with the place. */
const LOST = { message: "The place in the room was lost.", failed: true };
/** Sources belong to a place in one room. */
const MOVED = "You went to another room of the meeting.";
const NO_REMOTES: ReadonlyMap<string, Remote> = new Map();

export class Call {
  readonly line: Signalling;
  /** The connections to the other participants, while in the room. */
  readonly mesh = signal<Mesh | null>(null);
  readonly remotes = computed(() => this.mesh.value?.remotes.value ?? NO_REMOTES);
  readonly levels = new Levels(() => this.#measure());
  readonly broadcast: BroadcastControl;
  /** The stage for the audience in the room, if the server wants it from this page. */
  readonly relay: Composing;
  /** What programs of ours show. */
  readonly sources: Sources;
  /** What they show of the page around the meeting. */
  readonly elements: ElementShare;
  /** What programs read of this page. */
  readonly taps: Taps;
  readonly #parts: MeetingParts;

  constructor(parts: MeetingParts, options: CallOptions) {
    this.#parts = parts;
    const { launch, media, name } = parts;
    const { token, resume, onward, onMessage, onConnection, onSourceClosed } = options;
    const socket = (path: string): string => socketAddress(launch.base, path);
    this.line = new Signalling({
      ...reaching(launch.base, token),
      credentials: () => ({
        token,
        name: name.value,
        person: person(),
        audio: media.microphoneOn.value,
        video: media.camera.value !== null,
        composes: StageBroadcast.supported() === null,
        audience: !connectsPeers(),
      }),
      resume,
      onward,
      onMessage: (message) => batch(() => onMessage(message)),
      onConnection: (connection, ending) => batch(() => onConnection(connection, ending)),
    });
    const stage = {
      base: launch.base,
      tiles: () => composedTiles(parts, this.remotes.value, this.levels.speaking.value),
      look: () => this.#look(),
    };
    this.broadcast = new BroadcastControl({
      ...stage,
      line: this.line,
      language: () => parts.view.language.value,
      onHealth: (health) => {
        parts.health.value = health;
      },
    });
    // Failed or no longer needed: either way the server asks the next page, or none.
    this.relay = new Composing({ ...stage, onEnded: () => {} });
    this.sources = new Sources({
      url: socket("ws/watch"),
      media,
      line: this.line,
      onResized: () => this.mesh.peek()?.rescale(),
      onClosed: onSourceClosed,
    });
    this.elements = new ElementShare(media, onSourceClosed);
    this.taps = new Taps({
      base: launch.base,
      track: (kind, own) => {
        if (kind === "audio") return media.microphone.value;
        return own ? media.source : media.camera.value;
      },
      onUnable: (id) =>
        this.line.send({ type: "answer_reading", id, allowed: false, unable: true }),
      onRefused: (id) => this.line.send({ type: "stop_reading", id }),
    });
  }

  connect(): void {
    this.line.connect();
  }

  /** The height in lines of the frame that this page composes; 0 for none. */
  get composedLines(): number {
    return Math.max(this.broadcast.lines, this.relay.lines);
  }

  /**
   * Opens connections to the others on the stage, or keeps the existing ones if the server kept the
   * place.
   */
  enter({ own, kept, ice_servers }: Welcome): void {
    // If the place was not kept, the others have closed their ends of the connections.
    if (this.mesh.value?.selfId === own.id && kept) return;
    if (!kept) {
      this.sources.end(LOST);
      this.elements.end(LOST.message);
    }
    this.mesh.value?.close();
    this.mesh.value = new Mesh({
      selfId: own.id,
      iceServers: ice_servers.map(iceServer),
      relayOnly: flag(this.#parts.launch.config, "forceTurnRelay"),
      cores: navigator.hardwareConcurrency,
      send: (message) => this.line.send(message),
      onConnected: (id) => this.#parts.videoConstraints.retell(id),
    });
  }

  /** The place in the room is lost, but the signalling connection is not. */
  exit(): void {
    this.broadcast.close();
    this.relay.close();
    this.sources.end(LOST);
    this.elements.end(LOST.message);
    this.taps.close();
    this.mesh.value?.close();
    this.mesh.value = null;
  }

  /** The person goes to another room: a program's pictures end here, and the program is told why. */
  part(): void {
    this.sources.part(MOVED);
    this.elements.end(MOVED);
    this.line.moveOn();
  }

  close(): void {
    this.levels.close();
    this.sources.dispose();
    this.exit();
  }

  #look(): ReturnType<ConstructorParameters<typeof Composing>[0]["look"]> {
    const { room, view, launch } = this.#parts;
    // Viewers see the room's own subject, not one that only this page shows.
    const { subject, main } = room.state.value;
    const { ornaments, ...brand } = view.brand.value;
    return {
      title: subject || launch.room,
      large: main,
      cards: t.panels.broadcast.cards,
      brand,
      ornaments,
    };
  }

  #measure(): ReadonlyMap<string, number> {
    const { room, media } = this.#parts;
    const heard = this.mesh.value?.levels() ?? new Map<string, number>();
    const muted = (other: Participant): boolean => !other.audio;
    for (const { id } of room.others.value.filter(muted)) heard.set(id, 0);
    const self = room.selfId.value;
    if (self) heard.set(self, media.microphoneOn.value ? media.meter.level() : 0);
    return heard;
  }
}

/** The address of one of the server's WebSockets. */
function socketAddress(base: string, path: string): string {
  const url = new URL(path, base);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

/** How a page's signalling reaches the server at `base`. */
export function reaching(
  base: string,
  token: string,
): Pick<SignallingOptions, "url" | "open" | "farewell" | "random"> {
  return {
    url: socketAddress(base, "ws/meeting"),
    open: (address) => new WebSocket(address) as ReturnType<SignallingOptions["open"]>,
    farewell: (resume) => sayFarewell(base, token, resume),
    random: Math.random,
  };
}

/** Tells the server, beyond the life of this page, that a page has left. */
function sayFarewell(base: string, token: string, resume: string): void {
  const headers = { "content-type": "application/json", "x-bintu-token": token };
  const body = JSON.stringify({ resume });
  // The server may be gone, and the page soon is.
  void fetch(new URL("leave", base), { method: "POST", headers, body, keepalive: true }).catch(
    () => {},
  );
}

export function iceServer({ urls, username, credential }: IceServer): RTCIceServer {
  return {
    urls,
    ...(username !== null && { username }),
    ...(credential !== null && { credential }),
  };
}
