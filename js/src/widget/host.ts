/** Detects the notebook's app and its restrictions. */
import { isLoopback } from "../shared/loopback";

/** VS Code shows outputs in a webview that cannot use the camera or microphone. */
export function givesNoCamera(document: Document): boolean {
  return (
    document.location.protocol === "vscode-webview:" ||
    document.body.dataset.vscodeThemeKind !== undefined
  );
}

/**
 * Returns the URL of the Jupyter server that served the page, or null. JupyterLab, Notebook 7 and
 * Voila put it into a script of settings; the classic notebook does not.
 */
export function jupyterBase(document: Document): string | null {
  const settings = document.getElementById("jupyter-config-data")?.textContent;
  const path = settings ? JSON.parse(settings).baseUrl : document.body.dataset.baseUrl;
  return path ? new URL(path, document.location.href).href : null;
}

/**
 * Whether the page shows a saved notebook, with its widgets' state in place of a kernel: as nbconvert,
 * Sphinx and others make it for the HTML manager of ipywidgets.
 */
export function isSaved(document: Document): boolean {
  return !!document.querySelector('[type$="widget-state+json"]');
}

/** Whether the page seems to come from a machine other than the kernel's. */
export function isElsewhere({ protocol, hostname }: Location): boolean {
  return /^https?:$/.test(protocol) && !isLoopback(hostname);
}
