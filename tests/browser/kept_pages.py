"""Notebook pages shared by tests: loading JupyterLab takes longer than most tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.labs import Lab

from .contexts import AS_A_USER, new_context
from .notebook import App, Notebook

#: Options of a server whose pages can be kept: each gives its application to the tests.
EXPOSED = [f"--{app}.expose_app_in_browser=True" for app in ("LabApp", "JupyterNotebookApp")]
#: Opens a notebook, and closes what JupyterLab shows where no notebook is open.
_OPEN = """
async (path) => {
  const { commands, shell } = jupyterapp;
  const opened = await commands.execute("docmanager:open", { path, factory: "Notebook" });
  for (const other of [...shell.widgets("main")]) if (other !== opened) other.close();
}
"""
#: Notebook 7 shows one notebook a page: its file has other cells now, and it gets a kernel of its own.
_READ_AGAIN = """
async () => {
  const { context } = jupyterapp.shell.currentWidget;
  await context.revert();
  await context.sessionContext.changeKernel({ name: "python3" });
}
"""
#: Milliseconds in which a page that can be used again is tidied up.
_TIDYING = 20_000
#: Has the kernels close their widgets, which ends the meetings at once, and shuts the kernels down.
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

#: Opens a notebook by its name, in JupyterLab or another of its applications.
OpenNotebook = Callable[..., Notebook]


class KeptPage:
    """A page in a browser context of its own, with a notebook at a time."""

    def __init__(self, page: Page, lab: Lab, app: App) -> None:
        self.page = page
        self._lab = lab
        self.app: App = app
        #: Where the file is that Notebook 7 has open.
        self._file: str | None = None

    def open(self, name: str) -> Notebook:
        """Open a notebook of the Lab's folder."""
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
        """Leave no meeting, notebook or memory of them in the page; say whether it can be used again."""
        if self.page.is_closed() or len(self.page.context.pages) > 1:
            return False
        try:
            for frame in self.page.frames:
                with suppress(Error):  # one of the frames goes, or has no storage
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
    """The pages that a worker has for its tests."""

    def __init__(self, browser: Browser, lab: Lab) -> None:
        self._browser = browser
        self._lab = lab
        self._free: dict[App, list[KeptPage]] = {"lab": [], "notebook": []}

    def take(self, app: App) -> KeptPage:
        """Return a page that no other test uses."""
        if self._free[app]:
            return self._free[app].pop()
        context = new_context(self._browser, **AS_A_USER)
        return KeptPage(context.new_page(), self._lab, app)

    def give_back(self, kept: KeptPage, *, whole: bool) -> None:
        """Keep a page for the next test; one that a failure may have spoilt, or that does not tidy up, ends."""
        if whole and kept.tidy():
            self._free[kept.app].append(kept)
        else:
            kept.page.context.close()

    @contextmanager
    def lent(self, session: pytest.Session) -> Iterator[OpenNotebook]:
        """Open notebooks, each in a page that no other one has; the session tells whether a test failed."""
        taken: list[KeptPage] = []

        def opener(name: str, app: App = "lab") -> Notebook:
            taken.append(self.take(app))
            return taken[-1].open(name)

        failures = session.testsfailed
        yield opener
        for page in taken:
            self.give_back(page, whole=session.testsfailed == failures)

    def close(self) -> None:
        """Close all of them."""
        for kept in [*self._free["lab"], *self._free["notebook"]]:
            kept.page.context.close()
