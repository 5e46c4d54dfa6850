import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NanoMeetError } from "../webapi/errors";
import type { MeetingApi } from "../webapi/meeting-api";
import { CommandQueue, failureOf, type Readiness, TIMEOUT_MS } from "./command-queue";
import type { ToKernel } from "./kernel-channel";

const JOINING: Readiness = { kind: "joining", why: "it is being joined", person: false };
const LOBBY: Readiness = { kind: "waiting", why: "a moderator has to let you in", person: true };

/** A meeting that records the commands it starts, and confirms them on request. */
class QueuedMeeting {
  readiness: Readiness = JOINING;
  readonly begun: string[] = [];
  readonly sent: ToKernel[] = [];
  readonly #confirm = new Map<string, () => void>();
  readonly queue = new CommandQueue({
    readiness: () => this.readiness,
    leave: async () => {
      this.begun.push("leave");
      this.readiness = { failure: { kind: "left", message: "You left." } };
    },
    output: async (model) => {
      if (model === "gone") throw { kind: "no_output", message: "No output shows it." };
      return `output of ${model}` as unknown as HTMLElement;
    },
    send: (message) => void this.sent.push(message),
  });
  readonly api = {
    executeCommand: (...words: string[]) => this.#carriesOut(words.join(" ")),
    startBroadcast: () => this.#carriesOut("start"),
    presentElement: (...words: string[]) => this.#carriesOut(words.join(" ")),
    stopBroadcast: () => this.#carriesOut("stop"),
  } as unknown as MeetingApi;

  joins(): void {
    this.readiness = { api: this.api };
    this.queue.look();
  }

  async confirms(what: string): Promise<void> {
    this.#confirm.get(what)?.();
    await vi.advanceTimersByTimeAsync(0);
  }

  replies(): unknown[] {
    return this.sent.filter(({ type }) => type === "reply");
  }

  #carriesOut(what: string): Promise<unknown> {
    this.begun.push(what);
    return new Promise((resolve) => this.#confirm.set(what, () => resolve({ data: what })));
  }
}

