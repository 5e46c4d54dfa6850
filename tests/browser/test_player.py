"""A broadcast in a cell: the player as a widget, in a real notebook."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.broadcasting import Broadcaster
from tests.browser.conftest import MakeBroadcaster
from tests.browser.kept_pages import OpenNotebook
from tests.browser.media import moves
from tests.browser.notebook import SLOW
from tests.browser.waiting import until
from tests.conftest import RunningServer
from tests.labs import Lab

pytestmark = pytest.mark.browser

FACTS = "print(player.state, player.paused, round(player.behind), player.latency is not None)"
PAUSE = "await player.pause()"
BACK = "await player.seek(2)"
LIVE = "await player.go_live()"
QUIET = "player.muted = True; player.volume = 0.5"


@pytest.fixture
def stage(broadcaster: MakeBroadcaster) -> Broadcaster:
    """A page that broadcasts, and records."""
    made = broadcaster()
    made.start(record=True)
    return made


def frame_in(page: Page) -> FrameLocator:
    return page.frame_locator(".nanomeet-player iframe")


def test_students_watch_go_back_and_see_the_recording(
    lab: Lab, open_notebook: OpenNotebook, server: RunningServer, stage: Broadcaster
) -> None:
    live = f"{server.url}/live/{stage.stream}"
    show = (
        f"import nanomeet_widget as nm\nplayer = nm.BroadcastPlayer({live!r}, height=300)\nplayer"
    )
    again = "player.source = player.vod"
    caption = (
        "from pathlib import Path\nwords = Path('film.vtt')\n"
        "_ = words.write_text('WEBVTT\\n\\n00:00.000 --> 10:00.000\\nWelcome\\n')\n"
        "player.captions = words"
    )
    lab.write(
        "player.ipynb",
        show,
        FACTS,
        PAUSE,
        FACTS,
        BACK,
        FACTS,
        LIVE,
        FACTS,
        QUIET,
        again,
        FACTS,
        caption,
    )
    show_, facts, pause, paused, back, behind, go, now, quiet, recording, whole, words = range(12)
    notebook = open_notebook("player.ipynb")
    page = notebook.page
    notebook.run(show_)
    player = frame_in(page).locator("main.player")
    expect(player).to_have_attribute("data-state", "live", timeout=SLOW)
    assert moves(player.locator("canvas"))

    # Python's state matches the player's.
    notebook.begins(facts, "live False 0 True")
    notebook.run(pause)
    expect(player).to_have_attribute("data-paused", "true")
    notebook.begins(paused, "live True")
    # Seeking back needs a buffered past.
    expect(player).to_have_attribute("data-kept", re.compile(r"^([3-9]|\d\d+)\."), timeout=SLOW)
    notebook.run(back)
    expect(player).to_have_attribute("data-paused", "false")
    notebook.begins(behind, "live False 2")
    assert moves(player.locator("canvas"))
    notebook.run(go)
    expect(player).to_have_attribute("data-behind", "0.0")
    expect(player.get_by_role("button", name="Live", exact=True)).to_be_visible()
    notebook.begins(now, "live False 0")
    notebook.run(quiet)
    expect(player.get_by_role("slider", name="Volume")).to_have_value("0")

    # When it ends, the recording replaces it.
    stage.stop()
    expect(player).to_have_attribute("data-state", "ended", timeout=SLOW)
    notebook.run(recording)
    video = page.locator(".nanomeet-player > video")
    expect(video).to_be_visible()
    video.evaluate("video => video.play()")
    # Its pixels are from another server: this page may show them, but not read them.
    decoded = "video => video.getVideoPlaybackQuality().totalVideoFrames > 10"
    page.wait_for_function(decoded, arg=video.element_handle(), timeout=SLOW)
    until(page, lambda: video.evaluate("video => [video.muted, video.volume]"), to_be=[True, 0.5])
    notebook.begins(whole, "recording False")

    # The viewer turns captions on.
    notebook.run(words)
    expect(page.locator(".nanomeet-player track")).to_have_count(1)
    shown = "video => video.textTracks[0].mode === 'showing'"
    video.focus()
    if not video.evaluate(shown):
        page.keyboard.press("c")
    page.wait_for_function(
        "video => video.textTracks[0].activeCues?.[0]?.text === 'Welcome'",
        arg=video.element_handle(),
        timeout=SLOW,
    )
    page.keyboard.press("c")
    until(page, lambda: video.evaluate(shown), to_be=False)

    # The stream's ticket is not in the file.
    notebook.save()
    saved = (lab.folder / "player.ipynb").read_text()
    assert saved.count(stage.stream) == 1  # the cell's own source


def test_without_a_source_the_cell_says_what_to_do(lab: Lab, open_notebook: OpenNotebook) -> None:
    show = "import nanomeet_widget as nm\nnm.BroadcastPlayer()"
    lab.write("empty_player.ipynb", show)
    notebook = open_notebook("empty_player.ipynb")
    notebook.run(0)
    expect(notebook.page.locator(".nanomeet-player")).to_contain_text("set the player's source")
