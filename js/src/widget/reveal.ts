/** Opens what hides a cell's output, with the controls that a user would use. */
import { parentOf } from "./dom";
import { hiderOf } from "./shown";

/**
 * Opens the outermost element that hides `place`. Notebooks remove hidden or distant output from
 * the document: `around` lists the ancestors of `place` when it was last visible, innermost first.
 */
export function reveal(place: Element, around: readonly (Element | null)[]): void {
  const near = [place, ...around].find((element) => element?.isConnected);
  if (!near) return;
  let hider = hiderOf(near);
  for (let next = hider; next; next = next && hiderOf(next)) {
    hider = next;
    next = parentOf(next);
  }
  const control = controlOf(hider ?? near) ?? headingOf(near, around);
  if (!control) return;
  // JupyterLab's simple mode hides the tabs, but they work where they are laid out.
  const bar = control.closest(".lm-TabBar.lm-mod-hidden")?.classList;
  bar?.toggle("lm-mod-hidden");
  const { left, top } = control.getBoundingClientRect();
  const pressed = { bubbles: true, clientX: left + 5, clientY: top + 5 };
  for (const type of ["pointerdown", "pointerup"])
    control.dispatchEvent(new PointerEvent(type, pressed));
  control.click();
  bar?.toggle("lm-mod-hidden");
}

/** Returns the control that shows a hidden element again. */
function controlOf(hidden: Element): HTMLElement | null | undefined {
  const inside = (whole: string, part: string) =>
    hidden.closest(whole)?.querySelector<HTMLElement>(part);
  const pages = hidden.parentElement?.closest(".widget-tab-contents");
  const number = [...(pages?.children ?? [])].indexOf(hidden);
  const tabs = pages?.parentElement?.querySelectorAll<HTMLElement>(".lm-TabBar-tab");
  return (
    // JupyterLab has a tab for each notebook.
    document.querySelector<HTMLElement>(`.lm-TabBar-tab[data-id="${CSS.escape(hidden.id)}"]`) ??
    // A Tab of ipywidgets has its pages in the order of its tabs.
    tabs?.[number] ??
    (hidden.matches(".jupyter-widget-Collapse-contents")
      ? inside(".jupyter-widget-Collapse", ".jupyter-widget-Collapse-header")
      : // A collapsed output is replaced by an element to click
        inside(".jp-Cell", ".jp-OutputPlaceholder"))
  );
}

/** The nearest heading above a cell, which can collapse what is below it. */
function headingOf(near: Element, around: readonly (Element | null)[]): HTMLElement | undefined {
  const at = (element: Element | null | undefined): number =>
    Number(
      element?.closest<HTMLElement>("[data-windowed-list-index]")?.dataset.windowedListIndex ?? 1e9,
    );
  const notebook = near.closest(".jp-Notebook") ?? near;
  const buttons = notebook.querySelectorAll<HTMLElement>(".jp-showHiddenCellsButton");
  return [...buttons].filter((button) => at(button) < at(around[0])).at(-1);
}
