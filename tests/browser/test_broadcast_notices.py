"""Notices for moderators, in their language, when the broadcast has a problem."""

from __future__ import annotations

import re
import secrets
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import av
import httpx
import pytest
from playwright.sync_api import Page, expect

from nanomeet_widget.server.protocol.frames import Kind, Track
from tests.asking import get
from tests.browser.broadcasting import Broadcaster, Wire, in_composer
from tests.browser.conftest import MakeBroadcaster, OpenPage
from tests.browser.test_broadcast import frames_of, go_live, watch
from tests.browser.test_room import OFF, SILENT, address
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer, Servers

pytestmark = pytest.mark.browser


def test_a_recordings_limit_is_told_in_the_rooms_language(
    open_page: OpenPage, servers: Servers
) -> None:
    server = servers.start("--largest-gb", "0.00001")
    name = f"Voll_{secrets.token_hex(4)}"
    token = server.room(name, streamname=name)
    ada = open_page(address(server, token, name, "Ada", **SILENT), locale="de-DE")
    guest = address(server, server.invite(token), name, "Grace", **OFF)
    grace = open_page(guest, locale="de-DE")
    expect(grace.get_by_role("listitem").filter(has_text="Ada")).to_be_visible(timeout=PATIENCE)
    ada.get_by_role("button", name="Sendung", exact=True).click()
    ada.get_by_label("Auch aufzeichnen").check()
    ada.get_by_role("button", name="Live gehen").click()
    panel = ada.get_by_role("dialog", name="Übertragung")
    words = "Die Aufzeichnung ist so groß, wie eine sein darf"
    expect(panel.get_by_role("alert")).to_contain_text(words, timeout=PATIENCE)
    expect(ada.locator(".toast").filter(has_text=words)).to_be_visible()
    # The broadcast continues, and no longer shows that it is recorded.
    expect(panel.locator(".on-air")).not_to_contain_text("aufgezeichnet")
    ada.get_by_role("button", name="Übertragung beenden").click()
    expect(ada.get_by_role("button", name="Live gehen")).to_be_visible(timeout=PATIENCE)
    # Only moderators can fix it.
    expect(grace.locator(".toast")).to_have_count(0)


def test_chapters_are_named_in_the_language_of_who_starts(
    open_page: OpenPage, server: RunningServer
) -> None:
    name = f"Kapitel_{secrets.token_hex(4)}"
    token = server.room(name, streamname=name)
    ada = open_page(address(server, token, name, "Ada", **SILENT), locale="de-DE")
    ada.get_by_role("button", name="Sendung", exact=True).click()
    ada.get_by_label("Auch aufzeichnen").check()
    ada.get_by_role("button", name="Live gehen").click()
    panel = ada.get_by_role("dialog", name="Übertragung")
    expect(panel.locator(".on-air")).to_contain_text("aufgezeichnet", timeout=PATIENCE)
    guest = address(server, server.invite(token), name, "Grace", **OFF)
    grace = open_page(guest, locale="en-GB")
    expect(ada.get_by_role("listitem").filter(has_text="Grace")).to_be_visible(timeout=PATIENCE)
    grace.get_by_role("button", name="Leave the meeting").click()
    expect(ada.get_by_role("listitem").filter(has_text="Grace")).to_have_count(0, timeout=PATIENCE)
    ada.get_by_role("button", name="Übertragung beenden").click()
    expect(ada.get_by_role("button", name="Live gehen")).to_be_visible(timeout=PATIENCE)
    (recording,) = (server.data / "recordings").glob(f"{name}*.mp4")
    chapters = httpx.get(f"{server.url}/vod/{recording.stem}.vtt").text
    # Events within a moment form one chapter.
    titles = (name, "Grace ist auf der Bühne", "Grace hat die Bühne verlassen")
    assert re.search(".*".join(titles), chapters, re.DOTALL)


#: Delays the video encoder's output, in order, by the milliseconds that the page last set.
SLOW = """
{
let delay = 1200;
let before = Promise.resolve();
const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));
new BroadcastChannel("pace").onmessage = ({ data }) => { delay = data; };
globalThis.VideoEncoder = class extends globalThis.VideoEncoder {
  constructor({ output, error }) {
    const late = (...given) => {
      const due = performance.now() + delay;
      before = before.then(() => sleep(due - performance.now())).then(() => output(...given));
    };
    super({ output: late, error });
  }
};
}
"""
PACE = "delay => { (globalThis.pace ??= new BroadcastChannel('pace')).postMessage(delay); }"


