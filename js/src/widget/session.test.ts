// @vitest-environment happy-dom
// @vitest-environment-options {"settings": {"disableIframePageLoading": true}}
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EngineCore } from "../engine/core";
import { FakeMeeting } from "../engine/fake-meeting";
import { token } from "../webapi/test-token";
import { type Card, wordsOf } from "./cards";
import { FakeKernel } from "./fake-kernel";
import { Session, type View } from "./session";

const STANDUP = token();
const OTHER = token({ room: "other" });

let open: Session[] = [];
/** Errors thrown by event handlers. */
let thrown: unknown[] = [];

/** A widget in a notebook: its kernel, its session, and the cells that show it. */
class Widget {
  readonly kernel = new FakeKernel();
  readonly session: Session;
  readonly views: View[] = [];

  constructor() {
    this.session = new Session(this.kernel, document);
    open.push(this.session);
  }

  show(): View {
    const place = document.createElement("div");
    // It is laid out, as in a browser.
    place.getClientRects = () => [{}] as unknown as DOMRectList;
    document.body.append(place);
    const view: View = { place, update: () => {} };
    this.views.push(view);
    this.session.addView(view);
    return view;
  }

  hide(): void {
    const view = this.views.pop();
    if (!view) return;
    view.place.remove();
    this.session.removeView(view);
  }

  close(): void {
    open = open.filter((one) => one !== this.session);
    this.session.close();
  }
}

const pages = new WeakMap<HTMLIFrameElement, FakeMeeting>();

/** The meeting page in the newest frame, or null. */
function meetingPage(): FakeMeeting | null {
  const frame = [...document.querySelectorAll("iframe")].at(-1);
  if (!frame) return null;
  const page =
    pages.get(frame) ?? new FakeMeeting({ getIFrame: () => frame } as unknown as EngineCore);
  pages.set(frame, page);
  page.onCommand = (name) => name === "video-hangup" && page.emit("ready-to-close");
  return page;
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

async function joined(): Promise<Widget> {
  const widget = new Widget();
  widget.show();
  widget.kernel.gives(STANDUP);
  meetingPage()?.join();
  await pass(100);
  expect(widget.session.state?.status).toBe("joined");
  widget.kernel.heard();
  return widget;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.stubGlobal("fetch", async () => new Response(""));
  thrown = [];
  vi.stubGlobal("reportError", (error: unknown) => void thrown.push(error));
  vi.stubGlobal("matchMedia", () => new EventTarget());
});

afterEach(async () => {
  for (const session of open.splice(0)) session.close();
  await pass(60_000);
  document.body.replaceChildren();
  expect(thrown).toEqual([]);
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a kernel that lost sight of the page", () => {
  it("hears the last state of each poll", async () => {
    const widget = await joined();
    const page = meetingPage();
    const poll = (id: string, open: boolean): void =>
      page?.emit("nanomeet-poll-changed", { poll: { id, open } });
    const counts = (id: string, voters: number): void =>
      page?.emit("nanomeet-poll-counts", { id, counts: null, voters });
    poll("p1", true);
    counts("p1", 1);
    poll("p2", true);
    counts("p1", 2);
    poll("p1", false);
    page?.emit("nanomeet-chat", { whole: false, messages: [1] });
    page?.emit("nanomeet-chat", { whole: false, messages: [2] });
    await pass(100);
    widget.kernel.heard();
    widget.kernel.says({ type: "report" });
    const told = widget.kernel.sent
      .flatMap((one) => (one.type === "event" ? [[one.name, one.data]] : []))
      .filter(([name]) => /Poll|Chat/.test(String(name)));
    expect(told).toEqual([
      ["nanomeetPollChanged", { poll: { id: "p2", open: true } }],
      ["nanomeetPollCounts", { id: "p1", counts: null, voters: 2 }],
      ["nanomeetPollChanged", { poll: { id: "p1", open: false } }],
      ["nanomeetChat", { whole: false, messages: [1] }],
      ["nanomeetChat", { whole: false, messages: [2] }],
    ]);
  });
});

describe("a widget of a saved notebook", () => {
  const state = (): void => {
    const script = document.createElement("script");
    script.type = "application/vnd.jupyter.widget-state+json";
    document.body.append(script);
  };

  it("says at once that the meeting was here, and waits for no kernel", async () => {
    state();
    const widget = new Widget();
    Object.assign(widget.kernel, { widget_manager: {} });
    widget.show();
    await pass(0);
    expect(widget.session.card).toEqual({ kind: "saved" });
    await pass(10_000);
    expect(widget.session.card).toEqual({ kind: "saved" });
    // The HTML manager of another host may have a kernel after all.
    widget.kernel.gives(null);
    expect(widget.session.card).toEqual({ kind: "no_token" });
  });

  it("waits for its kernel where the page exposes one", async () => {
    state();
    const widget = new Widget();
    widget.show();
    await pass(0);
    expect(widget.session.card).toBeNull();
  });
});

