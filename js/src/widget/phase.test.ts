import { describe, expect, it, vi } from "vitest";
import {
  bare,
  leavingFor,
  PHASE_STEPS,
  type Phase,
  PhaseMachine,
  type PhaseName,
  showing,
  TAKEN,
  UNWATCHED,
} from "./phase";

const NAMES = Object.keys(PHASE_STEPS) as PhaseName[];
const MEETING = ["meeting", "hidden", "orphaned", "leaving"];

const legal = (from: PhaseName, to: PhaseName): boolean =>
  from !== "closed" && (to === "closed" || PHASE_STEPS[from].includes(to));

/** Returns the shortest path from `new` to `target`, or null. */
function wayTo(target: PhaseName): PhaseName[] | null {
  const ways: PhaseName[][] = [["new"]];
  const found = new Set<PhaseName>(["new"]);
  for (const way of ways) {
    const last = way.at(-1) ?? "new";
    if (last === target) return way;
    for (const next of NAMES.filter((name) => legal(last, name) && !found.has(name))) {
      found.add(next);
      ways.push([...way, next]);
    }
  }
  return null;
}

function machineIn(name: PhaseName): PhaseMachine {
  const machine = new PhaseMachine();
  for (const next of wayTo(name)?.slice(1) ?? []) machine.step(bare(next));
  return machine;
}

const PAIRS = NAMES.flatMap((from) => NAMES.map((to) => [from, to] as const));

describe("the phases of a widget", () => {
  it.each(NAMES)("lead to %s", (name) => {
    expect(machineIn(name).now.name).toBe(name);
  });

  it.each(PAIRS.filter(([from, to]) => legal(from, to)))("go from %s to %s", (from, to) => {
    const machine = machineIn(from);
    const next = bare(to);
    machine.step(next);
    expect(machine.now).toBe(next);
  });

  it.each(PAIRS.filter(([from, to]) => !legal(from, to)))(
    "refuse to go from %s to %s, and change nothing",
    (from, to) => {
      const machine = machineIn(from);
      const before = machine.now;
      const begin = vi.fn();
      expect(() => machine.step(bare(to), begin)).toThrow(`cannot go from ${from} to ${to}`);
      expect(machine.now).toBe(before);
      expect(begin).not.toHaveBeenCalled();
    },
  );

  it("have no meeting without a token", () => {
    const before = NAMES.filter((name) => PHASE_STEPS[name].includes("meeting"));
    expect(before.sort()).toEqual(["early", "entering", "hidden", "occupied", "taken", "unseen"]);
  });

  it("contact the kernel only while no meeting is running", () => {
    for (const name of MEETING) expect(legal(name as PhaseName, "asking")).toBe(false);
  });

  it("end when the model is closed", () => {
    expect(NAMES.filter((to) => legal("closed", to))).toEqual([]);
    for (const from of NAMES.filter((name) => name !== "closed")) {
      expect(legal(from, "closed")).toBe(true);
    }
  });

  it("leave a meeting only when it ends, or for another cell or token", () => {
    for (const from of MEETING as PhaseName[]) {
      for (const to of ["new", "silent", "shared", "unseen", "browser", "occupied"] as const) {
        expect(legal(from, to)).toBe(false);
      }
    }
  });
});

describe("a phase", () => {
  it("stops its activity when it ends", () => {
    const machine = machineIn("entering");
    const stop = vi.fn();
    machine.step(showing({ kind: "unseen" }), () => stop);
    expect(stop).not.toHaveBeenCalled();
    machine.step(bare("meeting"));
    machine.step(bare("hidden"));
    expect(stop).toHaveBeenCalledOnce();
  });

  it("stops it even if the next step follows at once", () => {
    const machine = machineIn("entering");
    const stop = vi.fn();
    machine.step(showing({ kind: "unseen" }), () => {
      machine.step(bare("meeting"));
      return stop;
    });
    expect(machine.now.name).toBe("meeting");
    expect(stop).toHaveBeenCalledOnce();
  });

  it("continues after a refused step", () => {
    const machine = machineIn("entering");
    const stop = vi.fn();
    machine.step(showing({ kind: "unseen" }), () => stop);
    expect(() => machine.step(bare("hidden"))).toThrow();
    expect(stop).not.toHaveBeenCalled();
  });

  it("has a card, or none", () => {
    expect(showing({ kind: "shared", invites: true })).toEqual({
      name: "shared",
      card: { kind: "shared", invites: true },
    });
    expect([TAKEN.name, TAKEN.card?.kind]).toEqual(["taken", "elsewhere"]);
    const leaving: Phase = leavingFor(UNWATCHED);
    expect([leaving.name, leaving.card, leaving.next]).toEqual(["leaving", null, UNWATCHED]);
  });
});
