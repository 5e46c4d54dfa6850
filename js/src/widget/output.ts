/** Where the notebook shows a widget. */

/** As Jupyter's own notebooks expose it. */
export interface WidgetManager {
  get_model?(id: string): Promise<WidgetModel | undefined>;
}

interface WidgetModel {
  readonly views?: Readonly<Record<string, Promise<{ readonly el: HTMLElement }>>>;
}

/** The first visible output that shows a widget; rejects if there is none. */
export async function outputOf(
  manager: WidgetManager | null | undefined,
  id: string,
): Promise<HTMLElement> {
  const model = await manager?.get_model?.(id).catch(() => undefined);
  for (const view of Object.values(model?.views ?? {})) {
    const { el } = await view;
    if (el.getClientRects().length) return el;
  }
  throw { kind: "no_output", message: "No output of this page shows the widget." };
}
