/**
 * The connection to one participant: perfect negotiation (W3C WebRTC, 10.7), with recovery.
 *
 * Once connected, only one side makes offers, and the other requests them: both sides detect a dead
 * path at the same time, and Chromium shows no video on a connection after rolling back its offer,
 * though it keeps decoding.
 */

import type { Description, Signal, Signalled } from "../../shared/protocol";
import { type ConnectionQuality, qualityBetween } from "./connection-quality";
import type { SamplePair } from "./load";
import { OutageDetector } from "./outage-detector";
import { encodingFor, type Sending } from "./quality";
import { certificateOf, tuned } from "./sdp";
import { packetsArrived, readStats, type Sample } from "./stats";

export interface PeerOptions {
  iceServers: RTCIceServer[];
  /**
   * Whether media goes only through a TURN server, so that no participant learns this machine's
   * address.
   */
  relayOnly: boolean;
  /**
   * Which side yields when both make offers at once, and later requests offers: exactly one of the
   * two.
   */
  polite: boolean;
  send: (step: Omit<Signal, "type" | "to">) => void;
  onChange: () => void;
  /** The other side is connected (again). */
  onConnected: () => void;
}

/** The tracks to send. Each has a fixed transceiver, so that switching needs no renegotiation. */
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

/** A negotiation message from the other side. */
export type Step = Omit<Signalled, "type" | "sender">;

export type PeerState = "connecting" | "connected" | "lost" | "unreachable";

const WATCH_INTERVAL = 1_000;
/** Milliseconds after which an unanswered offer is repeated, or made. */
const UNANSWERED = 4_000;
/** Milliseconds in which an offer and the other side's request for one may cross on the way. */
const CROSSING = 1_000;
/** Milliseconds after which the other side's reports no longer concern an abandoned path. */
const SETTLING = 8_000;
/** Milliseconds without a connection after which the user should know that it may fail. */
const HOPELESS = 20_000;
/** How many ICE restarts in a row to try before creating a new connection. */
const RESTARTS = 3;

export class Peer {
  readonly #options: PeerOptions;
  readonly #watch: ReturnType<typeof setInterval>;
  #pc: RTCPeerConnection;
  /** The other side's. The browser keeps only one of several fingerprints in its description. */
  #certificate: string | null = null;
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
  #newPathSince = Number.NEGATIVE_INFINITY;
  #sample: Sample | null = null;
  #quality: ConnectionQuality | null = null;
  #outage = new OutageDetector();
  #closed = false;

  constructor(options: PeerOptions, outgoing: Outgoing, sending: Sending) {
    this.#options = options;
    this.#outgoing = outgoing;
    this.#sending = sending;
    this.#pc = this.#create();
    this.#watch = setInterval(() => this.#watchdog(), WATCH_INTERVAL);
  }

