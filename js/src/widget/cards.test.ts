import { describe, expect, it } from "vitest";
import { type Card, wordsOf } from "./cards";

const KINDS = [
  "kicked",
  "refused",
  "replaced",
  "room_full",
  "token_expired",
  "token_rejected",
  "token_malformed",
  "server_unreachable",
  "server_stopping",
  "frame_blocked",
  "frame_silent",
  "timeout",
];
const failed = (kind: string, message = "It broke."): Card => ({
  kind: "failed",
  failure: { kind, message },
});

describe("a card", () => {
  it("has its own sentence for each kind of failure", () => {
    const words = KINDS.map((kind) => wordsOf(failed(kind), "algebra").words);
    expect(new Set(words).size).toBe(KINDS.length);
    expect(words.join()).not.toContain("{}");
  });

  it("offers to retry only where a retry may help", () => {
    const hopeless = KINDS.filter((kind) => !wordsOf(failed(kind), "algebra").action);
    expect(hopeless).toEqual(["kicked", "token_expired", "token_rejected", "token_malformed"]);
  });

  it("shows the engine's message for an unknown failure", () => {
    expect(wordsOf(failed("odd"), "algebra")).toEqual({ words: "It broke.", action: "Try again" });
  });

  it("shows the server's address as a browser reads it", () => {
    const host = (server: string) => wordsOf({ kind: "ask", server }, "").subject;
    expect(host("http://127.0.0.1:8000/prefix")).toBe("127.0.0.1:8000");
    expect(host("me\u0435t.example")).toMatch(/^xn--/);
    expect(host("no host")).toBe("no host");
  });

  it("offers a second browser its choices, and takes nothing over by itself", () => {
    const { action, second } = wordsOf({ kind: "shared", invites: true }, "algebra");
    expect([action, second]).toEqual([
      "Join as a participant of your own",
      "Move the meeting here",
    ]);
    const alone = wordsOf({ kind: "shared", invites: false }, "algebra");
    expect([alone.action, alone.second]).toEqual(["Move the meeting here", undefined]);
  });

  it("says why a meeting ended", () => {
    const words = [
      wordsOf({ kind: "ended" }, "algebra"),
      wordsOf({ kind: "left" }, "algebra"),
      wordsOf({ kind: "left", code: true }, "algebra"),
      wordsOf({ kind: "elsewhere", place: "browser" }, "algebra"),
      wordsOf(failed("ended"), "algebra"),
    ].map((one) => one.words);
    expect(words[0]).toContain("Its kernel was shut down or restarted");
    expect(words[2]).toBe("The notebook's code left algebra.");
    expect(new Set(words).size).toBe(words.length);
  });

  it("names the room where it can", () => {
    expect(wordsOf({ kind: "silent", busy: false }, "algebra").words).toContain("algebra");
    expect(wordsOf({ kind: "silent", busy: true }, "algebra").words).toContain("busy");
    expect(wordsOf({ kind: "browser" }, "algebra")).toEqual({
      words:
        "The meeting algebra cannot run here: this app blocks camera access in notebooks. Open it in your browser.",
      action: "Open in browser",
    });
    expect(wordsOf({ kind: "left" }, "").words).toBe("You left.");
  });
});
