/** The meeting page's frame. */

const PERMISSIONS = [
  "autoplay",
  "camera",
  "clipboard-write",
  "compute-pressure",
  "display-capture",
  "fullscreen",
  "microphone",
  "screen-wake-lock",
  "speaker-selection",
];

const LENGTH = /^\d*\.?\d+(em|rem|pt|px|%|[dsl]?v(h|w|min|max|b|i))$/;

export type Size = number | string;

export interface FrameOptions {
  width?: Size | undefined;
  height?: Size | undefined;
  title?: string | undefined;
  sandbox?: string | undefined;
}

/** Return a size in CSS, or null if it is invalid. */
export function cssSize(size: Size): string | null {
  if (typeof size === "number") return Number.isFinite(size) && size >= 0 ? `${size}px` : null;
  const text = size.trim();
  if (/^\d+$/.test(text)) return `${text}px`;
  return LENGTH.test(text) ? text : null;
}

/**
 * Return the `allow` of a frame: these features for the page that it shows. Chromium knows no origin whose
 * host is an IPv6 address, not even the frame's own, so there they are for any page in the frame.
 */
export function allowing(features: readonly string[], src: string): string {
  const origins = /^https?:\/\/\[/.test(src) ? " *" : "";
  return features.map((feature) => feature + origins).join("; ");
}

/** Make the frame, permissions first: a browser reads them when it starts to load the page. */
export function createFrame(src: string, name: string, options: FrameOptions): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.allow = allowing(PERMISSIONS, src);
  frame.allowFullscreen = true;
  frame.referrerPolicy = "no-referrer";
  frame.name = name;
  frame.id = name;
  frame.title = options.title ?? "Video meeting";
  if (options.sandbox) frame.setAttribute("sandbox", options.sandbox);
  frame.style.border = "0";
  frame.style.width = cssSize(options.width ?? "100%") ?? "100%";
  frame.style.height = cssSize(options.height ?? "100%") ?? "100%";
  frame.src = src;
  return frame;
}
