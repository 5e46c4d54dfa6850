import { expect, test } from "vitest";
import { readAddress, readOptions } from "./address";
import { meetingUrl } from "./url";

const url = (domain: unknown, ...args: unknown[]): URL => {
  const [base, options] = readAddress(domain, readOptions(args));
  if (options.trouble) throw new Error(options.trouble);
  return meetingUrl(base, 7, options);
};
const place = (domain: unknown, ...args: unknown[]): string => {
  const { origin, pathname, search } = url(domain, ...args);
  return origin + pathname + search;
};
const hash = (domain: unknown, ...args: unknown[]): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(url(domain, ...args).hash.slice(1)));

test.each([
  ["meet.example", "standup", "https://meet.example/standup"],
  ["meet.example", "team/standup", "https://meet.example/team/standup"],
  ["meet.example/team", "standup", "https://meet.example/team/standup"],
  ["meet.example/team/", "/standup/", "https://meet.example/team/standup"],
  ["Meet.Example//", " standup ", "https://meet.example/standup"],
  ["//meet.example:8443/a/b", "team/standup", "https://meet.example:8443/a/b/team/standup"],
  ["HTTP://meet.example", "standup", "http://meet.example/standup"],
  [" https://meet.example/ ", "standup", "https://meet.example/standup"],
  ["[::1]:8000", "standup", "https://[::1]:8000/standup"],
  ["meet.example", "Täglich um 9", "https://meet.example/T%C3%A4glich%20um%209"],
  ["meet.example", "T%C3%A4glich", "https://meet.example/T%C3%A4glich"],
  ["meet.example", "100%", "https://meet.example/100%25"],
  ["meet.example", "standup?lang=de&x=1", "https://meet.example/standup?lang=de"],
  ["meet.example", 42, "https://meet.example/42"],
])("domain %j and roomName %j are %s", (domain, roomName, expected) => {
  expect(place(domain, { roomName })).toBe(expected);
});

test("a token after the room's name is passed on only in the fragment", () => {
  const address = url("meet.example", { roomName: "standup?jwt=a.b.c" });
  expect(address.search).toBe("");
  expect(address.hash).toBe("#jitsi_meet_external_api_id=7&jwt=%22a.b.c%22");
});

test("settings after the room's name apply unless the options override them", () => {
  const roomName =
    "standup#config.startWithAudioMuted=true&config.lang=de&jitsi_meet_external_api_id=1";
  const settings = hash("meet.example", { roomName, configOverwrite: { lang: "en" } });
  expect(settings).toEqual({
    jitsi_meet_external_api_id: "7",
    "config.startWithAudioMuted": "true",
    "config.lang": '"en"',
  });
});

test.each([
  [undefined, "standup"],
  [null, "standup"],
  ["", "standup"],
  ["a b", "standup"],
  ["user:pass@meet.example", "standup"],
  ["meet.example?x=1", "standup"],
  ["javascript:alert(1)", "standup"],
  ["meet.example/team", "../other"],
  ["meet.example", "https://meet.example/standup"],
])("domain %j and roomName %j are refused with a message", (domain, roomName) => {
  const [, { trouble, jwt }] = readAddress(domain, { roomName, jwt: "a.b.c" });
  expect(trouble).toMatch(/ is no domain|room's name|roomName/);
  expect(trouble).not.toContain("a.b.c");
  expect(jwt).toBeUndefined();
});

test("noSSL is plain http, unless the domain says otherwise", () => {
  expect(place("meet.example", { roomName: "r", noSSL: true })).toBe("http://meet.example/r");
  expect(place("meet.example", { roomName: "r", noSSL: false })).toBe("https://meet.example/r");
  expect(place("https://meet.example", { roomName: "r", noSSL: true })).toBe(
    "https://meet.example/r",
  );
});

const config = { startWithAudioMuted: true };
const look = { SHOW_JITSI_WATERMARK: false };
const start = ["standup", 700, 500, null, config, look] as const;

test.each([
  ["with noSSL", [...start, true, "a.b.c"], "http:"],
  ["with noSSL left open", [...start, undefined, "a.b.c"], "https:"],
  ["without noSSL", [...start, "a.b.c"], "https:"],
])("positional arguments, %s", (_, args, scheme) => {
  const options = readOptions(args);
  expect(options).toMatchObject({ width: 700, height: 500, parentNode: null });
  expect(url("meet.example", ...args).protocol).toBe(scheme);
  expect(hash("meet.example", ...args)).toEqual({
    jitsi_meet_external_api_id: "7",
    jwt: '"a.b.c"',
    "config.startWithAudioMuted": "true",
    "interfaceConfig.SHOW_JITSI_WATERMARK": "false",
  });
});

test("positional arguments end with the onload callback", () => {
  const onload = (): void => {};
  expect(readOptions([...start, false, "a.b.c", onload]).onload).toBe(onload);
  expect(readOptions([...start, undefined, onload, "de"])).toMatchObject({ onload, lang: "de" });
});

test.each([[[]], [[undefined]], [[null]], [[{}]]])("%j are no options", (args) => {
  expect(place("meet.example/team", ...args)).toBe("https://meet.example/team/");
});

test("options that are undefined or null are left out", () => {
  const names = ["width", "height", "parentNode", "configOverwrite", "interfaceConfigOverwrite"];
  const more = ["jwt", "lang", "release", "devices", "userInfo", "iceServers", "onload", "noSSL"];
  for (const value of [undefined, null]) {
    const options = Object.fromEntries([...names, ...more].map((name) => [name, value]));
    const address = url("meet.example", { ...options, roomName: "r" });
    expect(address.href).toBe("https://meet.example/r#jitsi_meet_external_api_id=7");
  }
});
