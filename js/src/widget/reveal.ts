/** Opens what hides a cell's output, by the controls that its user would take. */
import { parentOf } from "./dom";
import { hiderOf } from "./shown";

/**
 * Opens the outermost thing that hides `place`. A notebook takes out of the document what it hides or
 * what is far away: `around` is what `place` was in when it was visible, from the inside to the outside.
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
  const { left, top } = control.getBoundingClientRect();
  const pressed = { bubbles: true, clientX: left + 5, clientY: top + 5 };
  for (const type of ["pointerdown", "pointerup"])
    control.dispatchEvent(new PointerEvent(type, pressed));
  control.click();
}

/** What shows the hidden element again. */
function controlOf(hidden: Element): HTMLElement | null | undefined {
  const inside = (whole: string, part: string) =>
    hidden.closest(whole)?.querySelector<HTMLElement>(part);
  const pages = hidden.parentElement?.closest(".widget-tab-contents");
  const number = [...(pages?.children ?? [])].indexOf(hidden);
  const tabs = pages?.parentElement?.querySelectorAll<HTMLElement>(".lm-TabBar-tab");
  return (
    // JupyterLab has a tab for each notebook.
    document.querySelector<HTMLElement>(`.lm-TabBar-tab[data-id="${CSS.escape(hidden.id)}"]`) ??
    // The Tab of ipywidgets has its pages in the order of its tabs.
    tabs?.[number] ??
    (hidden.matches(".jupyter-widget-Collapse-contents")
      ? inside(".jupyter-widget-Collapse", ".jupyter-widget-Collapse-header")
      : // Something to click is in the place of a collapsed output.
        inside(".jp-Cell", ".jp-OutputPlaceholder"))
  );
}

/** The nearest heading before a cell that hides what is below it. */
function headingOf(near: Element, around: readonly (Element | null)[]): HTMLElement | undefined {
  const at = (element: Element | null | undefined): number =>
    Number(
      element?.closest<HTMLElement>("[data-windowed-list-index]")?.dataset.windowedListIndex ?? 1e9,
    );
  const notebook = near.closest(".jp-Notebook") ?? near;
  const buttons = notebook.querySelectorAll<HTMLElement>(".jp-showHiddenCellsButton");
  return [...buttons].filter((button) => at(button) < at(around[0])).at(-1);
}
