/** One widget model on this page: the kernel on one side, a meeting and its views on the other. */

import { clockAhead } from "../shared/server-time";
import { browserId } from "./browser";
import { type Card, wordsOf } from "./cards";
import { type Appearance, CellMeeting, type MeetingState } from "./cell-meeting";
import { at } from "./clock";
import { CommandQueue, failureOf, PATIENCE_MS, type Standing } from "./command-queue";
import { cornerWanted, wantCorner } from "./corner";
import { type Deferred, deferred } from "./deferred";
import { givesNoCamera, isElsewhere, jupyterBase } from "./host";
import { type Kernel, type KernelWatch, watchKernel } from "./kernel";
import { type Arrangements, type Failure, type FromKernel, KernelChannel } from "./kernel-channel";
import { claim, disown, forget, goesOn, isOrphan, type Owner, onFreed, reclaim } from "./registry";
import { onceShown } from "./shown";
import { currentTheme, followTheme, type Theme } from "./theme";
import { type Entrance, entranceOf, pageOf } from "./token";

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
  /** In Jupyter's own notebooks it knows the kernel. */
  readonly widget_manager?: { readonly kernel?: Kernel | null };
}

/** A meeting that no cell shows is left after this long: a cell that is run again is faster. */
const GRACE_MS = 4_000;
/** So many seconds later at most if the kernel is at work then: the cell may be the one that runs. */
const WORK_S = 25;
/** A meeting whose kernel starts anew is left after this long: time to run the notebook again. */
const RESTART_GRACE_MS = 15_000;
/** How long a kernel may take to answer before the cell says that it waits for it. */
const KERNEL_SILENT_MS = 3_000;
/** Making an invite asks a service, which may be far away. */
const INVITE_MS = 20_000;
const UNSEEN = "its cell's output is not visible yet";
/** So often the page tells by itself that it is there: a kernel that lost it finds it again. */
const BEAT_MS = 30_000;
/** The failure's kind where the kernel knows why this page cannot reach the server. */
const OUT_OF_REACH = "server_out_of_reach";
/** A server whose clock is behind is asked again after this long. */
const TOO_EARLY_MS = 10_000;

