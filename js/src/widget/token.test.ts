// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { token } from "../webapi/test-token";
import { pageOf, tokenInfoOf } from "./token";

it("tokens for one room and role have the same key", () => {
  const key = (claims: Record<string, unknown>) => tokenInfoOf(token(claims)).key;
  expect(key({ exp: 5e9 })).toBe(key({}));
  expect(key({ moderator: true })).not.toBe(key({}));
  expect(key({ room: "other" })).not.toBe(key({}));
});

it("a token's start time is in milliseconds", () => {
  expect(tokenInfoOf(token({ nbf: 12 })).opens).toBe(12_000);
});

it("a meeting's page has its token only in the fragment", () => {
  const url = new URL(pageOf(token({ server: "http://127.0.0.1:8000/" }), "dark"));
  expect(url.origin + url.pathname + url.search).toBe("http://127.0.0.1:8000/team/standup");
  expect(url.hash).toContain(`jwt=%22${token({ server: "http://127.0.0.1:8000/" })}%22`);
  expect(url.hash).not.toContain("jitsi_meet_external_api_id");
});

it("a tab of the meeting begins with the devices off that are off in the cell", () => {
  const devices = { startWithAudioMuted: true, startWithVideoMuted: false };
  const { hash } = new URL(pageOf(token({}), "dark", { devices }));
  expect(hash).toContain("config.startWithAudioMuted=true");
  expect(hash).toContain("config.startWithVideoMuted=false");
});
