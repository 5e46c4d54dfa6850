import { describe, expect, it } from "vitest";
import { TrackBuffer } from "./track-buffer";

class Buffer extends EventTarget {
  updating = false;
  appended: number[][] = [];
  buffered = { length: 0 };
  appendBuffer(bytes: Uint8Array): void {
    this.updating = true;
    this.appended.push([...bytes]);
  }
  done(): void {
    this.updating = false;
    this.dispatchEvent(new Event("updateend"));
  }
}

class Source extends EventTarget {
  readyState = "closed";
  buffer = new Buffer();
  addSourceBuffer = () => this.buffer;
  open(): void {
    this.readyState = "open";
    this.dispatchEvent(new Event("sourceopen"));
  }
}

function made() {
  const source = new Source();
  const track = new TrackBuffer(source as unknown as MediaSource, "video/mp4");
  return { source, track, buffer: source.buffer };
}

const piece = (name: number, size = 1) => new Uint8Array(size).fill(name);
const MIB = 1024 * 1024;

describe("TrackBuffer", () => {
  it("queues in order until the source opens, then appends at once", () => {
    const { source, track, buffer } = made();
    track.begin(piece(1));
    for (let i = 0; i < 600; i += 1) track.append(piece(i === 0 ? 2 : 3), i === 0);
    source.open();
    expect(buffer.appended).toEqual([[1]]);
    buffer.done();
    expect(buffer.appended).toEqual([[1], [2, ...new Array(599).fill(3)]]);
    buffer.done();
    expect(buffer.appended).toHaveLength(2);
  });

  it("appends one by one while nothing is queued", () => {
    const { source, track, buffer } = made();
    source.open();
    track.begin(piece(1));
    for (const name of [2, 3]) {
      buffer.done();
      track.append(piece(name), true);
    }
    expect(buffer.appended).toEqual([[1], [2], [3]]);
  });

  it("keeps a new header apart from what precedes and follows it", () => {
    const { source, track, buffer } = made();
    source.open();
    for (const [header, fragments] of [
      [1, [2, 3]],
      [4, [5, 6]],
    ] as const) {
      track.begin(piece(header));
      for (const name of fragments) track.append(piece(name), true);
    }
    for (let i = 0; i < 4; i += 1) buffer.done();
    expect(buffer.appended).toEqual([[1], [2, 3], [4], [5, 6]]);
  });

  it("appends no more at once than a browser keeps", () => {
    const { source, track, buffer } = made();
    track.begin(piece(1));
    for (let i = 0; i < 3; i += 1) track.append(piece(2, MIB / 2), i === 0);
    source.open();
    for (let i = 0; i < 3; i += 1) buffer.done();
    expect(buffer.appended.map(({ length }) => length)).toEqual([1, MIB, MIB / 2]);
  });

  it("keeps its header and restarts with a keyframe if too much is queued", () => {
    const { source, track, buffer } = made();
    track.begin(piece(1));
    for (let i = 0; i < 9; i += 1) track.append(piece(2, 4 * MIB), i === 0);
    track.append(piece(3), false);
    track.append(piece(4), true);
    track.append(piece(5), false);
    source.open();
    for (let i = 0; i < 4; i += 1) buffer.done();
    expect(buffer.appended).toEqual([[1], [4, 5]]);
  });

  it("appends nothing once it is closed", () => {
    const { source, track, buffer } = made();
    track.begin(piece(1));
    track.close();
    source.open();
    expect(buffer.appended).toEqual([]);
  });
});
