"""What a program of a participant shows to others: as a screen, or in place of the camera."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Frame, Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.framed import PAGE, Person
from tests.browser.media import moves, sounds
from tests.browser.sending import Program, colour, read
from tests.browser.site import site
from tests.browser.test_panels import choose
from tests.browser.test_room import OFF, SILENT, tile
from tests.browser.test_room import address as link
from tests.browser.waiting import PATIENCE, until
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser

#: Notes whenever a page shows no screen although it did.
_NOTE_GAPS = """
() => {
  globalThis.gaps = 0;
  const shown = () => document.querySelector('li[data-participant$=":screen"] video') !== null;
  new MutationObserver(() => { if (!shown()) globalThis.gaps += 1; })
    .observe(document.body, { childList: true, subtree: true });
}
"""


@pytest.fixture(scope="module")
def address(server: RunningServer) -> Iterator[str]:
    """A page that loads `external_api.js` from the server."""
    with site(PAGE.format(server=server.url)) as found:
        yield found


class Presenter:
    """Ada, whose page is commanded by the page around it, and Grace, who looks on; `unseen`: Ada's camera is off."""

    def __init__(
        self,
        server: RunningServer,
        open_page: OpenPage,
        address: str,
        *,
        moderates: str = "Ada",
        unseen: bool = False,
    ) -> None:
        self.server = server
        name = f"Sources_{secrets.token_hex(4)}"
        token = server.room(name)
        guest = server.invite(token)
        mine, hers = (token, guest) if moderates == "Ada" else (guest, token)
        config = OFF if unseen else SILENT
        self.ada = Person(open_page(address), server, mine, name, "Ada", **config)
        self.id = self.ada.id
        self.grace = open_page(link(server, hers, name, "Grace", **OFF))
        expect(tile(self.grace, "Ada").first).to_be_visible(timeout=PATIENCE)

    @property
    def page(self) -> Frame:
        """The meeting's page of Ada."""
        return self.ada.page.frames[1]

    def command(self, name: str, **options: Any) -> Any:
        """Run a command; return what it gives."""
        return self.ada.page.evaluate("([name, o]) => api.perform(name, o)", [name, options])

    def open(self, use: str, **options: Any) -> str:
        """Open a source; return the ticket to send with."""
        granted = self.command("nanomeetOpenSource", use=use, **options)
        assert set(granted) == {"stream", "ticket"}
        return str(granted["ticket"])

    def program(self, ticket: str, band: str = "red", *, tone: bool = False) -> Program:
        return Program(self.server, ticket, band, tone=tone)

    def closed(self, **fields: Any) -> dict[str, Any]:
        return self.ada.hears("nanomeetSourceClosed", **fields)

    @property
    def screen(self) -> Locator:
        """Ada's screen, as Grace sees it."""
        return self.grace.locator(f'li[data-participant="{self.id}:screen"]')

    @property
    def camera(self) -> Locator:
        """Ada's tile, as Grace sees it."""
        return self.grace.locator(f'li[data-participant="{self.id}"]')

    def seen(self, place: Locator) -> Callable[[], str | None]:
        return lambda: colour(place.locator("video"))


@pytest.fixture
def presenter(server: RunningServer, open_page: OpenPage, address: str) -> Presenter:
    """Ada's own camera is off."""
    return Presenter(server, open_page, address, unseen=True)


@pytest.fixture
def filmed(server: RunningServer, open_page: OpenPage, address: str) -> Presenter:
    """Ada's own camera is on."""
    return Presenter(server, open_page, address)


def counts_on(page: Page, video: Locator) -> bool:
    """Whether ever newer pictures of a program are shown."""
    first = read(video)
    assert first is not None
    until(page, lambda: (now := read(video)) is not None and now["number"] > first["number"] + 60)
    return True


def test_a_program_presents_to_the_others(presenter: Presenter) -> None:
    grace, screen = presenter.grace, presenter.screen
    with presenter.program(presenter.open("screen", title="Loss"), tone=True) as program:
        until(grace, presenter.seen(screen), to_be="red")
        assert counts_on(grace, screen.locator("video"))
        expect(screen.locator(".tile-label")).to_have_text("Loss (Ada)")
        expect(screen.locator("video")).to_have_class("picture whole playing")
        assert sounds(grace.locator(f'audio[data-participant="{presenter.id}:screen"]'))
        mine = presenter.page.locator(f'li[data-participant="{presenter.id}:screen"]')
        expect(mine.locator(".tile-label")).to_have_text("Loss (you)")
        assert presenter.ada.asks("isSharingScreen") is True
        # The toolbar's button stops it like any screen share, and the program hears of it.
        presenter.page.get_by_role("button", name="Share the screen").click()
        expect(screen).to_have_count(0)
        assert presenter.closed(use="screen")["failed"] is False
        until(grace, lambda: program.ended is not None)
    assert presenter.ada.asks("isSharingScreen") is False


