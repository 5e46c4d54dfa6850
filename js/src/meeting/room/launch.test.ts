import { expect, test } from "vitest";
import {
  flag,
  type Launch,
  lasting,
  misfitOf,
  parseFragment,
  parseLaunch,
  tabAddress,
  wantsPrejoin,
  withoutToken,
} from "./launch";

const BASE = "https://host.example/user/ada/nanomeet/";
const inFrame = (href: string): Launch =>
  parseLaunch(href, BASE, { framed: true, reloaded: false, handedOver: null });
const inTab = (href: string, handedOver: string | null = null): Launch =>
  parseLaunch(href, BASE, { framed: false, reloaded: false, handedOver });
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
  const launch = inFrame(`${BASE}org/room_1#${hash}`);
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
  expect(inFrame(`${BASE}org/room?jwt=aaa.bbb.ccc`).token).toBeNull();
});

test("a frame number has to be a number", () => {
  expect(inFrame(`${BASE}org/room#jitsi_meet_external_api_id="7"`).apiId).toBeNull();
});

test("a token that is not quoted is read as it stands", () => {
  expect(parseFragment("#jwt=aaa.bbb.ccc").get("jwt")).toBe("aaa.bbb.ccc");
});

test("what is not JSON, or not even percent-encoding, does no harm", () => {
  const values = parseFragment("#config.a={&config.b=%E0%A4%A&config.c=1&=2&lonely");
  expect([...values]).toEqual([["config.c", 1]]);
});

/** What anyone can write into a link, beside what only makes a person share less. */
const FORWARD = [
  "jitsi_meet_external_api_id=7",
  `userInfo.displayName=${encode("The Dean")}`,
  `userInfo.email=${encode("dean@example.org")}`,
  `userInfo.avatarURL=${encode("https://evil.example/dean.png")}`,
  "config.prejoinConfig.enabled=false",
  `config.prejoinConfig=${encode({ enabled: false })}`,
  "config.prejoinPageEnabled=false",
  "config.startWithAudioMuted=false",
  "config.startWithVideoMuted=0",
  "config.forceTurnRelay=false",
  `config.branding=${encode({ logoImageUrl: "https://evil.example/logo.png" })}`,
  `config.brandingDataUrl=${encode("https://evil.example/brand.json")}`,
  `config.dynamicBrandingUrl=${encode("https://evil.example/brand.json")}`,
  `config.theme=${encode("dark")}`,
  `config.lang=${encode("de")}`,
  "config.hideConferenceSubject=true",
  "interfaceConfig.TILE_VIEW_MAX_COLUMNS=3",
];

test("in a tab, a link brings a token, and nothing that its writer wants", () => {
  const launch = inTab(`${BASE}org/room#jwt=${encode("a.b.c")}&${FORWARD.join("&")}`);
  expect(launch).toEqual({
    ...{ base: BASE, sub: "org", room: "room", token: "a.b.c", framed: false, reloaded: false },
    ...{ apiId: null, displayName: null, avatar: null, email: null },
    ...{ config: new Map(), interfaceConfig: new Map() },
  });
  expect(wantsPrejoin(launch.config, launch.framed)).toBe(true);
});

test("in a tab, a link may ask for caution", () => {
  const wished = ["startWithAudioMuted", "startWithVideoMuted", "forceTurnRelay"];
  const asked = ["prejoinConfig.enabled", "prejoinPageEnabled"];
  const pairs = [...wished, ...asked].map((key) => `config.${key}=true`);
  const { config } = inTab(
    `${BASE}org/room#${pairs.join("&")}`,
    "config.startWithAudioMuted=false",
  );
  expect([...config.keys()].sort()).toEqual([...wished, ...asked].sort());
  expect([...config.values()].every((value) => value === true)).toBe(true);
});

test("in a tab, what a page of ours handed over counts, but for the token", () => {
  const handedOver = `${FORWARD.join("&")}&jwt=${encode("x.y.z")}`;
  const launch = inTab(`${BASE}org/room#jwt=${encode("a.b.c")}`, handedOver);
  expect(launch).toMatchObject({ token: "a.b.c", displayName: "The Dean", apiId: null });
  expect(launch.config.get("theme")).toBe("dark");
  expect(wantsPrejoin(launch.config, launch.framed)).toBe(false);
  const later = inTab(`${BASE}org/room`, lasting(handedOver));
  expect(later.config.get("theme")).toBe("dark");
  expect(wantsPrejoin(later.config, later.framed)).toBe(true);
});

test("the address for a tab has no frame's number, and may have no wish to join at once", () => {
  const framed = `${BASE}org/room#jitsi_meet_external_api_id=7&jwt=x&config.prejoinConfig.enabled=false`;
  expect(tabAddress(framed, false).hash).toBe("#jwt=x&config.prejoinConfig.enabled=false");
  expect(tabAddress(framed, true).hash).toBe("#jwt=x");
});

test("a long name is cut and an empty one is none", () => {
  const named = (name: string) =>
    inFrame(`${BASE}org/room#userInfo.displayName=${encode(name)}`).displayName;
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
  expect(inFrame(`${BASE}${path}`)).toMatchObject({ sub, room });
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
  expect(misfitOf(inFrame(`${BASE}${path}`), token)).toBe(misfit);
});

test("the part before the room is the token's tenant, where it names one", () => {
  const token = `x.${btoa(JSON.stringify({ sub: "*", tenant: "team", room: "Room" }))}.y`;
  expect(misfitOf(inFrame(`${BASE}team/Room`), token)).toBeNull();
  expect(misfitOf(inFrame(`${BASE}org/Room`), token)).toBe("wrong_room");
});

test("what a token does not say is for the server to judge", () => {
  expect(misfitOf(inFrame(`${BASE}org/Room`), "no token")).toBeNull();
});
