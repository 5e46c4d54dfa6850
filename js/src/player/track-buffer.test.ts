import { describe, expect, it } from "vitest";
import { TrackBuffer } from "./track-buffer";

class Buffer extends EventTarget {
  updating = false;
  appended: number[] = [];
  buffered = { length: 0 };
  appendBuffer(bytes: Uint8Array): void {
    this.updating = true;
    this.appended.push(bytes[0] ?? 0);
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

describe("a track on its way into a source", () => {
  it("waits in order, however long it takes until the source opens", () => {
    const { source, track, buffer } = made();
    track.begin(piece(1));
    for (let i = 0; i < 600; i += 1) track.append(piece(i === 0 ? 2 : 3), i === 0);
    source.open();
    expect(buffer.appended).toEqual([1]);
    for (let i = 0; i < 601; i += 1) buffer.done();
    expect(buffer.appended.slice(0, 3)).toEqual([1, 2, 3]);
    expect(buffer.appended).toHaveLength(601);
  });

  it("keeps its header and begins with a keyframe again if too much waits", () => {
    const { source, track, buffer } = made();
    track.begin(piece(1));
    for (let i = 0; i < 9; i += 1) track.append(piece(2, 4 * MIB), i === 0);
    track.append(piece(3), false);
    track.append(piece(4), true);
    track.append(piece(5), false);
    source.open();
    for (let i = 0; i < 4; i += 1) buffer.done();
    expect(buffer.appended).toEqual([1, 4, 5]);
  });

  it("gives nothing to a source any more once it is closed", () => {
    const { source, track, buffer } = made();
    track.begin(piece(1));
    track.close();
    source.open();
    expect(buffer.appended).toEqual([]);
  });
});
