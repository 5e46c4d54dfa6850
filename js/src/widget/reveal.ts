/** Opens what hides a cell's output, by the controls that its user would take. */
import { parentOf } from "./dom";
import { hiderOf } from "./shown";

/** Opens the outermost thing that hides `place`, which `scroller` has scrolled when it was visible. */
export function reveal(place: Element, scroller: Element | null): void {
  // A notebook takes cells out of the document: then what hides the notebook comes first.
  let hider = hiderOf(place.isConnected || !scroller ? place : scroller);
  for (let next = hider; next; next = next && hiderOf(next)) {
    hider = next;
    next = parentOf(next);
  }
  const control = (hider && controlOf(hider)) ?? headingOf(place, scroller);
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
  const pages = hidden.closest(".widget-tab-contents > *");
  const number = [...(pages?.parentElement?.children ?? [])].indexOf(pages as Element);
  return (
    // JupyterLab has a tab for each notebook.
    document.querySelector<HTMLElement>(`.lm-TabBar-tab[data-id="${CSS.escape(hidden.id)}"]`) ??
    // The Tab of ipywidgets has its pages in the order of its tabs; below it, its Accordion.
    [
      ...(pages?.parentElement?.parentElement?.querySelectorAll<HTMLElement>(".lm-TabBar-tab") ??
        []),
    ][number] ??
    inside(".jp-Collapse", ".jp-Collapse-header") ??
    // Something to click is in the place of a collapsed output.
    inside(".jp-Cell", ".jp-OutputPlaceholder")
  );
}

/** The nearest heading before a cell that hides what is below it. */
function headingOf(place: Element, scroller: Element | null): HTMLElement | undefined {
  const at = (element: Element): number =>
    Number(
      element.closest<HTMLElement>("[data-windowed-list-index]")?.dataset.windowedListIndex ?? 1e9,
    );
  const notebook = place.closest(".jp-Notebook") ?? scroller;
  const buttons = notebook?.querySelectorAll<HTMLElement>(".jp-showHiddenCellsButton") ?? [];
  return [...buttons].filter((button) => at(button) < at(place)).at(-1);
}
