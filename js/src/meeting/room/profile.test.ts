import { signal } from "@preact/signals";
import { expect, test, vi } from "vitest";
import type { ServerMessage, Welcome } from "../../shared/protocol";
import type { Ask, Request } from "../../shared/server-line";
import { pictureOf } from "../media/avatar-picture";
import { parseLaunch } from "./launch";
import { Profile } from "./profile";
import { RoomRequests } from "./requests";

const BASE = "https://meet.example/";
const PICTURE = "data:image/webp;base64,AAAA";
const WELCOME = { type: "welcome" } as Welcome;

function meeting({ refuses = false, info = "" } = {}) {
  const asked: Request[] = [];
  const ask: Ask = async (request) => {
    asked.push(request);
    if (refuses) throw new Error("no");
  };
  let say: (message: ServerMessage) => void = () => {};
  const profile = new Profile({
    launch: parseLaunch(`${BASE}org/room#${info}`, BASE, {
      ...{ framed: true, reloaded: false, handedOver: null },
    }),
    ask: new RoomRequests(ask),
    status: signal("joined"),
    listen: (listener) => {
      say = listener;
    },
  });
  return { profile, asked, welcome: () => say(WELCOME) };
}

test("every view shows the picture, or none if there is none", async () => {
  const { profile, asked, welcome } = meeting();
  welcome();
  await profile.take(PICTURE);
  welcome();
  await profile.take(null);
  welcome();
  expect(asked).toEqual([
    { type: "set_avatar", avatar: PICTURE },
    { type: "set_avatar", avatar: PICTURE },
    { type: "set_avatar", avatar: null },
  ]);
});

test("a picture that the server refuses is not shown here either", async () => {
  const { profile, welcome } = meeting({ refuses: true });
  await expect(profile.take(PICTURE)).rejects.toThrow("no");
  expect(profile.avatar.value).toBeNull();
  profile.avatar.value = PICTURE;
  welcome();
  await vi.waitFor(() => expect(profile.avatar.value).toBeNull());
});

test("the e-mail address comes from the page's URL, and is not sent anywhere", () => {
  const { profile, asked, welcome } = meeting({
    info: `userInfo.email=${encodeURIComponent('"ada@example.org"')}`,
  });
  welcome();
  expect([profile.email.value, asked]).toEqual(["ada@example.org", []]);
});

test.each([
  "data:image/svg+xml;base64,PHN2Zy8+",
  "data:text/html;base64,AAAA",
  "data:image/png,plain",
  "data:image/png;base64,A",
  "javascript:alert(1)",
  "blob:https://meet.example/1",
  "file:///etc/passwd",
  "/logout",
  "//host/a.png",
  "https://",
  " ",
])("%s is refused with the rule, and nothing is loaded", async (address) => {
  const fetched = vi.fn();
  vi.stubGlobal("fetch", fetched);
  await expect(pictureOf(address)).rejects.toMatchObject({
    kind: "invalid",
    message: expect.stringMatching(/^The avatar is an address that begins with data:image/),
  });
  expect(fetched).not.toHaveBeenCalled();
  vi.unstubAllGlobals();
});

test("a picture with too many bytes is refused before it is read", async () => {
  const address = `data:image/png;base64,${"A".repeat(6 * 1024 * 1024)}`;
  await expect(pictureOf(address)).rejects.toMatchObject({
    kind: "invalid",
    message: "The avatar has to have at most 4 MiB.",
  });
  const page = new Response(new Uint8Array(5 * 1024 * 1024), {
    headers: { "content-type": "image/png" },
  });
  vi.stubGlobal("fetch", async () => page);
  await expect(pictureOf("https://host.example/a.png")).rejects.toMatchObject({ kind: "invalid" });
  vi.unstubAllGlobals();
});

test.each([
  ["a server that cannot be read", () => Promise.reject(new TypeError("Failed to fetch"))],
  ["a page", async () => new Response("", { headers: { "content-type": "text/html" } })],
  ["no answer of success", async () => new Response("", { status: 404 })],
])("%s is not a picture", async (_, answer) => {
  const fetched = vi.fn(answer);
  vi.stubGlobal("fetch", fetched);
  await expect(pictureOf("https://host.example/a.png")).rejects.toMatchObject({
    kind: "no_picture",
    message: expect.stringContaining("Access-Control-Allow-Origin"),
  });
  expect(fetched).toHaveBeenCalledWith(
    "https://host.example/a.png",
    expect.objectContaining({ credentials: "omit", referrerPolicy: "no-referrer" }),
  );
  vi.unstubAllGlobals();
});
