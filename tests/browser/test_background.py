"""Virtual backgrounds: what others see, and what they must never see."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.browsers import CHROMIUM, launched
from tests.browser.contexts import new_context
from tests.browser.framed import PAGE, Person
from tests.browser.media import moves
from tests.browser.peers import KEEP_PEERS, connections
from tests.browser.posing import LOOK, WATCH, pose, room, seen
from tests.browser.site import site
from tests.browser.tabs import NEVER_SLOW, Tabs
from tests.browser.test_broadcast import go_live, watch
from tests.browser.test_hidden_tab import PACE
from tests.browser.test_prejoin import door
from tests.browser.test_room import SILENT, Room, button, tile, until_free
from tests.browser.test_room import address as link
from tests.browser.waiting import PATIENCE, until
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser

#: The most sharpness of a hidden room, and the least of a visible one.
HIDDEN, SHARP = 25, 60
#: The files that a background needs.
PARTS = ("background.js", "background.wasm", "selfie_segmentation_landscape.tflite")
REMEMBERED = "localStorage.setItem('nanomeet.background', 'blur');"
#: Keeps every camera that a page opens.
OPENED = """
  globalThis.opened = [];
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    opened.push(...stream.getVideoTracks());
    return stream;
  };
"""
#: Keeps every Worker that a page starts.
WORKERS = """
  globalThis.workers = [];
  globalThis.Worker = class extends Worker {
    constructor(...options) {
      super(...options);
      workers.push(this);
    }
  };
"""
#: Makes a browser unable to transfer a track's frames to Workers.
CARRIED = """
  delete globalThis.MediaStreamTrackProcessor;
  delete globalThis.MediaStreamTrackGenerator;
"""


def _png(colour: tuple[int, int, int]) -> bytes:
    """Return an image of one colour."""
    picture = np.full((90, 160, 3), colour, dtype=np.uint8)
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 160, 90, "rgb24"
    encoder.time_base = Fraction(1, 1)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode()])


GREEN = _png((0, 200, 0))


def is_green(video: Locator) -> bool:
    """Return whether the background is green."""
    red, green, blue = (int(value) for value in seen(video)["room"]["colour"])
    return green > 120 and red < 60 and blue < 60


@pytest.fixture(scope="module")
def posed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pose(tmp_path_factory.mktemp("posed") / "camera.mjpeg")


@pytest.fixture(scope="module")
def posing(browser: Browser, posed: Path) -> Iterator[Browser]:
    """A browser whose camera shows a person in a room."""
    with launched(browser.browser_type, camera=posed) as made:
        yield made


def _hold(held: list[Route], route: Route) -> None:
    held.append(route)


class Posing(Room):
    """A room whose participants sit in front of a chessboard, in silence."""

    def enter(self, name: str, *, moderator: bool = False, **options: Any) -> Page:
        off = {"startWithVideoMuted": True} if options.pop("without_camera", False) else {}
        page = self._open_page(**options)
        page.goto(self.address(name, moderator=moderator, **SILENT, **off))
        return page


@pytest.fixture
def open_posing(posing: Browser) -> Iterator[Callable[..., Page]]:
    with ExitStack() as stack:

        def opener(
            *,
            scripts: tuple[str, ...] = (),
            asked: list[str] | None = None,
            held: list[Route] | None = None,
            without: str | None = None,
            **options: Any,
        ) -> Page:
            options.setdefault("viewport", {"width": 1280, "height": 800})
            context = new_context(posing, permissions=["camera", "microphone"], **options)
            stack.callback(context.close)
            page = context.new_page()
            for script in (LOOK, KEEP_PEERS, *scripts):
                page.add_init_script(script)
            if without is not None:
                page.route(f"**/{without}", lambda route: route.abort())
            if held is not None:
                page.route("**/background.wasm", lambda route: _hold(held, route))
            if asked is not None:
                page.on("request", lambda request: asked.append(request.url))
            return page

        yield opener


@pytest.fixture
def meeting(server: RunningServer, open_posing: Callable[..., Page]) -> Posing:
    return Posing(server, open_posing)


def picture_of(page: Page, name: str) -> Locator:
    """Return a participant's video, once it is shown."""
    expect(tile(page, name)).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    video = tile(page, name).locator("video")
    expect(video).to_have_class(re.compile("playing"), timeout=PATIENCE)
    return video


