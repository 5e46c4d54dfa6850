/** One widget model on this page: the kernel on one side, a meeting and its views on the other. */
import { Channel, type FromKernel } from "./channel";
import { type Appearance, failureOf, Meeting, type MeetingState } from "./meeting";
import { claim, disown, forget, isOrphan, onFreed, reclaim } from "./registry";
import { meetingKey } from "./token";

/** What a view shows while no meeting is laid over it. */
export type Card =
  | { kind: "waiting_for_kernel" }
  | { kind: "no_token" }
  | { kind: "elsewhere"; place: "cell" | "page" }
  | { kind: "left" }
  | { kind: "ask"; server: string }
  | { kind: "failed"; message: string }
  | null;

export interface View {
  /** Where the frame is laid. */
  readonly place: HTMLElement;
  update(session: Session): void;
}

export interface SessionModel {
  get(name: string): unknown;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback: (...args: never[]) => void): void;
  send(content: unknown): void;
}

/** A meeting that no cell shows is left after this long: a cell that is run again is faster. */
const GRACE_MS = 5_000;
/** How long a kernel may take to answer before the cell says that it waits for it. */
const KERNEL_SILENT_MS = 3_000;

export class Session {
  readonly #model: SessionModel;
  readonly #channel: Channel;
  readonly #document: Document;
  #views: View[] = [];
  #meeting: Meeting | null = null;
  #token: string | null = null;
  #card: Card = null;
  #notice = "";
  #greeted = false;
  /** Whether it was left only because no cell showed it: then the next view joins again. */
  #leftUnseen = false;
  #graceTimer: ReturnType<typeof setTimeout> | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #release: (() => void)[] = [];
  #stopWaiting: (() => void) | null = null;

