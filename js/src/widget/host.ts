/** What the program that shows the notebook is, and allows. */
import { isLoopback } from "../shared/loopback";

/** VS Code shows outputs in a web view that gets neither camera nor microphone, whatever is asked. */
export function givesNoCamera(document: Document): boolean {
  return (
    document.location.protocol === "vscode-webview:" ||
    document.body.dataset.vscodeThemeKind !== undefined
  );
}

/**
 * Return the address of the Jupyter server that the page came from; null if it came from none.
 * JupyterLab, Notebook 7 and Voila write it into a script of settings, the classic notebook does not.
 */
export function jupyterBase(document: Document): string | null {
  const settings = document.getElementById("jupyter-config-data")?.textContent;
  const path = settings ? JSON.parse(settings).baseUrl : document.body.dataset.baseUrl;
  return path ? new URL(path, document.location.href).href : null;
}

/** Whether a page came from another machine than the kernel's, as far as it can know. */
export function isElsewhere({ protocol, hostname }: Location): boolean {
  return /^https?:$/.test(protocol) && !isLoopback(hostname);
}
