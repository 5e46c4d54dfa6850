/** Queues the kernel's commands: each waits for the meeting, and for earlier ones. */
import type { MeetingApi } from "../webapi/meeting-api";
import { commandOf } from "./commands";
import type { Failure, ToKernel } from "./kernel-channel";

/** The meeting's state for commands. */
export type Readiness =
  /** The meeting is joined. */
  | { api: MeetingApi }
  /** It may be joined soon. `person`: it waits for a person; `opens`: not before this time. */
  | { kind: string; why: string; person: boolean; opens?: number }
  /** It will not be joined. */
  | { failure: Failure };

export interface Host {
  readiness(): Readiness;
  leave(): Promise<void>;
  /** The output that shows a widget; rejects if none does. */
  output(model: string): Promise<HTMLElement>;
  send(message: ToKernel): void;
}

interface Given {
  id: number;
  name: string;
  args: readonly unknown[];
  since: number;
  /** The reason for waiting that the kernel last received. */
  reported: string;
}

/** The timeout, in minutes, of a command sent before joining. */
const TIMEOUT_MIN = 5;
export const TIMEOUT_MS = TIMEOUT_MIN * 60_000;
/**
 * How often to tell the kernel that a command is still waiting; otherwise it assumes that the page
 * is gone.
 */
const HEARTBEAT_MS = 10_000;
const BLOCKED = "the command before it is being carried out";
const LEFT = { kind: "left", message: "The meeting was left before it was joined." };

export class CommandQueue {
  readonly #host: Host;
  #waiting: Given[] = [];
  readonly #running = new Set<Given>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  add(id: number, name: string, args: readonly unknown[]): void {
    this.#waiting.push({ id, name, args, since: Date.now(), reported: "" });
    this.look();
  }

  /** Drops a command that the kernel has withdrawn. */
  remove(id: number): void {
    this.#waiting = this.#waiting.filter((one) => one.id !== id);
    this.look();
  }

  close(): void {
    this.#waiting = [];
    this.look();
  }

  /** Runs the commands that can run now, and refuses those that never can. Call it on every change. */
  look(heartbeat = false): void {
    // A command may change the meeting when it starts, which calls this method again.
    for (const one of [...this.#waiting]) {
      const place = this.#waiting.indexOf(one);
      if (place < 0) continue;
      const readiness = this.#host.readiness();
      const earlier = this.#waiting.slice(0, place);
      const blocked = [...this.#running, ...earlier].some((other) => waitsFor(one, other));
      if (one.name === "leave") {
        // If this one waits for no person, neither do those before it.
        const person = "person" in readiness && readiness.person;
        if (person) for (const other of earlier) this.#refuse(other, LEFT);
        if (person || !blocked) void this.#begin(one, () => this.#host.leave());
        else this.#reportHeld(one, BLOCKED, heartbeat);
      } else if ("failure" in readiness) {
        this.#refuse(one, readiness.failure);
      } else if ("api" in readiness) {
        if (blocked) this.#reportHeld(one, BLOCKED, heartbeat);
        else void this.#begin(one, () => this.#carryOut(readiness.api, one));
      } else if (Date.now() - Math.max(one.since, readiness.opens ?? 0) > TIMEOUT_MS) {
        const message = `The meeting is not joined after ${TIMEOUT_MIN} minutes: ${readiness.why}.`;
        this.#refuse(one, { kind: readiness.kind, message });
      } else {
        this.#reportHeld(one, readiness.why, heartbeat);
      }
    }
    if (this.#waiting.length === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else this.#timer ??= setInterval(() => this.look(true), HEARTBEAT_MS);
  }

  #reportHeld(one: Given, why: string, heartbeat: boolean): void {
    if (one.reported === why && !heartbeat) return;
    one.reported = why;
    this.#host.send({ type: "held", id: one.id, why });
  }

  #refuse(one: Given, { kind, message }: Failure): void {
    this.#take(one);
    const error = { kind: "not_joined", cause: kind, message };
    this.#host.send({ type: "reply", id: one.id, error });
  }

  async #begin(one: Given, run: () => Promise<unknown>): Promise<void> {
    const { id } = one;
    this.#take(one);
    this.#running.add(one);
    this.#host.send({ type: "begun", id });
    try {
      this.#host.send({ type: "reply", id, result: (await run()) ?? null });
    } catch (error) {
      this.#host.send({ type: "reply", id, error: failureOf(error) });
    }
    this.#running.delete(one);
    this.look();
  }

  async #carryOut(api: MeetingApi, { name, args }: Given): Promise<unknown> {
    const command = commandOf(api, name);
    if (!command) throw { kind: "refused", message: `This page cannot ${name}.` };
    const [first, ...more] = args;
    // The kernel knows elements by the widgets that they show.
    const given =
      name === "presentElement" ? [await this.#host.output(String(first)), ...more] : args;
    return (await command(...given))?.data;
  }

  #take(one: Given): void {
    this.#waiting = this.#waiting.filter((other) => other !== one);
  }
}

const verb = ({ name, args }: Given): unknown => (name === "executeCommand" ? args[0] : name);
const broadcasts = (one: Given): boolean => /Broadcast$/.test(String(verb(one)));

/**
 * A broadcast is slow to start: only commands about it, and leaving, wait for it. None waits for a
 * participant's answer.
 */
function waitsFor(one: Given, before: Given): boolean {
  if (verb(before) === "nanomeetReadMedia") return false;
  return !broadcasts(before) || broadcasts(one) || /^(leave|endC)/.test(String(verb(one)));
}

/** Converts any thrown value to a failure: the Web API's errors have a kind already. */
export function failureOf(thrown: unknown): Failure {
  if (typeof thrown === "object" && thrown !== null) {
    const {
      kind = "failed",
      message = "The meeting gave no reason.",
      cause,
    } = thrown as Partial<Failure>;
    // Of another error than a refusal, the cause is what was thrown.
    return typeof cause === "string" ? { kind, message, cause } : { kind, message };
  }
  return { kind: "failed", message: String(thrown) };
}
