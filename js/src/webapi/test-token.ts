/** Test helper: an unsigned token. */
export function token(claims: Record<string, unknown> = {}): string {
  const payload = {
    room: "standup",
    streamname: "s1",
    sub: "team",
    server: "meet.example",
    moderator: false,
    nbf: 1,
    exp: 4e9,
    ...claims,
  };
  const encode = (value: unknown): string => btoa(JSON.stringify(value)).replaceAll("=", "");
  return [encode({ alg: "HS256", typ: "nanomeet+jwt" }), encode(payload), "s".repeat(43)].join(".");
}
