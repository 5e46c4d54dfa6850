import { describe, expect, it, vi } from "vitest";
import type { Meeting } from "./meeting";
import { claim, disown, forget, isOrphan, onFreed, reclaim } from "./registry";

let keys = 0;
const meeting = (alive = true): Meeting => ({ key: `room ${keys++}`, alive }) as unknown as Meeting;

describe("the meetings of a page", () => {
  it("makes a meeting once and gives it back to its owner", () => {
    const [owner, made] = [{}, meeting()];
    const create = vi.fn(() => made);
    expect(claim(made.key, owner, create)).toBe(made);
    expect(claim(made.key, owner, create)).toBe(made);
    expect(create).toHaveBeenCalledOnce();
  });

  it("gives nobody what somebody else shows", () => {
    const made = meeting();
    claim(made.key, {}, () => made);
    expect(claim(made.key, {}, meeting)).toBeNull();
  });

  it("lets a cell that is run again go on with the meeting", () => {
    const [before, after, made] = [{}, {}, meeting()];
    const taken = vi.fn();
    claim(made.key, before, () => made);
    disown(made, before, taken);
    expect(isOrphan(made)).toBe(true);
    expect(claim(made.key, after, meeting)).toBe(made);
    expect(taken).toHaveBeenCalledOnce();
    expect(isOrphan(made)).toBe(false);
    expect(reclaim(made, before)).toBe(false);
  });

  it("lets the owner take back what nobody took", () => {
    const [owner, made] = [{}, meeting()];
    const taken = vi.fn();
    claim(made.key, owner, () => made);
    disown(made, owner, taken);
    expect(reclaim(made, owner)).toBe(true);
    expect(isOrphan(made)).toBe(false);
    expect(taken).not.toHaveBeenCalled();
  });

  it("makes a new meeting in place of one that has ended", () => {
    const [over, next] = [meeting(false), meeting()];
    claim(over.key, {}, () => over);
    expect(claim(over.key, {}, () => next)).toBe(next);
  });

  it("tells who waits that a meeting is free", () => {
    const [owner, made] = [{}, meeting()];
    claim(made.key, owner, () => made);
    const freed = vi.fn();
    const stop = onFreed(freed);
    disown(made, owner, () => undefined);
    forget(made);
    expect(freed).toHaveBeenCalledTimes(2);
    stop();
    forget(made);
    expect(freed).toHaveBeenCalledTimes(2);
  });
});
