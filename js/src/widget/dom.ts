/** Creates elements without a framework, to keep the widget small. */

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text = "",
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

/** An element's parent, through slots and shadow roots. */
export function parentOf(node: Element): Element | null {
  if (node.assignedSlot) return node.assignedSlot;
  const root = node.getRootNode();
  return node.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}

const SVG = "http://www.w3.org/2000/svg";

/** Icon paths, 24 units wide. */
const ICONS = {
  people:
    "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM2 21v-2a5 5 0 0 1 5-5h4a5 5 0 0 1 5 5v2M16 3a4 4 0 0 1 0 8M19 14a5 5 0 0 1 3 5v2",
  full: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  shrink: "M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5",
  tab: "M14 4h6v6M20 4l-9 9M10 5H4v15h15v-6",
  invite: "M10 14a4 4 0 0 0 6 0l4-4a4 4 0 0 0-6-6l-2 2M14 10a4 4 0 0 0-6 0l-4 4a4 4 0 0 0 6 6l2-2",
  leave: "M10 4H4v16h6M15 8l5 4-5 4M20 12H9",
  corner: "M3 5h18v14H3ZM13 12h6v5h-6Z",
  back: "M12 20V5M5 12l7-7 7 7",
  close: "M6 6l12 12M18 6 6 18",
} as const;

export function icon(name: keyof typeof ICONS): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button whose label is hidden when space is short; screen readers still announce it. */
export function button(
  name: keyof typeof ICONS,
  label: string,
  onClick: () => void,
): HTMLButtonElement {
  const node = make("button", `nanomeet-button nanomeet-${name}`);
  node.type = "button";
  node.title = label;
  node.onclick = onClick;
  node.append(icon(name), make("span", "nanomeet-label", label));
  return node;
}

/** Follows a link as a click would, so that the host opens it where it opens links. */
export function followLink(document: Document, link: string): void {
  const anchor = document.createElement("a");
  anchor.href = link;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  anchor.hidden = true;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
}