export class Session implements Owner {
  readonly #model: SessionModel;
  readonly #channel: KernelChannel;
  readonly #commands = new CommandQueue({
    standing: () => this.#standing(),
    leave: () => this.#leaveAsTold(),
    send: (message) => this.#channel.send(message),
  });
  readonly #document: Document;
  #views: View[] = [];
  #meeting: CellMeeting | null = null;
  #token: string | null = null;
  #arrangements: Arrangements | null = null;
  #card: Card | null = null;
  /** What is shown once the meeting is left, if it is not the user who leaves. */
  #afterwards: Card | null = null;
  #invitation: Deferred<string> | null = null;
  #notice = "";
  /** Milliseconds that the server's clock is ahead of this one, once that was asked. */
  #ahead: number | null = null;
  #greeted = false;
  /** Whether it takes part as a participant of its own, beside the page that has the meeting. */
  #guest = false;
  /** Whether its place was visible once. */
  #seen = false;
  /** Whether the user wants to join though the server seems out of reach. */
  #insists = false;
  /** Whether it was left only because no cell showed it: then the next view joins again. */
  #leftUnseen = false;
  /** Whether its kernel has gone. */
  #dead = false;
  /** Whether another widget goes on with its meeting. */
  #taken = false;
  #graceTimer: ReturnType<typeof setTimeout> | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #release: (() => void)[] = [];
  #stopWaiting: (() => void) | null = null;
  #stopAlarm: (() => void) | null = null;
  #stopLooking: (() => void) | null = null;
  readonly #page = new AbortController();
  readonly #stopTheme: () => void;
  #kernelWatch: KernelWatch | null = null;
  #closed = false;

  constructor(model: SessionModel, document: Document) {
    this.#model = model;
    this.#document = document;
    this.#channel = new KernelChannel(
      model as ConstructorParameters<typeof KernelChannel>[0],
      (message) => this.#onMessage(message),
    );
    this.#stopTheme = followTheme(document, (theme) => {
      this.#meeting?.show(theme);
      this.#update();
    });
    const { signal } = this.#page;
    addEventListener("pagehide", () => this.#sayGoodbye(), { signal });
    // The browser keeps some pages, to show them again as they were.
    addEventListener("pageshow", ({ persisted }) => persisted && this.#comeBack(), { signal });
  }

  get theme(): Theme {
    return currentTheme(this.#document);
  }

  get card(): Card | null {
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

  /** Does what the card of `view` offers. */
  act(view: View, second = false): void {
    const card = this.#card;
    if (card?.kind === "browser") this.#channel.send({ type: "browser" });
    else if (card?.kind === "ask") this.#channel.send({ type: "trust", server: card.server });
    else if (card?.kind === "shared") this.#rejoin(second || !card.invites, card.invites);
    else if (card === null || card.kind === "elsewhere") this.#bring(view);
    else {
      // The page may be on the machine itself, under another of its names.
      this.#insists = card.kind === "failed" && card.failure.kind === OUT_OF_REACH;
      this.#rejoin();
    }
  }

  get cornerWanted(): boolean {
    return cornerWanted();
  }

  showCorner(wanted: boolean): void {
    wantCorner(wanted);
    this.#update();
  }

  /** Moves the keyboard's focus into the meeting. */
  enter(view: View): void {
    if (this.shows(view)) this.#meeting?.overlay.enter();
  }

  async fullScreen(): Promise<boolean> {
    return (await this.#meeting?.overlay.fullScreen()) ?? false;
  }

  /** Leaves here, and opens the meeting in `tab` instead. */
  async moveTo(tab: Window): Promise<void> {
    if (this.#token === null) {
      tab.close();
      return;
    }
    tab.opener = null;
    const page = pageOf(this.#token, this.theme, {
      prejoin: this.#model.get("prejoin"),
      server: this.#arrangements?.server,
    });
    await this.#leaveFor({ kind: "elsewhere", place: "tab" });
    tab.location.replace(page);
  }

  /** Makes an invite; rejects with plain words. */
  invite(): Promise<string> {
    if (this.#invitation) return this.#invitation.promise;
    const invitation = deferred<string>();
    this.#invitation = invitation;
    const busy = "The kernel does not answer: try again once it has finished.";
    const timer = setTimeout(() => invitation.reject(new Error(busy)), INVITE_MS);
    this.#channel.send({ type: "invite" });
    return invitation.promise.finally(() => {
      clearTimeout(timer);
      this.#invitation = null;
    });
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
    this.#views.push(view);
    if (!this.#dead) this.#goOn();
    this.#place();
  }

  #goOn(): void {
    clearTimeout(this.#graceTimer);
    if (this.#meeting !== null) reclaim(this.#meeting, this);
    else if (!this.#greeted || this.#leftUnseen || this.#card?.kind === "shared") this.#rejoin();
    else if (this.#card === null || this.#card.kind === "early") this.#start();
  }

  removeView(view: View): void {
    this.#views = this.#views.filter((v) => v !== view);
    this.#place();
    if (this.#views.length > 0) return;
    this.#retireIfUnused();
    const meeting = this.#meeting;
    if (meeting === null) return;
    this.#leaveUnlessTaken(meeting, GRACE_MS);
  }

  /** Leaves, at the user's wish. */
  async leave(): Promise<void> {
    await this.#meeting?.leave();
  }

  /** Another cell, most often this one run again, goes on with the meeting. */
  taken(): void {
    if (this.#closed) return;
    this.#letGo();
    this.#taken = true;
    this.#tell("left");
    this.#show({ kind: "elsewhere", place: "cell" });
    this.#retireIfUnused();
  }

  /** A cell that is run often would pile up widgets which nobody sees. */
  #retireIfUnused(): void {
    if (this.#taken && this.#views.length === 0) this.#channel.send({ type: "retired" });
  }

  close(): void {
    this.#closed = true;
    this.#page.abort();
    this.#stopLooking?.();
    clearTimeout(this.#silenceTimer);
    this.#stopWaiting?.();
    this.#stopAlarm?.();
    this.#stopTheme();
    this.#commands.close();
    this.#channel.close();
    const meeting = this.#meeting;
    if (meeting === null) {
      this.#kernelWatch?.stop();
      return;
    }
    // The model went, perhaps because its cell is run again: whoever comes next may go on with it.
    this.#letGo();
    this.#leaveUnlessTaken(meeting, GRACE_MS);
  }

  /** This widget is dead, but not its meeting: the cell may be run again. */
  #kernelGone(): void {
    this.#dead = true;
    const meeting = this.#meeting;
    if (meeting === null) {
      this.#stopAlarm?.();
      this.#stopWaiting?.();
      this.#show({ kind: "silent", busy: false });
      return;
    }
    this.#afterwards = { kind: "ended" };
    this.#leaveUnlessTaken(meeting, RESTART_GRACE_MS);
  }

  get #kernel(): Kernel | null | undefined {
    return this.#model.widget_manager?.kernel;
  }

  #leaveUnlessTaken(meeting: CellMeeting, afterMs: number, work = WORK_S): void {
    disown(meeting, this);
    clearTimeout(this.#graceTimer);
    this.#graceTimer = setTimeout(() => {
      if (isOrphan(meeting, this)) {
        if (work > 0) {
          const atWork = this.#kernelWatch?.atWork;
          // What the kernel has just done is shown a moment later.
          if (atWork) return this.#leaveUnlessTaken(meeting, 1_000, work - 1);
          if (work < WORK_S) return this.#leaveUnlessTaken(meeting, GRACE_MS, 0);
        }
        this.#leftUnseen = true;
        void meeting.leave();
      }
      if (this.#closed) this.#kernelWatch?.stop();
    }, afterMs);
  }

  /** Shows the meeting in `view` from now on, wherever it was. */
  #bring(view: View): void {
    this.#views = [...this.#views.filter((v) => v !== view), view];
    const card = this.#card;
    if (card?.kind !== "elsewhere") this.#place();
    else if (card.place === "cell") this.#start(true);
    else this.#rejoin(true);
  }

  /** Joins (again) with the token that the kernel gives; `asked`: the user wants it here. */
  #rejoin(asked = false, guest = this.#guest): void {
    this.#card = null;
    this.#leftUnseen = false;
    if (asked || !guest) this.#greet(asked);
    else {
      this.#channel.send({ type: "guest" });
      this.#awaitAnswer(INVITE_MS);
    }
    this.#update();
  }

  #sayGoodbye(): void {
    if (this.#meeting !== null && !this.#guest) this.#channel.send({ type: "goodbye" });
  }

  #comeBack(): void {
    if (this.#meeting === null || this.#guest) return;
    this.#greet();
    this.#reportAll(this.#meeting.state);
  }

  async #leaveFor(card: Card): Promise<void> {
    this.#stopAlarm?.();
    this.#stopWaiting?.();
    this.#afterwards = card;
    await this.leave();
    this.#afterwards = null;
    this.#show(card);
  }

  #greet(asked = false): void {
    this.#greeted = true;
    this.#kernelWatch ??= watchKernel(this.#kernel, () => this.#kernelGone());
    this.#channel.send({
      type: "hello",
      base: jupyterBase(this.#document),
      browser: browserId(),
      // What opens it in a browser is a click already.
      asked: asked || givesNoCamera(this.#document),
    });
    this.#awaitAnswer(KERNEL_SILENT_MS);
  }

  #awaitAnswer(patienceMs: number): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => {
      if (this.#meeting === null && this.#card === null) {
        const busy = this.#kernel?.status === "busy";
        this.#show({ kind: "silent", busy });
      }
    }, patienceMs);
  }

  #onMessage(message: FromKernel): void {
    switch (message.type) {
      case "token":
        clearTimeout(this.#silenceTimer);
        this.#arrangements = message;
        this.#ahead = null;
        this.#guest = message.guest === true;
        this.#useToken(message.token, message.ask);
        break;
      case "shared":
        clearTimeout(this.#silenceTimer);
        if (this.#meeting === null) this.#show({ kind: "shared", invites: message.invites });
        break;
      case "report":
        if (this.#meeting !== null) this.#reportAll(this.#meeting.state);
        break;
      case "probe":
        this.#channel.send({ type: "alive" });
        break;
      case "notice":
        this.#notice = message.message;
        this.#update();
        break;
      case "command":
        this.#commands.add(message.id, message.name, message.args);
        break;
      case "withdrawn":
        this.#commands.remove(message.id);
        break;
      case "moved":
        void this.#leaveFor({ kind: "elsewhere", place: message.browser ? "browser" : "page" });
        break;
      case "invite":
        if (message.note) {
          this.#notice = message.note;
          this.#update();
        }
        if (message.link !== null) this.#invitation?.resolve(message.link);
        else this.#invitation?.reject(new Error(message.error ?? "There is no invite."));
        break;
      case "browser":
        if (message.link !== null) follow(this.#document, message.link);
        this.#notice = message.error ?? "";
        this.#update();
        break;
      case "close":
        void this.#leaveFor({ kind: "left", code: true });
        break;
    }
  }

  #useToken(token: string | null, ask: string | null): void {
    const same = token === this.#token && this.#meeting?.alive;
    this.#token = token;
    if (same) return;
    this.#stopAlarm?.();
    const old = this.#meeting;
    if (old !== null) {
      this.#letGo();
      void old.leave().finally(() => forget(old));
    }
    if (token === null) {
      this.#tell("idle");
      this.#show(ask === null ? { kind: "no_token" } : { kind: "ask", server: ask });
    } else if (this.#views.length > 0) {
      this.#start();
    }
  }

  /** `asked`: the user wants it here, even if another cell shows it. */
  #start(asked = false): void {
    const token = this.#token;
    if (token === null) return;
    this.#stopWaiting?.();
    this.#stopAlarm?.();
    this.#stopLooking?.();
    let entrance: Entrance;
    try {
      entrance = entranceOf(token);
    } catch (error) {
      const failure = failureOf(error);
      this.#tell("failed", failure);
      this.#show({ kind: "failed", failure });
      return;
    }
    const obstacle = this.#obstacle();
    if (obstacle && !this.#insists && isElsewhere(this.#document.location)) {
      this.#tell("failed", obstacle);
      this.#show({ kind: "failed", failure: obstacle });
    } else if (givesNoCamera(this.#document)) {
      this.#tell("idle");
      this.#show({ kind: "browser" });
    } else if (entrance.opens > Date.now() + (this.#ahead ?? 0)) {
      if (this.#ahead === null) void this.#askTime(entrance.server, asked);
      else this.#wait(entrance.opens - this.#ahead);
    } else if (this.#seen || asked || goesOn(entrance.key)) this.#join(token, entrance.key, asked);
    else this.#lookOut();
  }

  /** Goes on once the server has said what time it is: this machine's clock may be wrong. */
  async #askTime(server: string, asked: boolean): Promise<void> {
    const token = this.#token;
    this.#ahead = (await clockAhead(this.#arrangements?.server ?? server)) ?? 0;
    if (token === this.#token && this.#meeting === null && !this.#closed) this.#start(asked);
  }

  /** Joins by itself once its place is visible. */
  #lookOut(): void {
    this.#tell("idle");
    this.#show({ kind: "unseen" });
    const places = () => this.#views.map((view) => view.place);
    this.#stopLooking = onceShown(places, () => {
      this.#seen = true;
      this.#start();
    });
  }

  #obstacle(): Failure | null {
    const message = this.#arrangements?.obstacle;
    return message ? { kind: OUT_OF_REACH, message: `${message}.` } : null;
  }

  /** Joins by itself once the token is valid. */
  #wait(opens: number): void {
    this.#tell("idle");
    this.#stopAlarm = at(opens, () => {
      if (this.#views.length > 0) this.#start();
    });
    this.#show({ kind: "early", opens });
  }

  #join(token: string, key: string, asked: boolean): void {
    let created = false;
    const meeting = claim(
      key,
      this,
      () => {
        created = true;
        return new CellMeeting(key, this.#document);
      },
      asked,
    );
    if (meeting === null) {
      this.#stopWaiting = onFreed(() => this.#freed(key));
      this.#show({ kind: "elsewhere", place: "cell" });
      return;
    }
    this.#card = null;
    this.#taken = false;
    this.#meeting = meeting;
    meeting.overlay.actions = {
      back: () => meeting.overlay.back(),
      leave: () => void this.leave(),
      cornerOff: () => this.showCorner(false),
    };
    this.#release.push(
      meeting.subscribe({
        changed: (state, what) => this.#report(state, what),
        happened: (name, data) => {
          this.#channel.send({ type: "event", name, data });
          this.#commands.look();
        },
      }),
    );
    const beat = setInterval(() => this.#channel.send({ type: "alive" }), BEAT_MS);
    this.#release.push(() => clearInterval(beat));
    if (created) void meeting.join({ ...this.#arrangements, token }, this.#appearance());
    else this.#reportAll(meeting.state);
    this.#place();
  }

  /** The cell that showed the meeting shows it no more: this one goes on with it, if it goes on. */
  #freed(key: string): void {
    if (goesOn(key)) {
      this.#start();
      return;
    }
    this.#stopWaiting?.();
    this.#show({ kind: "left" });
  }

  #appearance(): Appearance {
    return {
      branding: this.#model.get("branding") as Appearance["branding"],
      tileView: this.#model.get("tile_view") as Appearance["tileView"],
      prejoin: this.#model.get("prejoin") === true,
      theme: this.theme,
    };
  }

  #tell(status: MeetingState["status"], error: Failure | null = null): void {
    this.#channel.send({ type: "status", status, error });
  }

  /** Tells the kernel of a meeting that was under way before this session had it. */
  #reportAll(state: MeetingState): void {
    this.#tell("loading");
    if (state.status !== "loading") {
      this.#tell("joining");
    }
    if (state.moderator) this.#report(state, "moderator");
    this.#report(state, "status");
    if (state.status !== "joined") return;
    this.#report(state, "people");
    for (const [name, data] of this.#meeting?.told ?? []) {
      this.#channel.send({ type: "event", name, data });
    }
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
        this.#tell(state.status, state.error);
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
    if (state.status === "left" && this.#guest && !this.#leftUnseen) {
      this.#channel.send({ type: "guest_left" });
    }
    if (state.status === "left") this.#card = this.#afterwards ?? { kind: "left" };
    else if (state.error?.kind === "token_not_yet_valid") this.#wait(Date.now() + TOO_EARLY_MS);
    else {
      const failed = state.error ?? { kind: "engine", message: "The meeting failed." };
      const unreachable =
        failed.kind === "server_unreachable" && isElsewhere(this.#document.location);
      const why = unreachable ? this.#obstacle() : null;
      this.#card = { kind: "failed", failure: why ?? failed };
    }
  }

  #letGo(): void {
    for (const stop of this.#release.splice(0)) stop();
    if (this.#meeting) this.#meeting.overlay.actions = null;
    this.#meeting = null;
  }

  /** What a command of the kernel finds. */
  #standing(): Standing {
    if (this.#meeting) return this.#meeting.standing;
    const card = this.#card;
    if (card === null) return { kind: "joining", why: "it is being joined", person: false };
    const { words } = wordsOf(card, this.room);
    if (card.kind === "ask") {
      return { kind: card.kind, why: "its cell asks whether you trust its server", person: true };
    }
    if (card.kind === "unseen") return { kind: card.kind, why: UNSEEN, person: true };
    if (card.kind === "early") {
      const kind = "token_not_yet_valid";
      return card.opens - Date.now() > PATIENCE_MS
        ? { failure: { kind, message: words } }
        : { kind, why: "its token is not valid yet", person: true, opens: card.opens };
    }
    return { failure: card.kind === "failed" ? card.failure : { kind: card.kind, message: words } };
  }

  async #leaveAsTold(): Promise<void> {
    const waits = this.#card?.kind === "early" || this.#card?.kind === "unseen";
    if (this.#meeting !== null || waits) await this.#leaveFor({ kind: "left", code: true });
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
    const meeting = this.#meeting;
    if (meeting) {
      const { status, reconnecting } = meeting.state;
      meeting.overlay.corner = cornerWanted() && (status === "joined" || reconnecting);
      meeting.overlay.element.dataset.theme = this.theme;
    }
    for (const view of this.#views) view.update(this);
    this.#commands.look();
  }
}

/** Follows a link as a click does: the host opens it where it opens links. */
function follow(document: Document, link: string): void {
  const anchor = document.createElement("a");
  anchor.href = link;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  anchor.hidden = true;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
}
