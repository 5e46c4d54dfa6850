/** Copies a text that is still on its way. False where the browser does not allow it. */
export async function copy(text: Promise<string>): Promise<boolean> {
  try {
    // A browser allows it during a click only: the promise is handed over before it is settled.
    const blob = text.then((ready) => new Blob([ready], { type: "text/plain" }));
    blob.catch(() => undefined);
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return true;
  } catch {
    return false;
  }
}
