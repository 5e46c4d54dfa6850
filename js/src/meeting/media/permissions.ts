/**
 * What the browser allows this page to use, and what blocks the rest: its URL, the embedding page,
 * or its server.
 */

/** As named by Permissions Policy. */
export type Feature = "camera" | "microphone" | "display-capture";

/**
 * Why the page gets no access, whatever the user allows:
 * - `insecure`: its URL is plain http;
 * - `framed`: the embedding page does not delegate the permission, or is plain http itself;
 * - `policy`: a header of its own server forbids it;
 * - `hidden`: this browser has it for no page.
 */
export type Refusal = "insecure" | "framed" | "policy" | "hidden";

/**
 * Only Chromium has this, under its old name; other browsers reveal it only when a device is
 * requested.
 */
interface Policed {
  featurePolicy?: { allowsFeature(feature: string): boolean };
}

/** Whether another page frames this one. */
export function isFramed(): boolean {
  return window.parent !== window;
}

/** Whether the embedding page is of this origin, like a notebook of the same server. */
export function isWithinOwn(): boolean {
  try {
    return isFramed() && window.parent.origin === location.origin;
  } catch {
    return false;
  }
}

export function refusalOf(feature: Feature): Refusal | null {
  const framed = isFramed();
  // An https page in a frame of an http page counts as insecure, too.
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