describe("a widget", () => {
  it("contacts the kernel when it is shown, and says so if the kernel does not answer", async () => {
    const widget = new Widget();
    expect(widget.kernel.sent).toEqual([]);
    widget.show();
    expect(widget.kernel.sent.map(({ type }) => type)).toEqual(["hello"]);
    expect(widget.session.card).toBeNull();
    await pass(3_000);
    expect(widget.session.card).toEqual({ kind: "silent", busy: false });
    widget.kernel.gives(null);
    expect(widget.session.card).toEqual({ kind: "no_token" });
    await pass(10_000);
    expect(widget.session.card).toEqual({ kind: "no_token" });
  });

  it("leaves a while after no cell shows it, and joins again when one does", async () => {
    const widget = await joined();
    widget.hide();
    await pass(3_900);
    expect(widget.session.state?.status).toBe("joined");
    await pass(1_000);
    expect(widget.session.card).toEqual({ kind: "left" });
    expect(document.querySelector("iframe")).toBeNull();
    widget.kernel.heard();
    widget.show();
    expect(widget.kernel.heard()).toEqual(["hello"]);
  });

  it("stays if it is shown again in time", async () => {
    const widget = await joined();
    widget.hide();
    await pass(3_900);
    widget.show();
    await pass(60_000);
    expect(widget.session.state?.status).toBe("joined");
  });

  it("does not rejoin by itself after the user left, even if its cell is shown again", async () => {
    const widget = await joined();
    await widget.session.leave();
    widget.hide();
    widget.show();
    expect(widget.session.card).toEqual({ kind: "left" });
  });

  it("hands its meeting to the cell that is run again, and is retired if unseen", async () => {
    const first = await joined();
    first.hide();
    const second = new Widget();
    second.show();
    second.kernel.gives(STANDUP);
    expect(second.session.state?.status).toBe("joined");
    expect(first.session.card).toEqual({ kind: "elsewhere", place: "cell" });
    expect(first.kernel.heard()).toEqual(["status", "retired"]);
    await pass(60_000);
    expect(second.session.state?.status).toBe("joined");
  });

  it("learns of the readings that go on when it takes a meeting over", async () => {
    const first = await joined();
    meetingPage()?.emit("nanomeet-readings-changed", { readings: [] });
    const reading = { id: "r1", reader: "ada", of: "me", media: "video" };
    meetingPage()?.emit("nanomeet-readings-changed", { readings: [reading] });
    meetingPage()?.emit("nanomeet-reading-moved", { id: "r1", stream: "s", ticket: "secret" });
    await pass(100);
    first.hide();
    const again = new Widget();
    again.show();
    again.kernel.gives(STANDUP);
    const told = again.kernel.sent.filter(({ name }) => /^nanomeetReading/.test(String(name)));
    // The last state only, and no ticket: that was for the program of another widget.
    expect(told).toMatchObject([
      { type: "event", name: "nanomeetReadingsChanged", data: { readings: [reading] } },
    ]);
  });

  it("waits for a meeting that another cell shows, and takes it over when it is free", async () => {
    const first = await joined();
    const second = new Widget();
    const view = second.show();
    second.kernel.gives(STANDUP);
    expect(second.session.card).toEqual({ kind: "elsewhere", place: "cell" });
    expect(first.session.state?.status).toBe("joined");
    second.session.act(view);
    expect(second.session.state?.status).toBe("joined");
    expect(first.session.card).toEqual({ kind: "elsewhere", place: "cell" });
    second.close();
    await pass(100);
    expect(document.querySelectorAll("iframe").length).toBe(1);
    await pass(10_000);
    expect(document.querySelectorAll("iframe").length).toBe(0);
  });

  it("leaves some time after its kernel died, and says why", async () => {
    const widget = await joined();
    widget.kernel.restarts();
    await pass(14_000);
    expect(widget.session.state?.status).toBe("joined");
    await pass(2_000);
    expect(widget.session.card).toEqual({ kind: "ended" });
  });

  it("switches to another meeting with a new token", async () => {
    const widget = await joined();
    widget.kernel.gives(OTHER);
    await pass(100);
    meetingPage()?.join();
    await pass(100);
    expect(widget.session.state?.status).toBe("joined");
    expect(document.querySelectorAll("iframe").length).toBe(1);
  });

  it("does not join if the notebook closes it while it asks the server for the time", async () => {
    let answer = (_: Response): void => {};
    vi.stubGlobal("fetch", () => new Promise((resolve) => (answer = resolve)));
    const widget = new Widget();
    widget.show();
    widget.kernel.gives(token({ nbf: Date.now() / 1000 + 60, exp: 4e9 }));
    widget.kernel.says({ type: "close" });
    await pass(0);
    const later = new Date(Date.now() + 3_600_000).toUTCString();
    answer(new Response("", { headers: { Date: later } }));
    await pass(100);
    expect(widget.session.card).toEqual({ kind: "left", code: true });
    expect(document.querySelector("iframe")).toBeNull();
  });

  it("shows the meeting of a token that arrived while no cell showed it", async () => {
    const widget = new Widget();
    widget.show();
    widget.kernel.gives(null);
    widget.hide();
    widget.kernel.gives(STANDUP);
    expect(document.querySelector("iframe")).toBeNull();
    widget.show();
    expect(widget.session.state?.status).toBe("loading");
  });

  it("reports a guest's leave, but not when it was only hidden", async () => {
    const widget = new Widget();
    widget.show();
    widget.kernel.gives(STANDUP, { guest: true });
    meetingPage()?.join();
    await pass(100);
    widget.hide();
    await pass(6_000);
    expect(widget.kernel.heard()).not.toContain("guest_left");
    widget.show();
    expect(widget.kernel.heard()).toEqual(["guest"]);
    widget.kernel.gives(STANDUP, { guest: true });
    meetingPage()?.join();
    await pass(100);
    await widget.session.leave();
    expect(widget.kernel.heard()).toContain("guest_left");
  });
});

