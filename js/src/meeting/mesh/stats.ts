/** The browser's statistics of one connection so far (W3C WebRTC statistics). */

export interface Sample {
  /** Milliseconds. */
  at: number;
  /** Round-trip time in seconds; null while no candidate pair is in use. */
  roundTrip: number | null;
  /** The browser's bandwidth estimate in bits per second. */
  available: number | null;
  /** Packets of the other side's media that were lost, and that arrived. */
  lost: number;
  received: number;
  /** The share of our packets that the other side recently lost, from 0 to 1. */
  missed: number | null;
  /** The jitter of the other side's audio, in seconds. */
  jitter: number | null;
  /** Seconds spent encoding video. */
  encoding: number;
  /** Encoded camera frames, and the frame rate of the camera; null while it is not sent. */
  camera: { encoded: number; source: number } | null;
  /** Whether the browser itself reports the processor as too slow. */
  cpuLimited: boolean;
  /** Received frames that were decoded, and that were dropped because it took too long. */
  decoded: number;
  dropped: number;
}

/** Milliseconds: an older report is about another time, when more may have been sent. */
const FRESH = 5_000;

type Entry = Readonly<Record<string, unknown>>;

/** The number of packets of any kind received from the other side. */
export function packetsArrived(report: RTCStatsReport): number {
  let count = 0;
  report.forEach((entry: Entry) => {
    if (entry.type === "transport") count += number(entry, "packetsReceived") ?? 0;
  });
  return count;
}

/** `camera`: its media section; `at`: milliseconds of a monotonic clock. */
export function readStats(report: RTCStatsReport, camera: string | null, at: number): Sample {
  const entries = new Map<string, Entry>();
  report.forEach((entry: Entry, id: string) => {
    entries.set(id, entry);
  });
  const all = [...entries.values()];
  const of = (type: string, kind?: string): Entry[] =>
    all.filter((entry) => entry.type === type && (!kind || entry.kind === kind));
  const newest = Math.max(...all.map((entry) => number(entry, "timestamp") ?? 0));
  const fresh = (entry: Entry): boolean => newest - (number(entry, "timestamp") ?? 0) < FRESH;
  const pairId = of("transport").map((entry) => entry.selectedCandidatePairId)[0];
  const pair = typeof pairId === "string" ? entries.get(pairId) : undefined;
  const inbound = of("inbound-rtp");
  const pictures = of("inbound-rtp", "video");
  const sent = of("outbound-rtp", "video").filter((entry) => entry.active !== false);
  return {
    at,
    roundTrip: number(pair, "currentRoundTripTime"),
    available: number(pair, "availableOutgoingBitrate"),
    lost: sum(inbound, "packetsLost"),
    received: sum(inbound, "packetsReceived"),
    missed: most(of("remote-inbound-rtp").filter(fresh), "fractionLost"),
    jitter: most(of("inbound-rtp", "audio"), "jitter"),
    encoding: sum(of("outbound-rtp", "video"), "totalEncodeTime"),
    camera: cameraOf(
      sent.find((entry) => entry.mid === camera),
      entries,
    ),
    cpuLimited: sent.some((entry) => entry.qualityLimitationReason === "cpu"),
    decoded: sum(pictures, "framesDecoded"),
    dropped: sum(pictures, "framesDropped"),
  };
}

function cameraOf(sent: Entry | undefined, entries: ReadonlyMap<string, Entry>): Sample["camera"] {
  const source = number(entries.get(String(sent?.mediaSourceId)), "framesPerSecond");
  const encoded = number(sent, "framesEncoded");
  return source === null || encoded === null ? null : { encoded, source };
}

function number(entry: Entry | undefined, key: string): number | null {
  const value = entry?.[key];
  return typeof value === "number" ? value : null;
}

function sum(entries: readonly Entry[], key: string): number {
  return entries.reduce((total, entry) => total + (number(entry, key) ?? 0), 0);
}

function most(entries: readonly Entry[], key: string): number | null {
  const values = entries.map((entry) => number(entry, key)).filter((value) => value !== null);
  return values.length > 0 ? Math.max(...values) : null;
}
