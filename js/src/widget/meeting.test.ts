import { describe, expect, it } from "vitest";
import { NanoMeetError } from "../webapi/errors";
import { failureOf } from "./meeting";

describe("a failure", () => {
  it("keeps the kind and words that the Web API gave", () => {
    const thrown = new NanoMeetError("Timeout Error", "no answer in 30 s");
    expect(failureOf(thrown)).toEqual({ kind: "timeout", message: "no answer in 30 s" });
  });

  it("has words even for what is no error", () => {
    expect(failureOf("odd")).toEqual({ kind: "failed", message: "odd" });
    expect(failureOf({}).message).not.toBe("");
  });
});
