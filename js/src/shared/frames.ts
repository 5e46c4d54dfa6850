/**
 * The binary frame of a broadcast. The Python implementation, `server/protocol/frames.py`,
 * documents the bytes.
 */

export const FRAME_VERSION = 1;
export const HEADER_SIZE = 16;
export const MAX_FRAME = 4 * 1024 * 1024;

export const Kind = { setup: 1, media: 2, header: 3, fragment: 4 } as const;
export const Track = { video: 0, audio: 1 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];
export type Track = (typeof Track)[keyof typeof Track];

const KEYFRAME = 1;

export interface Frame {
  kind: Kind;
  track: Track;
  keyframe: boolean;
  /** Microseconds, 0 where unknown. */
  duration: number;
  /** Presentation time in microseconds. */
  timestamp: number;
  payload: Uint8Array;
}

/** Allocates the frame and returns it with the part that the payload goes into. */
export function allocate(
  head: Omit<Frame, "payload">,
  payloadSize: number,
): { frame: Uint8Array<ArrayBuffer>; payload: Uint8Array<ArrayBuffer> } {
  const frame = new Uint8Array(HEADER_SIZE + payloadSize);
  const view = new DataView(frame.buffer);
  view.setUint8(0, FRAME_VERSION);
  view.setUint8(1, head.kind);
  view.setUint8(2, head.keyframe ? KEYFRAME : 0);
  view.setUint8(3, head.track);
  view.setUint32(4, head.duration);
  view.setBigInt64(8, BigInt(Math.round(head.timestamp)));
  return { frame, payload: frame.subarray(HEADER_SIZE) };
}

export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const { payload, ...head } = frame;
  const allocated = allocate(head, payload.byteLength);
  allocated.payload.set(payload);
  return allocated.frame;
}

/** Reads one frame; the payload shares the buffer. Throws a RangeError that says what is wrong. */
export function decodeFrame(data: ArrayBuffer): Frame {
  if (data.byteLength <= HEADER_SIZE || data.byteLength > MAX_FRAME) {
    throw new RangeError(`a frame cannot have ${data.byteLength} bytes`);
  }
  const view = new DataView(data);
  const [version, kind, flags, track] = [0, 1, 2, 3].map((i) => view.getUint8(i));
  if (version !== FRAME_VERSION) throw new RangeError(`frame version ${version} is unknown`);
  if (!isKind(kind)) throw new RangeError(`frame kind ${kind}`);
  if (track !== Track.video && track !== Track.audio) throw new RangeError(`frame track ${track}`);
  if (flags !== 0 && flags !== KEYFRAME) throw new RangeError(`frame flags ${flags}`);
  return {
    kind,
    track,
    keyframe: flags === KEYFRAME,
    duration: view.getUint32(4),
    timestamp: Number(view.getBigInt64(8)),
    payload: new Uint8Array(data, HEADER_SIZE),
  };
}

function isKind(value: number | undefined): value is Kind {
  return Object.values(Kind).some((kind) => kind === value);
}
