// @vitest-environment happy-dom
/** A page that goes to other rooms of its meeting, on a server that the test plays. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Bye, Moved, ServerMessage, Welcome } from "../../shared/protocol";
import { person } from "../testing/fake-room";
import { parseLaunch } from "./launch";
import { MeetingPage } from "./meeting-page";
import { NO_BROADCAST } from "./room";

const CLAIMS = btoa(JSON.stringify({ sub: "org", room: "standup", moderator: false }));
const OWN = `e30.${CLAIMS}.own`;
const RED: Moved = { type: "moved", group: "g1", name: "Red", token: "red token" };
const BLUE: Moved = { type: "moved", group: "g2", name: "Blue", token: "blue token" };
const MAIN: Moved = { type: "moved", group: null, name: "", token: "main token" };

class FakeSocket {
  static readonly all: FakeSocket[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(): void {
    this.readyState = 3;
  }
  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  /** The server accepts the connection; returns what the page joins with. */
  accept(): Record<string, unknown> | undefined {
    this.readyState = 1;
    this.onopen?.();
    return this.sent.find(({ type }) => type === "join");
  }
  drop(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

function line(): FakeSocket {
  const socket = FakeSocket.all.at(-1);
  if (!socket) throw new Error("no connection was opened");
  return socket;
}

function welcome(resume: string, others: Welcome["participants"] = []): Welcome {
  return {
    type: "welcome",
    v: 1,
    own: person({ id: "me", name: "Me" }),
    kept: false,
    resume,
    room: "standup",
    session: resume,
    streamname: "stream",
    participants: others,
    state: { subject: "", lobby: false, locked: false, closed: false, main: null },
    broadcast: NO_BROADCAST,
    knocking: [],
    ice_servers: [],
    expires: 0,
    now: Date.now() / 1000,
    max_stage: 8,
    chat: [],
    viewers: 0,
    feed: { type: "stage_feed", stream: null, ticket: null, possible: true },
    readings: [],
  };
}

const bye = (kind: Bye["kind"], message = "No."): Bye => ({
  type: "bye",
  kind,
  message,
  retry: false,
});

let page: MeetingPage;

/** The page joins the room to which its newest connection leads. */
function arrive(resume: string): Record<string, unknown> | undefined {
  const join = line().accept();
  line().say(welcome(resume));
  return join;
}

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  FakeSocket.all.length = 0;
  vi.stubGlobal("WebSocket", FakeSocket);
  const address = `https://meet.example/org/standup#jwt=${OWN}`;
  const about = { framed: false, reloaded: false, handedOver: null };
  page = new MeetingPage(parseLaunch(address, "https://meet.example/", about));
  page.start({ audio: false, video: false });
  arrive("main place");
});
afterEach(() => {
  page.leave();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("a page goes to a group and back, with the tokens and the places of both rooms", () => {
  const closed = vi.spyOn(page.media, "close");
  const first = line();
  first.say(RED);
  expect(first.readyState).toBe(3);
  expect(page.status.value).toBe("joining");
  expect(page.room.groups.moving.value).toMatchObject({ group: "g1", name: "Red" });
  expect(page.room.everybody.value).toEqual([]);
  expect(arrive("red place")).toMatchObject({ token: "red token", resume: null });
  expect(page.status.value).toBe("joined");
  expect(page.room.groups.moving.value).toBeNull();
  expect(page.title.value).toBe("Red");
  line().say(MAIN);
  expect(arrive("main place")).toMatchObject({ token: "main token", resume: "main place" });
  expect(page.title.value).toBe("standup");
  expect(page.view.announcement.value).toBe("You are back in the main room.");
  expect(closed).not.toHaveBeenCalled();
});

test("the other room's people, chat and broadcast are gone, and the page's own choices are not", () => {
  line().say({ type: "joined", participant: person({ id: "ada", stage: false }) });
  line().say({
    ...{ type: "chat_message", id: 1, sender: "ada", name: "Ada", text: "Hi", at: 0 },
    ...{ to: null, to_name: null },
  });
  page.view.tileView.value = false;
  page.view.audioOnly.value = true;
  page.view.panel.value = "people";
  page.view.talking.value = true;
  line().say(RED);
  arrive("red place");
  expect(page.room.others.value).toEqual([]);
  expect(page.chat.messages.value).toEqual([]);
  const { tileView, audioOnly, panel, talking } = page.view;
  expect([tileView.value, audioOnly.value, panel.value]).toEqual([false, true, "people"]);
  // The key is still held: its release has to close the microphone.
  expect(talking.value).toBe(true);
});

test("a person is as loud in a group as in the main room", () => {
  page.volumes.set("ada", 0.5);
  line().say(RED);
  arrive("red place");
  expect(page.volumes.of("ada")).toBe(0.5);
  page.volumes.set("alan", 0.2);
  line().say(MAIN);
  arrive("main place");
  expect([page.volumes.of("ada"), page.volumes.of("alan")]).toEqual([0.5, 0.2]);
});

test("who goes to another room has not left", () => {
  const said = page.view.announcement;
  line().say({ type: "joined", participant: person({ id: "ada", name: "Ada", stage: false }) });
  line().say({ type: "left", id: "ada", reason: "moved", by: null });
  expect(said.value).toBe("Ada went to another room.");
});

test("the spotlight that others chose does not go along", () => {
  line().say({ type: "joined", participant: person({ id: "ada", stage: false, screen: true }) });
  expect(page.view.tileView.value).toBe(false);
  line().say(RED);
  arrive("red place");
  expect(page.view.tileView.value).toBe(true);
});

test("a second move wins, before and after the page has joined the first room", () => {
  line().say(RED);
  line().accept();
  const first = line();
  first.say(BLUE);
  expect(first.readyState).toBe(3);
  expect(page.room.groups.moving.value?.name).toBe("Blue");
  expect(arrive("blue place")).toMatchObject({ token: "blue token" });
  const left = line();
  left.say(RED);
  left.say(MAIN);
  expect(page.room.groups.moving.value?.name).toBe("Red");
  expect(arrive("red place")).toMatchObject({ token: "red token" });
  expect(FakeSocket.all.filter(({ readyState }) => readyState !== 3)).toHaveLength(1);
});

test("a page that the main room leads on at once has never joined it", () => {
  // As after a reload in a group.
  line().drop();
  vi.advanceTimersByTime(10);
  line().accept();
  line().say(RED);
  expect(page.status.value).toBe("joining");
  expect(arrive("red place")).toMatchObject({ token: "red token" });
  expect(page.status.value).toBe("joined");
});

test("a group that refuses the page leads back to the main room, and the page says why", () => {
  line().say(RED);
  line().accept();
  line().say(bye("token_rejected", "This group is closed."));
  expect(page.status.value).toBe("joining");
  expect(arrive("main place")).toMatchObject({ token: OWN, resume: "main place" });
  expect(page.status.value).toBe("joined");
  expect(page.view.toasts.value.at(-1)?.text).toBe(
    "Red could not be entered. This group is closed. You are back in the main room.",
  );
});

test("a main room that leads to a refusing group forever ends in words, with a way to join again", () => {
  line().say(RED);
  for (let time = 0; time < 4; time += 1) {
    line().accept();
    line().say(bye("token_rejected", "This group is closed."));
    if (page.status.value !== "failed") {
      line().accept();
      line().say(RED);
    }
  }
  expect(page.status.value).toBe("failed");
  expect(page.ending.value).toMatchObject({
    kind: "group_refused",
    message: "Red could not be entered. This group is closed.",
  });
  page.start({ audio: false, video: false });
  expect(arrive("main place")).toMatchObject({ token: OWN });
  expect(page.status.value).toBe("joined");
});

test("a server that is gone during a move is waited for, for a while", () => {
  line().say(RED);
  line().drop();
  expect(page.connection.value).toBe("reconnecting");
  vi.advanceTimersByTime(60_000);
  expect(page.status.value).toBe("joining");
  while (line().readyState !== 0) vi.advanceTimersByTime(100);
  expect(arrive("red place")).toMatchObject({ token: "red token" });
  line().say(MAIN);
  line().drop();
  for (let second = 0; second < 200; second += 1) {
    vi.advanceTimersByTime(1_000);
    if (page.status.value === "joining" && line().readyState === 0) line().drop();
  }
  expect(page.status.value).toBe("failed");
  expect(page.ending.value?.kind).toBe("server_unreachable");
  expect(page.room.groups.moving.value).toBeNull();
});

test("a request whose answer the move overtakes is carried out, another one says why it is not", async () => {
  const entered = page.ask.groups.enter("g1");
  const renamed = page.ask.setSubject("Physics").catch((error) => error.message);
  line().say(RED);
  await expect(entered).resolves.toBeUndefined();
  expect(await renamed).toBe("You went to another room of the meeting.");
});

test("those removed from the meeting do not come back by the main room", () => {
  line().say(RED);
  arrive("red place");
  const connections = FakeSocket.all.length;
  line().say(bye("kicked"));
  expect(page.status.value).toBe("failed");
  expect(page.ending.value?.kind).toBe("kicked");
  expect(FakeSocket.all).toHaveLength(connections);
});

test("no token of another room is stored, and none is told to listeners", () => {
  const heard: ServerMessage[] = [];
  page.listen((message) => heard.push(message));
  line().say(RED);
  arrive("red place");
  page.suspend();
  const stored = JSON.stringify({ ...sessionStorage, ...localStorage });
  expect(stored).toContain(OWN);
  expect(stored).toContain("main place");
  expect(stored).not.toContain("red token");
  expect(JSON.stringify(heard)).not.toContain("red token");
  expect(location.href).not.toContain("red");
});
