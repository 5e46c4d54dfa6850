/**
 * Return the domain with its server's scheme. A bare domain means https; the one
 * exception is the server that this script came from, over plain http, as on a loopback address.
 */
export function domainFrom(domain: string, script: string): string {
  const host = String(domain ?? "").trim();
  if (/^https?:\/\//i.test(host) || !URL.canParse(script)) return host;
  const home = new URL(script);
  const asHome = `${home.protocol}//${host.replace(/^\/\//, "")}`;
  return URL.canParse(asHome) && new URL(asHome).host === home.host ? asHome : host;
}