def until_told(page: Page, kind: str | None) -> None:
    """Wait until the server reports this problem of the broadcast."""
    page.wait_for_function(
        "kind => (me.trouble?.kind ?? null) === kind", arg=kind, timeout=PATIENCE
    )


def quality(stage: Broadcaster) -> tuple[float, float]:
    now = stage.health["quality"]
    return now["bitrate"], now["framerate"]


def test_an_encoder_that_stays_behind_is_told_and_less_is_sent(
    open_page: OpenPage, server: RunningServer, broadcaster: MakeBroadcaster, tmp_path: Path
) -> None:
    page = open_page(bypass_csp=True)
    page.add_init_script(in_composer(SLOW))
    stage = broadcaster(page)
    stream = stage.stream
    viewing = open_page()
    sent = frames_of(viewing)
    player = watch(viewing, server, stream)
    expect(player).to_have_attribute("data-state", "waiting", timeout=PATIENCE)
    stage.start(record=True)
    until_told(page, "broadcast_slow_encoder")
    assert quality(stage) < (1, 1)
    page.evaluate(PACE, 0)
    until_told(page, None)
    stage.stop()
    expect(player).to_have_attribute("data-state", "ended", timeout=PATIENCE)

    # The file has the full length, with every frame at its capture time.
    media = [frame for frame in sent if frame.kind is Kind.MEDIA]
    pictures = [frame for frame in media if frame.track is Track.VIDEO]
    last = max(frame.timestamp + frame.duration for frame in media)
    film = tmp_path / "film.mp4"
    film.write_bytes(get(f"{server.url}/vod/{stream}.mp4").content)
    with av.open(str(film)) as container:
        places = [float(p.pts * p.time_base) for p in container.demux(video=0) if p.pts is not None]
        length = (container.duration or 0) / av.time_base
    early = len(places) - len(pictures)
    assert early >= 0
    begin = pictures[0].timestamp / 1e6 - places[early]
    assert places[early:] == pytest.approx([p.timestamp / 1e6 - begin for p in pictures], abs=0.002)
    assert length == pytest.approx(last / 1e6 - begin, abs=0.05)


def test_a_line_that_stays_behind_is_told_and_less_is_sent(
    open_page: OpenPage, server: RunningServer, broadcaster: MakeBroadcaster
) -> None:
    port = urlsplit(server.url).port
    assert port is not None
    with ExitStack() as stack:
        wire = Wire(port)
        stack.callback(wire.close)
        page = open_page(bypass_csp=True)
        stage = broadcaster(page, ingest_url=f"ws://127.0.0.1:{wire.port}/ws/ingest")
        stage.start(quality="720p")
        assert quality(stage) == (1, 1)
        wire.pace = 20_000
        until_told(page, "broadcast_slow_line")
        assert quality(stage) < (1, 1)
        wire.pace = None
        until_told(page, None)


def test_moderators_read_that_the_encoder_stays_behind(
    open_page: OpenPage, server: RunningServer
) -> None:
    name = f"Slow_{secrets.token_hex(4)}"
    token = server.room(name, streamname=name)
    ada = open_page(bypass_csp=True)
    ada.add_init_script(in_composer(SLOW))
    ada.goto(address(server, token, name, "Ada", **SILENT))
    go_live(ada)
    words = "The broadcasting computer is overloaded"
    expect(ada.locator(".toast").filter(has_text=words)).to_be_visible(timeout=PATIENCE)
    # Another moderator gets the notice, too, while it lasts.
    ben = open_page(address(server, token, name, "Ben", **OFF), locale="de-DE")
    ben.get_by_role("button", name="Sendung", exact=True).click()
    alert = ben.get_by_role("dialog", name="Übertragung").get_by_role("alert")
    expect(alert).to_contain_text("Der Rechner, der sendet, kommt nicht nach", timeout=PATIENCE)
    ada.evaluate(PACE, 0)
    expect(alert).to_have_count(0, timeout=PATIENCE)
