"""Accessibility of a page, as far as axe can check it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"

#: Waits for fonts and finishes animations: axe would report a colour in transition, and a hidden animation
#: never ends.
_SETTLED = """
async () => {
  await document.fonts.ready;
  for (const animation of document.getAnimations()) {
    if (Number.isFinite(animation.effect.getComputedTiming().endTime)) animation.finish();
  }
}
"""


def violations(page: Page, *selectors: str) -> list[str]:
    """Return the serious and critical violations that axe finds."""
    # Evaluated, not added as a script: the page's content security policy would block that.
    page.evaluate(AXE.read_text())
    page.evaluate(_SETTLED)
    return list(
        page.evaluate(
            """async (include) => {
              const found = await axe.run({ include }, { iframes: false });
              return found.violations
                .filter(({ impact }) => impact === "serious" || impact === "critical")
                .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
            }""",
            [[selector] for selector in selectors],
        )
    )
