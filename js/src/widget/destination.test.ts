import { expect, it } from "vitest";
import { token } from "../webapi/test-token";
import { destinationOf } from "./destination";

it("opens a browser where there is no camera, even if this page cannot reach the server", () => {
  const obstacle = { kind: "server_out_of_reach", message: "Its machine is another one." };
  const circumstances = { obstacle, ahead: 0, joins: () => true };
  const to = (camera: boolean) => destinationOf(token(), { ...circumstances, camera });
  expect(to(false)).toEqual({ to: "browser" });
  expect(to(true)).toEqual({ to: "failed", failure: obstacle });
});
