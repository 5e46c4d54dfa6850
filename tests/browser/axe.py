"""Accessibility of a page, as far as axe can tell."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"

#: Colours on their way from one to another, and fonts that are still to come, are no fault. What
#: moves is set to its end: where it is out of sight it never comes there.
_SETTLED = """
async () => {
  await document.fonts.ready;
  for (const animation of document.getAnimations()) {
    if (Number.isFinite(animation.effect.getComputedTiming().endTime)) animation.finish();
  }
}
"""


def violations(page: Page, *selectors: str) -> list[str]:
    """The serious and critical violations that axe finds."""
    # Not as a script of the page: what the server allows there does not hold for the inspector.
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
