"""Over plain http to another machine: joining, seeing, hearing, chat and watching work, the rest is explained."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import RunningServer, Servers
from tests.labs import Lab, running_lab

from .conftest import OpenPage
from .lan import NAME, Lan, lan_browser, over_lan
from .media import decodes, frame_of, moves, sounds
from .notebook import SLOW, Notebook
from .test_room import Room, address, button, tile
from .waiting import PATIENCE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
QUICKSTART = Path(__file__).parents[2] / "notebooks/quickstart.ipynb"
SHOW, INVITE = range(2)

TELL = "print(meet.status.value, meet.error)"
LINK = "open('link.txt', 'w').write(invite.invite_link)"
START = "live = meet.start_broadcast()"
OUTCOME = "print(repr(live))"
UNMUTE = "opened = meet.toggle_audio(True)"
OPENED = "print(repr(opened))"


@pytest.fixture
def lan(browser: Browser, clip: Path) -> Iterator[Lan]:
    with lan_browser(browser.browser_type, clip) as running:
        yield running
        assert not running.faults


@pytest.fixture
def served(servers: Servers) -> RunningServer:
    """A server that also answers to its network name."""
    return servers.start("--allow-host", NAME)


@pytest.fixture
def reached(served: RunningServer) -> RunningServer:
    """The same server, by that name."""
    return dataclasses.replace(served, url=over_lan(served.url))


def test_one_sees_and_hears_those_who_have_https_and_writes(
    served: RunningServer, reached: RunningServer, lan: Lan, open_page: OpenPage
) -> None:
    room = Room(served, open_page)
    ada = room.enter("Ada", moderator=True, silent=False, unseen=False)
    grace = lan.open_page(address(reached, room.invite(), room.name, "Grace"))
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    picture = tile(grace, "Ada").locator("video")
    assert moves(picture)
    assert decodes(picture)
    assert sounds(grace.locator("audio").first)
    grace.keyboard.press("c")
    grace.get_by_placeholder("Message everyone").fill("I hear you")
    grace.keyboard.press("Enter")
    expect(ada.get_by_text("I hear you")).to_have_count(0)
    ada.keyboard.press("c")
    expect(ada.get_by_role("log").get_by_text("I hear you")).to_be_visible()
    grace.keyboard.press("Escape")
    grace.keyboard.press("h")
    expect(tile(ada, "Grace").get_by_role("img", name="hand raised")).to_be_visible()

    # The message names what is missing, and retrying is always possible.
    notice = grace.locator(".notices .notice")
    expect(notice).to_contain_text("block the camera and microphone on http pages")
    expect(notice).to_contain_text("Over https you can be seen and heard")
    expect(notice).not_to_contain_text("--certfile")
    expect(button(grace, "Try again")).to_have_count(0)
    button(grace, "Close this notice").click()
    button(grace, "Camera").click()
    expect(notice).to_contain_text("block the camera")
    grace.keyboard.press("s")
    expect(grace.locator(".toasts")).to_contain_text("Screen sharing requires HTTPS")
    button(grace, "Settings").click()
    for kind in ("Microphone", "Camera"):
        expect(grace.get_by_role("combobox", name=kind)).to_have_text("Only over https")

    # After a reload it is the same person.
    place = tile(ada, "Grace").get_attribute("data-participant")
    grace.reload()
    assert moves(tile(grace, "Ada").locator("video"))
    expect(tile(ada, "Grace")).to_have_attribute("data-participant", place or "")
    expect(tile(ada, "Grace")).to_have_count(1)


def test_a_moderator_over_http_invites_and_reads_of_https(
    served: RunningServer, reached: RunningServer, lan: Lan
) -> None:
    room = Room(served, lan.open_page)
    asked = room.address("Ada", moderator=True, **{"prejoinConfig.enabled": True})
    ada = lan.open_page(over_lan(asked))
    notice = ada.locator(".notice")
    expect(notice).to_contain_text("block the camera and microphone on http pages")
    expect(notice).to_contain_text("--certfile")
    button(ada, "Join without camera and microphone").click()
    expect(tile(ada, "Ada")).to_be_visible(timeout=PATIENCE)
    button(ada, "Invite people").last.click()
    copy = ada.get_by_role("dialog").get_by_role("button", name="Copy")
    copy.click()
    expect(ada.get_by_role("dialog").get_by_role("button", name="Copied")).to_be_visible()
    # The copied text can be pasted.
    link = ada.get_by_label("Participant link")
    wanted = link.input_value()
    assert wanted.startswith(f"{reached.url}/invite#token=")
    ada.keyboard.press("Escape")
    button(ada, "Chat").click()
    ada.get_by_placeholder("Message everyone").focus()
    ada.keyboard.press("Control+v")
    expect(ada.get_by_placeholder("Message everyone")).to_have_value(wanted)

    guest = lan.open_page(wanted)
    guest.get_by_label("Your name").fill("Grace")
    button(guest, "Join without camera and microphone").click()
    expect(tile(ada, "Grace")).to_be_visible(timeout=PATIENCE)
    expect(tile(guest, "Ada")).to_be_visible()

    button(ada, "Broadcast").click()
    panel = ada.get_by_role("dialog")
    expect(panel).to_contain_text("Broadcasting requires HTTPS")
    expect(panel.get_by_role("button", name="Go live")).to_have_count(0)


def test_one_watches_a_broadcast_and_the_stage_from_the_audience(
    servers: Servers, lan: Lan, open_page: OpenPage
) -> None:
    served = servers.start("--allow-host", NAME, "--stage", "1")
    reached = dataclasses.replace(served, url=over_lan(served.url))
    room = Room(served, open_page)
    ada = room.enter("Ada", moderator=True, unseen=False)
    expect(tile(ada, "Ada")).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    grace = lan.open_page(address(reached, room.invite(), room.name, "Grace"))
    assert moves(grace.locator(".feed video"))

    button(ada, "Broadcast").click()
    button(ada, "Go live").click()
    link = ada.get_by_role("textbox", name="Viewer link")
    expect(link).to_be_visible(timeout=PATIENCE)
    viewer = lan.open_page(over_lan(link.input_value()))
    player = viewer.locator("main.player")
    expect(player).to_have_attribute("data-state", "live", timeout=PATIENCE)
    assert moves(player.locator("video.stream"))
    expect(player).to_have_attribute("data-sound", "playing")
    assert moves(grace.locator(".feed video"))


def test_a_stage_that_no_page_can_send_is_no_endless_wait(servers: Servers, lan: Lan) -> None:
    served = servers.start("--allow-host", NAME, "--stage", "1")
    room = Room(served, lan.open_page)
    ada = lan.open_page(over_lan(room.address("Ada", moderator=True)))
    expect(tile(ada, "Ada")).to_be_visible(timeout=PATIENCE)
    grace = lan.open_page(over_lan(room.address("Grace")))
    expect(grace.locator(".audience-notice")).to_contain_text(
        "No browser on the stage can send it", timeout=PATIENCE
    )


@pytest.fixture
def lab_of_all(tmp_path: Path) -> Iterator[Lab]:
    """JupyterLab started for other machines: `jupyter lab --ip=0.0.0.0`."""
    base = tmp_path / "lab"
    base.mkdir()
    with running_lab(base, "--ServerApp.allow_remote_access=True", ip="0.0.0.0") as lab:  # noqa: S104
        yield lab


def test_the_quickstart_over_http(lab_of_all: Lab, lan: Lan) -> None:
    source = nbformat.read(QUICKSTART, as_version=4)
    cells = [cell for cell in source.cells if cell.cell_type == "code"][:2]
    source.cells = cells + [
        nbformat.v4.new_code_cell(code) for code in (LINK, TELL, START, OUTCOME, UNMUTE, OPENED)
    ]
    nbformat.write(source, lab_of_all.folder / "quickstart.ipynb")
    link, tell, start, outcome, unmute, opened = range(2, 8)
    lab = dataclasses.replace(lab_of_all, url=over_lan(lab_of_all.url))
    notebook = Notebook(lan.open_page(), lab, "quickstart.ipynb")
    assert not notebook.page.evaluate("isSecureContext")
    notebook.run(SHOW)
    expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
    notebook.tells(tell, "joined None")
    host = frame_of(notebook.page)
    assert host.url.startswith(f"{lab.url}/nanomeet/")
    expect(host.locator(".notice")).to_contain_text("on http pages")

    notebook.meeting.get_by_role("button", name=re.compile("invite", re.IGNORECASE)).click()
    expect(notebook.meeting).to_contain_text("The invite link is copied")

    notebook.run(INVITE)
    notebook.run(link)
    address = (lab.folder / "link.txt").read_text()
    assert address.startswith(f"{lab.url}/nanomeet/invite#token=")
    guest = lan.open_page(address)
    guest.get_by_label("Your name").fill("Grace")
    button(guest, "Join without camera and microphone").click()
    expect(host.get_by_role("list", name="People in the meeting")).to_contain_text(
        "Grace", timeout=SLOW
    )

    # Commands that need https fail at once with a message.
    notebook.run(start)
    failed = notebook.until(outcome, lambda said: "pending" not in said and "running" not in said)
    assert "Broadcasting requires HTTPS" in failed
    notebook.run(unmute)
    failed = notebook.until(opened, lambda said: "pending" not in said and "running" not in said)
    assert "block the microphone on http pages" in failed
    notebook.tells(tell, "joined None")
