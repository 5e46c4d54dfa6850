"""Whether people who see, hear or move otherwise can use a page, as far as axe can tell."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"


def violations(page: Page, *selectors: str) -> list[str]:
    """What axe finds of serious and critical faults."""
    page.add_script_tag(path=AXE)
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
