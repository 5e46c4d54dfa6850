"""The meeting in a real notebook."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Lab, OpenPage

pytestmark = pytest.mark.browser


def run_cell(page: Page, number: int) -> None:
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(number)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")


def open_notebook(page: Page, lab: Lab, name: str) -> None:
    page.goto(lab.address(name))
    expect(page.locator(".jp-Notebook")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="| Idle")).to_be_visible(timeout=60_000)


def test_without_a_token_the_cell_says_what_to_do(lab: Lab, open_page: OpenPage) -> None:
    lab.write("empty.ipynb", "import nanomeet_widget as nm\nnm.NanoMeet()")
    page = open_page()
    open_notebook(page, lab, "empty.ipynb")
    run_cell(page, 0)
    expect(page.locator(".nanomeet-card")).to_contain_text(
        re.compile("set the widget's token"), timeout=60_000
    )
    page.screenshot(path="/tmp/shot-empty.png")
