import { expect, test } from "vitest";
import { claim } from "./claims";

function token(payload: string): string {
  const bytes = new TextEncoder().encode(payload);
  const base64 = btoa(String.fromCharCode(...bytes));
  return `e30.${base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}.c2ln`;
}

test("a name in any script is read as it was written", () => {
  for (const name of ["Émilie du Châtelet", "华罗庚", "Ada 👩🏽‍🔬"]) {
    expect(claim(token(JSON.stringify({ name })), "name")).toBe(name);
  }
});

test("what is no token has no claims", () => {
  for (const text of [null, "", "a.b.c", "a.%%%.c", token("no JSON")]) {
    expect(claim(text, "name")).toBeUndefined();
  }
});