def test_a_second_source_replaces_the_first_without_a_gap(presenter: Presenter) -> None:
    grace, screen = presenter.grace, presenter.screen
    with presenter.program(presenter.open("screen"), "red"):
        until(grace, presenter.seen(screen), to_be="red")
        grace.evaluate(_NOTE_GAPS)
        ticket = presenter.open("screen")
        # The first has ended; its last picture stays.
        assert presenter.closed(use="screen")["failed"] is False
        assert colour(screen.locator("video")) == "red"
        with presenter.program(ticket, "blue"):
            until(grace, presenter.seen(screen), to_be="blue")
            assert counts_on(grace, screen.locator("video"))
            assert grace.evaluate("gaps") == 0
            presenter.command("nanomeetCloseSource", use="screen")
            expect(screen).to_have_count(0)


def test_a_program_changes_what_others_see_of_the_camera(filmed: Presenter) -> None:
    grace, camera = filmed.grace, filmed.camera
    expect(camera).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    with filmed.program(filmed.open("camera"), "green"):
        until(grace, filmed.seen(camera), to_be="green")
        assert counts_on(grace, camera.locator("video"))
        # Off is off, and on again shows the changed picture.
        filmed.ada.does("toggleVideo")
        expect(camera).to_have_attribute("data-camera", "off")
        filmed.ada.does("toggleVideo")
        expect(camera).to_have_attribute("data-camera", "on")
        until(grace, filmed.seen(camera), to_be="green")
        filmed.command("nanomeetCloseSource", use="camera")
        until(grace, filmed.seen(camera), to_be=None)
        assert moves(camera.locator("video"))
    assert filmed.closed(use="camera")["failed"] is False


def test_after_an_error_the_camera_is_off_and_the_page_says_so(filmed: Presenter) -> None:
    grace, camera = filmed.grace, filmed.camera
    expect(camera).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    with filmed.program(filmed.open("camera"), "green"):
        until(grace, filmed.seen(camera), to_be="green")
        filmed.command("nanomeetCloseSource", use="camera", failed=True)
        expect(camera).to_have_attribute("data-camera", "off")
    assert filmed.closed(use="camera")["failed"] is True
    words = "The program that changes your camera's picture has stopped. Your camera is off."
    expect(filmed.page.get_by_text(words).first).to_be_visible()
    assert filmed.ada.asks("isVideoMuted") is True


def test_a_program_that_is_gone_switches_the_camera_off(filmed: Presenter) -> None:
    grace, camera = filmed.grace, filmed.camera
    expect(camera).to_have_attribute("data-camera", "on", timeout=PATIENCE)
    with filmed.program(filmed.open("camera"), "green"):
        until(grace, filmed.seen(camera), to_be="green")
    expect(camera).to_have_attribute("data-camera", "off", timeout=PATIENCE)
    assert filmed.closed(use="camera")["failed"] is True


def test_a_page_that_reloads_goes_on_showing_what_programs_send(filmed: Presenter) -> None:
    grace, screen, camera = filmed.grace, filmed.screen, filmed.camera
    shown = filmed.open("screen", title="Loss"), filmed.open("camera")
    with filmed.program(shown[0], "red") as program, filmed.program(shown[1], "green"):
        until(grace, filmed.seen(screen), to_be="red")
        until(grace, filmed.seen(camera), to_be="green")
        before = filmed.page.evaluate("location.reload(), performance.timeOrigin")
        filmed.page.wait_for_function(
            "origin => performance.timeOrigin !== origin", arg=before, timeout=PATIENCE
        )
        mine = filmed.page.locator(f'li[data-participant="{filmed.id}:screen"]')
        expect(mine.locator("video.playing")).to_be_visible(timeout=PATIENCE)
        until(grace, filmed.seen(screen), to_be="red")
        expect(screen.locator(".tile-label")).to_have_text("Loss (Ada)")
        until(grace, filmed.seen(camera), to_be="green")
        assert counts_on(grace, screen.locator("video"))
        assert program.ended is None
        # The page around it commands the new page, too.
        filmed.command("nanomeetCloseSource", use="screen")
        expect(screen).to_have_count(0)


def test_a_moderator_who_turns_a_camera_off_ends_what_is_presented(
    server: RunningServer, open_page: OpenPage, address: str
) -> None:
    presenter = Presenter(server, open_page, address, moderates="Grace")
    grace, screen = presenter.grace, presenter.screen
    with presenter.program(presenter.open("screen"), "red"):
        until(grace, presenter.seen(screen), to_be="red")
        choose(grace, "Ada", "Turn off the camera")
        expect(screen).to_have_count(0)
    assert presenter.closed(use="screen")["failed"] is False
