// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from "vitest";
import { currentTheme, followTheme } from "./theme";

const PATIENT = { timeout: 20_000 };

afterEach(() => {
  for (const node of [document.body, document.documentElement]) {
    for (const { name } of [...node.attributes]) node.removeAttribute(name);
  }
});

it.each([
  ["JupyterLab", "data-jp-theme-light", "false", "dark"],
  ["JupyterLab", "data-jp-theme-light", "true", "light"],
  ["VS Code", "data-vscode-theme-kind", "vscode-dark", "dark"],
  ["VS Code", "data-vscode-theme-kind", "vscode-high-contrast-light", "light"],
  ["marimo", "class", "dark dark-theme", "dark"],
  ["marimo", "class", "light", "light"],
])("%s with %s=%s is %s", (_host, attribute, value, theme) => {
  document.body.setAttribute(attribute, value);
  expect(currentTheme(document)).toBe(theme);
});

it("Colab marks the root", () => {
  document.documentElement.setAttribute("theme", "dark");
  expect(currentTheme(document)).toBe("dark");
});

it.each([
  ["rgb(29, 31, 33)", "dark"],
  ["rgb(255, 255, 255)", "light"],
  ["rgba(0, 0, 0, 0)", "light"],
])("an app that marks nothing, on %s, is %s", (colour, theme) => {
  document.documentElement.style.backgroundColor = "white";
  document.body.style.backgroundColor = colour;
  expect(currentTheme(document)).toBe(theme);
});

it("Solara has its colours within the page", () => {
  document.body.style.backgroundColor = "white";
  const app = document.createElement("div");
  app.className = "v-application";
  app.style.backgroundColor = "rgb(18, 18, 18)";
  document.body.append(app);
  expect(currentTheme(document)).toBe("dark");
  app.remove();
});

it("a change is reported once, until stopped", async () => {
  document.body.dataset.jpThemeLight = "true";
  const told = vi.fn();
  const stop = followTheme(document, told);
  document.body.dataset.jpThemeLight = "false";
  await vi.waitFor(() => expect(told).toHaveBeenCalledExactlyOnceWith("dark"), PATIENT);
  stop();
  document.body.dataset.jpThemeLight = "true";
  await new Promise((wake) => setTimeout(wake, 20));
  expect(told).toHaveBeenCalledOnce();
});
