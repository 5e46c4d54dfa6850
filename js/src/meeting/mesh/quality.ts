/**
 * Decides the video quality for each participant. In a mesh, video is encoded and sent once per
 * receiver, so the quality follows what they show, and is reduced if the network or the processor
 * is weak. Pure: decisions only.
 */

import type { Shown } from "./video-constraints";

export interface Quality {
  /** The frame height in lines. */
  height: number;
  framerate: number;
  /** Bits per second, to one participant. */
  bitrate: number;
}

/** What is sent to one participant; null for a video that is not sent. */
export interface Sending {
  camera: Quality | null;
  screen: Quality | null;
}

export interface Circumstances {
  /** The sizes that each participant shows, if reported. */
  wanted: ReadonlyMap<string, Shown | null>;
  /** What we share as a screen: a still one with details, or one that moves; null for none. */
  screen: "detail" | "motion" | null;
  /** Steps down for everyone, because the processor is too slow. */
  processor: number;
  /** Steps down for each participant, because the network to them is bad. */
  line: ReadonlyMap<string, number>;
}

const CAMERA: readonly Quality[] = [
  { height: 720, framerate: 30, bitrate: 1_700_000 },
  { height: 540, framerate: 30, bitrate: 1_000_000 },
  { height: 360, framerate: 24, bitrate: 600_000 },
  { height: 270, framerate: 20, bitrate: 350_000 },
  { height: 180, framerate: 15, bitrate: 200_000 },
  { height: 120, framerate: 12, bitrate: 110_000 },
  { height: 90, framerate: 12, bitrate: 70_000 },
];
/** A shared screen keeps its lines to stay readable, and lowers its frame rate. */
const SCREEN: readonly Quality[] = [
  { height: 1080, framerate: 10, bitrate: 1_500_000 },
  { height: 720, framerate: 8, bitrate: 800_000 },
  { height: 360, framerate: 5, bitrate: 300_000 },
  { height: 180, framerate: 3, bitrate: 100_000 },
];
const SLOWEST_SCREEN = 2;
/** What a program shows moves like a film: it keeps its frame rate, and lowers its lines. */
const MOVING_SCREEN: readonly Quality[] = [
  { height: 1080, framerate: 30, bitrate: 3_000_000 },
  { height: 720, framerate: 30, bitrate: 1_800_000 },
  { height: 540, framerate: 30, bitrate: 1_200_000 },
  { height: 360, framerate: 30, bitrate: 750_000 },
  { height: 270, framerate: 24, bitrate: 450_000 },
  { height: 180, framerate: 24, bitrate: 250_000 },
];
/** Bits per second for all camera videos together: what a home connection can upload. */
const CAMERA_BUDGET = 1_800_000;
const CAMERA_BUDGET_BESIDE_SCREEN = 900_000;
const SCREEN_BUDGET = 3_000_000;
/** Lines sent to a page that has not reported its sizes yet. */
const UNKNOWN = 360;
/** A video enlarged by up to this factor looks no worse. */
const MAX_UPSCALE = 1.15;

/** The number of steps; at the network's last one, video stops and audio continues. */
export const PROCESSOR_STEPS = 4;
export const LINE_STEPS = 4;

/** Decides what to send to each participant. */
export function decide(circumstances: Circumstances): Map<string, Sending> {
  const { wanted, screen } = circumstances;
  const cameras = cameraRanks(circumstances);
  const viewers = [...wanted.values()].filter((shown) => shown?.screen !== 0).length;
  const screenFor = screen === "motion" ? movingScreenFor : stillScreenFor;
  return new Map(
    [...wanted].map(([id, shown]) => {
      const steps = circumstances.processor + (circumstances.line.get(id) ?? 0);
      const rank = cameras.get(id);
      return [
        id,
        {
          camera: rank === undefined ? null : at(CAMERA, rank),
          screen: screen && !silenced(circumstances, id) ? screenFor(shown, steps, viewers) : null,
        },
      ];
    }),
  );
}

