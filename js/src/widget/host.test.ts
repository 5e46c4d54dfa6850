// @vitest-environment happy-dom
import { afterEach, expect, it } from "vitest";
import { givesNoCamera, isElsewhere, isSaved, jupyterBase } from "./host";

afterEach(() => {
  delete document.body.dataset.vscodeThemeKind;
  delete document.body.dataset.baseUrl;
  document.body.replaceChildren();
});

it("only VS Code blocks the camera", () => {
  expect(givesNoCamera(document)).toBe(false);
  document.body.dataset.vscodeThemeKind = "vscode-light";
  expect(givesNoCamera(document)).toBe(true);
});

it("a VS Code webview is also recognised by its URL", () => {
  const view = { location: { protocol: "vscode-webview:" }, body: document.body };
  expect(givesNoCamera(view as Document)).toBe(true);
});

it.each([
  ["/user/anna/", "/user/anna/"],
  ["/", "/"],
  ["/user/anna%40x/", "/user/anna%40x/"],
])("a Jupyter server's page names its base URL: %s", (path, expected) => {
  const settings = document.createElement("script");
  settings.id = "jupyter-config-data";
  settings.type = "application/json";
  settings.textContent = JSON.stringify({ baseUrl: path });
  document.body.append(settings);
  expect(jupyterBase(document)).toBe(location.origin + expected);
});

it("the classic notebook names it in its body", () => {
  document.body.dataset.baseUrl = "/classic/";
  expect(jupyterBase(document)).toBe(`${location.origin}/classic/`);
});

it("other pages name none", () => {
  expect(jupyterBase(document)).toBeNull();
});

it("a saved notebook's page has its widgets' state", () => {
  expect(isSaved(document)).toBe(false);
  const state = document.createElement("script");
  state.type = "application/vnd.jupyter.widget-state+json";
  document.body.append(state);
  expect(isSaved(document)).toBe(true);
});

it.each([
  ["https:", "hub.example", true],
  ["http:", "10.0.0.5", true],
  ["http:", "localhost", false],
  ["http:", "127.0.0.2", false],
  ["vscode-webview:", "abc", false],
  ["about:", "", false],
])("a page at %s//%s comes from another machine: %s", (protocol, hostname, elsewhere) => {
  expect(isElsewhere({ protocol, hostname } as Location)).toBe(elsewhere);
});
