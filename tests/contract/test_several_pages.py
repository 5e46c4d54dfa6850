"""Which page gets a meeting, by real kernels that several pages are connected to."""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

#: Seconds that whatever a busy machine has to do may take.
PATIENCE = 60.0
ROOT = Path(__file__).parents[2]

MAKE = """
import nanomeet_widget as nm
from nanomeet_widget import _tokens, _trust
from datetime import datetime, timedelta, timezone
_trust.use("http://127.0.0.1:9000")
_now = datetime.now(timezone.utc)
def token(moderator=True):
    claims = _tokens.Claims(
        room="algebra", streamname="abc", server="http://127.0.0.1:9000", moderator=moderator,
        sub="local", notbefore=_now, expiration=_now + timedelta(hours=1),
    )
    return _tokens.mint(claims, _tokens.new_secret())
meet = nm.NanoMeet(token())
meet
"""


class Page:
    """A page's connection to the kernel, and what it knows of the widget."""

    def __init__(self, manager: KernelManager, browser: str) -> None:
        self.kernel: BlockingKernelClient = manager.client()
        self.kernel.session.session = secrets.token_hex(8)
        self.kernel.start_channels()
        self.kernel.wait_for_ready(timeout=PATIENCE)
        self.browser = browser
        self.client = secrets.token_hex(8)
        self.pads: list[bytes] = []
        self.raw: list[str] = []
        self.comms: list[str] = []
        #: What it was told before it listened.
        self.heard: list[dict[str, Any]] = []

    def run(self, code: str) -> str:
        """Run a cell; return what it printed."""
        number = self.kernel.execute(code)
        printed = ""
        for message in self._until(lambda m: self._is_end(m, number)):
            if message["parent_header"].get("msg_id") != number:
                continue
            assert message["msg_type"] != "error", message["content"]
            if message["msg_type"] == "stream":
                printed += message["content"]["text"]
        return printed.strip()

    def hello(self, comm: str, **more: Any) -> dict[str, Any]:
        """Say hello to a widget; return what it answers."""
        self.pads.append(secrets.token_bytes(20_000))
        pad = [len(self.pads) - 1, base64.b64encode(self.pads[-1]).decode()]
        self.says(comm, type="hello", browser=self.browser, pad=pad, **more)
        return self.hears()

    def says(self, comm: str, **content: Any) -> None:
        """Send a widget a message; return once the kernel has handled it."""
        content["client"] = self.client
        data = {"method": "custom", "content": content}
        message = self.kernel.session.msg("comm_msg", {"comm_id": comm, "data": data})
        self.kernel.shell_channel.send(message)
        # Until then, what another page sends may be handled first.
        for told in self._until(lambda m: self._is_end(m, message["header"]["msg_id"])):
            found = self._content(told)
            if found is not None:
                self.heard.append(found)

    def hears(self) -> dict[str, Any]:
        """Return the next message to this page."""
        if self.heard:
            return self.heard.pop(0)
        for message in self._until(lambda m: self._content(m) is not None):
            found = self._content(message)
            if found is not None:
                return found
        raise AssertionError

    def _content(self, message: dict[str, Any]) -> dict[str, Any] | None:
        content: dict[str, Any] = message["content"].get("data", {}).get("content", {})
        if message["msg_type"] != "comm_msg" or content.get("client") != self.client:
            return None
        if content["type"] != "sealed":
            return content
        mixed = zip(
            base64.b64decode(content["text"]),
            self.pads[content["pad"]][content["at"] :],
            strict=False,
        )
        opened: dict[str, Any] = json.loads(bytes(a ^ b for a, b in mixed))
        return opened

    def _is_end(self, message: dict[str, Any], number: str) -> bool:
        state = message["content"].get("execution_state")
        return bool(message["parent_header"].get("msg_id") == number and state == "idle")

    def _until(self, last: Callable[[dict[str, Any]], bool]) -> Iterator[dict[str, Any]]:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            message = self.kernel.get_iopub_msg(timeout=PATIENCE)
            self.raw.append(json.dumps(message["content"]))
            yield message
            if last(message):
                return
        raise AssertionError("the kernel did not say it")


COMM = "print(meet.comm.comm_id)"
KERNELS = {"newest": sys.executable, "6.31": str(ROOT / ".hosts/lab-4.4/bin/python")}


@pytest.fixture(params=KERNELS)
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KernelManager]:
    """A kernel of each kind: they tell in different ways which request is handled."""
    python = KERNELS[request.param]
    assert Path(python).exists(), f"there is no {python}: run make hosts"
    running = KernelManager()
    spec = running.kernel_spec
    assert spec is not None
    spec.argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path), "JPY_PARENT_PID": ""}
    running.start_kernel(env=environment, cwd=tmp_path)
    yield running
    running.shutdown_kernel(now=True)


@pytest.fixture
def two(manager: KernelManager) -> Iterator[tuple[Page, Page]]:
    """The teacher's page and the student's, each in a browser of its own."""
    pages = Page(manager, "teacher's"), Page(manager, "student's")
    yield pages
    for page in pages:
        page.kernel.stop_channels()


def joins(page: Page, comm: str) -> None:
    for status in ("loading", "joining", "joined"):
        page.says(comm, type="status", status=status, error=None)