/** Presses a button on the first cell's card, if it has that button. */
function press({ session, views: [view] }: Widget, which: "action" | "second"): void {
  const card: Card = session.card ?? { kind: "elsewhere", place: "cell" };
  const offered = view && !session.shows(view) && wordsOf(card, session.room)[which];
  if (offered) session.act(view, which === "second");
}

/** Everything that can happen to a widget, in any order. */
const EVENTS = {
  show: (widget) => void widget.show(),
  hide: (widget) => widget.hide(),
  leave: (widget) => void widget.session.leave(),
  act: (widget) => press(widget, "action"),
  actSecond: (widget) => press(widget, "second"),
  token: (widget) => widget.kernel.gives(STANDUP),
  guestToken: (widget) => widget.kernel.gives(STANDUP, { guest: true }),
  otherToken: (widget) => widget.kernel.gives(OTHER),
  earlyToken: (widget) =>
    widget.kernel.gives(token({ nbf: Math.floor(Date.now() / 1000) + 15, exp: 4e9 })),
  brokenToken: (widget) => widget.kernel.gives("broken"),
  noToken: (widget) => widget.kernel.gives(null),
  ask: (widget) => widget.kernel.gives(null, { ask: "https://meet.example" }),
  shared: (widget) => widget.kernel.says({ type: "shared", invites: true }),
  moved: (widget) => widget.kernel.says({ type: "moved", browser: true }),
  closes: (widget) => widget.kernel.says({ type: "close" }),
  report: (widget) => widget.kernel.says({ type: "report" }),
  commandToLeave: (widget) =>
    widget.kernel.says({ type: "command", id: 1, name: "leave", args: [] }),
  restarts: (widget) => widget.kernel.restarts(),
  busy: (widget) => {
    widget.kernel.kernel.status = "busy";
  },
  joins: () => meetingPage()?.join(),
  waits: () => {
    meetingPage()?.emit("ready");
    meetingPage()?.emit("nanomeet-waiting");
  },
  fails: () =>
    meetingPage()?.emit("error-occurred", {
      error: { name: "kicked", message: "Out.", isFatal: true },
    }),
  tooEarly: () =>
    meetingPage()?.emit("error-occurred", {
      error: { name: "token_not_yet_valid", message: "Not yet.", isFatal: true },
    }),
  soon: () => pass(1_000),
  later: () => pass(5_000),
  muchLater: () => pass(20_000),
} satisfies Record<string, (widget: Widget) => unknown>;

const KINDS = Object.keys(EVENTS) as (keyof typeof EVENTS)[];

describe("two widgets with one meeting, whatever happens", () => {
  it("take no illegal step, show the meeting or a card, and clean up everything", async () => {
    const event = fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(...KINDS));
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        // Clean up after a failed run.
        vi.clearAllTimers();
        document.body.replaceChildren();
        Reflect.deleteProperty(globalThis, Symbol.for("nanomeet_widget.meetings.2"));
        const widgets = [new Widget(), new Widget()];
        for (const widget of widgets) widget.show();
        for (const [which, kind] of events) {
          const widget = widgets[which];
          if (widget) await EVENTS[kind](widget);
          await pass(10);
          expect(thrown.splice(0)).toEqual([]);
          for (const { session } of widgets) {
            expect(session.card === null || session.state === null).toBe(true);
          }
          const shown = widgets.filter(({ session }) => session.state?.status === "joined");
          expect(document.querySelectorAll("iframe").length).toBeGreaterThanOrEqual(
            Math.min(shown.length, 1),
          );
        }
        for (const widget of widgets) widget.close();
        await pass(60_000);
        expect(document.querySelectorAll("iframe").length).toBe(0);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
