/** What the program that shows the notebook allows. */

/** VS Code shows outputs in a web view that gets neither camera nor microphone, whatever is asked. */
export function givesNoCamera(document: Document): boolean {
  return (
    document.location.protocol === "vscode-webview:" ||
    document.body.dataset.vscodeThemeKind !== undefined
  );
}