/** The index of each camera video in the list of qualities; without those that are not sent. */
function cameraRanks(circumstances: Circumstances): Map<string, number> {
  const { wanted, screen, processor, line } = circumstances;
  const ranks = new Map<string, number>();
  for (const [id, shown] of wanted) {
    const lines = shown?.camera ?? UNKNOWN;
    if (lines === 0 || silenced(circumstances, id)) continue;
    ranks.set(id, rankFor(CAMERA, lines));
  }
  const budget = screen ? CAMERA_BUDGET_BESIDE_SCREEN : CAMERA_BUDGET;
  const cost = (): number =>
    [...ranks.values()].reduce((sum, rank) => sum + at(CAMERA, rank).bitrate, 0);
  while (cost() > budget) {
    // The largest is reduced first: the loss is least visible there.
    const [best] = [...ranks].sort(([, a], [, b]) => a - b);
    if (!best || best[1] >= CAMERA.length - 1) break;
    ranks.set(best[0], best[1] + 1);
  }
  for (const [id, rank] of ranks) {
    ranks.set(id, Math.min(CAMERA.length - 1, rank + processor + (line.get(id) ?? 0)));
  }
  return ranks;
}

function silenced({ line }: Circumstances, id: string): boolean {
  return (line.get(id) ?? 0) >= LINE_STEPS;
}

function stillScreenFor(shown: Shown | null, steps: number, viewers: number): Quality | null {
  const lines = shown?.screen ?? at(SCREEN, 0).height;
  if (lines === 0) return null;
  const quality = at(SCREEN, rankFor(SCREEN, lines));
  return {
    height: quality.height,
    framerate: Math.max(SLOWEST_SCREEN, Math.round(quality.framerate / (1 + steps / 2))),
    bitrate: Math.min(quality.bitrate, SCREEN_BUDGET / viewers) / (1 + steps / 2),
  };
}

function movingScreenFor(shown: Shown | null, steps: number, viewers: number): Quality | null {
  const lines = shown?.screen ?? at(MOVING_SCREEN, 0).height;
  if (lines === 0) return null;
  const share = SCREEN_BUDGET / viewers;
  const affordable = MOVING_SCREEN.findIndex(({ bitrate }) => bitrate <= share);
  const best = affordable < 0 ? MOVING_SCREEN.length - 1 : affordable;
  const quality = at(MOVING_SCREEN, Math.max(best, rankFor(MOVING_SCREEN, lines)) + steps);
  return { ...quality, bitrate: Math.min(quality.bitrate, share) };
}

/** The lowest quality with about this many lines. */
function rankFor(qualities: readonly Quality[], lines: number): number {
  const rank = qualities.findLastIndex(({ height }) => height * MAX_UPSCALE >= lines);
  return Math.max(0, rank);
}

function at(qualities: readonly Quality[], rank: number): Quality {
  const quality = qualities[Math.min(rank, qualities.length - 1)];
  if (!quality) throw new RangeError("there are no qualities");
  return quality;
}

/** What the camera must deliver for all receivers; `own`: the lines of the self-view. */
export function captureFor(
  sendings: Iterable<Sending>,
  own: number,
): Pick<Quality, "height" | "framerate"> {
  const cameras = [...sendings].map(({ camera }) => camera).filter((camera) => camera !== null);
  const shown = own > 0 ? [at(CAMERA, rankFor(CAMERA, own))] : [];
  const all = [...cameras, ...shown, at(CAMERA, CAMERA.length - 1)];
  return {
    height: Math.max(...all.map(({ height }) => height)),
    framerate: Math.max(...all.map(({ framerate }) => framerate)),
  };
}

/** The encoding that scales a frame of `captured` lines down to `quality`; it never enlarges. */
export function encodingFor(
  quality: Quality | null,
  captured: number | undefined,
): RTCRtpEncodingParameters {
  if (!quality) return { active: false };
  return {
    active: true,
    maxBitrate: Math.round(quality.bitrate),
    maxFramerate: quality.framerate,
    scaleResolutionDownBy: Math.max(1, (captured ?? quality.height) / quality.height),
  };
}