  get state(): PeerState {
    if (this.#pc.connectionState === "connected") return "connected";
    if (performance.now() - this.#apartSince > HOPELESS) return "unreachable";
    return this.#everConnected ? "lost" : "connecting";
  }

  /** The incoming track of a place; silent or black while nothing is sent. */
  track(place: Place): MediaStreamTrack | null {
    return this.#transceiver(place)?.receiver.track ?? null;
  }

  /** Null until measured for a while. */
  get quality(): ConnectionQuality | null {
    return this.state === "connected" ? this.#quality : null;
  }

  /** The other side's current sound level, from 0 to 1. */
  get level(): number {
    const receiver = this.#transceiver("microphone")?.receiver;
    return receiver?.getSynchronizationSources()[0]?.audioLevel ?? 0;
  }

  /** Makes the first offer. */
  start(): void {
    for (const { name, kind } of PLACES) {
      this.#pc.addTransceiver(this.#outgoing[name] ?? kind, { direction: "sendrecv" });
    }
  }

  receive(step: Step): void {
    this.#queue = this.#queue
      .then(() => this.#take(step))
      .catch(() => {
        // This connection cannot take the step; the watchdog timer repairs what stays broken.
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

  /** Takes a sample; returns it with the previous one, if both are of this connection. */
  async measure(): Promise<SamplePair | null> {
    const pc = this.#pc;
    const before = this.#sample;
    const report = await pc.getStats().catch(() => null);
    if (!report || pc !== this.#pc || this.#closed) return null;
    const now = readStats(report, this.#transceiver("camera")?.mid ?? null, performance.now());
    this.#sample = now;
    if (!before) return null;
    // What was lost on a dead path says nothing about the next one.
    const settled = performance.now() - this.#newPathSince > SETTLING;
    this.#quality = settled ? qualityBetween(before, now) : null;
    const aim = now.camera && this.#sending.camera ? this.#sending.camera.framerate : 0;
    return { before, now, aim };
  }

  /** Our network came back: repeats what may have been lost meanwhile. */
  refresh(): void {
    if (this.#pc.signalingState === "have-local-offer") this.#describe();
    else if (this.#pc.connectionState !== "connected") this.restart();
  }

  /** Our addresses changed: looks for a new path, even if the old one still seems to work. */
  restart(): void {
    if (!this.#pc.remoteDescription) return;
    this.#waitingSince = performance.now();
    this.#newPathSince = performance.now();
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
    this.#certificate = null;
    this.#sample = null;
    this.#quality = null;
    this.#newPathSince = Number.NEGATIVE_INFINITY;
    this.#outage = new OutageDetector();
    this.#waitingSince = performance.now();
    pc.onnegotiationneeded = () => void this.#offer(pc);
    pc.onicecandidate = ({ candidate }) => {
      // Without one, there are no more (RFC 8838, 13): a stack may wait for that before it gives up.
      const { candidate: line = "", ...rest } = candidate?.toJSON() ?? {};
      this.#options.send({ candidate: { candidate: line, ...rest } });
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
      if (pc.connectionState === "failed") this.#recover();
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
      // Closed meanwhile, or superseded by the other side's offer.
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
    else if (restart && !this.#options.polite) this.#onOfferRequested();
  }

  /** The other side, which makes no offers, requests one. */
  #onOfferRequested(): void {
    if (this.#pc.signalingState !== "have-local-offer") this.restart();
    else if (performance.now() - this.#waitingSince > CROSSING) this.#describe();
  }

  async #takeDescription(description: Description): Promise<void> {
    const certificate = certificateOf(description.sdp);
    if (certificate && this.#certificate && certificate !== this.#certificate) {
      // The other page was reloaded and has a new connection: replace the old one.
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
    // Rolling back a first offer leaves transceivers that never match the other side's.
    if (collision) this.#replace();
    const pc = this.#pc;
    if (offered && pc.remoteDescription) this.#newPathSince = performance.now();
    await pc.setRemoteDescription(description);
    this.#certificate = certificate;
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

  /** One change at a time: browsers refuse a second one while the first is pending. */
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
    // Voice has priority over everything else on a slow network (RFC 8837).
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

  /** Leaves a dead path before the browser reports it, which takes seconds. */
  async #detectOutage(): Promise<void> {
    const outage = this.#outage;
    const report = await this.#transceiver("microphone")
      ?.receiver.getStats()
      .catch(() => null);
    if (report && outage.fell(packetsArrived(report))) this.restart();
  }

  #watchdog(): void {
    void this.#detectOutage();
    if (this.state === "unreachable") this.#options.onChange();
    if (performance.now() - this.#waitingSince < UNANSWERED) return;
    if (this.#pc.signalingState === "have-local-offer") this.#describe();
    else if (!this.#pc.remoteDescription && !this.#makingOffer) this.start();
    // Waiting for "failed" would take half a minute; if the path recovers meanwhile, it is kept.
    else if (this.#pc.connectionState === "disconnected") this.restart();
    else if (this.#pc.connectionState === "failed") this.#recover();
  }

  #recover(): void {
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
