/** Copies text that is still pending. Returns false if the browser does not allow it. */
export async function copy(text: Promise<string>): Promise<boolean> {
  try {
    // Browsers allow writing only during a click: pass the promise before it settles.
    const blob = text.then((ready) => new Blob([ready], { type: "text/plain" }));
    blob.catch(() => undefined);
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return true;
  } catch {
    return false;
  }
}
