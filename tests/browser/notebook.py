"""Driving a notebook in JupyterLab as a user does."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from .conftest import Lab

#: Kernels and their first import of everything take their time on a busy machine.
SLOW = 60_000


class Notebook:
    """A notebook that is open in a page."""

    def __init__(self, page: Page, lab: Lab, name: str) -> None:
        self.page = page
        page.goto(lab.address(name))
        expect(page.locator(".jp-Notebook")).to_be_visible(timeout=SLOW)
        self.idle()

    @property
    def meeting(self) -> Locator:
        """The widget in its cell."""
        return self.page.locator(".nanomeet")

    def cell(self, number: int) -> Locator:
        """A code cell, by its place among them."""
        return self.page.locator(".jp-Notebook .jp-CodeCell").nth(number)

    def run(self, number: int) -> None:
        """Run a code cell and wait until it has run."""
        cell = self.cell(number)
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        expect(cell.locator(".jp-InputPrompt")).not_to_contain_text("*", timeout=SLOW)
        expect(cell.locator(".jp-InputPrompt")).to_contain_text("[", timeout=SLOW)

    def output(self, number: int) -> Locator:
        """What a cell has printed."""
        return self.cell(number).locator(".jp-OutputArea-output")

    def evaluate(self, number: int) -> str:
        """Run a cell and return the text it printed."""
        self.run(number)
        return self.output(number).inner_text().strip()

    def save(self) -> None:
        """Save, and wait until it is."""
        self.page.keyboard.press("Control+s")
        expect(self.page.locator(".jp-mod-current.jp-mod-dirty")).to_have_count(0)

    def idle(self) -> None:
        """Wait until the kernel is there and has nothing to do."""
        expect(self.page.get_by_role("button", name="| Idle")).to_be_visible(timeout=SLOW)
