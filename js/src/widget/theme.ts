/** Whether the notebook is light or dark, in any host. */

export type Theme = "light" | "dark";

export function currentTheme(document: Document): Theme {
  const { body, documentElement } = document;
  const { jpThemeLight, vscodeThemeKind } = body.dataset;
  // JupyterLab and Notebook 7 set a flag, VS Code a kind of theme.
  if (jpThemeLight !== undefined) return jpThemeLight === "false" ? "dark" : "light";
  if (vscodeThemeKind !== undefined) return /light/.test(vscodeThemeKind) ? "light" : "dark";
  // Colab sets an attribute on the root, marimo a class on the body or the root.
  const marked = documentElement.getAttribute("theme") ?? body.dataset.theme;
  for (const theme of ["dark", "light"] as const) {
    const named = [body, documentElement].some(({ classList }) =>
      [theme, `${theme}-theme`].some((name) => classList.contains(name)),
    );
    if (marked === theme || named) return theme;
  }
  // Panel, Shiny and Solara have their own ways: what they look like tells.
  for (const node of [document.querySelector(".v-application"), body, documentElement]) {
    const colour = node && getComputedStyle(node).backgroundColor.match(/[\d.]+/g);
    // Green tells most of how bright a colour is; a fourth number is its opacity.
    if (colour && colour[3] !== "0") return Number(colour[1]) < 128 ? "dark" : "light";
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Calls back on every change of theme, until the returned function is called. */
export function followTheme(document: Document, callback: (theme: Theme) => void): () => void {
  const owner = new AbortController();
  let known = currentTheme(document);
  const look = (): void => {
    const now = currentTheme(document);
    if (now === known) return;
    known = now;
    callback(now);
  };
  const observer = new MutationObserver(look);
  const attributeFilter = [
    "class",
    "data-jp-theme-light",
    "data-vscode-theme-kind",
    "data-theme",
    "data-bs-theme",
    "theme",
  ];
  for (const node of [document.body, document.documentElement]) {
    observer.observe(node, { attributeFilter });
  }
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", look, { signal: owner.signal });
  return () => {
    observer.disconnect();
    owner.abort();
  };
}
