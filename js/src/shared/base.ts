/** The address of the server's base, with a slash at its end, as the page that it served says. */
export function serverBase(): string {
  // No <base>: a policy forbids those, as one that was smuggled in would redirect every address.
  return new URL(document.documentElement.dataset.base ?? "./", location.href).href;
}
