"""Drives a notebook in JupyterLab or Notebook 7, as a user does."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from tests.labs import Lab

#: The timeout for starting a kernel and its first imports on a busy machine.
SLOW = 120_000
#: Only time distinguishes a kernel that missed a request from a slow one.
OVERLOOKED = 15_000

#: Returns the text once JupyterLab has drawn all of it: it draws outputs in pieces, one per frame.
_DRAWN = """
async (output) => {
  let [text, same] = ["", 0];
  for (let frames = 0; same < 10 && frames < 3_600; frames += 1) {
    await new Promise(requestAnimationFrame);
    const now = output.innerText.trim();
    same = now !== "" && now === text ? same + 1 : 0;
    text = now;
  }
  return text;
}
"""

#: Whether the notebook has nothing that is not saved; other applications than Jupyter's do not tell.
_SAVED = "() => !globalThis.jupyterapp?.shell.currentWidget?.context?.model.dirty"

App = Literal["lab", "notebook"]


class Notebook:
    """A notebook that is open in a page."""

    def __init__(self, page: Page, lab: Lab, name: str, app: App = "lab") -> None:
        self.page = page
        page.goto(lab.address(name, app))
        self._opens()

    @classmethod
    def shown_in(cls, page: Page) -> Notebook:
        """The notebook that a page has opened by itself, or is opening."""
        notebook = cls.__new__(cls)
        notebook.page = page
        notebook._opens()
        return notebook

    def _opens(self) -> None:
        expect(self.page.locator(".jp-Notebook")).to_be_visible(timeout=SLOW)
        self.idle()

    @property
    def meeting(self) -> Locator:
        """The widget in its cell."""
        return self.page.locator(".nanomeet")

    def cell(self, number: int) -> Locator:
        """Return the code cell with this index."""
        return self.page.locator(".jp-Notebook .jp-CodeCell").nth(number)

    def run(self, number: int) -> None:
        """Run a code cell and wait until it has finished."""
        self.start(number)
        self.ran(number)

    def start(self, number: int) -> None:
        """Run a code cell without waiting for it."""
        cell = self.cell(number)
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()
        # An earlier run's number could be mistaken for this one's.
        cell.locator(".jp-InputPrompt").evaluate("(prompt) => { prompt.textContent = ''; }")
        self.page.keyboard.press("Control+Enter")

    def ran(self, number: int) -> None:
        """Wait until a code cell has finished."""
        prompt = self.cell(number).locator(".jp-InputPrompt")
        expect(prompt).to_have_text(re.compile(r"\[\d+\]"), timeout=SLOW)

    def output(self, number: int) -> Locator:
        """Return a cell's output."""
        return self.cell(number).locator(".jp-OutputArea-output")

    def evaluate(self, number: int) -> str:
        """Run a cell and return the text it printed."""
        self.run(number)
        # An output is added to the document before its text.
        expect(self.output(number)).not_to_be_empty()
        return str(self.output(number).evaluate(_DRAWN))

    def until(
        self, number: int, fits: Callable[[str], bool], wanted: str = "what is waited for"
    ) -> str:
        """Run a cell until its output matches, and return that.

        What a page shows may still be on its way to the kernel: a cell may run before it arrives. On failure,
        reports each different output of the cell once, with the seconds elapsed.
        """
        begin = time.monotonic()
        printed: list[tuple[float, str]] = []
        while not fits(text := self.evaluate(number)):
            passed = time.monotonic() - begin
            if not printed or printed[-1][1] != text:
                printed.append((passed, text))
            seen = "\n".join(f"after {at:.1f} s: {one}" for at, one in printed)
            assert passed < SLOW / 1000, f"cell {number} did not print {wanted}:\n{seen}"
            # What takes long is asked less often: to run a cell costs as much as to show a meeting.
            self.page.wait_for_timeout(min(passed / 5, 4) * 1000)
        return text

    def tells(self, number: int, text: str) -> None:
        """Run a cell until it prints a text."""
        self.until(number, text.__eq__, repr(text))

    def begins(self, number: int, words: str) -> None:
        """Run a cell until its output starts with a text."""
        self.until(number, lambda printed: printed.startswith(words), f"{words!r} first")

    def save(self) -> None:
        """Save, and wait until the notebook is saved."""
        # Wait for a request sent after the key: the notebook also saves by itself.
        with self.page.expect_request(
            lambda request: request.method == "PUT" and "/api/contents/" in request.url
        ) as asked:
            self.page.keyboard.press("Control+s")
        answer = asked.value.response()
        assert answer is not None
        assert answer.ok
        # Only then does the notebook know it: one that is closed before asks whether to save.
        self.page.wait_for_function(_SAVED)

    def use_theme(self, theme: Literal["light", "dark"]) -> None:
        """Make JupyterLab light or dark, and wait until it is; it keeps that for the pages after."""
        self.page.evaluate(
            "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })",
            f"JupyterLab {theme.title()}",
        )
        light = "true" if theme == "light" else "false"
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-light", light)

    def menu(self, *names: str) -> None:
        """Choose from the menu bar: the menu, then its item."""
        bar, item = names
        self.page.locator(".lm-MenuBar-item", has_text=bar).click()
        self.page.locator(".lm-Menu-item", has_text=item).first.click()

    def idle(self) -> None:
        """Wait until the kernel is connected and idle."""
        name = self.page.locator(".jp-Toolbar-kernelName:visible")
        expect(name).to_contain_text("Python", timeout=SLOW)
        indicator = self.page.locator(".jp-Notebook-ExecutionIndicator:visible").first
        for _ in range(SLOW // OVERLOOKED):
            with suppress(AssertionError):
                expect(indicator).to_have_attribute("data-status", "idle", timeout=OVERLOOKED)
                return
            # ipykernel 7.0 to 7.3 may miss the first request of a connection until another one follows
            # (ipython/ipykernel#1554): do what a user does.
            if indicator.get_attribute("data-status") == "unknown":
                self.menu("Kernel", "Reconnect to Kernel")
        expect(indicator).to_have_attribute("data-status", "idle")