def settings(page: Page) -> Locator:
    if not page.get_by_role("group", name="Background").is_visible():
        button(page, "Settings").click()
    return page.get_by_role("group", name="Background")


def choose(page: Page, name: str) -> None:
    settings(page).get_by_role("radio", name=name, exact=True).check(force=True)


def workers(page: Page) -> int:
    return sum(worker.url.endswith("/background.js") for worker in page.workers)


def hidden_from(page: Page, name: str) -> Locator:
    """Wait until a page shows the person but not the room; return the video."""
    video = picture_of(page, name)
    until(page, lambda: 0 < room(video) < HIDDEN)
    assert moves(video)
    return video


def sharpest(page: Page) -> tuple[float, int]:
    """Return the maximum sharpness of the room in this page so far, and the number of frames."""
    found: list[Any] = page.evaluate("[sharpest, pictures]")
    return found[0], found[1]


def test_others_see_the_person_sharp_and_the_room_blurred(
    meeting: Posing, server: RunningServer
) -> None:
    ada = meeting.enter("Ada", moderator=True)
    asked: list[str] = []
    grace = meeting.enter("Grace", asked=asked)
    video = picture_of(ada, "Grace")
    until(ada, lambda: room(video) > SHARP)
    before = seen(video)["person"]["contrast"]
    # Nothing is loaded before it is needed, not even while the settings are open.
    expect(settings(grace)).to_be_visible()
    assert not [url for url in asked if url.endswith(PARTS)]
    choose(grace, "Strong blur")
    video = hidden_from(ada, "Grace")
    assert seen(video)["person"]["contrast"] > 0.7 * before
    # Nothing is loaded from any other server.
    assert sorted(url for url in asked if url.endswith(PARTS)) == sorted(
        f"{server.url}/static/{part}" for part in PARTS
    )
    assert not [url for url in asked if not url.startswith((server.url, "data:", "blob:"))]
    # The sender's own page shows the same.
    assert room(picture_of(grace, "Grace")) < HIDDEN
    assert workers(grace) == 1
    choose(grace, "Slight blur")
    hidden_from(ada, "Grace")
    assert workers(grace) == 1
    choose(grace, "None")
    video = picture_of(ada, "Grace")
    until(ada, lambda: room(video) > SHARP)
    until(grace, lambda: workers(grace), to_be=0)


def test_built_in_and_own_pictures_replace_the_background(meeting: Posing, tmp_path: Path) -> None:
    ada = meeting.enter("Ada", moderator=True, without_camera=True)
    grace = meeting.enter("Grace")
    choose(grace, "Plain")
    video = hidden_from(ada, "Grace")
    # The chessboard's mean is a middle grey; this is light and slightly blue.
    red, green, blue = seen(video)["room"]["colour"]
    assert min(red, green, blue) > 180
    assert blue > red
    path = tmp_path / "green.png"
    path.write_bytes(GREEN)
    settings(grace).get_by_label("Choose a background image").set_input_files(path)
    until(ada, lambda: is_green(video))
    expect(settings(grace).get_by_role("radio", name="Your image")).to_be_checked()
    # The person's suit is still orange.
    red, green, blue = seen(video)["person"]["colour"]
    assert red > green + 30
    # A file that is not an image changes nothing.
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    settings(grace).get_by_label("Choose a background image").set_input_files(broken)
    told = grace.locator(".toast", has_text="cannot open that file as an image")
    expect(told).to_be_visible()
    assert is_green(video)
    # It is stored in this browser, and used at once after a reload.
    grace.reload()
    video = hidden_from(ada, "Grace")
    until(ada, lambda: is_green(video))


def test_who_hid_the_room_before_never_shows_it(meeting: Posing) -> None:
    ada = meeting.enter("Ada", moderator=True, without_camera=True, scripts=(WATCH,))
    grace = meeting.enter("Grace", scripts=(REMEMBERED, OPENED))
    hidden_from(ada, "Grace")
    # Off and on, unplugged and replaced, and another frame size: always hidden.
    camera = grace.evaluate_handle("opened.at(-1)")
    button(grace, "Camera").click()
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "off", timeout=PATIENCE)
    until_free(grace, camera)
    until(grace, lambda: workers(grace), to_be=0)
    button(grace, "Camera").click()
    hidden_from(ada, "Grace")
    grace.evaluate("opened.at(-1).stop(); opened.at(-1).dispatchEvent(new Event('ended'))")
    grace.wait_for_function("() => opened.length === 3")
    hidden_from(ada, "Grace")
    assert workers(grace) == 1
    grace.evaluate("opened.at(-1).applyConstraints({ width: 320, height: 180 })")
    grace.wait_for_function("() => opened.at(-1).getSettings().height === 180")
    assert moves(picture_of(ada, "Grace"))
    # Of more than a hundred frames none showed the room.
    until(ada, lambda: sharpest(ada)[1] > 100)
    assert sharpest(ada)[0] < HIDDEN
    button(grace, "Leave the meeting").click()
    until(grace, lambda: workers(grace), to_be=0)


