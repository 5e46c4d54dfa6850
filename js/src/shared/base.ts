/** The server's base URL, with a trailing slash, as stated by the page that it served. */
export function serverBase(): string {
  // Not a <base> element: the policy forbids those, because an injected one would redirect every
  // URL.
  return new URL(document.documentElement.dataset.base ?? "./", location.href).href;
}
