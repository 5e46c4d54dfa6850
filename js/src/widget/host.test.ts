// @vitest-environment happy-dom
import { afterEach, expect, it } from "vitest";
import { givesNoCamera } from "./host";

afterEach(() => {
  delete document.body.dataset.vscodeThemeKind;
});

it("only VS Code gives no camera", () => {
  expect(givesNoCamera(document)).toBe(false);
  document.body.dataset.vscodeThemeKind = "vscode-light";
  expect(givesNoCamera(document)).toBe(true);
});

it("a web view of VS Code is known by its address, too", () => {
  const view = { location: { protocol: "vscode-webview:" }, body: document.body };
  expect(givesNoCamera(view as Document)).toBe(true);
});
