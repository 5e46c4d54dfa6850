/** What a participant's camera costs: in a mesh it is sent once to everybody, so it has to shrink. */

export interface Quality {
  /** Lines of the picture. */
  height: number;
  framerate: number;
  /** Bits a second, to each of the others. */
  bitrate: number;
}

const LEVELS: readonly { people: number; quality: Quality }[] = [
  { people: 2, quality: { height: 720, framerate: 30, bitrate: 1_700_000 } },
  { people: 4, quality: { height: 360, framerate: 24, bitrate: 600_000 } },
  { people: 8, quality: { height: 180, framerate: 15, bitrate: 200_000 } },
];
const SMALLEST: Quality = { height: 180, framerate: 12, bitrate: 120_000 };
/** A shared screen keeps its lines, or nobody can read it, and gives up pictures a second. */
const SCREEN_FRAMERATE = 10;
const SCREEN_BITRATE = 1_500_000;

/** The quality for a stage of this many people, oneself among them. */
export function qualityFor(people: number, screen: boolean): Quality {
  const quality = LEVELS.find((level) => people <= level.people)?.quality ?? SMALLEST;
  if (!screen) return quality;
  return {
    height: 1080,
    framerate: SCREEN_FRAMERATE,
    bitrate: Math.max(quality.bitrate, SCREEN_BITRATE / Math.max(1, people - 1)),
  };
}

/** The encoding that brings a picture of `captured` lines down to `quality`. */
export function encodingFor(
  quality: Quality,
  captured: number | undefined,
): RTCRtpEncodingParameters {
  return {
    maxBitrate: Math.round(quality.bitrate),
    maxFramerate: quality.framerate,
    scaleResolutionDownBy: Math.max(1, (captured ?? quality.height) / quality.height),
  };
}
