import { expect, test } from "vitest";
import { makePassword } from "./passphrase";

test("generated passwords are readable and unique", () => {
  const made = Array.from({ length: 200 }, makePassword);
  for (const password of made) expect(password).toMatch(/^([b-z][aeiu][b-z][aeiu]-){3}\w{4}$/);
  expect(new Set(made).size).toBe(made.length);
});
