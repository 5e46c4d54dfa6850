/** How a widget joins its meeting on this page, and leaves it. */

import { clockAhead } from "../shared/server-time";
import { browserId } from "./browser";
import type { Card } from "./cards";
import { type Appearance, CellMeeting, type MeetingState } from "./cell-meeting";
import { at } from "./clock";
import { destinationOf } from "./destination";
import { GRACE_MS, leaveUnlessTaken, RESTART_GRACE_MS } from "./grace";
import { givesNoCamera, isElsewhere, isSaved, jupyterBase } from "./host";
import { INVITE_MS } from "./invitation";
import { type Kernel, type KernelWatch, watchKernel } from "./kernel";
import type { Failure, FromKernel, ToKernel } from "./kernel-channel";
import {
  bare,
  ENDED,
  leavingFor,
  OCCUPIED,
  type Phase,
  PhaseMachine,
  showing,
  TAKEN,
  UNWATCHED,
} from "./phase";
import { claim, forget, goesOn, type Owner, onFreed, reclaim } from "./registry";
import { Reporter } from "./report";
import { onceShown } from "./shown";

export interface CourseOptions {
  document: Document;
  kernel: () => Kernel | null | undefined;
  send: (message: ToKernel) => void;
  /** The elements of the cells that show the widget; the meeting is laid over the last one. */
  places: () => readonly HTMLElement[];
  appearance: () => Appearance;
  /** The user closed the mini-player. */
  cornerOff: () => void;
  /** What the cells show has changed. */
  changed: () => void;
  /** The meeting sent an event. */
  happened: () => void;
}

/** The kernel's token, and how to reach its meeting. */
type TokenMessage = Extract<FromKernel, { type: "token" }>;

/** How long the kernel may take to answer before the cell says that it is waiting. */
const KERNEL_SILENT_MS = 3_000;
/** How often the page announces itself, so that a kernel that lost track of it finds it again. */
const HEARTBEAT_MS = 30_000;
/** The failure kind used when the kernel knows why this page cannot reach the server. */
const OUT_OF_REACH = "server_out_of_reach";
/** The delay before retrying a server whose clock is behind. */
const TOO_EARLY_MS = 10_000;

const LEFT_BY_CODE: Card = { kind: "left", code: true };

export class MeetingCourse implements Owner {
  readonly #options: CourseOptions;
  readonly #report: Reporter;
  readonly #phase = new PhaseMachine();
  /** Null if there is no meeting. */
  #meeting: CellMeeting | null = null;
  #release: (() => void)[] = [];
  #tokenMessage: TokenMessage | null = null;
  /** Milliseconds by which the server's clock is ahead of this one, once known. */
  #ahead: number | null = null;
  /** Whether its place has been visible. */
  #seen = false;
  /** Whether the user wants to join even though the server seems unreachable. */
  #insists = false;
  #kernelWatch: KernelWatch | null = null;

  constructor(options: CourseOptions) {
    this.#options = options;
    this.#report = new Reporter(options.send);
  }

  /** What cells show instead of the meeting. */
  get card(): Card | null {
    return this.#phase.now.card;
  }

  get meeting(): CellMeeting | null {
    return this.#meeting;
  }

  get token(): string | null {
    return this.#tokenMessage?.token ?? null;
  }

  /** The address at which this page reaches the token's server, if it differs from the token's. */
  get server(): string | null | undefined {
    return this.#tokenMessage?.server;
  }

