import { expect, test, vi } from "vitest";
import { addressesOf, CLOUD } from "./addresses";
import type { Fetch } from "./http";
import { token } from "./test-token";
import { WebApi, type WebApiOptions } from "./web-api";

const BASE = "https://meet.example/nanomeet";
const SETUP = {
  nbf: "2026-03-01T09:00:00Z",
  exp: "2026-03-01T10:00:00Z",
  room: "standup",
  streamname: "s1",
  moderator: true,
  server: "meet.example",
};

const json = (body: unknown, status = 200): Response =>
  new Response(JSON.stringify(body), { status });

/** A Web API whose services answer with `answer`, and their requests. */
function api(answer: () => Response | Promise<Response>, options: WebApiOptions = {}) {
  const asked: { url: string; headers: Headers; body: unknown; method: string }[] = [];
  const fetch: Fetch = async (input, init) => {
    const request = new Request(input, { ...init, signal: null });
    const text = await request.text();
    asked.push({
      url: request.url,
      headers: request.headers,
      body: text ? JSON.parse(text) : null,
      method: request.method,
    });
    init?.signal?.throwIfAborted();
    return answer();
  };
  const nanoMeet = new WebApi({ tokenUrl: BASE, apiUrl: BASE, fetch, ...options });
  return { nanoMeet, asked };
}

test("a room contains the token's claims", async () => {
  const minted = token({ moderator: true });
  const { nanoMeet, asked } = api(() => json({ data: minted }));
  const { data } = await nanoMeet.createNanoMeetRoom("the-key", SETUP);
  expect(data).toEqual({
    expiration: SETUP.exp,
    notbefore: SETUP.nbf,
    room: "standup",
    server: "meet.example",
    streamname: "s1",
    moderator: true,
    token: minted,
  });
  expect(asked[0]).toMatchObject({ url: `${BASE}/nanomeet`, method: "POST", body: SETUP });
  expect(asked[0]?.headers.get("x-bintu-apikey")).toBe("the-key");
});

test.each([
  ["Missing API Key Error", "", SETUP],
  ["Missing Room Setup Error", "k", undefined],
  ["Missing Expiration Error", "k", { ...SETUP, exp: undefined }],
  ["Missing Not Before Error", "k", { ...SETUP, nbf: undefined }],
  ["Missing Room Error", "k", { ...SETUP, room: undefined }],
  ["Missing Moderator Error", "k", { ...SETUP, moderator: "true" }],
  ["Missing Server Error", "k", { ...SETUP, server: undefined }],
  ["Room Error", "k", { ...SETUP, room: "stand-up" }],
])("nothing is sent after a %s", async (error, key, setup) => {
  const { nanoMeet, asked } = api(() => json({ data: token() }));
  await expect(nanoMeet.createNanoMeetRoom(key, setup as typeof SETUP)).rejects.toMatchObject({
    error,
  });
  expect(asked).toEqual([]);
});

test("an invite is requested with the moderator's token, and its link has the token in the fragment", async () => {
  const [own, minted] = [token({ moderator: true }), token()];
  const { nanoMeet, asked } = api(() => json({ data: minted }), { invitePage: `${BASE}/invite` });
  const { data } = await nanoMeet.createInviteToken(own, { moderator: false });
  expect(data).toEqual({
    moderator: false,
    token: minted,
    inviteLink: `${BASE}/invite#token=${minted}`,
  });
  expect(asked[0]?.headers.get("x-bintu-token")).toBe(own);
  expect(asked[0]?.body).toEqual({ moderator: false, server: "meet.example" });
});

test("pages may change the URLs of the services at any time", async () => {
  const { nanoMeet, asked } = api(() => json({ name: "Example" }));
  nanoMeet.bintuApiUrl = "https://other.example/";
  await expect(nanoMeet.validateAPIKey("k")).resolves.toEqual({ data: { name: "Example" } });
  expect(asked[0]?.url).toBe("https://other.example/organisation");
});

