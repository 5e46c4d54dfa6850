import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ServerMessage, Welcome } from "../../shared/protocol";
import { NO_BROADCAST } from "./room";
import {
  type Connection,
  type Ending,
  Signalling,
  type SignallingOptions,
  type Socket,
} from "./signalling";

class FakeSocket implements Socket {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];
  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(): void {
    this.readyState = 3;
  }
  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  drop(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

const WELCOME: Welcome = {
  type: "welcome",
  v: 1,
  own: {
    id: "0a0a0a0a",
    name: "Ada",
    moderator: true,
    audio: true,
    video: true,
    screen: false,
    screen_title: "",
    stage: true,
    hand: null,
  },
  kept: false,
  resume: "place",
  room: "room",
  session: "meeting",
  streamname: "stream",
  participants: [],
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

function meeting({ resume = null, random = () => 0 }: Partial<SignallingOptions> = {}) {
  const sockets: FakeSocket[] = [];
  const states: Connection[] = [];
  const heard: ServerMessage[] = [];
  const endings: (Ending | null)[] = [];
  const farewells: string[] = [];
  const signalling = new Signalling({
    url: "ws://host/ws/meeting",
    credentials: () => ({ token: "a.b.c", name: "Ada" }),
    resume,
    onward: false,
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    farewell: (secret) => farewells.push(secret),
    random,
    onMessage: (message) => heard.push(message),
    onConnection: (connection, ending) => {
      states.push(connection);
      if (connection === "ended") endings.push(ending);
    },
  });
  const last = (): FakeSocket => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  };
  const enter = (): FakeSocket => {
    signalling.connect();
    last().accept();
    last().say(WELCOME);
    return last();
  };
  return { signalling, sockets, states, heard, endings, farewells, last, enter };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("the token is sent first, and the welcome completes joining", () => {
  const { states, enter, heard } = meeting();
  const socket = enter();
  expect(socket.sent[0]).toMatchObject({ type: "join", v: 1, token: "a.b.c", name: "Ada" });
  expect(states).toEqual(["connecting", "joining", "joined"]);
  expect(heard).toEqual([WELCOME]);
});

test("reconnects with the resume secret", () => {
  const { enter, last, sockets, states } = meeting();
  enter().drop();
  expect(states.at(-1)).toBe("reconnecting");
  vi.advanceTimersByTime(0);
  last().accept();
  expect(sockets).toHaveLength(2);
  expect(last().sent[0]).toMatchObject({ type: "join", resume: "place" });
});

test("the retry delay grows, and resets after a success", () => {
  const { enter, last, sockets } = meeting();
  enter().drop();
  vi.advanceTimersByTime(0);
  last().drop();
  vi.advanceTimersByTime(299);
  expect(sockets).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(sockets).toHaveLength(3);
  last().accept();
  last().say(WELCOME);
  last().drop();
  vi.advanceTimersByTime(0);
  expect(sockets).toHaveLength(4);
});

test("reconnects when the server falls silent", () => {
  const { enter, states, sockets } = meeting();
  const socket = enter();
  vi.advanceTimersByTime(5_000);
  expect(socket.sent.at(-1)).toMatchObject({ type: "ping" });
  socket.say({ type: "pong", t: 0 });
  vi.advanceTimersByTime(9_999);
  expect(states.at(-1)).toBe("joined");
  vi.advanceTimersByTime(5_100);
  expect(states).toContain("reconnecting");
  expect(sockets.length).toBeGreaterThan(1);
});

test("detects a dead connection soon after a network change", () => {
  const { enter, signalling, states } = meeting();
  const socket = enter();
  signalling.hurry();
  expect(socket.sent.at(-1)).toMatchObject({ type: "ping" });
  vi.advanceTimersByTime(3_000);
  expect(states.at(-1)).toBe("reconnecting");
});

test("abandons an attempt from before the network came back", () => {
  const { enter, signalling, sockets, states } = meeting();
  enter().drop();
  vi.advanceTimersByTime(0);
  signalling.hurry();
  expect(sockets).toHaveLength(3);
  expect(sockets[1]?.readyState).toBe(3);
  expect(states.slice(-3)).toEqual(["connecting", "reconnecting", "connecting"]);
});

test("however long the outage, the next attempt is less than four seconds away", () => {
  const { enter, last, sockets } = meeting({ random: () => 1 });
  enter().drop();
  for (let attempt = 2; attempt < 20; attempt += 1) {
    vi.advanceTimersByTime(3_999);
    expect(sockets).toHaveLength(attempt);
    last().drop();
  }
});

test("gives up in bounded time if the server was never reached, with a plain message", () => {
  const { signalling, last, endings } = meeting();
  signalling.connect();
  for (let i = 0; i < 10 && signalling.connection !== "ended"; i += 1) {
    last().drop();
    vi.advanceTimersByTime(7_000);
  }
  expect(endings[0]).toMatchObject({ kind: "server_unreachable" });
});

test("a request resolves with its ack", async () => {
  const { enter, signalling } = meeting();
  const socket = enter();
  const done = signalling.request({ type: "set_lobby", active: true });
  const ref = socket.sent.at(-1)?.ref;
  expect(socket.sent.at(-1)).toMatchObject({ type: "set_lobby", active: true });
  socket.say({ type: "ack", ref: Number(ref) });
  await expect(done).resolves.toBeUndefined();
});

test("a refused request gives the reason", async () => {
  const { enter, signalling } = meeting();
  const socket = enter();
  const done = signalling.request({ type: "kick", id: "0b0b0b0b" });
  socket.say({ type: "error", kind: "forbidden", message: "Moderators only.", ref: 1 });
  await expect(done).rejects.toMatchObject({ kind: "forbidden", message: "Moderators only." });
});

test("a request without an answer fails in time, and at once if the connection drops", async () => {
  const { enter, signalling } = meeting();
  const socket = enter();
  const slow = expect(signalling.request({ type: "stop_broadcast" }, 100)).rejects.toMatchObject({
    kind: "timeout",
  });
  vi.advanceTimersByTime(100);
  await slow;
  const cut = expect(signalling.request({ type: "stop_broadcast" })).rejects.toMatchObject({
    kind: "connection_lost",
  });
  socket.drop();
  await cut;
});

test("the password is sent over the open connection", () => {
  const { signalling, last, states } = meeting();
  signalling.connect();
  last().accept();
  last().say({ type: "password_required", wrong: false });
  signalling.submitPassword("sesame");
  expect(last().sent.at(-1)).toMatchObject({ type: "join", password: "sesame" });
  last().say({ type: "password_required", wrong: true });
  signalling.submitPassword("open");
  last().say(WELCOME);
  expect(states).toEqual([
    "connecting",
    "joining",
    "locked",
    "joining",
    "locked",
    "joining",
    "joined",
  ]);
});

test("a person in the lobby may request admission again with the password", () => {
  const { signalling, last, sockets } = meeting();
  signalling.connect();
  last().accept();
  last().say({ type: "waiting", id: "0b0b0b0b" });
  signalling.submitPassword("sesame");
  last().accept();
  expect(sockets).toHaveLength(2);
  expect(sockets[0]?.readyState).toBe(3);
  expect(last().sent[0]).toMatchObject({ type: "join", password: "sesame" });
});

test("a final bye ends the connection, a retryable one does not", () => {
  const stopping = meeting();
  stopping.enter().say({ type: "bye", kind: "server_stopping", message: "Restart.", retry: true });
  expect(stopping.states.at(-1)).toBe("reconnecting");
  const kicked = meeting();
  kicked.enter().say({ type: "bye", kind: "kicked", message: "You were sent out.", retry: false });
  expect(kicked.endings).toEqual([{ kind: "kicked", message: "You were sent out.", retry: false }]);
  vi.advanceTimersByTime(60_000);
  expect(kicked.sockets).toHaveLength(1);
});

test("does not retry a full room in a loop", () => {
  const { enter, endings } = meeting();
  enter().say({ type: "bye", kind: "room_full", message: "Full.", retry: true });
  expect(endings).toEqual([{ kind: "room_full", message: "Full.", retry: true }]);
});

test("the password prompt stays open after too many wrong passwords", () => {
  const { signalling, last, states } = meeting();
  signalling.connect();
  last().accept();
  last().say({ type: "password_required", wrong: false });
  signalling.submitPassword("sesame");
  last().say({ type: "error", kind: "too_many_attempts", message: "Wait.", ref: null });
  expect(states.at(-1)).toBe("locked");
});

test("a reading waits for the participant's answer, and settles with the stream", async () => {
  const { enter, signalling } = meeting();
  const socket = enter();
  const wanted = { media: "video", of: "0b0b0b0b", lines: 360, fps: 10 } as const;
  const reading = signalling.readMedia(wanted);
  const { ref } = socket.sent.at(-1) as { ref: number };
  expect(socket.sent.at(-1)).toEqual({ type: "read_media", ref, ...wanted });
  // As long as the participant may answer, the server's pings keep the connection alive.
  for (let seconds = 0; seconds < 65; seconds += 5) {
    vi.advanceTimersByTime(5_000);
    socket.say({ type: "pong", t: 0 });
  }
  const opened = { type: "reading_opened", ref, id: "r1", stream: "s", ticket: "t" } as const;
  socket.say(opened);
  await expect(reading).resolves.toEqual(opened);
});

test("a reading that the participant refuses is rejected with the server's kind", async () => {
  const { enter, signalling } = meeting();
  const socket = enter();
  const reading = signalling.readMedia({ media: "audio", of: "0b0b0b0b" });
  const { ref } = socket.sent.at(-1) as { ref: number };
  socket.say({ type: "error", kind: "forbidden", message: "They refused.", ref });
  await expect(reading).rejects.toMatchObject({ kind: "forbidden", message: "They refused." });
});

test("leaving sends a bye in both ways and closes the socket", () => {
  const { enter, signalling, endings, farewells } = meeting();
  const socket = enter();
  signalling.leave();
  expect(farewells).toEqual([WELCOME.resume]);
  expect(socket.sent.at(-1)).toEqual({ type: "leave" });
  expect(socket.readyState).toBe(3);
  expect(endings[0]).toMatchObject({ kind: "left" });
});

test("a place is given up while the connection is lost, and once only", () => {
  const { enter, signalling, farewells } = meeting();
  enter().drop();
  signalling.leave();
  signalling.leave();
  expect(farewells).toEqual([WELCOME.resume]);
});

test("a page without a place has none to give up", () => {
  const { last, signalling, farewells } = meeting();
  signalling.connect();
  last().accept();
  signalling.leave();
  expect(farewells).toEqual([]);
});

test("a page whose place another one took gives nothing up", () => {
  const { enter, signalling, farewells } = meeting();
  enter().say({ type: "bye", kind: "replaced", message: "", retry: false });
  signalling.leave();
  expect(farewells).toEqual([]);
});

test("ignores messages outside the protocol", () => {
  const { enter, states } = meeting();
  const socket = enter();
  socket.onmessage?.({ data: "not json" });
  socket.onmessage?.({ data: new ArrayBuffer(2) });
  expect(states.at(-1)).toBe("joined");
});
