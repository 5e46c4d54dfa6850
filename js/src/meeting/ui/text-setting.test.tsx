// @vitest-environment happy-dom
import { render } from "preact";
import { expect, test, vi } from "vitest";
import { TextSetting } from "./text-setting";

test("text typed immediately is kept, and saved", async () => {
  const root = document.createElement("div");
  const onSave = vi.fn(async () => true);
  render(<TextSetting label="Subject" value="Algebra" max={200} onSave={onSave} />, root);
  const field = root.querySelector("input") as HTMLInputElement;
  field.value = "Rings";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  // Long enough for all effects after rendering.
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(field.value).toBe("Rings");
  root.querySelector("form")?.requestSubmit();
  expect(onSave).toHaveBeenCalledExactlyOnceWith("Rings");
});
