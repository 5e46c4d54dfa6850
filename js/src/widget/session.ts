/** One widget model on this page: the kernel on one side, a meeting and its views on the other. */

import type { Card } from "./cards";
import type { Appearance, MeetingState } from "./cell-meeting";
import { CommandQueue } from "./command-queue";
import { cornerWanted, wantCorner } from "./corner";
import { MeetingCourse } from "./course";
import { followLink } from "./dom";
import { Invitation } from "./invitation";
import type { Kernel } from "./kernel";
import { type FromKernel, KernelChannel, type ToKernel } from "./kernel-channel";
import { outputOf, type WidgetManager } from "./output";
import { readinessOf } from "./readiness";
import { t } from "./strings";
import { currentTheme, followTheme, type Theme } from "./theme";
import { pageOf } from "./token";

export interface View {
  /** The element that the frame is laid over. */
  readonly place: HTMLElement;
  update(session: Session): void;
}

export interface SessionModel {
  get(name: string): unknown;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback: (...args: never[]) => void): void;
  send(content: unknown): void;
  /** Exposes the kernel in Jupyter's own notebooks. */
  readonly widget_manager?: WidgetManager & { readonly kernel?: Kernel | null };
}

export class Session {
  readonly #model: SessionModel;
  readonly #document: Document;
  readonly #channel: KernelChannel;
  readonly #course: MeetingCourse;
  readonly #commands: CommandQueue;
  readonly #invitation = new Invitation();
  readonly #page = new AbortController();
  readonly #stopTheme: () => void;
  #views: View[] = [];
  #notice = "";

