"""The kernel's knowledge of its page: present, gone, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.labs import Lab, running_lab

from .conftest import OpenPage
from .kept_pages import OpenNotebook
from .notebook import SLOW, Notebook
from .waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

#: A meeting with neither sound nor picture costs little while a test waits.
SHOW = """
import time, nanomeet_widget as nm
room = nm.create_room({!r})
meet = nm.NanoMeet(token=room.token, camera=False, microphone=False)
meet
"""
TELL = "print(meet.status.value, len(meet.participants), meet.error and meet.error['kind'])"
#: What the kernel saw; the server's records end when the server has given up the place.
BOOKS = """
seen = meet._seen.attendance()
print(all(row["left"] for row in seen), len(seen), meet.events[-1].name)
"""
WAIT = "command = meet.available_devices()"
OUTCOME = "print(command.state, type(command.exception()).__name__)"
#: Longer than it takes to notice that a page is silent.
BUSY = "time.sleep(50); print(meet.status.value)"

#: JupyterLab sends a page's first messages another way than the later ones, which may overtake them.
OVERTAKEN = """{
    const { send } = WebSocket.prototype;
    let held = null;
    WebSocket.prototype.send = function (data) {
        const text = typeof data === "string" ? data : new TextDecoder().decode(data);
        if (held === null && text.includes('"status":"loading"')) {
            held = data;
            return;
        }
        send.call(this, data);
        if (held !== null && text.includes('"status":"joined"')) send.call(this, held);
    };
}"""

Meet = Callable[..., tuple[Notebook, Callable[[], Notebook]]]


@pytest.fixture
def meet(lab: Lab, open_page: OpenPage, open_notebook: OpenNotebook) -> Meet:
    """Return a notebook with a joined meeting, and a function that opens it in an onlooker's browser.

    While no other page is connected to the kernel, the Jupyter server loses no last message. The first page is
    a kept one if it `stays` where it is.
    """

    def opener(room: str, *, stays: bool = False) -> tuple[Notebook, Callable[[], Notebook]]:
        name = f"{room}.ipynb"
        lab.write(name, SHOW.format(room), TELL, BOOKS, WAIT, OUTCOME, BUSY)
        teacher = open_notebook(name) if stays else Notebook(open_page(), lab, name)
        teacher.run(0)
        expect(teacher.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
        teacher.tells(1, "joined 1 None")
        teacher.save()
        return teacher, lambda: open_notebook(name)

    return opener


@contextmanager
def standing_still(page: Page) -> Iterator[None]:
    """Freeze a page, as on a sleeping laptop."""
    session = page.context.new_cdp_session(page)
    session.send("Debugger.enable")
    session.send("Debugger.pause")
    yield
    session.send("Debugger.resume")
    session.send("Debugger.disable")


def test_a_page_that_is_closed_says_so(meet: Meet) -> None:
    teacher, look_on = meet("closed_page")
    teacher.page.close()
    onlooker = look_on()
    onlooker.tells(1, "left 0 page_closed")
    assert onlooker.evaluate(2) == "True 1 video_conference_left"


def test_a_page_that_goes_elsewhere_says_so_and_returns(meet: Meet, lab: Lab) -> None:
    teacher, look_on = meet("elsewhere_page")
    with lab.standing_still():
        teacher.page.goto("about:blank")
    onlooker = look_on()
    onlooker.tells(1, "left 0 page_closed")
    teacher.page.go_back()
    teacher.idle()
    expect(teacher.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    onlooker.tells(1, "joined 1 None")


def test_messages_that_overtake_each_other_leave_the_state_true(meet: Meet) -> None:
    teacher, _ = meet("overtaken")
    teacher.page.add_init_script(OVERTAKEN)
    teacher.page.reload()
    teacher.idle()
    expect(teacher.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    teacher.tells(1, "joined 1 None")
    teacher.tells(1, "joined 1 None")


@pytest.mark.waits
def test_a_page_whose_last_words_are_lost_is_gone(meet: Meet, lab: Lab) -> None:
    teacher, look_on = meet("unheard_page")
    onlooker = look_on()
    # Jupyter's server drops what it reads together with a connection's end.
    with lab.standing_still():
        teacher.page.goto("about:blank")
    onlooker.begins(1, "left 0 page_")
    assert onlooker.evaluate(2) == "True 1 video_conference_left"
    teacher.page.go_back()
    teacher.idle()
    expect(teacher.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    onlooker.tells(1, "joined 1 None")


@pytest.mark.waits
def test_a_silent_page_is_gone_until_it_says_something(meet: Meet) -> None:
    teacher, look_on = meet("silent_page", stays=True)
    onlooker = look_on()
    with standing_still(teacher.page):
        onlooker.run(3)
        onlooker.tells(1, "left 0 page_silent")
        assert onlooker.evaluate(2) == "True 1 video_conference_left"
        assert onlooker.evaluate(4).startswith("failed ")
    # The page reports all of its state again, by itself.
    onlooker.tells(1, "joined 1 None")
    assert onlooker.evaluate(2).startswith("False 2 ")


@pytest.mark.waits
def test_a_kernel_that_is_busy_takes_no_page_for_gone(meet: Meet) -> None:
    teacher, look_on = meet("busy_kernel", stays=True)
    onlooker = look_on()
    assert onlooker.evaluate(5) == "joined"
    onlooker.tells(1, "joined 1 None")
    expect(teacher.meeting).to_have_attribute("data-status", "joined")
    assert onlooker.evaluate(2).startswith("False 1 ")


#: Seconds until the culler ends an idle kernel: a hub's setting, only shorter.
CULL = 20


@pytest.fixture
def culling(tmp_path: Path) -> Iterator[Lab]:
    """JupyterLab that ends idle kernels, even with connected pages."""
    options = [f"--MappingKernelManager.cull_idle_timeout={CULL}"]
    options += ["--MappingKernelManager.cull_interval=1"]
    options += ["--MappingKernelManager.cull_connected=True"]
    with running_lab(tmp_path, *options) as lab:
        yield lab


@pytest.mark.waits
def test_a_quiet_meeting_keeps_its_kernel(culling: Lab, open_page: OpenPage) -> None:
    lab = culling
    lab.write("quiet.ipynb", SHOW.format("quiet"), TELL)
    notebook = Notebook(open_page(), lab, "quiet.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    (kernel,) = lab.kernels()
    notebook.page.wait_for_timeout(3 * CULL * 1000)
    assert lab.kernels() == {kernel}
    notebook.tells(1, "joined 1 None")

    # Once the meeting is left, the kernel is as idle as any other.
    notebook.meeting.get_by_role("button", name="Leave").click()
    until(notebook.page, lab.kernels, to_be=set(), patience=10 * CULL * 1000)


def test_a_kernel_that_ends_in_a_meeting_says_why_it_was_left(
    lab: Lab, open_notebook: OpenNotebook
) -> None:
    lab.write("ends.ipynb", SHOW.format("ends"))
    before = lab.kernels()
    notebook = open_notebook("ends.ipynb")
    notebook.run(0)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    lab.end(lab.kernels() - before)
    card = notebook.meeting.locator(".nanomeet-card")
    expect(card).to_contain_text("Its kernel was shut down or restarted", timeout=SLOW)
    expect(card).to_contain_text("Run the cell to start it again")
    expect(notebook.page.locator(".nanomeet-overlay")).to_have_count(0)
