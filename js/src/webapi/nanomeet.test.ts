// @vitest-environment happy-dom
// @vitest-environment-options {"settings": {"disableIframePageLoading": true}}
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeMeeting } from "../engine/fake-meeting";
import type { NanoMeet } from "./nanomeet";
import type { InitConfig } from "./setup";
import { token } from "./test-token";
import { WebApi } from "./web-api";

let nanoMeet: WebApi;
let meeting: FakeMeeting;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => {});
  document.body.innerHTML = '<div id="place"></div>';
  nanoMeet = new WebApi();
});

afterEach(() => {
  nanoMeet.api?.dispose();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const soon = (): Promise<unknown> => vi.advanceTimersByTimeAsync(60);

/** Starts joining; from here on the meeting page answers. */
function begin(config: Partial<InitConfig> = {}): ReturnType<NanoMeet["init"]> {
  const joining = nanoMeet.init({ token: token(), id: "place", ...config });
  joining.catch(() => {});
  meeting = new FakeMeeting(nanoMeet.api);
  return joining;
}

/** Joins; `own`: reports that only this project's engine sends. */
async function join({
  moderator = true,
  own = true,
  server = "meet.example",
  broadcast = null as InitConfig["broadcast"],
} = {}): Promise<void> {
  const joining = begin({ token: token({ moderator, server }), broadcast: broadcast ?? null });
  meeting.join();
  if (own) {
    meeting.emit("nanomeet-participants", { participants: [] });
    meeting.emit("nanomeet-room-changed", { subject: "", lobby: false, locked: false });
  }
  await soon();
  await joining;
}

const frames = (): number => document.querySelectorAll("iframe").length;

test("init resolves only when the meeting is joined", async () => {
  const settled = vi.fn();
  const joining = begin({ token: token({ moderator: true }) });
  void joining.then(settled);
  meeting.emit("ready");
  await soon();
  expect(settled).not.toHaveBeenCalled();
  meeting.join();
  await expect(joining).resolves.toEqual({ data: { moderator: true } });
});

test.each([
  ["Config Error", undefined],
  ["Token Error", { token: "short", id: "place" }],
  ["Token Error", { token: "x".repeat(300), id: "place" }],
  ["Token Error", { token: `${"x".repeat(100)}.${"y".repeat(100)}.z`, id: "place" }],
  ["Missing Property Error", { token: token({ room: undefined }), id: "place" }],
  ["Missing Property Error", { token: token({ streamname: "" }), id: "place" }],
  ["Missing Group Error", { token: token({ sub: undefined }), id: "place" }],
  ["Invalid Token Error", { token: token({ nbf: 4e9, exp: 5e9 }), id: "place" }],
  ["Invalid Token Error", { token: token({ nbf: 1, exp: 2 }), id: "place" }],
  ["Missing Div Error", { token: token(), id: "nowhere" }],
  ["Missing Div Error", { token: token() }],
  ["Branding Error", { token: token(), id: "place", branding: "javascript:1" }],
  ["Tile View Error", { token: token(), id: "place", tileView: { maxColumns: 6 } }],
])("init rejects at once with a %s", async (error, config) => {
  await expect(nanoMeet.init(config as InitConfig)).rejects.toMatchObject({
    error,
    message: expect.stringMatching(/\w/),
  });
  expect([nanoMeet.api, frames()]).toEqual([null, 0]);
});

test.each([
  ["three hours behind", { nbf: 10_000, exp: 20_000 }, 2_000, 12_000],
  ["three hours ahead", { nbf: 10_000, exp: 20_000 }, 24_000, 12_000],
])(
  "a page whose clock is %s can join if the server's clock differs",
  async (_, times, here, there) => {
    vi.setSystemTime(here * 1000);
    const date = new Date(there * 1000).toUTCString();
    vi.stubGlobal("fetch", async () => new Response("", { headers: { Date: date } }));
    try {
      const joining = begin({ token: token(times) });
      await vi.advanceTimersByTimeAsync(10);
      meeting.emit("ready");
      meeting.join();
      await expect(joining).resolves.toMatchObject({ data: { moderator: expect.any(Boolean) } });
    } finally {
      vi.unstubAllGlobals();
      vi.useRealTimers();
    }
  },
);

test("a rejection can be shown as JSON, as pages do", async () => {
  const refusal = await nanoMeet.init({ token: "", id: "place" }).catch((error) => error);
  expect(JSON.parse(JSON.stringify(refusal))).toEqual({
    error: "Token Error",
    message: expect.any(String),
  });
});

test("a fatal error before the join rejects init and leaves nothing behind", async () => {
  const joining = begin();
  const error = { name: "room_full", message: "The room is full.", isFatal: true };
  meeting.emit("error-occurred", { error });
  await expect(joining).rejects.toMatchObject({ kind: "room_full", message: "The room is full." });
  expect([nanoMeet.api, frames()]).toEqual([null, 0]);
});

test("init gives up on a meeting that is silent for 30 s", async () => {
  const joining = begin();
  await vi.advanceTimersByTimeAsync(20_000);
  meeting.emit("ready");
  await vi.advanceTimersByTimeAsync(29_000);
  expect(frames()).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  await expect(joining).rejects.toMatchObject({ error: "Timeout Error" });
  expect(frames()).toBe(0);
});

test.each(["nanomeet-waiting", "password-required"])(
  "%s: waits for a person without limit",
  async (event) => {
    const joining = begin();
    meeting.emit(event);
    meeting.emit("nanomeet-connection", { state: "connected" });
    await vi.advanceTimersByTimeAsync(3_600_000);
    meeting.join();
    await expect(joining).resolves.toBeDefined();
  },
);

test("Jitsi's lobby is not a failure, although it reports a fatal error", async () => {
  const joining = begin();
  const name = "conference.connectionError.membersOnly";
  meeting.emit("error-occurred", { error: { name, isFatal: true } });
  meeting.join();
  await expect(joining).resolves.toBeDefined();
});

test.each([
  ["conference.connectionError.accessDenied", "refused", "ask the moderator"],
  ["conference.connectionError.notAllowed", "wrong_room", "room and tenant"],
  ["conference.max_users", "room_full", "join again"],
  ["conference.authenticationRequired", "login_required", "moderator's token"],
  ["conference.reservationError", "not_reserved", "reserve the room"],
  ["conference.gracefulShutdown", "server_stopping", "join again later"],
  ["connection.passwordRequired", "token_rejected", "the secret"],
])(
  "Jitsi's %s rejects init at once, even while waiting for a person",
  async (name, kind, remedy) => {
    const refusal = { name, type: "CONFERENCE", isFatal: false };
    for (const before of [[], ["conference.connectionError.membersOnly"]]) {
      const joining = begin();
      meeting.emit("ready");
      for (const asked of before) meeting.emit("error-occurred", { error: { name: asked } });
      meeting.emit("error-occurred", { error: refusal });
      await vi.advanceTimersByTimeAsync(0);
      const error = { kind, message: expect.stringContaining(remedy) };
      await expect(joining).rejects.toMatchObject(error);
      expect(frames()).toBe(0);
    }
  },
);

test("waits for a name if Jitsi's lobby requires one", async () => {
  const joining = begin();
  meeting.emit("ready");
  meeting.emit("error-occurred", { error: { name: "conference.displayNameRequired" } });
  await vi.advanceTimersByTimeAsync(100_000);
  meeting.join();
  await expect(joining).resolves.toMatchObject({ data: {} });
});

test("after a refusal during a meeting, all commands are rejected", async () => {
  await join({ own: false });
  const ended = vi.fn();
  nanoMeet.api?.on("errorOccurred", ({ name, isFatal }) => ended(name, isFatal));
  const said = nanoMeet.setNanoMeetSubject("Sets");
  meeting.emit("error-occurred", { error: { name: "conference.destroyed", isFatal: false } });
  await expect(said).rejects.toMatchObject({ kind: "ended" });
  expect(ended).toHaveBeenLastCalledWith("ended", true);
  await expect(nanoMeet.muteEveryone()).rejects.toMatchObject({ kind: "not_joined" });
});

test("an unknown command is rejected, on any engine", async () => {
  await join({ own: false });
  const done = nanoMeet.executeCommand("dance");
  await expect(done).rejects.toMatchObject({ kind: "unsupported" });
  expect(meeting.commands).toEqual([]);
});

test("the page's URL does not override settings", async () => {
  history.replaceState(null, "", "?nanomeet.server=evil.example&nanomeet.branding=x");
  begin();
  const source = new URL(nanoMeet.api?.getIFrame().src ?? "");
  expect(source.origin + source.pathname).toBe("https://meet.example/team/standup");
  expect(source.hash).not.toContain("branding");
  history.replaceState(null, "", location.pathname);
});

test("the settings of init reach the meeting page", () => {
  begin({
    width: 640,
    height: "50vh",
    branding: "https://brand.example/b.json",
    tileView: { size: 90, vertical: false },
    displayName: "Ada",
  });
  const frame = nanoMeet.api?.getIFrame();
  expect([frame?.style.width, frame?.style.height]).toEqual(["640px", "50vh"]);
  const hash = decodeURIComponent(new URL(frame?.src ?? "").hash);
  expect(hash).toContain('config.dynamicBrandingUrl="https://brand.example/b.json"');
  expect(hash).toContain("interfaceConfig.FILM_STRIP_MAX_HEIGHT=90");
  expect(hash).toContain("interfaceConfig.VERTICAL_FILMSTRIP=false");
  expect(hash).toContain('userInfo.displayName="Ada"');
});

test("a meeting can be placed in a shadow root", () => {
  const shadow = document.body.attachShadow({ mode: "open" });
  begin({ id: shadow });
  expect(shadow.querySelectorAll("iframe").length).toBe(1);
});

test("two meetings on one page receive only their own events", async () => {
  const [one, two] = [new WebApi(), new WebApi()];
  const first = one.init({ token: token({ room: "one" }), id: "place" });
  const second = two.init({ token: token({ room: "two" }), id: "place" });
  const settled = vi.fn();
  void second.then(settled, settled);
  new FakeMeeting(one.api).join();
  await expect(first).resolves.toBeDefined();
  await soon();
  expect(settled).not.toHaveBeenCalled();
  one.api?.dispose();
  two.api?.dispose();
});

test("destroy hangs up, waits for that, and removes the meeting", async () => {
  await join();
  meeting.onCommand = (name) => name === "video-hangup" && meeting.emit("video-ready-to-close");
  await nanoMeet.destroy();
  expect(meeting.commands.at(-1)?.[0]).toBe("video-hangup");
  expect([nanoMeet.api, frames()]).toEqual([null, 0]);
  await expect(nanoMeet.destroy()).rejects.toMatchObject({ error: "Missing Instance Error" });
});

test("destroy waits at most two seconds for a meeting that does not hang up", async () => {
  await join();
  const destroyed = nanoMeet.destroy();
  await vi.advanceTimersByTimeAsync(2_000);
  await destroyed;
  expect(frames()).toBe(0);
});

test("destroying a meeting that is being joined rejects init", async () => {
  const joining = begin();
  await nanoMeet.destroy();
  await expect(joining).rejects.toMatchObject({ kind: "left" });
});

test("hanging up in the meeting closes it, after every listener is called", async () => {
  await join();
  const heard = vi.fn();
  nanoMeet.api?.on("readyToClose", heard);
  meeting.emit("video-ready-to-close");
  await soon();
  expect(heard).toHaveBeenCalledOnce();
  expect([nanoMeet.api, frames()]).toEqual([null, 0]);
});

const PLAYOUT = { live: "https://meet.example/live/s1", vod: "https://meet.example/vod/s1.mp4" };
const broadcast = (state: string, more: Record<string, unknown> = {}): void =>
  meeting.emit("nanomeet-broadcast-changed", { state, playout: null, error: null, ...more });

test("startBroadcast resolves when the broadcast is live, with its URLs", async () => {
  await join();
  const starting = nanoMeet.startBroadcast(true);
  const settled = vi.fn();
  void starting.then(settled);
  broadcast("starting");
  meeting.emit("recording-status-changed", { on: true, mode: "stream" });
  await soon();
  expect(settled).not.toHaveBeenCalled();
  broadcast("live", { playout: PLAYOUT });
  const nanoStream = "";
  await expect(starting).resolves.toEqual({
    data: { playout: PLAYOUT, nanoStream, playback: PLAYOUT },
  });
  expect(meeting.commands).toEqual([
    ["start-recording", [{ mode: "stream", rtmpStreamKey: nanoStream, record: true }]],
  ]);
});

test("the embedded server receives a broadcast's access and push targets", async () => {
  await join();
  const to = ["rtmp://live.example/app/key"];
  const starting = nanoMeet.startBroadcast(false, { private: true, to });
  broadcast("starting");
  broadcast("live", { playout: PLAYOUT });
  await starting;
  const asked = { mode: "stream", rtmpStreamKey: "", record: false, private: true, to };
  expect(meeting.commands).toEqual([["start-recording", [asked]]]);
});

test("other engines do not support these options", async () => {
  const target = { ingest: "rtmp://ingest.example/x", playout: null };
  await join({ own: false, broadcast: { live: target, rec: target } });
  await expect(nanoMeet.startBroadcast(false, { private: true })).rejects.toMatchObject({
    message: expect.stringContaining("only the embedded server"),
  });
  expect(meeting.commands).toEqual([]);
});

test("another engine's broadcast is confirmed by the recording's status", async () => {
  const ingest = "rtmp://ingest.example/live/s1";
  const target = { ingest, playout: { live: "https://watch.example", vod: null } };
  await join({ own: false, broadcast: { live: target, rec: target } });
  const heard = vi.fn();
  nanoMeet.api?.on("nanomeetBroadcastChanged", ({ state }) => heard(state));
  const starting = nanoMeet.startBroadcast();
  await soon();
  expect(meeting.commands.at(-1)).toEqual([
    "start-recording",
    [{ mode: "stream", rtmpStreamKey: ingest, record: false }],
  ]);
  meeting.emit("recording-status-changed", { on: true, mode: "file" });
  meeting.emit("recording-status-changed", { on: true, mode: "stream" });
  await expect(starting).resolves.toEqual({
    data: { playout: target.playout, nanoStream: ingest, playback: { live: target.playout.live } },
  });
  const stopping = nanoMeet.stopBroadcast();
  await soon();
  meeting.emit("recording-status-changed", { on: false, mode: "stream" });
  await stopping;
  expect(heard.mock.calls.flat()).toEqual(["starting", "live", "stopping", "off"]);
});

test("another engine's broadcast that ends before it starts has failed", async () => {
  const target = { ingest: "rtmp://ingest.example/x", playout: null };
  await join({ own: false, broadcast: { live: target, rec: target } });
  const starting = expect(nanoMeet.startBroadcast()).rejects.toMatchObject({
    kind: "broadcast_failed",
  });
  meeting.emit("recording-status-changed", { on: false, mode: "stream" });
  await soon();
  await starting;
});

test("the cloud's URLs are known, and used for no other server", async () => {
  await join({ own: false, server: "nanomeet-eu.nanocosmos.de" });
  const starting = nanoMeet.startBroadcast();
  await soon();
  meeting.emit("recording-status-changed", { on: true, mode: "stream" });
  const live = "https://demo.nanocosmos.de/nanoplayer/release/nanoplayer.html?bintu.streamname=s1";
  await expect(starting).resolves.toEqual({
    data: {
      playout: { live, vod: null },
      nanoStream: "rtmp://bintu-vtrans.nanocosmos.de/live/s1",
      playback: { live },
    },
  });
});

test("without a target, another engine's broadcast is not started", async () => {
  await join({ own: false });
  await expect(nanoMeet.startBroadcast()).rejects.toMatchObject({ kind: "no_broadcast_target" });
  expect(meeting.commands).toEqual([]);
});

test.each([
  ["fails", () => broadcast("failed", { error: "no camera" })],
  [
    "is refused",
    () =>
      meeting.emit("recording-status-changed", { on: false, mode: "stream", error: "no camera" }),
  ],
])("a broadcast that %s is rejected with the reason", async (_, happen) => {
  await join();
  const starting = nanoMeet.startBroadcast();
  happen();
  await expect(starting).rejects.toMatchObject({ error: "Broadcast Error", message: "no camera" });
});

test("a broadcast that never starts is rejected in time", async () => {
  await join();
  const starting = expect(nanoMeet.startBroadcast()).rejects.toMatchObject({ kind: "timeout" });
  await vi.advanceTimersByTimeAsync(60_000);
  await starting;
});

test("a running broadcast is not started again", async () => {
  await join();
  broadcast("live", { playout: PLAYOUT });
  await expect(nanoMeet.startBroadcast()).rejects.toMatchObject({ kind: "broadcast_running" });
});

test("stopBroadcast resolves when the broadcast is off", async () => {
  await join();
  broadcast("live", { playout: PLAYOUT });
  const stopping = nanoMeet.stopBroadcast();
  broadcast("stopping");
  broadcast("off");
  await expect(stopping).resolves.toBeUndefined();
});

test("leaving the meeting ends the wait for a broadcast", async () => {
  await join();
  const starting = nanoMeet.startBroadcast();
  meeting.emit("video-conference-left", { roomName: "standup" });
  await expect(starting).rejects.toMatchObject({ kind: "left" });
});

test("only a moderator can broadcast, by the current role", async () => {
  await join({ moderator: false });
  await expect(nanoMeet.startBroadcast()).rejects.toMatchObject({ kind: "not_moderator" });
  meeting.emit("participant-role-changed", { id: "another", role: "moderator" });
  await expect(nanoMeet.startBroadcast()).rejects.toMatchObject({ kind: "not_moderator" });
  meeting.emit("participant-role-changed", { id: "me", role: "moderator" });
  const starting = nanoMeet.startBroadcast();
  broadcast("live", { playout: PLAYOUT });
  await expect(starting).resolves.toBeDefined();
});

test("commands are rejected until the meeting is joined", async () => {
  const calls = [
    nanoMeet.startBroadcast(),
    nanoMeet.stopBroadcast(),
    nanoMeet.getParticipants(),
    nanoMeet.setLobby(true),
    nanoMeet.setPassword("x"),
    nanoMeet.muteEveryone(),
    nanoMeet.setNanoMeetSubject("x"),
    nanoMeet.getAvailableDevices(),
    nanoMeet.pinParticipant("x"),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ kind: "not_joined" });
});

test("setLobby resolves when the meeting confirms it, and sets no password", async () => {
  await join();
  const switching = nanoMeet.setLobby(true);
  await soon();
  expect(meeting.commands).toEqual([["toggle-lobby", [true]]]);
  meeting.emit("nanomeet-room-changed", { subject: "", lobby: true, locked: false });
  await expect(switching).resolves.toEqual({ data: { lobby: true, password: "" } });
});

test("an empty password turns the lobby off as well", async () => {
  await join();
  meeting.emit("nanomeet-room-changed", { subject: "", lobby: true, locked: true });
  meeting.onCommand = (name) =>
    meeting.emit("nanomeet-room-changed", {
      subject: "",
      lobby: name !== "toggle-lobby",
      locked: false,
    });
  const setting = nanoMeet.setPassword("");
  await soon();
  await expect(setting).resolves.toEqual({ data: { lobby: false, password: "" } });
});

test("a refused command is rejected with the meeting's message", async () => {
  await join();
  meeting.refusal = "The subject is too long.";
  const setting = expect(nanoMeet.setNanoMeetSubject("x".repeat(500))).rejects.toMatchObject({
    error: "Subject Error",
    kind: "refused",
    message: "The subject is too long.",
  });
  await soon();
  await setting;
});

test("muteEveryone resolves only when the engine confirms it", async () => {
  await join();
  let muted = (): void => {};
  meeting.busy = new Promise<void>((resolve) => {
    muted = resolve;
  });
  const muting = nanoMeet.muteEveryone();
  const settled = vi.fn();
  void muting.then(settled);
  await soon();
  expect(settled).not.toHaveBeenCalled();
  expect(meeting.commands).toEqual([["mute-everyone", ["audio"]]]);
  muted();
  await expect(muting).resolves.toEqual({ data: { muteEveryone: true } });
});

test("any engine command can be run, and settles with the engine's result", async () => {
  await join();
  await nanoMeet.executeCommand("sendChatMessage", "Hello", "p1");
  expect(meeting.commands).toEqual([["send-chat-message", ["Hello", "p1"]]]);
  meeting.refusal = "No participant with this id is in the room.";
  await expect(nanoMeet.executeCommand("kickParticipant", "p2")).rejects.toMatchObject({
    error: "Command Error",
    message: meeting.refusal,
  });
});

test("a command gives what the meeting answers", async () => {
  await join({ moderator: false });
  meeting.outcome = { stream: "s", ticket: "t" };
  await expect(nanoMeet.executeCommand("nanomeetOpenSource", { use: "screen" })).resolves.toEqual({
    data: { stream: "s", ticket: "t" },
  });
});

test("a refusal has the server's kind as its cause", async () => {
  await join();
  meeting.refusal = "Only moderators can do that.";
  meeting.refusalKind = "forbidden";
  await expect(nanoMeet.executeCommand("kickParticipant", "p2")).rejects.toMatchObject({
    kind: "refused",
    cause: "forbidden",
    message: "Only moderators can do that.",
  });
});

test("polls are asked, answered and closed", async () => {
  await join();
  meeting.outcome = { id: "p1" };
  const poll = { question: "Slope?", options: ["1", "2"] };
  await expect(nanoMeet.openPoll(poll)).resolves.toEqual({ data: { id: "p1" } });
  meeting.outcome = true;
  await expect(nanoMeet.vote("p1", [1])).resolves.toEqual({ data: { choices: [1] } });
  await expect(nanoMeet.closePoll("p1")).resolves.toEqual({ data: { id: "p1" } });
  expect(meeting.commands).toEqual([
    ["nanomeet-open-poll", [poll]],
    ["nanomeet-vote", [{ poll: "p1", choices: [1] }]],
    ["nanomeet-close-poll", [{ poll: "p1" }]],
  ]);
});

test("participants vote, and only moderators ask, close and read votes", async () => {
  await join({ moderator: false });
  await nanoMeet.vote("p1", [0]);
  const poll = { question: "Slope?", options: ["1", "2"] };
  for (const refused of [
    nanoMeet.openPoll(poll),
    nanoMeet.closePoll("p1"),
    nanoMeet.readVotes("p1"),
  ]) {
    await expect(refused).rejects.toMatchObject({
      kind: "not_moderator",
      message: "only a moderator can do this",
    });
  }
  expect(meeting.commands).toHaveLength(1);
});

test("another engine refuses polls at once", async () => {
  await join({ own: false });
  await expect(nanoMeet.vote("p1", [0])).rejects.toMatchObject({ kind: "unsupported" });
});

test("a reading is no moderator's privilege, and its question may wait for a minute", async () => {
  await join({ moderator: false });
  const opened = { id: "r1", stream: "read_1", ticket: "secret" };
  meeting.outcome = opened;
  let answer = (): void => {};
  meeting.busy = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const asked = nanoMeet.executeCommand("nanomeetReadMedia", { media: "video", of: "p1" });
  await vi.advanceTimersByTimeAsync(65_000);
  answer();
  await soon();
  await expect(asked).resolves.toEqual({ data: opened });
  expect(meeting.commands).toEqual([["nanomeet-read-media", [{ media: "video", of: "p1" }]]]);
});

test("commands of our own server are rejected elsewhere before anything is sent", async () => {
  await join({ own: false });
  const wanted = { revoke: true, address: true };
  await expect(
    nanoMeet.executeCommand("nanomeetRemoveParticipant", "p1", wanted),
  ).rejects.toMatchObject({ kind: "unsupported" });
  expect(meeting.commands).toEqual([]);
});

test("a command without an answer is rejected in time", async () => {
  await join();
  meeting.busy = new Promise(() => {});
  const asked = nanoMeet.executeCommand("muteRemoteParticipant", "p1", "audio");
  const failed = expect(asked).rejects.toMatchObject({ kind: "timeout" });
  await vi.advanceTimersByTimeAsync(20_000);
  await failed;
});

test("moderator commands are rejected for others before anything is sent", async () => {
  await join({ moderator: false });
  for (const command of [
    ...["kickParticipant", "grantModerator", "endConference", "subject", "nanomeetAdmitAll"],
    ...["nanomeetPauseBroadcast", "nanomeetRemoveParticipant"],
  ]) {
    await expect(nanoMeet.executeCommand(command)).rejects.toMatchObject({ kind: "not_moderator" });
  }
  await nanoMeet.executeCommand("sendChatMessage", "Hello");
  expect(meeting.commands).toEqual([["send-chat-message", ["Hello"]]]);
});

test("on another engine a command is done when its event confirms it", async () => {
  await join({ own: false });
  meeting.emit("participant-joined", { id: "p1", displayName: "Ada" });
  const kicking = nanoMeet.executeCommand("kickParticipant", "p1");
  const settled = vi.fn();
  void kicking.then(settled);
  await soon();
  meeting.emit("participant-left", { id: "another" });
  await soon();
  expect(settled).not.toHaveBeenCalled();
  meeting.emit("participant-left", { id: "p1" });
  await kicking;
});

test("other engines reject the commands that only this project's engine has", async () => {
  await join({ own: false });
  await expect(nanoMeet.executeCommand("nanomeetAdmitAll")).rejects.toMatchObject({
    kind: "unsupported",
  });
  expect(meeting.commands).toEqual([]);
});

test("while a person chooses devices, no timeout runs", async () => {
  const joining = begin({ prejoin: true });
  expect(nanoMeet.api?.getIFrame().src).toContain(encodeURIComponent('{"enabled":true}'));
  meeting.emit("ready");
  meeting.emit("prejoin-screen-loaded", { id: "local" });
  await vi.advanceTimersByTimeAsync(3_600_000);
  meeting.join();
  await expect(joining).resolves.toBeDefined();
});

test("our own engine knows current and pending states", async () => {
  await join();
  meeting.answer = () => null;
  for (const [what, on] of [["microphone"], ["camera", true], ["screen", false]] as const) {
    meeting.outcome = on ?? false;
    await expect(nanoMeet.toggle(what, on)).resolves.toEqual({ data: { on: meeting.outcome } });
  }
  meeting.outcome = false;
  await expect(nanoMeet.toggle("hand", true)).rejects.toMatchObject({ kind: "refused" });
  expect(meeting.commands).toEqual([
    ["toggle-audio", []],
    ["toggle-video", [true]],
    ["toggle-share-screen", [false]],
    ["toggle-raise-hand", [true]],
  ]);
});

test("three toggles at once take effect in order, on another engine, too", async () => {
  await join({ own: false });
  let muted = true;
  meeting.answer = () => ({ result: muted });
  meeting.onCommand = () => {
    // Only after the pending requests.
    setTimeout(() => {
      muted = !muted;
      meeting.emit("audio-mute-status-changed", { muted });
    }, 1_000);
  };
  const switched = [1, 2, 3].map(() => nanoMeet.toggle("microphone"));
  await vi.advanceTimersByTimeAsync(10_000);
  const results = (await Promise.all(switched)).map(({ data }) => data.on);
  expect(results).toEqual([true, false, true]);
});

test("a switch already in the wanted state is left alone", async () => {
  await join({ own: false });
  meeting.answer = ({ name }) => ({ result: name === "is-video-muted" });
  await expect(nanoMeet.toggle("microphone", true)).resolves.toEqual({ data: { on: true } });
  expect(meeting.commands).toEqual([]);
  meeting.onCommand = () => meeting.emit("video-mute-status-changed", { muted: true });
  await expect(nanoMeet.toggle("camera", true)).rejects.toMatchObject({ kind: "refused" });
  expect(meeting.commands).toEqual([["toggle-video", []]]);
});

test("the own hand can be raised and lowered", async () => {
  await join({ own: false });
  meeting.onCommand = () => meeting.emit("raise-hand-updated", { id: "me", handRaised: 17 });
  await expect(nanoMeet.toggle("hand", true)).resolves.toEqual({ data: { on: true } });
  await expect(nanoMeet.toggle("hand", true)).resolves.toEqual({ data: { on: true } });
  expect(meeting.commands).toEqual([["toggle-raise-hand", []]]);
  meeting.onCommand = () => meeting.emit("raise-hand-updated", { id: "me", handRaised: 0 });
  await expect(nanoMeet.toggle("hand")).resolves.toEqual({ data: { on: false } });
});

test("participants can be listed, pinned and shown large; unknown ones cannot", async () => {
  await join();
  meeting.emit("participant-joined", { id: "p1", displayName: "Ada" });
  const { data } = await nanoMeet.getParticipants();
  expect(data.map((one) => one.participantId)).toEqual(["me", "p1"]);
  await expect(nanoMeet.pinParticipant("p1")).resolves.toEqual({
    data: { mainParticipant: { id: "p1" } },
  });
  await expect(nanoMeet.setMainParticipant("p1")).resolves.toEqual({
    data: { pinnedParticipant: { id: "p1" } },
  });
  await expect(nanoMeet.setMainParticipant("p2")).rejects.toMatchObject({
    error: "Participant ID Error",
  });
});

test("an audio device is selected by its id, if it exists", async () => {
  await join();
  const mic = { deviceId: "m1", groupId: "g", kind: "audioinput", label: "Built-in" };
  meeting.answer = ({ name }) =>
    name === "getAvailableDevices"
      ? { result: { audioInput: [mic], audioOutput: [], videoInput: [] } }
      : { result: true };
  await expect(nanoMeet.setAudioDevice({ type: "input", id: "m1" })).resolves.toEqual({
    data: { type: "input", deviceId: "m1" },
  });
  await expect(nanoMeet.setAudioDevice({ type: "output", id: "m1" })).rejects.toMatchObject({
    error: "Set Audio Device Error",
  });
  await expect(nanoMeet.setVideoDevice("m1")).rejects.toMatchObject({
    error: "Set Video Device Error",
  });
});

test("devices that cannot be listed reject with a Devices Error", async () => {
  await join();
  meeting.answer = () => ({ error: { message: "denied" } });
  await expect(nanoMeet.getAvailableDevices()).rejects.toMatchObject({
    error: "Devices Error",
    message: "denied",
  });
});
