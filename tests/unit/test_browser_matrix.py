"""Every cell of the matrix of browsers is found by a test, and the short one in `docs/hosts.md` agrees."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.browser.matrix import PAGE, matrix, version

TESTS = Path(__file__).parents[1] / "browser"
COLUMNS = {"Firefox": "test_firefox.py", "WebKitGTK": "test_webkit.py"}
#: What a cell says if there is nothing to compare.
NOT_COMPARED = ("not without a place on the stage", "not tested")


def compared(test: str) -> set[str]:
    """Return the features that a file of tests compares with the matrix."""
    tree = ast.parse((TESTS / test).read_text())
    return {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "found"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


@pytest.mark.parametrize(("browser", "test"), COLUMNS.items())
def test_every_cell_is_what_a_test_found(browser: str, test: str) -> None:
    cells = matrix()[browser]
    assert compared(test) == {name for name, cell in cells.items() if cell not in NOT_COMPARED}


def test_a_cell_says_yes_or_quotes_what_the_page_says() -> None:
    cells = {cell for column in matrix().values() for cell in column.values()}
    for cell in cells.difference(NOT_COMPARED):
        assert re.fullmatch(r"yes(, by [\w ]+)?|no: “.+”", cell), cell


def test_chromium_can_do_everything() -> None:
    cells = matrix()["Chromium"]
    assert all(cell.startswith("yes") for cell in cells.values())


def test_the_short_matrix_agrees() -> None:
    short = (PAGE.parents[1] / "hosts.md").read_text()
    features = ("Join, see and hear, be seen and heard", "Watch a broadcast", "Send a broadcast")
    for browser, cells in matrix().items():
        row = re.search(
            rf"^\| {browser} {version(browser)} \| .+? \| (.+) \|$", short, re.MULTILINE
        )
        assert row is not None, browser
        assert row[1].split(" | ") == [re.split("[:,]", cells[name])[0] for name in features]
