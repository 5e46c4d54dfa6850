"""A broadcast's options: codec, audio only, and cards instead of the stage."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.broadcasting import WITHOUT_WEBCODECS, Broadcaster
from tests.browser.conftest import MakeBroadcaster, OpenPage
from tests.browser.media import moves, probe
from tests.browser.test_broadcast import watch
from tests.browser.test_room import address
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser


@pytest.fixture
def stage(broadcaster: MakeBroadcaster) -> Broadcaster:
    return broadcaster()


@pytest.fixture
def viewers(open_page: OpenPage) -> Callable[[], tuple[Page, Page]]:
    """A viewer with WebCodecs, and one without."""

    def make() -> tuple[Page, Page]:
        without = open_page()
        without.add_init_script(WITHOUT_WEBCODECS)
        return open_page(), without

    return make


@pytest.mark.parametrize("codec", ["vp9", "av1"])
def test_every_codec_is_seen_and_recorded(
    stage: Broadcaster,
    viewers: Callable[[], tuple[Page, Page]],
    server: RunningServer,
    codec: str,
) -> None:
    stage.start(record=True, codec=codec)
    drawn, played = viewers()
    assert moves(watch(drawn, server, stage.stream).locator("canvas"))
    assert moves(watch(played, server, stage.stream).locator("video.stream"))
    health = stage.health
    assert (health["codec"], health["width"], health["height"]) == (codec, 640, 360)
    stage.stop()
    source = drawn.locator("main.player video").get_attribute("src", timeout=PATIENCE)
    assert source is not None
    found = {stream["codec_name"] for stream in probe(source)["streams"]}
    assert found == {codec, "opus"}


#: Removes the video encoders, as in a browser built without their licence.
NO_ENCODER = "VideoEncoder.isConfigSupported = async config => ({ supported: false, config });"


def test_an_unsupported_codec_is_refused_in_the_readers_language(
    open_page: OpenPage, server: RunningServer
) -> None:
    name = f"Meeting_{secrets.token_hex(4)}"
    ada = open_page()

    def weaken(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=NO_ENCODER + answer.text())

    ada.route("**/static/composer.js", weaken)
    ada.goto(address(server, server.room(name), name, "Ada", defaultLanguage="de"))
    ada.get_by_role("button", name="Sendung", exact=True).click()
    ada.get_by_role("button", name="Live gehen").click()
    refusal = ada.get_by_role("alert").filter(has_text="So ein Bild kann dieser Browser nicht")
    expect(refusal).to_be_visible(timeout=PATIENCE)
    expect(ada.get_by_role("button", name="Noch einmal")).to_be_visible()


def test_sound_alone_is_heard_and_recorded(
    stage: Broadcaster,
    viewers: Callable[[], tuple[Page, Page]],
    server: RunningServer,
) -> None:
    stage.start(record=True, quality="audio")
    drawn, played = viewers()
    player = watch(drawn, server, stage.stream)
    heard = "player => Number(player.dataset.soundLevel) > 0.1"
    drawn.wait_for_function(heard, arg=player.element_handle(), timeout=PATIENCE)
    expect(player.get_by_role("status")).to_contain_text("Sound only")
    other = watch(played, server, stage.stream)
    expect(other).to_have_attribute("data-sound", "playing", timeout=PATIENCE)
    expect(other.get_by_role("status")).to_contain_text("Sound only")
    video = other.locator("video.stream")
    played.wait_for_function(
        "video => video.currentTime > 1", arg=video.element_handle(), timeout=PATIENCE
    )
    # Seek back, and return to the live edge.
    drawn.keyboard.press("ArrowLeft")
    expect(player).not_to_have_attribute("data-behind", "0.0")
    drawn.wait_for_function(heard, arg=player.element_handle(), timeout=PATIENCE)
    health = stage.health
    assert (health["codec"], health["width"], health["fps"]) == (None, 0, 0)
    stage.stop()
    source = drawn.locator("main.player video").get_attribute("src", timeout=PATIENCE)
    assert source is not None
    assert [stream["codec_name"] for stream in probe(source)["streams"]] == ["opus"]


#: The brand's colours, which occur nowhere else in the frame.
LOGO = "https://brand.example/logo.svg"
BRAND = {"backgroundColor": "#800080", "textColor": "#ffff00", "logoImageUrl": LOGO}
RED = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><rect width="60" height="60" fill="red"/></svg>'
#: Whether the logo is in the upper right corner.
LOGO_SHOWN = """canvas => {
  const pen = canvas.getContext("2d");
  const [x, y] = [canvas.width - canvas.height / 12, canvas.height / 12];
  const [red, green, blue] = pen.getImageData(x, y, 1, 1).data;
  return red > 200 && green < 60 && blue < 60;
}"""
#: Whether the middle of the left edge shows the background: it is empty on cards, but not on the stage.
CARD = """canvas => {
  const at = canvas.getContext("2d").getImageData(2, canvas.height / 2, 1, 1).data;
  return Math.abs(at[0] - 128) < 30 && at[1] < 40 && Math.abs(at[2] - 128) < 30;
}"""


def test_a_moderator_begins_with_a_card_and_pauses(
    open_page: OpenPage, server: RunningServer
) -> None:
    name = f"Meeting_{secrets.token_hex(4)}"
    token = server.room(name, streamname=name)
    ada = open_page()
    ada.route(
        LOGO,
        lambda route: route.fulfill(
            content_type="image/svg+xml", body=RED, headers={"Access-Control-Allow-Origin": "*"}
        ),
    )
    ada.goto(address(server, token, name, "Ada", branding=BRAND))
    ada.get_by_role("button", name="Broadcast", exact=True).click()
    ada.get_by_label("Quality").select_option("540p")
    ada.get_by_label("Start with a “Starting soon” card").check()
    ada.get_by_role("button", name="Go live").click()
    expect(ada.get_by_text("Viewers see a “Starting soon” card")).to_be_visible(timeout=PATIENCE)
    player = watch(open_page(), server, name)
    canvas = player.locator("canvas")
    expect(player).to_have_attribute("data-shows", "soon", timeout=PATIENCE)
    player.page.wait_for_function(CARD, arg=canvas.element_handle(), timeout=PATIENCE)
    expect(player).to_have_attribute("data-height", "540")
    ada.get_by_role("button", name="Show the stage").click()
    expect(player).to_have_attribute("data-shows", "stage", timeout=PATIENCE)
    assert moves(canvas)
    player.page.wait_for_function(LOGO_SHOWN, arg=canvas.element_handle(), timeout=PATIENCE)
    ada.get_by_role("button", name="Pause", exact=True).click()
    expect(ada.get_by_text("Paused: viewers see a card")).to_be_visible(timeout=PATIENCE)
    player.page.wait_for_function(CARD, arg=canvas.element_handle(), timeout=PATIENCE)
    player.page.wait_for_function(
        "player => Number(player.dataset.soundLevel) < 0.001",
        arg=player.element_handle(),
        timeout=PATIENCE,
    )
    ada.get_by_role("button", name="Resume").click()
    expect(player).to_have_attribute("data-shows", "stage", timeout=PATIENCE)
    assert moves(canvas)
    ada.get_by_role("button", name="End the broadcast").click()
    expect(ada.get_by_label("Quality")).to_have_value("540p", timeout=PATIENCE)
