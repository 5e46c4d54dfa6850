"""Awaiting the page inside a cell, with each kind of kernel and each of JupyterLab's comm settings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.kept_pages import EXPOSED, KeptPages, OpenNotebook
from tests.browser.notebook import SLOW
from tests.documents import blocks
from tests.labs import Lab, running_lab

from .environments import offer_kernel, python_of

pytestmark = pytest.mark.browser

QUICKSTART = Path(__file__).parents[3] / "notebooks/quickstart.ipynb"
IMPORT = "import time, nanomeet_widget as nm"
SHOW = """
meet = nm.NanoMeet(token=nm.create_room({!r}).token, camera=False, microphone=False)
meet
"""
TELL = "command = meet.set_subject('told')"
STATE = "print(command.state, meet.status.value)"
AWAIT = """
began = time.monotonic()
try:
    await meet.set_subject("awaited")
    print("answered")
except nm.CommandError as error:
    at_once = time.monotonic() - began < nm._channel.PROBE / 2
    print("at once" if at_once else "soon", type(error).__name__, error)
"""
#: Without a cell that shows it, no page can answer, whatever the kernel.
UNSHOWN = """
unseen = nm.NanoMeet(token=nm.create_room("unseen").token)
try:
    await unseen.set_subject("x")
except nm.CommandError as error:
    print(type(error).__name__, error)
"""
OLD = "ipykernel 6.31 can't receive replies while a cell is running"
OFF = "Comms over subshells to a value other than disabled"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The newest JupyterLab, with older kernels beside its own."""
    base = tmp_path_factory.mktemp("kernels")
    offer_kernel(base, "6.31", python_of("lab-4.4"))
    offer_kernel(base, "7.2", python_of("kernel-7.2"))
    offer_kernel(base, "newest")
    with running_lab(base, *EXPOSED) as running:
        yield running


Opens = Callable[[str], OpenNotebook]


@pytest.fixture(scope="module")
def pages(many: Lab, browser: Browser) -> Iterator[dict[str, KeptPages]]:
    """Pages by the comm setting with which they were opened, and which they keep."""
    kept: dict[str, KeptPages] = defaultdict(lambda: KeptPages(browser, many))
    yield kept
    for ones in kept.values():
        ones.close()


@pytest.fixture
def opens(
    many: Lab, pages: dict[str, KeptPages], request: pytest.FixtureRequest
) -> Iterator[Opens]:
    """Yield a function that opens a notebook of `many` with a given comm setting."""
    with ExitStack() as stack:

        def opener(comms: str) -> OpenNotebook:
            many.configure("apputils-extension/kernels-settings", {"commsOverSubshells": comms})
            return stack.enter_context(pages[comms].lent(request.session))

        yield opener


@dataclass(frozen=True)
class Case:
    kernel: str
    comms: str
    #: The output of awaiting in a cell; the rest is the reason and the remedy.
    outcome: str
    reason: str = ""


CASES = [
    Case("6.31", "perCommTarget", "at once CannotAwaitError", OLD),
    Case("6.31", "disabled", "at once CannotAwaitError", OLD),
    Case("7.2", "perCommTarget", "answered"),
    Case("7.2", "perComm", "answered"),
    Case("7.2", "disabled", "soon CannotAwaitError", OFF),
    Case("newest", "perCommTarget", "answered"),
    Case("newest", "perComm", "answered"),
    Case("newest", "disabled", "answered"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kernel}-{case.comms}")
def test_a_command_takes_effect_awaited_or_not(many: Lab, opens: Opens, case: Case) -> None:
    room = f"await_{case.kernel.replace('.', '_')}_{case.comms}"
    many.write(
        f"{room}.ipynb",
        *(IMPORT, UNSHOWN, SHOW.format(room), TELL, STATE, AWAIT),
        kernel=case.kernel,
    )
    notebook = opens(case.comms)(f"{room}.ipynb")
    notebook.run(0)
    if case.comms == "perCommTarget":
        _ends_with_the_reason(notebook.evaluate(1), case.kernel)
    notebook.run(2)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)

    notebook.run(3)
    expect(notebook.meeting).to_contain_text("told")
    notebook.tells(4, "done joined")

    said = notebook.evaluate(5)
    assert said.startswith(case.outcome)
    assert case.reason in said
    expect(notebook.meeting).to_contain_text("awaited")


def _ends_with_the_reason(said: str, kernel: str) -> None:
    """Check what awaiting without a page said."""
    if kernel == "6.31":
        assert said.startswith("CannotAwaitError")
    else:
        assert said.startswith("NoFrontEndError")
        assert "no notebook page shows this meeting" in said
        assert (OFF in said) == (kernel == "7.2")


@pytest.mark.parametrize(
    ("kernel", "source"), [("6.31", "quickstart"), ("6.31", "readme"), ("7.2", "quickstart")]
)
def test_every_cell_by_run_all(many: Lab, opens: Opens, kernel: str, source: str) -> None:
    name = f"{source}_{kernel.replace('.', '_')}.ipynb"
    if source == "readme":
        cells = [block.text for block in blocks("python", "README.md")]
        many.write(name, *cells, "meet.leave()", kernel=kernel)
    else:
        quickstart = nbformat.read(QUICKSTART, as_version=4)
        quickstart.metadata["kernelspec"] = {"name": kernel, "display_name": kernel}
        nbformat.write(quickstart, many.folder / name)
    notebook = opens("perCommTarget")(name)
    notebook.menu("Run", "Run All Cells")
    for words in (
        "start_broadcast: done: Playout(live='http",
        "stop_broadcast: done",
        "leave: done",
    ):
        outcome = notebook.page.locator(".jp-OutputArea-output", has_text=words)
        expect(outcome).to_be_visible(timeout=SLOW)
    expect(notebook.page.locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(
        0
    )
    expect(notebook.meeting).to_contain_text("The notebook's code left algebra_101")
