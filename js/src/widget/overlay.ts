/**
 * The meeting's frame lives under `body`, not in the cell: moving an iframe in the document reloads
 * it, which would end the meeting. The frame is laid over an empty place in the cell.
 */
import { Chrome, type ChromeActions } from "./chrome";
import { parentOf } from "./dom";
import { reveal } from "./reveal";

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

/** The part of `element` that its scrolling ancestors and the window leave visible. */
export function visiblePart(element: Element): Box {
  let box: Box = element.getBoundingClientRect();
  let { position } = getComputedStyle(element);
  for (let up = parentOf(element); up !== null; up = parentOf(up)) {
    const style = getComputedStyle(up);
    // An element clips a descendant only if it is in its containing block chain (CSS Overflow 3): a
    // static ancestor does not clip absolutely positioned content.
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

/** The element that scrolls the notebook around `element`; null for the page itself. */
function scrollerOf(element: Element): Element | null {
  let found: Element | null = null;
  for (let up = parentOf(element); up !== null; up = parentOf(up)) {
    const scrolls = /auto|scroll/.test(getComputedStyle(up).overflowY);
    if (scrolls && up.scrollHeight > up.clientHeight) found = up;
  }
  return found;
}

/** Where the frame is. */
type Where = "cell" | "corner" | "full" | "away";

export class Overlay {
  readonly element: HTMLDivElement;
  /** The actions of its buttons; null while no cell shows it. */
  actions: ChromeActions | null = null;
  /** Whether it becomes a mini-player when its cell is scrolled away. */
  corner = false;
  readonly #chrome: Chrome;
  readonly #owner = new AbortController();
  #place: HTMLElement | null = null;
  #frame = 0;
  #style = "";
  #lastSeen = 0;
  #scroller: Element | null = null;
  #scrolled = 0;
  /** The Jupyter cell that contained it when it was last visible. */
  #cell: Element | null = null;
  /** Remaining animation frames of the search for the cell. */
  #seeks = 0;

  constructor(document: Document) {
    this.element = document.createElement("div");
    this.element.className = "nanomeet-overlay";
    this.element.hidden = true;
    this.#chrome = new Chrome(
      this.element,
      () => this.actions,
      () => this.#place?.focus(),
    );
    // The page has regained focus: from now on, tabbing skips the frame.
    const unguard = (): void => void setTimeout(() => this.#chrome.guard(false));
    addEventListener("focus", unguard, { signal: this.#owner.signal });
    document.body.append(this.element);
  }

  /** Lays the frame over `place` from now on; null hides it. */
  follow(place: HTMLElement | null): void {
    if (place === this.#place && !this.element.hidden) return;
    this.#place = place;
    this.#cell = null;
    cancelAnimationFrame(this.#frame);
    this.element.hidden = false;
    if (place === null) this.#apply("away", AWAY);
    else this.#track();
  }

  remove(): void {
    cancelAnimationFrame(this.#frame);
    this.#owner.abort();
    this.element.remove();
  }

  /** Moves the keyboard focus into the meeting. Tabbing out of it returns to the cell. */
  enter(): void {
    this.#chrome.guard(true);
    this.element.querySelector("iframe")?.focus();
  }

  /** Returns false if the page does not allow it. */
  async fullScreen(): Promise<boolean> {
    try {
      await this.element.requestFullscreen();
      return true;
    } catch {
      return false;
    }
  }

  /** Scrolls to the cell and focuses it. */
  back(): void {
    this.#seeks = RETURN_FRAMES;
    this.#showAround();
  }

  /** Opens what hides the cell: an unselected notebook or widget tab, a collapsed output. */
  #showAround(): void {
    if (this.#place) reveal(this.#place, [this.#cell, this.#scroller]);
  }

  readonly #track = (): void => {
    this.#frame = requestAnimationFrame(this.#track);
    if (document.fullscreenElement === this.element) {
      this.#apply("full", "");
      return;
    }
    const place = this.#place;
    const seen = place?.isConnected ? visiblePart(place) : null;
    const now = performance.now();
    if (place && seen && seen.right > seen.left && seen.bottom > seen.top) {
      if (this.element.dataset.place !== "cell") this.#scroller = scrollerOf(place);
      this.#cell ??= place.closest(".jp-Cell");
      this.#scrolled = this.#scroller?.scrollTop ?? 0;
      this.#lastSeen = now;
      this.#apply("cell", over(place.getBoundingClientRect(), seen));
      if (this.#seeks > 0) place.focus({ preventScroll: true });
      this.#seeks = 0;
    } else if (this.corner && now - this.#lastSeen > CELL_MOVES_MS) {
      this.#apply("corner", inCorner(this.#scroller, this.#before()));
    } else {
      this.#apply("away", AWAY);
    }
    if (this.#seeks > 0) {
      this.#seeks -= 1;
      // What just opened may contain another closed element.
      if (this.#seeks % REVEAL_FRAMES === 0) this.#showAround();
      this.#seek(place);
      // No control opened it: show it in full screen.
      if (this.#seeks === 0) void this.fullScreen();
    }
  };

  #seek(place: HTMLElement | null): void {
    if (place?.isConnected && place.getClientRects().length > 0) {
      place.parentElement?.scrollIntoView({ block: "center" });
    } else {
      // The notebook removes distant cells from the document.
      this.#scroller?.scrollTo({ top: this.#scrolled });
    }
  }

  /** How many earlier meetings have a mini-player. */
  #before(): number {
    const all = [...document.querySelectorAll<HTMLElement>(".nanomeet-overlay")];
    return all
      .slice(0, all.indexOf(this.element))
      .filter((other) => other.dataset.place === "corner").length;
  }

  #apply(where: Where, style: string): void {
    if (style === this.#style && where === this.element.dataset.place) return;
    this.#style = style;
    this.element.dataset.place = where;
    this.element.style.cssText = BASE_STYLE + style;
  }
}

/**
 * How long to search: a notebook restores distant cells step by step, one per animation frame. This
 * is 2.5 s at 60 Hz; a suspended page pauses the search.
 */
const RETURN_FRAMES = 150;

/** Animation frames between attempts to open what hides the cell. */
const REVEAL_FRAMES = 30;

/** A cell that is moved leaves the document for a moment: show no mini-player meanwhile. */
const CELL_MOVES_MS = 300;

/**
 * Above the notebook, below its menus and dialogs. Inline, because some hosts keep the style sheet
 * inside the cell's shadow root.
 */
const BASE_STYLE = "position:fixed;z-index:2;overflow:hidden;";
/** Hidden, but still laid out: a frame without a size stops its video. */
const AWAY = "visibility:hidden;pointer-events:none;left:0;top:0;width:480px;height:360px";
const ROUNDED = "border-radius:0 0 7px 7px;";

function over(whole: DOMRect, seen: Box): string {
  const cut = [
    seen.top - whole.top,
    whole.right - seen.right,
    whole.bottom - seen.bottom,
    seen.left - whole.left,
  ];
  return (
    `${ROUNDED}left:${whole.left}px;top:${whole.top}px;width:${whole.width}px;height:${whole.height}px;` +
    `clip-path:inset(${cut.join("px ")}px)`
  );
}

const CORNER_WIDTH = 240;
const CORNER_HEIGHT = 190;
const MARGIN = 12;

/** The bottom right of the notebook's visible part, or of the window if none is visible. */
function inCorner(scroller: Element | null, before: number): string {
  const page = document.documentElement;
  let [right, bottom] = [page.clientWidth, innerHeight];
  if (scroller) {
    const seen = visiblePart(scroller);
    // Clear of its scroll bar.
    const inner = scroller.getBoundingClientRect().left + scroller.clientWidth;
    if (seen.right > seen.left && seen.bottom > seen.top) {
      [right, bottom] = [Math.min(seen.right, inner), seen.bottom];
    }
  }
  const left = Math.max(0, right - (CORNER_WIDTH + MARGIN) * (before + 1));
  const top = Math.max(0, bottom - CORNER_HEIGHT - MARGIN);
  return `box-sizing:border-box;border-radius:8px;left:${left}px;top:${top}px;width:${CORNER_WIDTH}px;height:${CORNER_HEIGHT}px`;
}