  constructor(model: SessionModel, document: Document) {
    this.#model = model;
    this.#document = document;
    this.#channel = new KernelChannel(
      model as ConstructorParameters<typeof KernelChannel>[0],
      (message) => this.#onMessage(message),
    );
    const send = (message: ToKernel): void => this.#channel.send(message);
    this.#course = new MeetingCourse({
      document,
      send,
      kernel: () => model.widget_manager?.kernel,
      places: () => this.#views.map(({ place }) => place),
      appearance: () => this.#appearance(),
      cornerOff: () => this.showCorner(false),
      changed: () => this.#update(),
      happened: () => this.#commands.look(),
    });
    this.#commands = new CommandQueue({
      send,
      readiness: () => this.#course.meeting?.readiness ?? readinessOf(this.card, this.room),
      leave: () => this.#course.leaveAsTold(),
      output: (id) => outputOf(model.widget_manager, id),
    });
    this.#stopTheme = followTheme(document, (theme) => {
      this.#course.meeting?.show(theme);
      this.#update();
    });
    const { signal } = this.#page;
    addEventListener("pagehide", () => this.#course.sayGoodbye(), { signal });
    // The back/forward cache keeps some pages and restores them.
    addEventListener("pageshow", ({ persisted }) => persisted && this.#course.comeBack(), {
      signal,
    });
  }

  get theme(): Theme {
    return currentTheme(this.#document);
  }

  get card(): Card | null {
    return this.#course.card;
  }

  /** A message for the user, shown beside the meeting. */
  get notice(): string {
    return this.#notice;
  }

  get room(): string {
    return String(this.#model.get("room") ?? "");
  }

  get state(): Readonly<MeetingState> | null {
    return this.#course.meeting?.state ?? null;
  }

  get cornerWanted(): boolean {
    return cornerWanted();
  }

  /** Whether the meeting is laid over `view`. */
  shows(view: View): boolean {
    return this.#course.meeting !== null && this.#views.at(-1) === view;
  }

  addView(view: View): void {
    this.#views.push(view);
    this.#course.shown();
    this.#update();
  }

  removeView(view: View): void {
    this.#views = this.#views.filter((v) => v !== view);
    this.#update();
    if (this.#views.length === 0) this.#course.hidden();
  }

  close(): void {
    this.#page.abort();
    this.#stopTheme();
    this.#commands.close();
    this.#channel.close();
    this.#course.close();
  }

  // --- user actions ---

  dismissNotice(): void {
    this.#notify("");
  }

  /** Runs an action of the card of `view`. */
  act(view: View, second = false): void {
    const { card } = this;
    if (card?.kind === "browser") this.#channel.send({ type: "browser" });
    else if (card?.kind === "ask") this.#channel.send({ type: "trust", server: card.server });
    else if (card?.kind === "shared") this.#course.rejoin(second || !card.invites, card.invites);
    else if (card === null || card.kind === "elsewhere") {
      // Show it here, not in another cell that shows the widget.
      this.#views = [...this.#views.filter((v) => v !== view), view];
      this.#course.bring();
      this.#update();
    } else this.#course.retry(card);
  }

  showCorner(wanted: boolean): void {
    wantCorner(wanted);
    this.#update();
  }

  /** Moves the keyboard focus into the meeting. */
  enter(view: View): void {
    if (this.shows(view)) this.#course.meeting?.overlay.enter();
  }

  async fullScreen(): Promise<boolean> {
    return (await this.#course.meeting?.overlay.fullScreen()) ?? false;
  }

  /** Leaves here, and opens the meeting in `tab` instead. */
  async moveTo(tab: Window): Promise<void> {
    const { token, server } = this.#course;
    if (token === null) {
      tab.close();
      return;
    }
    tab.opener = null;
    const page = pageOf(token, this.theme, {
      prejoin: this.#model.get("prejoin"),
      devices: this.#devices,
      server,
    });
    await this.#course.leaveFor({ kind: "elsewhere", place: "tab" });
    tab.location.replace(page);
  }

  /** Creates an invite; rejects with a message for the user. */
  invite(): Promise<string> {
    return this.#invitation.ask(() => this.#channel.send({ type: "invite" }), t.view.kernelBusy);
  }

  /** Leaves on the user's request. */
  leave(): Promise<void> {
    return this.#course.leave();
  }

  // --- kernel messages ---

  #onMessage(message: FromKernel): void {
    switch (message.type) {
      case "token":
        this.#course.useToken(message);
        break;
      case "shared":
        this.#course.share(message.invites);
        break;
      case "report":
        this.#course.report();
        break;
      case "probe":
        this.#channel.send({ type: "alive" });
        break;
      case "notice":
        this.#notify(message.message);
        break;
      case "command":
        this.#commands.add(message.id, message.name, message.args);
        break;
      case "withdrawn":
        this.#commands.remove(message.id);
        break;
      case "moved": {
        const place = message.browser ? "browser" : "page";
        void this.#course.leaveFor({ kind: "elsewhere", place });
        break;
      }
      case "invite":
        if (message.note) this.#notify(message.note);
        this.#invitation.answer(message.link, message.error ?? t.view.noInvite);
        break;
      case "browser":
        if (message.link !== null) followLink(this.#document, message.link);
        this.#notify(message.error ?? "");
        break;
      case "close":
        void this.#course.leaveFor({ kind: "left", code: true });
        break;
    }
  }

  // --- display ---

  #appearance(): Appearance {
    return {
      branding: this.#model.get("branding") as Appearance["branding"],
      tileView: this.#model.get("tile_view") as Appearance["tileView"],
      prejoin: this.#model.get("prejoin") === true,
      devices: this.#devices,
      theme: this.theme,
    };
  }

  /** The engine's settings for devices that are off at first. */
  get #devices(): Appearance["devices"] {
    return {
      startWithAudioMuted: this.#model.get("microphone") === false,
      startWithVideoMuted: this.#model.get("camera") === false,
    };
  }

  #notify(words: string): void {
    this.#notice = words;
    this.#update();
  }

  /** Lays the meeting over the last view, and updates every view. */
  #update(): void {
    const { meeting } = this.#course;
    if (meeting) {
      const { overlay, state, alive } = meeting;
      if (alive) overlay.follow(this.#views.at(-1)?.place ?? null);
      overlay.corner = cornerWanted() && (state.status === "joined" || state.reconnecting);
      overlay.element.dataset.theme = this.theme;
    }
    for (const view of this.#views) view.update(this);
    this.#commands.look();
  }
}