  /** Whether it joins as a separate participant, alongside the page that has the meeting. */
  get #guest(): boolean {
    return this.#tokenMessage?.guest === true;
  }

  get #isShown(): boolean {
    return this.#options.places().length > 0;
  }

  // --- cells ---

  /** A cell, or one more cell, shows the widget. */
  shown(): void {
    if (this.#phase.is("new", "unwatched", "shared")) this.rejoin();
    else if (this.#phase.is("entering", "early", "occupied")) this.#start();
    else if (this.#phase.is("hidden") && this.#meeting !== null) {
      reclaim(this.#meeting, this);
      this.#phase.step(bare("meeting"));
    }
  }

  /** No cell shows the widget any more. */
  hidden(): void {
    this.#retireIfUnused();
    if (this.#phase.is("meeting")) this.#wait(bare("hidden"), GRACE_MS, UNWATCHED);
    else if (this.#phase.is("orphaned")) this.#wait(bare("orphaned"), GRACE_MS, ENDED);
  }

  /** The user wants the meeting here, wherever it is now. */
  bring(): void {
    if (this.#phase.is("occupied", "taken")) this.#start(true);
    else if (this.#phase.is("elsewhere")) this.rejoin(true);
  }

  /** Another cell took over the meeting: usually the same cell, run again. */
  taken(): void {
    if (this.#meeting === null) return;
    this.#detach();
    this.#report.tell("left");
    this.#step(TAKEN);
    this.#retireIfUnused();
  }

  /** Running a cell repeatedly must not leave unused widgets behind. */
  #retireIfUnused(): void {
    if (this.#phase.is("taken") && !this.#isShown) this.#options.send({ type: "retired" });
  }

  /** Waits in `phase`, then leaves the meeting unless another cell takes it. */
  #wait(phase: Phase, afterMs: number, next: Phase): void {
    const meeting = this.#meeting;
    if (meeting === null) return;
    this.#phase.step(phase, () =>
      leaveUnlessTaken(meeting, this, this.#kernelWatch, afterMs, (unclaimed) => {
        if (unclaimed) void this.#leaveThen(next);
      }),
    );
  }

  /**
   * The notebook closed the model, perhaps because its cell runs again: the next model may take
   * over the meeting.
   */
  close(): void {
    const meeting = this.#meeting;
    const kernel = this.#kernelWatch;
    this.#detach();
    this.#phase.step(bare("closed"));
    if (meeting === null) {
      kernel?.stop();
      return;
    }
    leaveUnlessTaken(meeting, this, kernel, GRACE_MS, (unclaimed) => {
      if (unclaimed) void meeting.leave();
      kernel?.stop();
    });
  }

  // --- kernel ---

  /** Joins (again) with the kernel's token; `asked`: the user wants the meeting here. */
  rejoin(asked = false, guest = this.#guest): void {
    const asGuest = guest && !asked;
    const kernel = this.#options.kernel();
    const saved = !kernel && isSaved(this.#options.document);
    this.#phase.step(bare("asking"), () => {
      const timer = setTimeout(
        () => {
          const busy = kernel?.status === "busy";
          this.#step(showing(saved ? { kind: "saved" } : { kind: "silent", busy }));
        },
        saved ? 0 : asGuest ? INVITE_MS : KERNEL_SILENT_MS,
      );
      return () => clearTimeout(timer);
    });
    if (asGuest) this.#options.send({ type: "guest" });
    else this.#greet(asked);
    this.#options.changed();
  }

  /** Rejoins after a card, even if the card said that the server seems unreachable. */
  retry(card: Card): void {
    // The server may be on this machine under another of its names.
    this.#insists = card.kind === "failed" && card.failure.kind === OUT_OF_REACH;
    this.rejoin();
  }

  #greet(asked = false): void {
    const { document, kernel, send } = this.#options;
    this.#kernelWatch ??= watchKernel(kernel(), () => this.#kernelGone());
    send({
      type: "hello",
      base: jupyterBase(document),
      browser: browserId(),
      // Where notebooks get no camera, the card's button has already been clicked.
      asked: asked || givesNoCamera(document),
    });
  }

  /** The page is about to unload. */
  sayGoodbye(): void {
    if (this.#meeting !== null && !this.#guest) this.#options.send({ type: "goodbye" });
  }

  /** The page was restored from the back/forward cache. */
  comeBack(): void {
    if (this.#meeting === null || this.#guest) return;
    this.#greet();
    this.#report.all(this.#meeting);
  }

  /** Sends the kernel the meeting's state. */
  report(): void {
    if (this.#meeting !== null) this.#report.all(this.#meeting);
  }

  /** Another browser's page has the meeting. */
  share(invites: boolean): void {
    if (this.#meeting === null) this.#step(showing({ kind: "shared", invites }));
  }

  /** The kernel died, and this widget with it, but the meeting goes on: the cell may run again. */
  #kernelGone(): void {
    if (this.#phase.is("closed", "leaving")) return;
    if (this.#meeting === null) this.#step(showing({ kind: "silent", busy: false }));
    else this.#wait(bare("orphaned"), RESTART_GRACE_MS, ENDED);
  }

  /** The kernel's answer: a token, or the reason why there is none. */
  useToken(message: TokenMessage): void {
    const { token, ask } = message;
    const same = token === this.token && this.#meeting?.alive;
    this.#tokenMessage = message;
    this.#ahead = null;
    if (same) return;
    const old = this.#meeting;
    if (old !== null) {
      this.#detach();
      void old.leave().finally(() => forget(old));
    }
    if (token === null) {
      this.#report.tell("idle");
      this.#step(showing(ask === null ? { kind: "no_token" } : { kind: "ask", server: ask }));
    } else if (this.#isShown || !this.#phase.is("unwatched")) {
      this.#phase.step(bare("entering"));
      this.#start();
    }
  }

  // --- joining ---

  /** `asked`: the user wants the meeting here, even if another cell shows it. */
  #start(asked = false): void {
    const { token } = this;
    if (token === null || !this.#isShown) return;
    const destination = destinationOf(token, {
      obstacle: this.#insists ? null : this.#obstacle(),
      camera: !givesNoCamera(this.#options.document),
      ahead: this.#ahead,
      joins: (key) => this.#seen || asked || goesOn(key),
    });
    switch (destination.to) {
      case "failed":
        this.#report.tell("failed", destination.failure);
        this.#step(showing({ kind: "failed", failure: destination.failure }));
        break;
      case "browser":
        this.#report.tell("idle");
        this.#step(showing({ kind: "browser" }));
        break;
      case "time":
        void this.#askTime(destination.server, asked);
        break;
      case "early":
        this.#startAt(destination.opens);
        break;
      case "unseen":
        this.#startOnceSeen();
        break;
      case "meeting":
        this.#join(token, destination.key, asked);
        break;
    }
  }

  #obstacle(): Failure | null {
    const message = this.#tokenMessage?.obstacle;
    if (!message || !isElsewhere(this.#options.document.location)) return null;
    return { kind: OUT_OF_REACH, message: `${message}.` };
  }

  async #askTime(server: string, asked: boolean): Promise<void> {
    const { now } = this.#phase;
    const ahead = (await clockAhead(this.server ?? server)) ?? 0;
    if (now !== this.#phase.now) return;
    this.#ahead = ahead;
    this.#start(asked);
  }

  #startAt(opens: number): void {
    this.#report.tell("idle");
    this.#step(showing({ kind: "early", opens }), () => at(opens, () => this.#start()));
  }

  #startOnceSeen(): void {
    this.#report.tell("idle");
    this.#step(showing({ kind: "unseen" }), () =>
      onceShown(this.#options.places, () => {
        this.#seen = true;
        this.#start();
      }),
    );
  }

  #join(token: string, key: string, asked: boolean): void {
    const { document, send, appearance, cornerOff } = this.#options;
    let created = false;
    const meeting = claim(
      key,
      this,
      () => {
        created = true;
        return new CellMeeting(key, document);
      },
      asked,
    );
    if (meeting === null) {
      this.#step(OCCUPIED, () => onFreed(() => this.#onFreed(key)));
      return;
    }
    this.#meeting = meeting;
    this.#phase.step(bare("meeting"));
    meeting.overlay.actions = {
      back: () => meeting.overlay.back(),
      leave: () => void meeting.leave(),
      cornerOff,
    };
    const beat = setInterval(() => send({ type: "alive" }), HEARTBEAT_MS);
    this.#release = [
      () => clearInterval(beat),
      meeting.subscribe({
        changed: (state, what) => this.#onMeetingChange(state, what),
        happened: (name, data) => {
          send({ type: "event", name, data });
          this.#options.happened();
        },
      }),
    ];
    if (created) void meeting.join({ ...this.#tokenMessage, token }, appearance());
    else this.#report.all(meeting);
    this.#options.changed();
  }

  /** The cell that showed the meeting no longer does: take over, unless the meeting has ended. */
  #onFreed(key: string): void {
    if (goesOn(key)) this.#start();
    else this.#step(showing({ kind: "left" }));
  }

  // --- leaving ---

  async leave(): Promise<void> {
    await this.#meeting?.leave();
  }

  /** Leaves on the kernel's command; there may be nothing to leave. */
  async leaveAsTold(): Promise<void> {
    if (this.#meeting !== null || this.#phase.is("early", "unseen")) {
      await this.leaveFor(LEFT_BY_CODE);
    }
  }

  /** Leaves if it has joined; in either case shows `card`. */
  async leaveFor(card: Card): Promise<void> {
    await this.#leaveThen(showing(card));
  }

  async #leaveThen(next: Phase): Promise<void> {
    const meeting = this.#meeting;
    if (meeting === null) {
      this.#step(next);
      return;
    }
    const leaving = leavingFor(next);
    this.#step(leaving);
    await meeting.leave();
    // It has usually reported the leave by now.
    if (this.#phase.now === leaving) this.#leftFor(next);
  }

  #onMeetingChange(state: MeetingState, what: keyof MeetingState): void {
    this.#report.change(state, what);
    if (what === "status" && (state.status === "left" || state.status === "failed")) {
      this.#ended(state);
    }
    this.#options.changed();
  }

  #ended({ status, error }: MeetingState): void {
    const meeting = this.#meeting;
    const next = this.#phase.is("orphaned") ? ENDED : this.#phase.now.next;
    this.#detach();
    if (meeting !== null) forget(meeting);
    if (status === "left") {
      if (this.#guest && next !== UNWATCHED) this.#options.send({ type: "guest_left" });
      this.#leftFor(next ?? showing({ kind: "left" }));
    } else if (error?.kind === "token_not_yet_valid") {
      this.#startAt(Date.now() + TOO_EARLY_MS);
    } else {
      const failed = error ?? { kind: "engine", message: "The meeting failed." };
      const why = failed.kind === "server_unreachable" ? this.#obstacle() : null;
      this.#step(showing({ kind: "failed", failure: why ?? failed }));
    }
  }

  #leftFor(next: Phase): void {
    this.#step(next);
    // A view was added while the widget was leaving for lack of views.
    if (next === UNWATCHED && this.#isShown) this.rejoin();
  }

  #detach(): void {
    for (const stop of this.#release.splice(0)) stop();
    if (this.#meeting) this.#meeting.overlay.actions = null;
    this.#meeting = null;
  }

  #step(next: Phase, begin?: () => () => void): void {
    this.#phase.step(next, begin);
    this.#options.changed();
  }
}
