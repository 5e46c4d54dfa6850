import { describe, expect, it } from "vitest";
import { FrameQueue, type QueuedFrame } from "./frame-queue";

class Fake implements QueuedFrame {
  closed = false;
  constructor(readonly timestamp: number) {}
  close(): void {
    this.closed = true;
  }
}

function queueOf(...timestamps: number[]): [FrameQueue<Fake>, Fake[]] {
  const queue = new FrameQueue<Fake>();
  const pictures = timestamps.map((timestamp) => new Fake(timestamp));
  for (const picture of pictures) queue.push(picture, Number.NEGATIVE_INFINITY);
  return [queue, pictures];
}

describe("FrameQueue", () => {
  it("returns each frame when it is due, and not before", () => {
    const [queue, [first, second]] = queueOf(10, 20);
    expect(queue.take(9)).toBeNull();
    expect(queue.take(10)).toBe(first);
    expect(queue.take(19)).toBeNull();
    expect(queue.take(20)).toBe(second);
  });

  it("skips to the newest due frame, and closes those it skips", () => {
    const [queue, pictures] = queueOf(10, 20, 30, 40);
    expect(queue.take(35)?.timestamp).toBe(30);
    expect(pictures.map(({ closed }) => closed)).toEqual([true, true, false, false]);
    expect(queue.dropped).toBe(2);
  });

  it("does not accumulate frames while none is taken", () => {
    const queue = new FrameQueue<Fake>();
    const pictures = Array.from({ length: 100 }, (_, i) => new Fake(i));
    for (const picture of pictures) queue.push(picture, picture.timestamp - 5);
    expect(pictures.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(6);
  });

  it("closes the remaining frames", () => {
    const [queue, pictures] = queueOf(10, 20);
    queue.clear();
    expect(pictures.every(({ closed }) => closed)).toBe(true);
  });
});
