"""Notebook pages shared by tests: loading JupyterLab takes longer than most tests."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.labs import Lab

from .contexts import AS_A_USER, new_context
from .notebook import App, Notebook

#: Server options for keeping pages: each application is exposed to the tests.
EXPOSED = [f"--{app}.expose_app_in_browser=True" for app in ("LabApp", "JupyterNotebookApp")]
#: Opens a notebook, and closes the launcher.
_OPEN = """
async (path) => {
  const { commands, shell } = jupyterapp;
  const opened = await commands.execute("docmanager:open", { path, factory: "Notebook" });
  for (const other of [...shell.widgets("main")]) if (other !== opened) other.close();
}
"""
#: Notebook 7 shows one notebook per page: reload its file with other cells, and give it a new kernel.
_READ_AGAIN = """
async () => {
  const { context } = jupyterapp.shell.currentWidget;
  await context.revert();
  await context.sessionContext.changeKernel({ name: "python3" });
}
"""
#: The timeout in milliseconds for tidying up a reusable page.
_TIDYING = 20_000
#: Makes the kernels close their widgets, which ends the meetings at once, and shuts the kernels down.
_END = """
async (patience) => {
  const code = "from ipywidgets import Widget; Widget.close_all()";
  const end = async ({ sessionContext }) => {
    await sessionContext.session?.kernel?.requestExecute({ code, silent: true }).done;
    await sessionContext.shutdown();
  };
  const contexts = new Set();
  for (const { context } of jupyterapp.shell.widgets("main")) if (context) contexts.add(context);
  const late = new Promise((_, reject) => setTimeout(reject, patience, new Error("a kernel is busy")));
  await Promise.race([Promise.all([...contexts].map(end)), late]);
  for (const context of contexts) context.model.dirty = false;
}
"""
_CLOSE = "() => { for (const widget of [...jupyterapp.shell.widgets('main')]) widget.close(); }"
_FORGET = "() => { localStorage.clear(); sessionStorage.clear(); }"

#: Opens a notebook by name, in JupyterLab or another of its applications.
OpenNotebook = Callable[..., Notebook]


class KeptPage:
    """A page in a browser context of its own, with one notebook at a time."""

    def __init__(self, page: Page, lab: Lab, app: App, *, trusting: bool) -> None:
        self.page = page
        self._lab = lab
        self.app: App = app
        self.trusting = trusting
        #: The file that Notebook 7 has open.
        self._file: str | None = None

    def open(self, name: str) -> Notebook:
        """Open a notebook from the Lab's folder."""
        if self.app == "lab" and self._file is not None:
            self.page.evaluate(_OPEN, name)
        elif self._file is not None:
            shutil.copy(self._lab.folder / name, self._lab.folder / self._file)
            self.page.evaluate(_READ_AGAIN)
        else:
            self._file = name
            return Notebook(self.page, self._lab, name, self.app)
        return Notebook.shown_in(self.page)

    def tidy(self) -> bool:
        """Remove all meetings, notebooks and stored state from the page; return whether it is reusable."""
        if self.page.is_closed() or len(self.page.context.pages) > 1:
            return False
        try:
            for frame in self.page.frames:
                with suppress(Error):  # a frame is being removed, or has no storage
                    frame.evaluate(_FORGET)
            self.page.evaluate(_END, _TIDYING)
            expect(self.page.locator(".nanomeet-overlay")).to_have_count(0)
            if self.app == "lab":
                self.page.evaluate(_CLOSE)
                expect(self.page.locator(".jp-Notebook")).to_have_count(0)
            expect(self.page.locator(".jp-Dialog")).to_have_count(0)
        except (AssertionError, Error):
            return False
        return True


class KeptPages:
    """The pages that a worker keeps for its tests."""

    def __init__(self, browser: Browser, lab: Lab) -> None:
        self._browser = browser
        self._lab = lab
        self._free: dict[tuple[App, bool], list[KeptPage]] = defaultdict(list)

    def take(self, app: App, *, trusting: bool) -> KeptPage:
        """Return a page that no other test uses; a trusting one accepts every certificate."""
        if free := self._free[app, trusting]:
            return free.pop()
        context = new_context(self._browser, **AS_A_USER, ignore_https_errors=trusting)
        return KeptPage(context.new_page(), self._lab, app, trusting=trusting)

    def give_back(self, kept: KeptPage, *, whole: bool) -> None:
        """Keep a page for the next test; close it if the test failed or tidying up fails."""
        if whole and kept.tidy():
            self._free[kept.app, kept.trusting].append(kept)
        else:
            kept.page.context.close()

    @contextmanager
    def lent(self, session: pytest.Session) -> Iterator[OpenNotebook]:
        """Open notebooks, each in a page of its own; the session shows whether a test failed."""
        taken: list[KeptPage] = []

        def opener(name: str, app: App = "lab", *, trusting: bool = False) -> Notebook:
            taken.append(self.take(app, trusting=trusting))
            return taken[-1].open(name)

        failures = session.testsfailed
        yield opener
        for page in taken:
            self.give_back(page, whole=session.testsfailed == failures)

    def close(self) -> None:
        """Close all pages."""
        for kept in chain.from_iterable(self._free.values()):
            kept.page.context.close()
