import { expect, test } from "vitest";
import { EngineError } from "./errors";
import { domainFrom } from "./home";
import { baseUrl, meetingUrl } from "./url";

test.each([
  ["meet.example/team", "https://meet.example/team"],
  ["meet.example:8443/team", "https://meet.example:8443/team"],
  ["http://127.0.0.1:8000/sub", "http://127.0.0.1:8000/sub"],
  ["https://hub.example/user/ada/nanomeet/sub", "https://hub.example/user/ada/nanomeet/sub"],
])("the domain %s is %s", (domain, url) => {
  expect(baseUrl(domain).href).toBe(url);
});

test.each(["", "https://", "user:pass@host", "host/?x=1", "host/#x", "a b"])(
  "%j is no domain",
  (domain) => {
    expect(() => baseUrl(domain)).toThrow(EngineError);
  },
);

test("a domain with another scheme is never run", () => {
  expect(() => baseUrl("javascript:alert(1)")).toThrow(EngineError);
});

test("the token is in the fragment and nowhere else", () => {
  const url = meetingUrl("meet.example/team", 7, { roomName: "standup", jwt: "a.b.c" });
  expect(url.origin + url.pathname + url.search).toBe("https://meet.example/team/standup");
  expect(url.hash).toBe("#jitsi_meet_external_api_id=7&jwt=%22a.b.c%22");
});

test("a page of its own has no frame's number", () => {
  expect(meetingUrl("meet.example", null, { roomName: "r" }).href).toBe("https://meet.example/r");
});

test("settings are JSON, percent-encoded, below the name of their group", () => {
  const { hash } = meetingUrl("meet.example", 1, {
    roomName: "r",
    configOverwrite: { prejoin: false, title: 'a&b="c"', unset: undefined },
    userInfo: { displayName: "Ada & Bob" },
  });
  const values = hash
    .slice(1)
    .split("&")
    .map((pair) => pair.split("=").map(decodeURIComponent))
    .map(([name, value]) => [name, JSON.parse(value ?? "")]);
  expect(values).toEqual([
    ["jitsi_meet_external_api_id", 1],
    ["config.prejoin", false],
    ["config.title", 'a&b="c"'],
    ["userInfo.displayName", "Ada & Bob"],
  ]);
});

test("a room's name cannot leave its place in the path", () => {
  expect(meetingUrl("meet.example/team", 1, { roomName: "../x?y#z" }).pathname).toBe(
    "/team/..%2Fx%3Fy%23z",
  );
});

test.each([
  ["127.0.0.1:8000/sub", "http://127.0.0.1:8000/external_api.js", "http://127.0.0.1:8000/sub"],
  ["localhost:8000/sub", "http://127.0.0.1:8000/external_api.js", "localhost:8000/sub"],
  ["meet.example/sub", "https://meet.example/external_api.js", "https://meet.example/sub"],
  ["https://a.example/s", "http://a.example/external_api.js", "https://a.example/s"],
  ["meet.example/sub", "", "meet.example/sub"],
])("%s in a page with %s is %s", (domain, script, expected) => {
  expect(domainFrom(domain, script)).toBe(expected);
});
