"""Shared by the benchmarks of pictures in and out of Python: JupyterLab, and a meeting with a guest."""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.studio import HERE, Seen
from playwright.sync_api import Browser, Frame, Page, expect, sync_playwright
from tests.browser.browsers import CHROMIUM, launched
from tests.browser.contexts import new_context
from tests.browser.media import frame_of
from tests.browser.notebook import SLOW, Notebook
from tests.browser.test_room import address
from tests.conftest import RunningServer, Servers
from tests.labs import Lab, running_lab

#: The tile of what is presented, and of the other participant.
SCREEN = 'li[data-participant$=":screen"] video'
OTHER = "li[data-participant][data-local=false] video"
#: Cameras and microphones are the source of the benchmarks of pictures.
_DEVICES = """
if (navigator.mediaDevices) {
  navigator.mediaDevices.getUserMedia = async ({ audio, video }) =>
    new MediaStream([...(video ? [stampedTrack()] : []), ...(audio ? [beepingTrack()] : [])]);
}
"""
_SETUP = f"import sys\nsys.path.insert(0, {str(HERE.parent)!r})\nfrom benchmarks import in_kernel as kernel\n"
_ERROR = '.jp-OutputArea-output [data-mime-type="application/vnd.jupyter.error"]'


class Cells:
    """An open notebook, whose cells have names.

    Parameters
    ----------
    notebook
        The notebook.
    lab
        Its JupyterLab.
    names
        The names of its cells, in order.
    """

    def __init__(self, notebook: Notebook, lab: Lab, names: list[str]) -> None:
        self.notebook = notebook
        self._lab = lab
        self._names = names

    @property
    def page(self) -> Page:
        """The page that shows it."""
        return self.notebook.page

    def run(self, name: str) -> dict[str, Any]:
        """Run a cell; return what the kernel has told last."""
        self.start(name)
        return self.ran(name)

    def start(self, name: str) -> None:
        """Run a cell without waiting for it."""
        self.notebook.start(self._names.index(name))

    def ran(self, name: str) -> dict[str, Any]:
        """Wait until a cell has finished; return what the kernel has told last."""
        self.notebook.ran(self._names.index(name))
        error = self.notebook.cell(self._names.index(name)).locator(_ERROR)
        if error.count():
            raise RuntimeError(f"the cell {name!r} failed: {error.inner_text()}")
        told = self._lab.folder / "told.json"
        return json.loads(told.read_text()) if told.exists() else {}


class Meeting(Cells):
    """A notebook that has joined a meeting with a guest.

    Attributes
    ----------
    guest
        The guest's page.
    """

    guest: Page

    @property
    def room(self) -> Frame:
        """The room's frame in the notebook's page."""
        return frame_of(self.page)

    def allow(self) -> None:
        """Let the guest agree to be read."""
        self.guest.get_by_role("button", name="Allow", exact=True).click(timeout=SLOW)


class Place:
    """A server, a JupyterLab, and two browsers: of the notebook's user, and of the guest.

    Parameters
    ----------
    server
        The embedded server.
    lab
        The JupyterLab.
    works, watches
        The browsers.
    """

    def __init__(self, server: RunningServer, lab: Lab, works: Browser, watches: Browser) -> None:
        self.server = server
        self.lab = lab
        self._works = works
        self._watches = watches

    @property
    def jupyter(self) -> int:
        """The process of the JupyterLab."""
        (file,) = self.lab.runtime.parent.glob("jupyter-run/jpserver-*.json")
        return int(json.loads(file.read_text())["pid"])

    @contextmanager
    def notebook(self, cells: Mapping[str, str]) -> Iterator[Cells]:
        """Open a notebook with a kernel of its own, until the end."""
        with self._page(self._works) as page, self._kernel():
            yield Cells(self._open(page, cells), self.lab, list(cells))

    @contextmanager
    def meeting(self, cells: Mapping[str, str], *, cameras: bool) -> Iterator[Meeting]:
        """Join a meeting with a guest; `meet` is the notebook's widget.

        Parameters
        ----------
        cells
            The notebook's further cells.
        cameras
            Whether both have their cameras on.
        """
        room = f"bench_{secrets.token_hex(4)}"
        token = self.server.room(room)
        join = f"meet = kernel.meeting({self.server.url!r}, {token!r})\nmeet"
        off = "await meet.toggle_video(False)"
        cells = {"join": join, "camera off": off, **cells}
        with self._page(self._works) as page, self._kernel(), self._page(self._watches) as guest:
            meeting = Meeting(self._open(page, cells), self.lab, list(cells))
            meeting.guest = guest
            meeting.run("join")
            expect(meeting.notebook.meeting).to_have_attribute(
                "data-status", "joined", timeout=SLOW
            )
            if not cameras:
                meeting.run("camera off")
            invite = self.server.invite(token)
            guest.goto(address(self.server, invite, room, "Grace", startWithVideoMuted=not cameras))
            expect(guest.locator("[data-participant][data-local=false]").first).to_be_visible(
                timeout=SLOW
            )
            expect(meeting.notebook.meeting).to_contain_text("2 people", timeout=SLOW)
            yield meeting

    def _open(self, page: Page, cells: Mapping[str, str]) -> Notebook:
        name = f"{secrets.token_hex(4)}.ipynb"
        first, *others = cells.values()
        self.lab.write(name, _SETUP + first, *others)
        return Notebook(page, self.lab, name)

    @contextmanager
    def _kernel(self) -> Iterator[None]:
        before = self.lab.kernels()
        try:
            yield
        finally:
            self.lab.end(self.lab.kernels() - before)

    @contextmanager
    def _page(self, browser: Browser) -> Iterator[Page]:
        context = new_context(
            browser,
            permissions=["camera", "microphone"],
            # A policy that lets the benchmark add its scripts.
            bypass_csp=True,
            viewport={"width": 1280, "height": 1000},
        )
        try:
            page = context.new_page()
            page.add_init_script(path=HERE / "stamps.js")
            page.add_init_script(_DEVICES)
            yield page
        finally:
            context.close()


def seen(told: Mapping[str, Any], seconds: float) -> Seen:
    """Return what a program in the kernel has measured."""
    return Seen(ages=told["ages"], gaps=told["gaps"], seconds=seconds)


@contextmanager
def running_place() -> Iterator[Place]:
    """Run the server, JupyterLab and the browsers."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = Servers(folder)
        stack.callback(servers.close)
        base = folder / "lab"
        base.mkdir()
        lab = stack.enter_context(running_lab(base))
        chromium = stack.enter_context(sync_playwright()).chromium
        works, watches = (
            stack.enter_context(launched(chromium, program=CHROMIUM)) for _ in range(2)
        )
        yield Place(servers.start(), lab, works, watches)