@pytest.mark.parametrize("part", PARTS)
def test_without_its_parts_the_camera_goes_off_and_says_so(meeting: Posing, part: str) -> None:
    ada = meeting.enter("Ada", moderator=True, without_camera=True, scripts=(WATCH,))
    grace = meeting.enter("Grace", scripts=(REMEMBERED, OPENED), without=part)
    expect(grace.get_by_text("The background could not be blurred")).to_be_visible(timeout=PATIENCE)
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "off")
    # The camera is off, and nothing was sent.
    assert grace.evaluate("opened.map((track) => track.readyState)") == ["ended"]
    until(grace, lambda: len(connections(grace)), to_be=1)
    assert connections(grace)[0]["camera"]["bytes"] == 0
    assert sharpest(ada)[1] == 0
    # Remove the obstacle.
    grace.unroute_all()
    button(grace, "Try again").click()
    hidden_from(ada, "Grace")
    assert sharpest(ada)[0] < HIDDEN
    expect(grace.get_by_text("The background could not be blurred")).to_have_count(0)


def test_without_the_background_files_the_camera_stays_off(
    meeting: Posing,
) -> None:
    ada = meeting.enter("Ada", moderator=True, without_camera=True)
    grace = meeting.enter("Grace", without="background.wasm", scripts=(OPENED,))
    video = picture_of(ada, "Grace")
    until(ada, lambda: room(video) > SHARP)
    choose(grace, "Strong blur")
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "off", timeout=PATIENCE)
    expect(settings(grace).get_by_role("radio", name="Strong blur")).to_be_checked()
    expect(grace.locator(".notice")).to_contain_text("The background could not be blurred")
    assert grace.evaluate("opened.at(-1).readyState") == "ended"
    choose(grace, "None")
    video = picture_of(ada, "Grace")
    until(ada, lambda: room(video) > SHARP)


def test_while_it_is_being_loaded_nothing_is_sent(meeting: Posing) -> None:
    ada = meeting.enter("Ada", moderator=True, without_camera=True)
    held: list[Route] = []
    grace = meeting.enter("Grace", held=held)
    picture_of(ada, "Grace")
    choose(grace, "Strong blur")
    until(grace, lambda: len(held), to_be=1)
    expect(settings(grace).get_by_role("status")).to_contain_text("Your camera is off until")
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "off", timeout=PATIENCE)
    expect(button(grace, "Camera")).to_have_attribute("aria-busy", "true")
    held[0].continue_()
    hidden_from(ada, "Grace")
    expect(settings(grace).get_by_role("status")).to_have_text("")


def test_a_background_that_breaks_down_ends_the_picture(meeting: Posing) -> None:
    ada = meeting.enter("Ada", moderator=True, without_camera=True, scripts=(WATCH,))
    grace = meeting.enter("Grace", scripts=(REMEMBERED, OPENED, WORKERS))
    hidden_from(ada, "Grace")
    grace.evaluate(
        "workers.at(-1).postMessage({ type: 'backdrop', backdrop: { kind: 'picture', picture: {} } })"
    )
    expect(grace.get_by_text("The background could not be blurred")).to_be_visible(timeout=PATIENCE)
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "off", timeout=PATIENCE)
    assert grace.evaluate("opened.at(-1).readyState") == "ended"
    button(grace, "Try again").click()
    hidden_from(ada, "Grace")
    assert sharpest(ada)[0] < HIDDEN


def test_a_browser_without_track_processors_hides_the_room(meeting: Posing) -> None:
    ada = meeting.enter("Ada", moderator=True, without_camera=True, scripts=(WATCH,))
    grace = meeting.enter("Grace", scripts=(REMEMBERED, CARRIED))
    hidden_from(ada, "Grace")
    assert sharpest(ada)[0] < HIDDEN
    choose(grace, "None")
    video = picture_of(ada, "Grace")
    until(ada, lambda: room(video) > SHARP)