test.each([
  [
    "the service's words",
    () => json({ message: "This key is not known." }, 401),
    "This key is not known.",
  ],
  ["its status", () => new Response("<h1>Bad gateway</h1>", { status: 502 }), "502"],
  ["what is wrong", () => new Response("<h1>Hello</h1>"), "not JSON"],
  ["that it is away", () => Promise.reject(new TypeError("Failed to fetch")), "cannot be reached"],
])("a failing service is rejected with %s", async (_, answer, words) => {
  const { nanoMeet } = api(answer);
  await expect(nanoMeet.validateAPIKey("k")).rejects.toMatchObject({
    error: "API Key Error",
    message: expect.stringContaining(words),
  });
});

test("a service that does not answer is rejected in time", async () => {
  const fetch: Fetch = (_, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
    });
  const nanoMeet = new WebApi({ apiUrl: BASE, fetch, serviceTimeout: 20 });
  await expect(nanoMeet.validateAPIKey("k")).rejects.toMatchObject({ kind: "timeout" });
});

test("an answer without a token is an error", async () => {
  const { nanoMeet } = api(() => json({ data: null }));
  await expect(nanoMeet.createNanoMeetRoom("k", SETUP)).rejects.toMatchObject({
    error: "Create Room Error",
  });
});

const STREAM = { id: "st", playout: { h5live: [{ id: "a" }, { id: "b" }, { id: "c" }] } };

test("streams are created with two profiles, the lower one second", async () => {
  const { nanoMeet, asked } = api(() => json(STREAM));
  const { data } = await nanoMeet.createNanoStreams("k", [
    "vtrans-400k15",
    "vtrans2-852x480x800x25",
  ]);
  expect(data).toEqual({ streamInfo: STREAM, cloudDashboardLink: null });
  expect(asked[0]?.body).toMatchObject({
    transcodes: [{ profile: "vtrans2-852x480x800x25" }, { profile: "vtrans-400k15" }],
  });
});

test("the cloud's streams have a page in its dashboard", async () => {
  const { nanoMeet } = api(() => json(STREAM), { apiUrl: CLOUD.apiUrl });
  const { data } = await nanoMeet.createNanoStreams("k");
  const link = new URL(data.cloudDashboardLink ?? "");
  expect(link.pathname).toBe("/stream/new/st");
  expect(link.searchParams.get("vtrans2.id")).toBe("c");
});

test.each([[["vtrans2-852x480x800x25"]], [["high", "low"]]])(
  "the profiles %j are rejected",
  async (profiles) => {
    const { nanoMeet } = api(() => json(STREAM));
    await expect(nanoMeet.createNanoStreams("k", profiles)).rejects.toMatchObject({
      error: "Transcoding Profiles Error",
    });
  },
);

test("a link is shortened by the configured shortener", async () => {
  const { nanoMeet, asked } = api(
    () => json({ objects: [{ short_link: "https://s.example/x" }] }),
    {
      linkShortener: "https://s.example/shorturl",
    },
  );
  const url = "https://meet.example/live/s1?x=1&y=2";
  await expect(nanoMeet.shortenMeetingUrl(url, "party")).resolves.toEqual({
    data: "https://s.example/x",
  });
  const query = new URL(asked[0]?.url ?? "").searchParams;
  expect([query.get("url"), query.get("alias")]).toEqual([url, "party"]);
});

test.each([
  `https://meet.example/invite#token=${token()}`,
  `https://meet.example/invite%23token%3D${token()}`,
  `https://meet.example/x?y=${token()}`,
  "https://meet.example/x?jwt=secret",
])("a link with a token is never sent to a shortener", async (url) => {
  const fetch = vi.fn<Fetch>();
  const nanoMeet = new WebApi({ fetch, linkShortener: "https://s.example/shorturl" });
  await expect(nanoMeet.shortenMeetingUrl(url)).rejects.toMatchObject({ kind: "secret_in_url" });
  expect(fetch).not.toHaveBeenCalled();
});

test("shortening is rejected without a shortener", async () => {
  await expect(new WebApi().shortenMeetingUrl("https://x.example")).rejects.toMatchObject({
    message: expect.stringContaining("linkShortener"),
  });
});

test("a script from a server uses that server's URLs; any other uses none", () => {
  const base = "http://127.0.0.1:8000/user/ada/nanomeet";
  expect(addressesOf(`${base}/js/nanomeet.js`)).toEqual({
    tokenUrl: base,
    apiUrl: base,
    invitePage: `${base}/invite`,
    defaultServer: base,
  });
  expect(addressesOf("https://cdn.example/nanomeet.js")).toEqual({});
});
