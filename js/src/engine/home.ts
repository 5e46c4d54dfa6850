/**
 * Return the domain with the scheme that its server speaks. A bare domain means https; the one
 * exception is the server that this script came from, over plain http, as on a loopback address.
 */
export function domainFrom(domain: string, script: string): string {
  if (/^https?:\/\//i.test(domain) || !URL.canParse(script)) return domain;
  const home = new URL(script);
  const asHome = `${home.protocol}//${domain}`;
  return URL.canParse(asHome) && new URL(asHome).host === home.host ? asHome : domain;
}
