/** What the browser lets this page use, and who forbids the rest: its address, a page around it, its server. */

/** As Permissions Policy names them. */
export type Feature = "camera" | "microphone" | "display-capture";

/**
 * Why the page gets none of it, whatever its user says:
 * - `insecure`: its address is plain http;
 * - `framed`: a page around it does not pass it on, or is plain http itself;
 * - `policy`: a header of its own server forbids it;
 * - `hidden`: this browser has it for no page.
 */
export type Refusal = "insecure" | "framed" | "policy" | "hidden";

/** Chromium alone has it, by its old name; the others tell only when a device is asked for. */
interface Policed {
  featurePolicy?: { allowsFeature(feature: string): boolean };
}

/** Whether another page shows this one. */
export function isFramed(): boolean {
  return window.parent !== window;
}

/** Whether that page is of this origin, as a notebook of the same server is. */
export function isWithinOwn(): boolean {
  try {
    return isFramed() && window.parent.origin === location.origin;
  } catch {
    return false;
  }
}

export function refusalOf(feature: Feature): Refusal | null {
  const framed = isFramed();
  // A page over https that a page over http frames counts as insecure, too.
  if (!globalThis.isSecureContext) return framed && isSecureAddress() ? "framed" : "insecure";
  const media: Partial<MediaDevices> = navigator.mediaDevices ?? {};
  if (!(feature === "display-capture" ? media.getDisplayMedia : media.getUserMedia))
    return "hidden";
  if ((document as Policed).featurePolicy?.allowsFeature(feature) ?? true) return null;
  return framed ? "framed" : "policy";
}

/** Whether a tab of its own would be secure (W3C Secure Contexts, 3.1). */
function isSecureAddress(): boolean {
  const { protocol, hostname } = location;
  const local = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;
  return protocol === "https:" || local.test(hostname);
}