def test_the_page_that_ran_the_cell_has_it_in_any_order(
    two: tuple[Page, Page],
) -> None:
    teacher, student = two
    teacher.run(MAKE)
    comm = teacher.run(COMM)
    assert student.hello(comm) == {"type": "shared", "invites": True, "client": student.client}
    told = teacher.hello(comm)
    assert told["type"] == "token"
    assert told["token"].startswith("eyJ")
    assert student.hello(comm)["type"] == "shared"
    # The student's page hears all of it, and can read none.
    assert told["token"] not in "".join(student.raw)
    assert any("sealed" in text for text in student.raw)


def test_a_reload_goes_on_by_itself_another_browser_never(two: tuple[Page, Page]) -> None:
    teacher, student = two
    teacher.run(MAKE)
    comm = teacher.run(COMM)
    teacher.hello(comm)
    joins(teacher, comm)
    teacher.says(comm, type="goodbye")
    assert teacher.run("print(meet.status.value, meet.error['kind'])") == "left page_closed"
    assert student.hello(comm)["type"] == "shared"
    teacher.kernel.session.session = secrets.token_hex(8)
    teacher.client = secrets.token_hex(8)
    teacher.pads = []
    assert teacher.hello(comm)["type"] == "token"
    # By a click it is another thing: then the first page is told.
    assert student.hello(comm, asked=True)["type"] == "token"
    assert teacher.hears() == {"type": "moved", "browser": True, "client": teacher.client}


def test_what_another_page_says_changes_nothing(two: tuple[Page, Page]) -> None:
    teacher, student = two
    teacher.run(MAKE)
    comm = teacher.run(COMM)
    teacher.hello(comm)
    joins(teacher, comm)
    student.hello(comm)
    student.says(comm, type="status", status="left", error=None)
    student.says(comm, type="participants", participants=[])
    student.says(comm, type="goodbye")
    assert student.run("print(meet.status.value)") == "joined"


def test_running_the_cell_again_takes_nothing_from_a_live_page(
    two: tuple[Page, Page],
) -> None:
    teacher, student = two
    teacher.run(MAKE)
    comm = teacher.run(COMM)
    teacher.hello(comm)
    joins(teacher, comm)
    student.run(MAKE)
    again = student.run(COMM)
    assert again != comm
    assert student.hello(again)["type"] == "shared"
    assert teacher.hello(again)["type"] == "token"

    # The page changes over: its old widget has let go, and the new one has not told yet that it goes on.
    teacher.says(comm, type="status", status="left", error=None)
    assert teacher.run("print(meet.status.value)") == "idle"
    assert student.hello(again)["type"] == "shared"
    joins(teacher, again)
    assert student.run("print(meet.status.value)") == "joined"

    # Where it goes on nowhere any more, it is with the page that runs the cell.
    for at in (comm, again):
        teacher.says(at, type="status", status="left", error=None)
    student.run("meet")
    assert student.hello(again)["type"] == "token"


@pytest.mark.parametrize(
    "how",
    [
        "import ipywidgets; ipywidgets.Tab([{}])",
        "out = ipywidgets.Output()\nwith out:\n    display({})\nout",
        "task = asyncio.create_task(later())",
        "thread = threading.Thread(target=make); thread.start(); thread.join()",
    ],
)
def test_however_it_is_shown_it_is_with_the_page_that_acts(
    two: tuple[Page, Page], how: str
) -> None:
    teacher, student = two
    teacher.run(MAKE.rpartition("meet = ")[0])
    student.run("x = 1")
    teacher.run(
        "import asyncio, ipywidgets, threading\n"
        "def make():\n    global meet\n    meet = nm.NanoMeet(token())\n    return meet\n"
        "async def later():\n    await asyncio.sleep(0.1)\n    make()\n" + how.format("make()")
    )
    if "later" in how:
        teacher.run("await task")
    comm = teacher.run(COMM)
    assert student.hello(comm)["type"] == "shared"
    assert teacher.hello(comm)["type"] == "token"


def test_a_click_in_a_page_acts_for_that_page(two: tuple[Page, Page]) -> None:
    teacher, student = two
    teacher.run(MAKE.rpartition("meet = ")[0])
    teacher.run(
        "import ipywidgets\nbutton = ipywidgets.Button()\n"
        "def make(_):\n    global meet\n    meet = nm.NanoMeet(token())\nbutton.on_click(make)"
    )
    button = teacher.run("print(button.comm.comm_id)")
    data = {"method": "custom", "content": {"event": "click"}}
    student.kernel.shell_channel.send(
        student.kernel.session.msg("comm_msg", {"comm_id": button, "data": data})
    )
    comm = student.run(COMM)
    assert teacher.hello(comm)["type"] == "shared"
    assert student.hello(comm)["type"] == "token"


def test_a_participants_token_offers_no_invite(two: tuple[Page, Page]) -> None:
    teacher, student = two
    teacher.run(MAKE.replace("NanoMeet(token())", "NanoMeet(token(moderator=False))"))
    comm = teacher.run(COMM)
    teacher.hello(comm)
    assert student.hello(comm) == {"type": "shared", "invites": False, "client": student.client}


def test_a_service_that_makes_no_invite_says_so(two: tuple[Page, Page]) -> None:
    teacher, student = two
    teacher.run(
        MAKE + "\nnm.configure(nm.services.Jitsi('meet.example', app_id='x', app_secret='y' * 32))"
    )
    comm = teacher.run(COMM)
    teacher.hello(comm)
    student.hello(comm)
    student.says(comm, type="guest")
    told = student.hears()
    assert told["type"] == "notice"
    assert "does not serve" in told["message"]
    assert student.hears()["type"] == "shared"