  constructor(model: SessionModel, document: Document) {
    this.#model = model;
    this.#document = document;
    this.#channel = new Channel(model as ConstructorParameters<typeof Channel>[0], (message) =>
      this.#onMessage(message),
    );
  }

  get card(): Card {
    return this.#card;
  }

  /** Something that the user has to be told, beside the meeting. */
  get notice(): string {
    return this.#notice;
  }

  dismissNotice(): void {
    this.#notice = "";
    this.#update();
  }

  /** The user lets the token be handed to the server that was asked about. */
  trust(server: string): void {
    this.#channel.send({ type: "trust", server });
  }

  get room(): string {
    return String(this.#model.get("room") ?? "");
  }

  get state(): Readonly<MeetingState> | null {
    return this.#meeting?.state ?? null;
  }

  /** Whether `view` is the one that the meeting is laid over. */
  shows(view: View): boolean {
    return this.#meeting !== null && this.#views.at(-1) === view;
  }

  addView(view: View): void {
    clearTimeout(this.#graceTimer);
    this.#views.push(view);
    if (this.#meeting !== null) reclaim(this.#meeting, this);
    else if (!this.#greeted || this.#leftUnseen) this.rejoin();
    else if (this.#token !== null && this.#card === null) this.#start();
    this.#place();
  }

  /** Lays the meeting over `view` from now on. */
  bring(view: View): void {
    this.#views = [...this.#views.filter((v) => v !== view), view];
    if (this.#card?.kind === "elsewhere") this.#greet();
    this.#place();
  }

  removeView(view: View): void {
    this.#views = this.#views.filter((v) => v !== view);
    this.#place();
    if (this.#views.length > 0) return;
    const meeting = this.#meeting;
    if (meeting === null) return;
    disown(meeting, this, () => this.#taken());
    this.#graceTimer = setTimeout(() => {
      if (!isOrphan(meeting)) return;
      this.#leftUnseen = true;
      void meeting.leave();
    }, GRACE_MS);
  }

  /** Leaves, at the user's wish. */
  async leave(): Promise<void> {
    await this.#meeting?.leave();
  }

  /** Joins (again) with the token that the kernel gave. */
  rejoin(): void {
    this.#card = null;
    this.#leftUnseen = false;
    this.#greet();
    this.#update();
  }

  close(): void {
    clearTimeout(this.#silenceTimer);
    this.#stopWaiting?.();
    this.#channel.close();
    const meeting = this.#meeting;
    if (meeting === null) return;
    // The model went, perhaps because its cell is run again: whoever comes next may go on with it.
    disown(meeting, this, () => undefined);
    this.#letGo();
    clearTimeout(this.#graceTimer);
    setTimeout(() => {
      if (isOrphan(meeting)) void meeting.leave();
    }, GRACE_MS);
  }

  #greet(): void {
    this.#greeted = true;
    this.#channel.send({ type: "hello" });
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => {
      if (this.#meeting === null && this.#card === null) this.#show({ kind: "waiting_for_kernel" });
    }, KERNEL_SILENT_MS);
  }

  #onMessage(message: FromKernel): void {
    switch (message.type) {
      case "token":
        clearTimeout(this.#silenceTimer);
        this.#useToken(message.token, message.ask);
        break;
      case "knock":
        this.#channel.send({ type: "knocked" });
        break;
      case "notice":
        this.#notice = message.message;
        this.#update();
        break;
      case "command":
        void this.#run(message.id, message.name, message.args);
        break;
      case "moved":
        void this.leave();
        this.#show({ kind: "elsewhere", place: "page" });
        break;
      case "close":
        void this.leave();
        break;
    }
  }

  #useToken(token: string | null, ask: string | null): void {
    const same = token === this.#token && this.#meeting?.alive;
    this.#token = token;
    if (same) return;
    const old = this.#meeting;
    if (old !== null) {
      this.#letGo();
      void old.leave().finally(() => forget(old));
    }
    if (token === null) {
      this.#channel.send({ type: "status", status: "idle", error: null });
      this.#show(ask === null ? { kind: "no_token" } : { kind: "ask", server: ask });
    } else if (this.#views.length > 0) {
      this.#start();
    }
  }

  #start(): void {
    const token = this.#token;
    if (token === null) return;
    this.#stopWaiting?.();
    this.#stopWaiting = null;
    let key: string;
    try {
      key = meetingKey(token);
    } catch (error) {
      const failure = failureOf(error);
      this.#channel.send({ type: "status", status: "failed", error: failure });
      this.#show({ kind: "failed", message: failure.message });
      return;
    }
    let created = false;
    const meeting = claim(key, this, () => {
      created = true;
      return new Meeting(key, this.#document);
    });
    if (meeting === null) {
      this.#stopWaiting = onFreed(() => this.#start());
      this.#show({ kind: "elsewhere", place: "cell" });
      return;
    }
    this.#card = null;
    this.#meeting = meeting;
    this.#release.push(
      meeting.subscribe({
        changed: (state, what) => this.#report(state, what),
        happened: (name, data) => this.#channel.send({ type: "event", name, data }),
      }),
    );
    if (created) void meeting.join(token, this.#appearance());
    else this.#reportAll(meeting.state);
    this.#place();
  }

  #appearance(): Appearance {
    const body = this.#document.body;
    const dark =
      body.dataset.jpThemeLight === "false" ||
      (body.dataset.jpThemeLight === undefined &&
        matchMedia("(prefers-color-scheme: dark)").matches);
    return {
      branding: this.#model.get("branding") as Appearance["branding"],
      theme: dark ? "dark" : "light",
    };
  }

  /** Tells the kernel of a meeting that was under way before this session had it. */
  #reportAll(state: MeetingState): void {
    this.#channel.send({ type: "status", status: "loading", error: null });
    if (state.status !== "loading") {
      this.#channel.send({ type: "status", status: "joining", error: null });
    }
    this.#report(state, "status");
    if (state.status !== "joined") return;
    this.#report(state, "people");
    if (state.broadcast.state !== "off") {
      // Whichever step it is at, a newcomer may always meet it live or starting first.
      const { playout, error } = state.broadcast;
      const first = state.broadcast.state === "stopping" ? "live" : state.broadcast.state;
      this.#channel.send({ type: "broadcast", state: first, playout, error });
      this.#report(state, "broadcast");
    }
  }

  #report(state: MeetingState, changed: keyof MeetingState): void {
    switch (changed) {
      case "status":
        this.#channel.send({ type: "status", status: state.status, error: state.error });
        if (state.status === "left" || state.status === "failed") this.#ended(state);
        break;
      case "people":
        this.#channel.send({
          type: "participants",
          participants: state.people,
        });
        break;
      case "broadcast": {
        const { playout, error } = state.broadcast;
        this.#channel.send({ type: "broadcast", state: state.broadcast.state, playout, error });
        break;
      }
      case "moderator":
        this.#channel.send({ type: "role", moderator: state.moderator });
        break;
    }
    this.#update();
  }

  #ended(state: MeetingState): void {
    const meeting = this.#meeting;
    this.#letGo();
    if (meeting !== null) forget(meeting);
    this.#card =
      state.status === "failed"
        ? { kind: "failed", message: state.error?.message ?? "The meeting failed." }
        : { kind: "left" };
  }

  /** Another cell, most often this one run again, goes on with the meeting. */
  #taken(): void {
    this.#letGo();
    this.#channel.send({ type: "status", status: "left", error: null });
    this.#show({ kind: "elsewhere", place: "cell" });
  }

  #letGo(): void {
    for (const stop of this.#release.splice(0)) stop();
    this.#meeting = null;
  }

  async #run(id: number, name: string, args: Record<string, unknown>): Promise<void> {
    try {
      this.#channel.send({ type: "reply", id, result: (await this.#execute(name, args)) ?? null });
    } catch (error) {
      this.#channel.send({ type: "reply", id, error: failureOf(error) });
    }
  }

  #execute(name: string, args: Record<string, unknown>): Promise<unknown> {
    if (this.#meeting === null) {
      throw { kind: "not_joined", message: "The meeting is not joined in this page." };
    }
    return name === "leave" ? this.#meeting.leave() : this.#meeting.command(name, args);
  }

  #show(card: Card): void {
    this.#card = card;
    this.#update();
  }

  #place(): void {
    const view = this.#views.at(-1);
    if (this.#meeting?.alive) this.#meeting.overlay.follow(view?.place ?? null);
    this.#update();
  }

  #update(): void {
    for (const view of this.#views) view.update(this);
  }
}
