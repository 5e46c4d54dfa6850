import { describe, expect, it } from "vitest";
import shared from "../../../tests/frames.json";
import { decodeFrame, encodeFrame, type Frame } from "./frames";

interface Case {
  what: string;
  bytes: string;
  frame: (Omit<Frame, "payload"> & { payload: string }) | null;
}

const cases = shared as Case[];

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

describe("encodes a frame to the same bytes as the Python implementation", () => {
  it.each(cases)("$what", ({ bytes, frame }) => {
    const data = fromHex(bytes);
    if (frame === null) {
      expect(() => decodeFrame(data.buffer)).toThrow(RangeError);
      return;
    }
    const expected = { ...frame, payload: fromHex(frame.payload) };
    expect(decodeFrame(data.buffer)).toEqual(expected);
    expect(encodeFrame(expected)).toEqual(data);
  });
});