describe("the kernel's commands", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("name an output of the notebook by the widget that it shows", async () => {
    const meeting = new QueuedMeeting();
    meeting.joins();
    meeting.queue.add(1, "presentElement", ["m1", "Plot"]);
    await vi.advanceTimersByTimeAsync(0);
    expect(meeting.begun).toEqual(["output of m1 Plot"]);
    await meeting.confirms("output of m1 Plot");
    meeting.queue.add(2, "presentElement", ["gone"]);
    await vi.advanceTimersByTimeAsync(0);
    const error = { kind: "no_output", message: "No output shows it." };
    expect(meeting.replies().at(-1)).toEqual({ type: "reply", id: 2, error });
  });

  it("wait for the meeting, and run in order", async () => {
    const meeting = new QueuedMeeting();
    meeting.queue.add(1, "executeCommand", ["a"]);
    meeting.queue.add(2, "executeCommand", ["b"]);
    expect(meeting.begun).toEqual([]);
    expect(meeting.sent).toEqual([
      { type: "held", id: 1, why: "it is being joined" },
      { type: "held", id: 2, why: "it is being joined" },
    ]);
    meeting.joins();
    expect(meeting.begun).toEqual(["a"]);
    await meeting.confirms("a");
    expect(meeting.begun).toEqual(["a", "b"]);
    await meeting.confirms("b");
    expect(meeting.replies()).toEqual([
      { type: "reply", id: 1, result: "a" },
      { type: "reply", id: 2, result: "b" },
    ]);
  });

  it("are not delayed by a broadcast that is slow to start", async () => {
    const meeting = new QueuedMeeting();
    meeting.joins();
    meeting.queue.add(1, "startBroadcast", [false]);
    meeting.queue.add(2, "executeCommand", ["chat"]);
    meeting.queue.add(3, "stopBroadcast", []);
    meeting.queue.add(4, "leave", []);
    expect(meeting.begun).toEqual(["start", "chat"]);
    await meeting.confirms("chat");
    expect(meeting.begun).toEqual(["start", "chat"]);
    await meeting.confirms("start");
    expect(meeting.begun).toEqual(["start", "chat", "stop"]);
    await meeting.confirms("stop");
    expect(meeting.begun).toEqual(["start", "chat", "stop", "leave"]);
  });

  it("do not wait for a participant that a program asks", async () => {
    const meeting = new QueuedMeeting();
    meeting.joins();
    meeting.queue.add(1, "executeCommand", ["nanomeetReadMedia"]);
    meeting.queue.add(2, "executeCommand", ["chat"]);
    meeting.queue.add(3, "executeCommand", ["nanomeetReadMedia", "other"]);
    expect(meeting.begun).toEqual(["nanomeetReadMedia", "chat"]);
    await meeting.confirms("chat");
    meeting.queue.add(4, "leave", []);
    expect(meeting.begun).toEqual([
      "nanomeetReadMedia",
      "chat",
      "nanomeetReadMedia other",
      "leave",
    ]);
  });

  it("fail with the reason why the meeting was not joined", () => {
    const meeting = new QueuedMeeting();
    meeting.queue.add(1, "executeCommand", ["a"]);
    meeting.readiness = { failure: { kind: "token_expired", message: "It has expired." } };
    meeting.queue.look();
    const error = { kind: "not_joined", cause: "token_expired", message: "It has expired." };
    expect(meeting.replies()).toEqual([{ type: "reply", id: 1, error }]);
  });

  it("report to the kernel while waiting for a person, and time out", () => {
    const meeting = new QueuedMeeting();
    meeting.readiness = LOBBY;
    meeting.queue.add(1, "executeCommand", ["a"]);
    vi.advanceTimersByTime(30_000);
    expect(meeting.sent.filter(({ type }) => type === "held")).toHaveLength(4);
    vi.advanceTimersByTime(TIMEOUT_MS);
    expect(meeting.replies()).toMatchObject([
      {
        error: {
          kind: "not_joined",
          cause: "waiting",
          message: "The meeting is not joined after 5 minutes: a moderator has to let you in.",
        },
      },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("time out only after the token becomes valid", () => {
    const meeting = new QueuedMeeting();
    const opens = Date.now() + TIMEOUT_MS;
    meeting.readiness = { kind: "token_not_yet_valid", why: "not yet", person: true, opens };
    meeting.queue.add(1, "executeCommand", ["a"]);
    vi.advanceTimersByTime(TIMEOUT_MS + 60_000);
    expect(meeting.replies()).toEqual([]);
    vi.advanceTimersByTime(TIMEOUT_MS);
    expect(meeting.replies()).toHaveLength(1);
  });

  it("do not delay a leave while waiting for a person", async () => {
    const meeting = new QueuedMeeting();
    meeting.readiness = LOBBY;
    meeting.queue.add(1, "startBroadcast", []);
    meeting.queue.add(2, "leave", []);
    await vi.advanceTimersByTimeAsync(0);
    expect(meeting.begun).toEqual(["leave"]);
    expect(meeting.replies()).toMatchObject([{ id: 1, error: { cause: "left" } }, { id: 2 }]);
  });

  it("run before a leave that was sent after them", async () => {
    const meeting = new QueuedMeeting();
    meeting.queue.add(1, "startBroadcast", []);
    meeting.queue.add(2, "leave", []);
    meeting.queue.add(3, "executeCommand", ["late"]);
    meeting.joins();
    expect(meeting.begun).toEqual(["start"]);
    await meeting.confirms("start");
    expect(meeting.begun).toEqual(["start", "leave"]);
    expect(meeting.replies()).toMatchObject([
      { id: 1, result: "start" },
      { id: 3, error: { cause: "left" } },
      { id: 2, result: null },
    ]);
  });

  it("leave at once if the meeting is not joined and nothing is queued", async () => {
    const meeting = new QueuedMeeting();
    meeting.queue.add(1, "leave", []);
    await vi.advanceTimersByTimeAsync(0);
    expect(meeting.begun).toEqual(["leave"]);
  });

  it("are dropped when they are withdrawn", () => {
    const meeting = new QueuedMeeting();
    meeting.queue.add(1, "executeCommand", ["a"]);
    meeting.queue.remove(1);
    meeting.joins();
    expect(meeting.begun).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("name what this page does not support", async () => {
    const meeting = new QueuedMeeting();
    meeting.joins();
    meeting.queue.add(1, "destroy", []);
    await vi.advanceTimersByTimeAsync(0);
    expect(meeting.replies()).toMatchObject([{ error: { kind: "refused" } }]);
  });
});

describe("a failure", () => {
  it("keeps the kind that the server gave for a refusal, and no other cause", () => {
    const refusal = new NanoMeetError("Command Error", "No.", "refused", "forbidden");
    expect(failureOf(refusal)).toEqual({ kind: "refused", message: "No.", cause: "forbidden" });
    const other = new NanoMeetError("Command Error", "No.", "argument", new TypeError("odd"));
    expect(failureOf(other)).toEqual({ kind: "argument", message: "No." });
  });

  it("keeps the kind and message from the Web API", () => {
    const thrown = new NanoMeetError("Timeout Error", "no answer in 30 s");
    expect(failureOf(thrown)).toEqual({ kind: "timeout", message: "no answer in 30 s" });
  });

  it("has a message even if the thrown value is not an Error", () => {
    expect(failureOf("odd")).toEqual({ kind: "failed", message: "odd" });
    expect(failureOf({}).message).not.toBe("");
  });
});