def test_a_browser_that_cannot_do_it_keeps_the_camera_off(meeting: Posing) -> None:
    ada = meeting.enter("Ada", moderator=True, without_camera=True)
    grace = meeting.enter("Grace", scripts=(REMEMBERED, CARRIED, "delete globalThis.VideoFrame;"))
    expect(grace.get_by_text("The background could not be blurred")).to_be_visible(timeout=PATIENCE)
    expect(tile(ada, "Grace")).to_have_attribute("data-camera", "off", timeout=PATIENCE)


def test_it_is_seen_and_chosen_by_keyboard_before_joining(
    meeting: Posing, open_posing: Callable[..., Page]
) -> None:
    grace = open_posing()
    grace.goto(door(meeting))
    expect(grace.locator("video.playing")).to_be_visible(timeout=PATIENCE)
    devices = grace.get_by_text("Devices", exact=True)
    devices.focus()
    grace.keyboard.press("Enter")
    settings(grace).get_by_role("radio", name="None").focus()
    grace.keyboard.press("ArrowDown")
    expect(settings(grace).get_by_role("radio", name="Slight blur")).to_be_checked()
    until(grace, lambda: 0 < room(grace.locator("video.playing")) < HIDDEN)
    grace.keyboard.press("ArrowDown")
    expect(settings(grace).get_by_role("radio", name="Strong blur")).to_be_checked()
    grace.get_by_role("button", name="Join").click()
    ada = meeting.enter("Ada", moderator=True, without_camera=True)
    hidden_from(ada, "Grace")


def test_it_goes_on_in_a_tab_behind_another(
    browser: Browser, posed: Path, server: RunningServer, meeting: Posing
) -> None:
    with launched(browser.browser_type, program=CHROMIUM, camera=posed, without=NEVER_SLOW) as made:
        ada = meeting.enter("Ada", moderator=True, without_camera=True)
        tabs = Tabs(made, ada)
        grace = tabs.open(f"{server.url}/healthz")
        grace.evaluate("localStorage.setItem('nanomeet.background', 'paper')")
        grace.go(meeting.address("Grace"))
        hidden_from(ada, "Grace")
        tabs.open("about:blank").front()
        until(ada, lambda: grace.evaluate(PACE), to_be=["hidden", True, 0])
        hidden_from(ada, "Grace")


def test_a_page_around_it_chooses_it_by_the_engine_api(
    server: RunningServer, open_posing: Callable[..., Page], meeting: Posing
) -> None:
    ada = meeting.enter("Ada", moderator=True, without_camera=True)
    with site(PAGE.format(server=server.url)) as address:
        page = open_posing()
        page.goto(address)
        grace = Person(page, server, meeting.invite(), meeting.name, "Grace")
        picture_of(ada, "Grace")
        grace.does("setBlurredBackground", "blur")
        hidden_from(ada, "Grace")
        picture = f"data:image/png;base64,{base64.b64encode(GREEN).decode()}"
        grace.does("setVirtualBackground", True, picture)
        video = hidden_from(ada, "Grace")
        until(ada, lambda: is_green(video))
        grace.does("setVirtualBackground", False)
        video = picture_of(ada, "Grace")
        until(ada, lambda: room(video) > SHARP)
        # An image from elsewhere would have to be fetched.
        grace.does("setVirtualBackground", True, "https://example.org/beach.jpg")
        grace.does("setBlurredBackground", "slight-blur")
        hidden_from(ada, "Grace")


def test_the_broadcast_and_its_viewers_see_no_more(
    server: RunningServer, open_posing: Callable[..., Page]
) -> None:
    name = f"Meeting_{secrets.token_hex(4)}"
    ada = open_posing(scripts=(REMEMBERED,))
    ada.goto(link(server, server.room(name, streamname=name), name, "Ada"))
    picture_of(ada, "Ada")
    go_live(ada)
    viewer = open_posing()
    picture = watch(viewer, server, name).locator("canvas")
    until(viewer, lambda: seen(picture)["person"]["contrast"] > HIDDEN)
    assert room(picture) < HIDDEN
    assert moves(picture)
    choose(ada, "None")
    until(viewer, lambda: room(picture) > SHARP)
