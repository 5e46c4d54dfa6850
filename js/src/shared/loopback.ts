/**
 * Whether a host, as in `Location.hostname`, is the local machine (RFC 6761, 6.3; RFC 1122,
 * 3.2.1.3).
 */
export function isLoopback(hostname: string): boolean {
  return /(^|\.)localhost$|^127\.|^\[::1\]$/.test(hostname);
}
