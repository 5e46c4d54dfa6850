/// <reference path="../../types/nanomeet.d.ts" />
import { expect, test } from "vitest";
import { NanoMeetError } from "./errors";
import { token } from "./test-token";
import { WebApi } from "./web-api";

// The published types match the script: the compiler checks both directions.
const declared: new (options?: NanoMeetOptions) => NanoMeet = WebApi;
type Untold = Exclude<keyof WebApi, keyof NanoMeet>;
const untold: [Untold] extends [never] ? "nothing" : Untold = "nothing";

test("the published type of a token matches the actual value", () => {
  const claims = new declared().parseToken(token());
  const expected: ReturnType<NanoMeet["parseToken"]> = {
    room: "standup",
    streamname: "s1",
    sub: "team",
    tenant: null,
    server: "meet.example",
    moderator: false,
    notbefore: 1,
    expiration: 4e9,
  };
  expect(claims).toEqual(expected);
  expect(untold).toBe("nothing");
});

test("the published type of a failure matches the actual value", async () => {
  const failure: NanoMeetFailure = await new declared().destroy().catch((error) => error);
  const thrown: NanoMeetFailure = new NanoMeetError("Some Error", "words");
  expect(failure.error).toBe("Missing Instance Error");
  expect(thrown.kind).toBe("some");
});
