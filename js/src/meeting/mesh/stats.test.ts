import { expect, test } from "vitest";
import { packetsArrived, readStats } from "./stats";

/** Chromium's statistics of one connection, as far as they are read. */
const COUNTED: Record<string, Record<string, unknown>> = {
  T: { type: "transport", selectedCandidatePairId: "P2", packetsReceived: 171, timestamp: 100_000 },
  P1: { type: "candidate-pair", currentRoundTripTime: 9 },
  P2: { type: "candidate-pair", currentRoundTripTime: 0.04, availableOutgoingBitrate: 900_000 },
  IA: { type: "inbound-rtp", kind: "audio", packetsLost: 1, packetsReceived: 50, jitter: 0.02 },
  IV: {
    type: "inbound-rtp",
    kind: "video",
    packetsLost: 2,
    packetsReceived: 100,
    jitter: 0.9,
    framesDecoded: 60,
    framesDropped: 3,
  },
  RA: { type: "remote-inbound-rtp", kind: "audio", fractionLost: 0.1, timestamp: 99_000 },
  RV: { type: "remote-inbound-rtp", kind: "video", fractionLost: 0.4, timestamp: 90_000 },
  S: { type: "media-source", kind: "video", framesPerSecond: 24 },
  OC: {
    type: "outbound-rtp",
    kind: "video",
    mid: "1",
    mediaSourceId: "S",
    framesEncoded: 48,
    totalEncodeTime: 0.5,
    qualityLimitationReason: "none",
  },
  OS: {
    type: "outbound-rtp",
    kind: "video",
    mid: "2",
    active: false,
    framesEncoded: 5,
    totalEncodeTime: 0.1,
    qualityLimitationReason: "cpu",
  },
};

test("a connection's statistics are read, audio and video apart", () => {
  expect(readStats(new Map(Object.entries(COUNTED)) as RTCStatsReport, "1", 7)).toEqual({
    at: 7,
    roundTrip: 0.04,
    available: 900_000,
    lost: 3,
    received: 150,
    // The report about video dates from before it stopped.
    missed: 0.1,
    jitter: 0.02,
    encoding: 0.6,
    camera: { encoded: 48, source: 24 },
    // A video that is not sent is not limited.
    cpuLimited: false,
    decoded: 60,
    dropped: 3,
  });
});

test("packets of every kind are counted on arrival", () => {
  expect(packetsArrived(new Map(Object.entries(COUNTED)) as RTCStatsReport)).toBe(171);
});

test("before a connection is up, nothing is known of it", () => {
  expect(readStats(new Map() as RTCStatsReport, null, 0)).toMatchObject({
    roundTrip: null,
    available: null,
    missed: null,
    jitter: null,
    camera: null,
    lost: 0,
  });
});
