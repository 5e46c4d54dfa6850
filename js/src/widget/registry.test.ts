import { describe, expect, it, vi } from "vitest";
import type { CellMeeting } from "./cell-meeting";
import { claim, disown, forget, goesOn, isOrphan, type Owner, onFreed, reclaim } from "./registry";

let keys = 0;
const newOwner = (): Owner => ({ taken: vi.fn() });
const meeting = (alive = true): CellMeeting =>
  ({ key: `room ${keys++}`, alive }) as unknown as CellMeeting;

describe("the meetings of a page", () => {
  it("creates a meeting once and returns it to its owner", () => {
    const [owner, made] = [newOwner(), meeting()];
    const create = vi.fn(() => made);
    expect(claim(made.key, owner, create)).toBe(made);
    expect(claim(made.key, owner, create)).toBe(made);
    expect(create).toHaveBeenCalledOnce();
  });

  it("does not give away a meeting that another owner shows", () => {
    const made = meeting();
    claim(made.key, newOwner(), () => made);
    expect(claim(made.key, newOwner(), meeting)).toBeNull();
  });

  it("takes it from its owner if the user asks for it elsewhere", () => {
    const [before, after, made] = [newOwner(), newOwner(), meeting()];
    claim(made.key, before, () => made);
    expect(claim(made.key, after, meeting, true)).toBe(made);
    expect(before.taken).toHaveBeenCalledOnce();
    expect(after.taken).not.toHaveBeenCalled();
  });

  it("knows whether a meeting is still running", () => {
    const made = meeting();
    claim(made.key, newOwner(), () => made);
    expect(goesOn(made.key)).toBe(true);
    forget(made);
    expect(goesOn(made.key)).toBe(false);
  });

  it("lets a cell that is run again keep the meeting", () => {
    const [before, after, made] = [newOwner(), newOwner(), meeting()];
    claim(made.key, before, () => made);
    disown(made, before);
    expect(isOrphan(made, before)).toBe(true);
    expect(claim(made.key, after, meeting)).toBe(made);
    expect(before.taken).toHaveBeenCalledOnce();
    expect(isOrphan(made, before)).toBe(false);
    expect(reclaim(made, before)).toBe(false);
  });

  it("is left by its last owner, not by earlier ones", () => {
    const [before, last, made] = [newOwner(), newOwner(), meeting()];
    claim(made.key, before, () => made);
    disown(made, before);
    claim(made.key, last, meeting);
    disown(made, last);
    expect(isOrphan(made, before)).toBe(false);
    expect(isOrphan(made, last)).toBe(true);
  });

  it("lets the owner reclaim what no other took", () => {
    const [owner, made] = [newOwner(), meeting()];
    claim(made.key, owner, () => made);
    disown(made, owner);
    expect(reclaim(made, owner)).toBe(true);
    expect(isOrphan(made, owner)).toBe(false);
    expect(owner.taken).not.toHaveBeenCalled();
  });

  it("creates a new meeting in place of one that has ended", () => {
    const [over, next] = [meeting(false), meeting()];
    claim(over.key, newOwner(), () => over);
    expect(claim(over.key, newOwner(), () => next)).toBe(next);
  });

  it("notifies waiting cells when a meeting is free", () => {
    const [owner, made] = [newOwner(), meeting()];
    claim(made.key, owner, () => made);
    const freed = vi.fn();
    const stop = onFreed(freed);
    disown(made, owner);
    forget(made);
    expect(freed).toHaveBeenCalledTimes(2);
    stop();
    forget(made);
    expect(freed).toHaveBeenCalledTimes(2);
  });
});
