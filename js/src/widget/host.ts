/** What the program that shows the notebook is, and allows. */

/** VS Code shows outputs in a web view that gets neither camera nor microphone, whatever is asked. */
export function givesNoCamera(document: Document): boolean {
  return (
    document.location.protocol === "vscode-webview:" ||
    document.body.dataset.vscodeThemeKind !== undefined
  );
}

/** Return the address of the Jupyter server that the page came from; null if it came from none. */
export function jupyterBase(document: Document): string | null {
  const path = configuredBase(document) ?? document.body.dataset.baseUrl;
  if (!path || !URL.canParse(path, document.location.href)) return null;
  const url = new URL(path, document.location.href);
  // Another host would be no place to send a token to.
  return url.origin === document.location.origin ? url.href.replace(/\/*$/, "/") : null;
}

/** JupyterLab, Notebook 7 and Voila write their settings into the page; the classic notebook does not. */
function configuredBase(document: Document): string | undefined {
  const text = document.getElementById("jupyter-config-data")?.textContent;
  try {
    const { baseUrl } = JSON.parse(text || "{}") as { baseUrl?: unknown };
    return typeof baseUrl === "string" ? baseUrl : undefined;
  } catch {
    return undefined;
  }
}

/** Return where the meeting server is that is part of the page's Jupyter server. */
export function besideJupyter(document: Document): string | null {
  const base = jupyterBase(document);
  return base === null ? null : `${base}nanomeet`;
}
