/** An unverified claim of a token: for display and URLs only, never for a decision. */
export function claim(token: string | null, name: string): unknown {
  try {
    const payload = (token?.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    return Reflect.get(JSON.parse(atob(payload)), name);
  } catch {
    return undefined;
  }
}
