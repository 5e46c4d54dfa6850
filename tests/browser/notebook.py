"""Driving a notebook in JupyterLab, or in Notebook 7, as a user does."""

from __future__ import annotations

import re
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from tests.labs import Lab

#: Kernels and their first import of everything take their time on a busy machine.
SLOW = 60_000

App = Literal["lab", "notebook"]


class Notebook:
    """A notebook that is open in a page."""

    def __init__(self, page: Page, lab: Lab, name: str, app: App = "lab") -> None:
        self.page = page
        page.goto(lab.address(name, app))
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
        self.start(number)
        self.ran(number)

    def start(self, number: int) -> None:
        """Run a code cell, and do not wait for it."""
        cell = self.cell(number)
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()
        # The number of an earlier run would pass for this one's.
        cell.locator(".jp-InputPrompt").evaluate("(prompt) => { prompt.textContent = ''; }")
        self.page.keyboard.press("Control+Enter")

    def ran(self, number: int) -> None:
        """Wait until a code cell has run."""
        prompt = self.cell(number).locator(".jp-InputPrompt")
        expect(prompt).to_have_text(re.compile(r"\[\d+\]"), timeout=SLOW)

    def output(self, number: int) -> Locator:
        """What a cell has printed."""
        return self.cell(number).locator(".jp-OutputArea-output")

    def evaluate(self, number: int) -> str:
        """Run a cell and return the text it printed."""
        self.run(number)
        # An output is in the document before its text is.
        expect(self.output(number)).not_to_be_empty()
        return self.output(number).inner_text().strip()

    def save(self) -> None:
        """Save, and wait until it is."""
        with self.page.expect_response(
            lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url
        ):
            self.page.keyboard.press("Control+s")

    def menu(self, *names: str) -> None:
        """Choose from the menu bar: the menu, then its item."""
        bar, item = names
        self.page.locator(".lm-MenuBar-item", has_text=bar).click()
        self.page.locator(".lm-Menu-item", has_text=item).first.click()

    def idle(self) -> None:
        """Wait until the kernel is there and has nothing to do."""
        name = self.page.locator(".jp-Toolbar-kernelName:visible")
        expect(name).to_contain_text("Python", timeout=SLOW)
        indicator = self.page.locator(".jp-Notebook-ExecutionIndicator:visible").first
        try:
            expect(indicator).to_have_attribute("data-status", "idle", timeout=SLOW / 4)
        except AssertionError:
            # ipykernel 7.0 to 7.3 may overlook the first request of a connection until there is
            # another one (ipython/ipykernel#1554): do what its user does.
            if indicator.get_attribute("data-status") == "unknown":
                self.menu("Kernel", "Reconnect to Kernel")
            expect(indicator).to_have_attribute("data-status", "idle", timeout=SLOW)
