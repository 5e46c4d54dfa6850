/**
 * The connection to one other participant: perfect negotiation (W3C WebRTC, 10.7), kept alive.
 *
 * Once a connection stands, one side alone offers, and the other asks it to. For both notice at once
 * that a way has died, and Chromium shows no picture any more on a connection whose offer was rolled
 * back, though it goes on decoding.
 */

import type { Description, Signal, Signalled } from "../../shared/protocol";
import { type ConnectionQuality, qualityBetween } from "./connection-quality";
import type { Stretch } from "./load";
import { OutageDetector } from "./outage-detector";
import { encodingFor, type Sending } from "./quality";
import { sessionOf, tuned } from "./sdp";
import { packetsArrived, readStats, type Sample } from "./stats";

export interface PeerOptions {
  iceServers: RTCIceServer[];
  /** Whether media goes through a TURN server alone: no participant learns this machine's address. */
  relayOnly: boolean;
  /** Which side gives way when both offer at once, and asks later on: exactly one of the two. */
  polite: boolean;
  send: (step: Omit<Signal, "type" | "to">) => void;
  onChange: () => void;
  /** The other is reached (again). */
  onConnected: () => void;
}

/** What one sends, each in its fixed place: so that nothing that is switched needs another negotiation. */
export interface Outgoing {
  microphone: MediaStreamTrack | null;
  camera: MediaStreamTrack | null;
  screen: MediaStreamTrack | null;
  screenSound: MediaStreamTrack | null;
}

const PLACES = [
  { name: "microphone", kind: "audio" },
  { name: "camera", kind: "video" },
  { name: "screen", kind: "video" },
  { name: "screenSound", kind: "audio" },
] as const;
type Place = keyof Outgoing;

/** One step of the negotiation, from the other. */
export type Step = Omit<Signalled, "type" | "sender">;

export type PeerState = "connecting" | "connected" | "lost" | "unreachable";

const WATCH_INTERVAL = 1_000;
/** Milliseconds after which an unanswered offer is sent again, or made. */
const UNANSWERED = 4_000;
/** Milliseconds in which an offer and the other's wish for one may be on their way to each other. */
const CROSSING = 1_000;
/** Milliseconds after which the other's reports are no longer about a way that was given up. */
const SETTLING = 8_000;
/** Milliseconds without a connection after which one should know that it may not come. */
const HOPELESS = 20_000;
/** So many restarts of one connection in a row are tried before a new one is made. */
const RESTARTS = 3;

export class Peer {
  readonly #options: PeerOptions;
  readonly #watch: ReturnType<typeof setInterval>;
  #pc: RTCPeerConnection;
  #outgoing: Outgoing;
  #sending: Sending;
  #queue: Promise<void> = Promise.resolve();
  #limiting: Promise<void> = Promise.resolve();
  #makingOffer = false;
  #ignoringOffer = false;
  #everConnected = false;
  #apartSince = performance.now();
  #restarts = 0;
  #waitingSince = performance.now();
  #newWaySince = Number.NEGATIVE_INFINITY;
  #sample: Sample | null = null;
  #quality: ConnectionQuality | null = null;
  #outage = new OutageDetector();
  #closed = false;

  constructor(options: PeerOptions, outgoing: Outgoing, sending: Sending) {
    this.#options = options;
    this.#outgoing = outgoing;
    this.#sending = sending;
    this.#pc = this.#create();
    this.#watch = setInterval(() => this.#look(), WATCH_INTERVAL);
  }

