// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  document.documentElement.dataset.base = "/user/ada/nanomeet/";
});
afterEach(() => vi.unstubAllGlobals());

async function scriptOf(file: string): Promise<unknown> {
  const { workerScript } = await import("./worker-script");
  return workerScript(file as "composer.js");
}

test("without Trusted Types it is an address below the server's base", async () => {
  expect(await scriptOf("composer.js")).toBe(
    new URL("/user/ada/nanomeet/static/composer.js", location.href).href,
  );
});

test("what is no name of a file makes no script", async () => {
  for (const odd of ["../../files/x.js", "//evil.example/x.js", "data:text/javascript,", "x"]) {
    await expect(scriptOf(odd)).rejects.toThrow("is no script");
  }
});

test("with Trusted Types it is what the policy made, which is made once", async () => {
  const createPolicy = vi.fn((_name: string, rules: { createScriptURL(file: string): string }) => ({
    createScriptURL: (file: string) => ({ trusted: rules.createScriptURL(file) }),
  }));
  vi.stubGlobal("trustedTypes", { createPolicy });
  expect(await scriptOf("background.js")).toEqual({
    trusted: new URL("/user/ada/nanomeet/static/background.js", location.href).href,
  });
  await scriptOf("composer.js");
  expect(createPolicy.mock.calls.map(([name]) => name)).toEqual(["nanomeet-workers"]);
});
