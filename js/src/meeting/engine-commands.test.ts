import { expect, test } from "vitest";
import { runCommand } from "./engine-commands";
import type { Meeting } from "./meeting";
import { ViewStore } from "./view";

const meeting = (): Meeting => ({ view: new ViewStore() }) as unknown as Meeting;
const run = (on: Meeting, ...args: unknown[]): Promise<void> =>
  runCommand(on, () => undefined, "overwrite-config", args);

test("the page around the meeting changes its theme", async () => {
  const on = meeting();
  await run(on, { theme: "dark" });
  expect(on.view.theme.value).toBe("dark");
  await run(on, { theme: "light" });
  expect(on.view.theme.value).toBe("light");
});

test.each([[{ theme: "url(x)" }], [{ disableDeepLinking: false }], [null], ["dark"]])(
  "%j changes nothing",
  async (config) => {
    const on = meeting();
    await run(on, config);
    expect(on.view.theme.value).toBeNull();
  },
);