  get state(): PeerState {
    if (this.#pc.connectionState === "connected") return "connected";
    if (performance.now() - this.#apartSince > HOPELESS) return "unreachable";
    return this.#everConnected ? "lost" : "connecting";
  }

  /** What comes from the other in one of the places; silent and black while nothing does. */
  track(place: Place): MediaStreamTrack | null {
    return this.#transceiver(place)?.receiver.track ?? null;
  }

  /** Null until it has been measured for a while. */
  get quality(): ConnectionQuality | null {
    return this.state === "connected" ? this.#quality : null;
  }

  /** The other's sound level of the last moments, from 0 to 1. */
  get level(): number {
    const receiver = this.#transceiver("microphone")?.receiver;
    return receiver?.getSynchronizationSources()[0]?.audioLevel ?? 0;
  }

  /** Makes the offer. */
  start(): void {
    for (const { name, kind } of PLACES) {
      this.#pc.addTransceiver(this.#outgoing[name] ?? kind, { direction: "sendrecv" });
    }
  }

  receive(step: Step): void {
    this.#queue = this.#queue
      .then(() => this.#take(step))
      .catch(() => {
        // A step that this connection cannot take; the watch repairs what stays broken.
      });
  }

  async setOutgoing(outgoing: Outgoing): Promise<void> {
    this.#outgoing = outgoing;
    await this.#fill();
  }

  async setSending(sending: Sending): Promise<void> {
    this.#sending = sending;
    await this.#limit();
  }

  /** Starts counting again; what was counted since the last time, if there was one on this connection. */
  async measure(): Promise<Stretch | null> {
    const pc = this.#pc;
    const before = this.#sample;
    const report = await pc.getStats().catch(() => null);
    if (!report || pc !== this.#pc || this.#closed) return null;
    const now = readStats(report, this.#transceiver("camera")?.mid ?? null, performance.now());
    this.#sample = now;
    if (!before) return null;
    // What a dead way lost says nothing about the next one.
    const settled = performance.now() - this.#newWaySince > SETTLING;
    this.#quality = settled ? qualityBetween(before, now) : null;
    const aim = now.camera && this.#sending.camera ? this.#sending.camera.framerate : 0;
    return { before, now, aim };
  }

  /** Our own network came back: ask again for what may have been lost meanwhile. */
  refresh(): void {
    if (this.#pc.signalingState === "have-local-offer") this.#describe();
    else if (this.#pc.connectionState !== "connected") this.restart();
  }

  /** Our addresses are others now: looks for a new way, whether or not the old one still seems to go. */
  restart(): void {
    if (!this.#pc.remoteDescription) return;
    this.#waitingSince = performance.now();
    this.#newWaySince = performance.now();
    if (this.#options.polite) this.#options.send({ restart: true });
    else this.#pc.restartIce();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#watch);
    this.#discard();
  }

  #create(): RTCPeerConnection {
    const pc = new RTCPeerConnection({
      iceServers: this.#options.iceServers,
      iceTransportPolicy: this.#options.relayOnly ? "relay" : "all",
      bundlePolicy: "max-bundle",
    });
    this.#sample = null;
    this.#quality = null;
    this.#newWaySince = Number.NEGATIVE_INFINITY;
    this.#outage = new OutageDetector();
    this.#waitingSince = performance.now();
    pc.onnegotiationneeded = () => void this.#offer(pc);
    pc.onicecandidate = ({ candidate }) => {
      const { candidate: line, ...rest } = candidate?.toJSON() ?? {};
      if (line) this.#options.send({ candidate: { candidate: line, ...rest } });
    };
    pc.ontrack = () => this.#options.onChange();
    pc.onconnectionstatechange = () => {
      if (pc.connectionState === "connected") {
        this.#everConnected = true;
        this.#restarts = 0;
        void this.#limit();
        this.#options.onConnected();
      }
      if (pc.connectionState === "disconnected") {
        this.#apartSince = performance.now();
        this.restart();
      }
      if (pc.connectionState === "failed") this.#mend();
      this.#options.onChange();
    };
    return pc;
  }

  #discard(): void {
    const pc = this.#pc;
    pc.onnegotiationneeded = null;
    pc.onicecandidate = null;
    pc.ontrack = null;
    pc.onconnectionstatechange = null;
    pc.close();
  }

  #replace(): void {
    this.#discard();
    this.#makingOffer = false;
    this.#ignoringOffer = false;
    this.#pc = this.#create();
    this.#options.onChange();
  }

  async #offer(pc: RTCPeerConnection): Promise<void> {
    if (this.#options.polite && pc.remoteDescription) {
      this.restart();
      return;
    }
    try {
      this.#makingOffer = true;
      await pc.setLocalDescription();
      if (pc === this.#pc) this.#describe();
    } catch {
      // Closed meanwhile, or overtaken by the other's offer.
    } finally {
      if (pc === this.#pc) this.#makingOffer = false;
    }
  }

  #describe(): void {
    const description = this.#pc.localDescription;
    if (!description) return;
    this.#waitingSince = performance.now();
    this.#options.send({ description: { type: description.type, sdp: tuned(description.sdp) } });
  }

  async #take({ description, candidate, restart }: Step): Promise<void> {
    if (this.#closed) return;
    if (description) await this.#takeDescription(description);
    else if (candidate && !this.#ignoringOffer) await this.#pc.addIceCandidate(candidate);
    else if (restart && !this.#options.polite) this.#takeWish();
  }

  /** The other page, which makes no offers, wants one. */
  #takeWish(): void {
    if (this.#pc.signalingState !== "have-local-offer") this.restart();
    else if (performance.now() - this.#waitingSince > CROSSING) this.#describe();
  }

  async #takeDescription(description: Description): Promise<void> {
    const known = sessionOf(this.#pc.remoteDescription?.sdp);
    if (known !== null && sessionOf(description.sdp) !== known) {
      // The other page was loaded again and has a new connection: the old one is of no use.
      this.#replace();
      if (description.type === "answer") {
        this.start();
        return;
      }
    }
    const offered = description.type === "offer";
    const collision = offered && (this.#makingOffer || this.#pc.signalingState !== "stable");
    this.#ignoringOffer = collision && !this.#options.polite;
    if (this.#ignoringOffer) return;
    if (!offered && this.#pc.signalingState === "stable") return;
    // A first offer that is withdrawn leaves transceivers behind that never match the other's.
    if (collision) this.#replace();
    const pc = this.#pc;
    if (offered && pc.remoteDescription) this.#newWaySince = performance.now();
    await pc.setRemoteDescription(description);
    if (offered) {
      await this.#fill();
      await pc.setLocalDescription();
      this.#describe();
    }
    await this.#limit();
    this.#options.onChange();
  }

  async #fill(): Promise<void> {
    const transceivers = this.#pc.getTransceivers();
    await Promise.all(
      PLACES.map(async ({ name }, index) => {
        const transceiver = transceivers[index];
        if (!transceiver || transceiver.currentDirection === "stopped") return;
        if (transceiver.direction !== "sendrecv") transceiver.direction = "sendrecv";
        const track = this.#outgoing[name];
        if (transceiver.sender.track !== track) await transceiver.sender.replaceTrack(track);
      }),
    ).catch(() => {
      // Closed meanwhile.
    });
    await this.#limit();
  }

  /** One change at a time: browsers refuse a second one while the first is under way. */
  #limit(): Promise<void> {
    this.#limiting = this.#limiting
      .then(() => this.#applySending())
      .catch(() => {
        // Closed meanwhile.
      });
    return this.#limiting;
  }

  async #applySending(): Promise<void> {
    for (const place of ["camera", "screen"] as const) {
      const lines = this.#transceiver(place)?.sender.track?.getSettings().height;
      await this.#encode(place, encodingFor(this.#sending[place], lines));
    }
    // Whatever the line carries, it carries the voice first (RFC 8837).
    const first = { priority: "high", networkPriority: "high" } as const;
    await this.#encode("microphone", first);
  }

  async #encode(place: Place, wanted: RTCRtpEncodingParameters): Promise<void> {
    const sender = this.#transceiver(place)?.sender;
    const parameters = sender?.getParameters();
    const [encoding] = parameters?.encodings ?? [];
    if (!sender || !parameters || !encoding) return;
    const known = encoding as Readonly<Record<string, unknown>>;
    if (Object.entries(wanted).every(([key, value]) => known[key] === value)) return;
    Object.assign(encoding, wanted);
    await sender.setParameters(parameters);
  }

  #transceiver(place: Place): RTCRtpTransceiver | undefined {
    return this.#pc.getTransceivers()[PLACES.findIndex(({ name }) => name === place)];
  }

  /** A dead way is left before the browser calls it one, which takes seconds. */
  async #listen(): Promise<void> {
    const outage = this.#outage;
    const report = await this.#transceiver("microphone")
      ?.receiver.getStats()
      .catch(() => null);
    if (report && outage.fell(packetsArrived(report))) this.restart();
  }

  #look(): void {
    void this.#listen();
    if (this.state === "unreachable") this.#options.onChange();
    if (performance.now() - this.#waitingSince < UNANSWERED) return;
    if (this.#pc.signalingState === "have-local-offer") this.#describe();
    else if (!this.#pc.remoteDescription && !this.#makingOffer) this.start();
    // Waiting for "failed" would take half a minute; a way that heals by itself meanwhile is kept.
    else if (this.#pc.connectionState === "disconnected") this.restart();
    else if (this.#pc.connectionState === "failed") this.#mend();
  }

  #mend(): void {
    this.#restarts += 1;
    if (this.#restarts <= RESTARTS) {
      this.restart();
      return;
    }
    this.#restarts = 0;
    this.#replace();
    this.start();
  }
}
