import { expect, test } from "vitest";
import { flag, misfitOf, parseFragment, parseLaunch, wantsPrejoin, withoutToken } from "./launch";

const BASE = "https://host.example/user/ada/nanomeet/";
const encode = (value: unknown): string => encodeURIComponent(JSON.stringify(value));

test("room, token and settings are read from path and fragment", () => {
  const hash = [
    `jwt=${encode("aaa.bbb.ccc")}`,
    "jitsi_meet_external_api_id=7",
    `userInfo.displayName=${encode("Ada & Grace")}`,
    "config.startWithAudioMuted=true",
    `config.theme=${encode("dark")}`,
    "interfaceConfig.TILE_VIEW_MAX_COLUMNS=3",
  ].join("&");
  const launch = parseLaunch(`${BASE}org/room_1#${hash}`, BASE);
  expect(launch).toMatchObject({
    base: BASE,
    sub: "org",
    room: "room_1",
    token: "aaa.bbb.ccc",
    apiId: 7,
    displayName: "Ada & Grace",
  });
  expect(flag(launch.config, "startWithAudioMuted")).toBe(true);
  expect(launch.config.get("theme")).toBe("dark");
  expect(launch.interfaceConfig.get("TILE_VIEW_MAX_COLUMNS")).toBe(3);
});

test("a token in the query string is never used", () => {
  expect(parseLaunch(`${BASE}org/room?jwt=aaa.bbb.ccc`, BASE).token).toBeNull();
});

test("a frame number has to be a number", () => {
  expect(parseLaunch(`${BASE}org/room#jitsi_meet_external_api_id="7"`, BASE).apiId).toBeNull();
});

test("a token that is not quoted is read as it stands", () => {
  expect(parseFragment("#jwt=aaa.bbb.ccc").get("jwt")).toBe("aaa.bbb.ccc");
});

test("what is not JSON, or not even percent-encoding, does no harm", () => {
  const values = parseFragment("#config.a={&config.b=%E0%A4%A&config.c=1&=2&lonely");
  expect([...values]).toEqual([["config.c", 1]]);
});

test("a long name is cut and an empty one is none", () => {
  const named = (name: string) =>
    parseLaunch(`${BASE}org/room#userInfo.displayName=${encode(name)}`, BASE).displayName;
  expect(named("x".repeat(100))).toHaveLength(64);
  expect(named(`${"x".repeat(63)}👋`)).toBe(`${"x".repeat(63)}👋`);
  expect(named(`${"x".repeat(63)}👨‍👩‍👧‍👦👋`)).toBe(`${"x".repeat(63)}👨‍👩‍👧‍👦`);
  expect(named("Ada\ud83d")).toBe("Ada\ufffd");
  expect(named("   ")).toBeNull();
});

test("the address bar keeps everything but the token", () => {
  const bare = withoutToken(
    `${BASE}org/room?jwt=x&lang=en#jwt=%22a.b.c%22&config.theme=%22dark%22`,
  );
  expect(bare).toBe(`${BASE}org/room?lang=en#config.theme=%22dark%22`);
});

test.each([
  [{}, false, true],
  [{}, true, false],
  [{ "prejoinConfig.enabled": false }, false, false],
  [{ prejoinConfig: { enabled: true } }, true, true],
  [{ prejoinPageEnabled: false }, false, false],
  [{ prejoinPageEnabled: true, "prejoinConfig.enabled": false }, true, false],
  [{ prejoinConfig: { enabled: "yes" } }, true, false],
])("with %j, framed: %s, one chooses devices first: %s", (settings, framed, wanted) => {
  expect(wantsPrejoin(new Map(Object.entries(settings)), framed)).toBe(wanted);
});

test.each([
  ["org/room_1", "org", "room_1"],
  ["org/room_1/", "org", "room_1"],
  ["room_1", "", "room_1"],
  ["org/org/room_1", "org", "room_1"],
  ["org/T%C3%A4glich", "org", "Täglich"],
  ["", "", ""],
  ["a/b/c", "", ""],
  ["org/org/org/room", "", ""],
])("the address %s is of %j and %j", (path, sub, room) => {
  expect(parseLaunch(`${BASE}${path}`, BASE)).toMatchObject({ sub, room });
});

test.each([
  ["org/Room", null],
  ["ORG/room", null],
  ["Room", null],
  ["org/other", "wrong_room"],
  ["other/Room", "wrong_room"],
  ["other", "wrong_room"],
  ["", "address_invalid"],
  ["a/b/c", "address_invalid"],
])("with a token for org/Room, %j is %j", (path, misfit) => {
  const token = `x.${btoa(JSON.stringify({ sub: "org", room: "Room" }))}.y`;
  expect(misfitOf(parseLaunch(`${BASE}${path}`, BASE), token)).toBe(misfit);
});

test("the part before the room is the token's tenant, where it names one", () => {
  const token = `x.${btoa(JSON.stringify({ sub: "*", tenant: "team", room: "Room" }))}.y`;
  expect(misfitOf(parseLaunch(`${BASE}team/Room`, BASE), token)).toBeNull();
  expect(misfitOf(parseLaunch(`${BASE}org/Room`, BASE), token)).toBe("wrong_room");
});

test("what a token does not say is for the server to judge", () => {
  expect(misfitOf(parseLaunch(`${BASE}org/Room`, BASE), "no token")).toBeNull();
});
