// @vitest-environment happy-dom
import { afterEach, expect, it } from "vitest";
import { givesNoCamera, isElsewhere, jupyterBase } from "./host";

afterEach(() => {
  delete document.body.dataset.vscodeThemeKind;
  delete document.body.dataset.baseUrl;
  document.body.replaceChildren();
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

it.each([
  ["/user/anna/", "/user/anna/"],
  ["/", "/"],
  ["/user/anna%40x/", "/user/anna%40x/"],
])("the page of a Jupyter server says where that is: %s", (path, expected) => {
  const settings = document.createElement("script");
  settings.id = "jupyter-config-data";
  settings.type = "application/json";
  settings.textContent = JSON.stringify({ baseUrl: path });
  document.body.append(settings);
  expect(jupyterBase(document)).toBe(location.origin + expected);
});

it("the classic notebook says it in its body", () => {
  document.body.dataset.baseUrl = "/classic/";
  expect(jupyterBase(document)).toBe(`${location.origin}/classic/`);
});

it("a page of something else says nothing", () => {
  expect(jupyterBase(document)).toBeNull();
});

it.each([
  ["https:", "hub.example", true],
  ["http:", "10.0.0.5", true],
  ["http:", "localhost", false],
  ["http:", "127.0.0.2", false],
  ["vscode-webview:", "abc", false],
  ["about:", "", false],
])("a page of %s//%s is from another machine: %s", (protocol, hostname, elsewhere) => {
  expect(isElsewhere({ protocol, hostname } as Location)).toBe(elsewhere);
});
