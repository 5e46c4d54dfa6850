"""The matrix of browsers in `docs/hosts/browsers.md`: tests compare what they find with its cells.

A cell is `yes`, `yes, …` or `no: “…”`, with the words that the user reads. A run that finds anything else
fails, and so does a row that no test of a column looks at (`tests/unit/test_browser_matrix.py`).
"""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/hosts/browsers.md"
#: Not the line below the head.
_ROW = re.compile(r"^\| (.+) \|$", re.MULTILINE)


def matrix() -> dict[str, dict[str, str]]:
    """Return the cells by browser, without its version, and by feature."""
    head, *rows = (row.split(" | ") for row in _ROW.findall(PAGE.read_text()))
    browsers = [name.split(" ")[0] for name in head[1:]]
    return {
        browser: {row[0]: row[number] for row in rows}
        for number, browser in enumerate(browsers, start=1)
    }


def version(browser: str) -> str:
    """Return the version of a browser that the matrix names."""
    found = re.search(rf"\| {browser} ([0-9.]+)", PAGE.read_text())
    assert found is not None
    return found[1]


class Findings:
    """What the tests of one browser find."""

    def __init__(self, browser: str) -> None:
        self._browser = browser
        self._cells = matrix()[browser]

    def __call__(self, feature: str, found: str = "yes") -> None:
        """Compare with the matrix."""
        cell = self._cells[feature]
        assert found == cell, f"{self._browser}, {feature}: found {found!r}, documented {cell!r}"


def refused(words: str) -> str:
    """Return the cell of what a browser cannot do, with the words that say so."""
    return f"no: “{words}”"
