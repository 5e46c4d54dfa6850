/**
 * The meeting's frame lives under `body`, not in the cell: an iframe that is moved in the document
 * is loaded anew, and the meeting with it. Here it is laid over the place that the cell keeps free.
 */

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function intersect(a: Box, b: Box): Box {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}

function parentOf(node: Element): Element | null {
  if (node.assignedSlot) return node.assignedSlot;
  const root = node.getRootNode();
  return node.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}

/** The part of `element` that its scrolling ancestors and the window leave to be seen. */
export function visiblePart(element: Element): Box {
  let box: Box = element.getBoundingClientRect();
  let { position } = getComputedStyle(element);
  for (let up = parentOf(element); up !== null; up = parentOf(up)) {
    const style = getComputedStyle(up);
    // Only a box that contains the one below it clips it (CSS Overflow 3): a static ancestor does
    // not contain what is positioned absolutely.
    if (!contains(style, position)) continue;
    position = style.position;
    if (clips(style)) {
      box = intersect(box, up.getBoundingClientRect());
    }
  }
  return intersect(box, { left: 0, top: 0, right: innerWidth, bottom: innerHeight });
}

function clips(style: CSSStyleDeclaration): boolean {
  const scrolls = style.overflowX !== "visible" || style.overflowY !== "visible";
  return scrolls || /paint|strict|content/.test(style.contain);
}

function contains(style: CSSStyleDeclaration, position: string): boolean {
  if (position !== "absolute" && position !== "fixed") return true;
  const holdsAll =
    style.transform !== "none" ||
    style.filter !== "none" ||
    /paint|layout|strict|content/.test(style.contain);
  return holdsAll || (position === "absolute" && style.position !== "static");
}

export class Overlay {
  readonly element: HTMLDivElement;
  #place: HTMLElement | null = null;
  #frame = 0;
  #style = "";

  constructor(document: Document) {
    this.element = document.createElement("div");
    this.element.className = "nanomeet-overlay";
    this.element.hidden = true;
    document.body.append(this.element);
  }

  /** Lays the frame over `place` from now on; over nothing if it is null. */
  follow(place: HTMLElement | null): void {
    this.#place = place;
    cancelAnimationFrame(this.#frame);
    this.element.hidden = false;
    if (place === null) this.#apply(null, null);
    else this.#track();
  }

  remove(): void {
    cancelAnimationFrame(this.#frame);
    this.element.remove();
  }

  readonly #track = (): void => {
    this.#frame = requestAnimationFrame(this.#track);
    const place = this.#place;
    if (!place?.isConnected) {
      this.#apply(null, null);
      return;
    }
    this.#apply(place.getBoundingClientRect(), visiblePart(place));
  };

  #apply(whole: DOMRect | null, seen: Box | null): void {
    const style = describe(whole, seen);
    if (style === this.#style) return;
    this.#style = style;
    this.element.style.cssText = BASE_STYLE + style;
  }
}

/**
 * Above the notebook, below its menus and dialogs. Said here and not in the style sheet, which some
 * hosts keep inside the cell's shadow root.
 */
const BASE_STYLE = "position:fixed;z-index:2;overflow:hidden;border-radius:0 0 7px 7px;";

function describe(whole: DOMRect | null, seen: Box | null): string {
  if (whole === null || seen === null || seen.right <= seen.left || seen.bottom <= seen.top) {
    // Out of sight, but still laid out: a frame without a size stops its pictures.
    return "visibility:hidden;pointer-events:none;left:0;top:0;width:480px;height:360px";
  }
  const cut = [
    seen.top - whole.top,
    whole.right - seen.right,
    whole.bottom - seen.bottom,
    seen.left - whole.left,
  ];
  return (
    `left:${whole.left}px;top:${whole.top}px;width:${whole.width}px;height:${whole.height}px;` +
    `clip-path:inset(${cut.map((c) => `${Math.max(0, c)}px`).join(" ")})`
  );
}
