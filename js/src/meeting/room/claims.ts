/** An unverified claim of a token: for display and URLs only, never for a decision. */
export function claim(token: string | null, name: string): unknown {
  try {
    const payload = (token?.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    return Reflect.get(JSON.parse(new TextDecoder().decode(bytes)), name);
  } catch {
    return undefined;
  }
}
