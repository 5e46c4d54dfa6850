/**
 * The controls around the meeting's frame outside its cell: a bar with buttons in the mini-player
 * and in full screen. They live in a shadow root, so that page styles do not affect them; the frame
 * is its slotted child.
 */
import { button, make } from "./dom";
import { t } from "./strings";

const STYLE = `
:host{color-scheme:light}
:host([data-theme=dark]){color-scheme:dark}
:host([data-place=corner]){border:1px solid color-mix(in srgb,CanvasText 35%,Canvas);box-shadow:0 4px 18px #0006}
.all{display:flex;flex-direction:column;height:100%;background:var(--jp-layout-color1,Canvas);color:var(--jp-ui-font-color1,CanvasText);font:12px var(--jp-ui-font-family,system-ui,sans-serif)}
.bar,button{display:flex;align-items:center;gap:4px}
.bar{padding:2px 4px}
.stage{flex:1;position:relative;min-height:0}
::slotted(iframe){position:absolute;inset:0}
:host([data-place=corner]) ::slotted(iframe){width:200%!important;height:200%!important;transform:scale(.5);transform-origin:0 0}
:host([data-place=cell]) .bar{display:none}
button{padding:4px;border:0;border-radius:4px;background:none;color:inherit;font:inherit;cursor:pointer}
button:hover{background:color-mix(in srgb,currentColor 14%,transparent)}
button:focus-visible{outline:2px solid #2f6fed}
svg{width:16px;height:16px;flex:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.nanomeet-back{flex:1;white-space:nowrap}
:host([data-place=full]) :is(.nanomeet-back,.nanomeet-close),:host([data-place=corner]) .nanomeet-shrink{display:none}
.nanomeet-shrink{margin-inline-start:auto}
:host([data-place=corner]) .nanomeet-leave .nanomeet-label,.nanomeet-close .nanomeet-label{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}`;

export interface ChromeActions {
  /** Back to the cell. */
  back(): void;
  leave(): void;
  /** Close the mini-player. */
  cornerOff(): void;
}

export class Chrome {
  readonly #guards: HTMLElement[];

  constructor(host: HTMLElement, actions: () => ChromeActions | null, onOut: () => void) {
    const shadow = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    const all = make("div", "all");
    const bar = make("div", "bar");
    bar.append(
      button("back", t.chrome.back, () => actions()?.back()),
      button("shrink", t.chrome.shrink, () => void document.exitFullscreen()),
      button("leave", t.header.leave, () => actions()?.leave()),
      button("close", t.chrome.close, () => actions()?.cornerOff()),
    );
    const stage = make("div", "stage");
    stage.append(document.createElement("slot"));
    const [first, last] = [make("span", "guard"), make("span", "guard")];
    this.#guards = [first, last];
    for (const guard of this.#guards) guard.onfocus = onOut;
    this.guard(false);
    all.append(bar, first, stage, last);
    shadow.append(all);
  }

  /** Detects tabbing out of either end while the keyboard focus is inside. */
  guard(on: boolean): void {
    for (const guard of this.#guards) guard.tabIndex = on ? 0 : -1;
  }
}
