"""A broadcast over HLS in a browser: with hls.js, and with the browser's own player if it has one."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.broadcasting import BUNDLING, JS, Broadcaster
from tests.browser.conftest import MakeBroadcaster, OpenPage
from tests.browser.media import moves
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page's script that plays HLS with hls.js."""
    target = tmp_path_factory.mktemp("viewer") / "hls-viewer.js"
    command = [str(JS / "node_modules/.bin/esbuild"), str(HERE / "hls-viewer.js"), "--bundle"]
    command += ["--format=iife", "--log-level=warning", f"--outfile={target}"]
    # The test's own folder has no packages.
    packages = {"NODE_PATH": str(JS / "node_modules")}
    subprocess.run(command, check=True, timeout=BUNDLING, env=packages)
    return target


@pytest.fixture
def stage(broadcaster: MakeBroadcaster) -> Broadcaster:
    """A page that broadcasts, with a tone."""
    made = broadcaster()
    made.start()
    return made


def played_by(
    viewer: Path, page: Page, server: RunningServer, stage: Broadcaster, *, by_parts: bool
) -> Page:
    """Play the stage with hls.js."""
    page.goto(f"{server.url}/healthz")
    page.add_script_tag(path=viewer)
    playlist = f"{server.url}/hls/{stage.stream}/master.m3u8"
    page.evaluate("args => void watchByHls(...args)", [playlist, by_parts])
    return page


def told(page: Page, once: str) -> dict[str, Any]:
    """Return the player's state once a condition holds."""
    # Read together with the check: the next moment it may have changed.
    found = page.wait_for_function(
        f"() => {{ const told = hlsTold(); return ({once}) && told; }}", timeout=PATIENCE
    )
    facts: dict[str, Any] = found.json_value()
    return facts


def test_hls_js_plays_it_near_to_what_is_live(
    stage: Broadcaster, open_page: OpenPage, server: RunningServer, viewer: Path
) -> None:
    page = played_by(viewer, open_page(bypass_csp=True), server, stage, by_parts=True)
    video = page.locator("video")
    assert moves(video)
    assert video.evaluate("loudness") > 0.05
    # Three parts of half a second are held back, and it reports its own latency. Playing whole segments would
    # be a dozen seconds behind.
    said = told(page, "told.parts > 6 && told.latency > 0.5 && told.latency < 4")
    assert said["target"] == pytest.approx(1.5)
    assert not said["fatal"], said["errors"]


def test_hls_js_plays_it_by_whole_segments(
    stage: Broadcaster, open_page: OpenPage, server: RunningServer, viewer: Path
) -> None:
    page = played_by(viewer, open_page(bypass_csp=True), server, stage, by_parts=False)
    assert moves(page.locator("video"))
    said = told(page, "told.segments > 2")
    assert said["parts"] == 0
    assert not said["fatal"], said["errors"]


#: Disables all decoding in the page, as in an older phone's browser.
NATIVE_ALONE = """
for (const name of ["VideoDecoder", "AudioDecoder", "AudioWorkletNode", "MediaSource",
  "ManagedMediaSource"]) delete globalThis[name];
"""


def test_a_browser_without_decoders_plays_hls_by_itself(
    stage: Broadcaster, open_page: OpenPage, server: RunningServer
) -> None:
    page = open_page()
    page.add_init_script(NATIVE_ALONE)
    page.goto(f"{server.url}/live/{stage.stream}")
    player = page.locator("main.player")
    video = player.locator("video.stream")
    expect(player).to_have_attribute("data-state", "live", timeout=PATIENCE)
    expect(video).to_have_attribute("src", f"{server.url}/hls/{stage.stream}/master.m3u8")
    assert moves(video)
    expect(player).to_have_attribute("data-sound", "playing")
    page.keyboard.press("Space")
    expect(player).to_have_attribute("data-paused", "true")
    assert video.evaluate("video => video.paused")
    page.keyboard.press("Space")
    assert moves(video)
    stage.stop()
    expect(player).to_have_attribute("data-state", "ended", timeout=PATIENCE)
    expect(video).not_to_have_attribute("src", re.compile(".*"))


def test_where_hls_is_not_played_either_the_page_says_so(
    stage: Broadcaster, open_page: OpenPage, server: RunningServer
) -> None:
    page = open_page(locale="de-DE")
    page.add_init_script(NATIVE_ALONE + "HTMLMediaElement.prototype.canPlayType = () => '';")
    page.goto(f"{server.url}/live/{stage.stream}")
    expect(page.get_by_role("alert")).to_contain_text(
        "Dieser Browser kann die Übertragung nicht zeigen"
    )
