"""A broadcast of a program in browsers: viewers read its pictures, and the room says who sends them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from benchmarks import barcode
from playwright.sync_api import Page, expect

import nanomeet_widget as nm
from tests.browser.conftest import OpenPage
from tests.browser.test_room import address
from tests.browser.waiting import PATIENCE
from tests.conftest import RunningServer
from tests.contract.programs import HEIGHT, WIDTH, Picture, film, stamped

pytestmark = pytest.mark.browser

#: Patches of colour below the barcode, from left to right.
COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (200, 120, 40), (0, 0, 0))
#: What the player shows, in grey, and the middle of each patch.
_READ = """
([width, height, patches]) => {
  const shown = document.querySelector("main.player canvas");
  const copy = new OffscreenCanvas(width, height).getContext("2d");
  copy.drawImage(shown, 0, 0, width, height);
  const lines = [16, 48, 80, 112].map((y) => {
    const { data } = copy.getImageData(0, y, width, 1);
    return Array.from({ length: width }, (_, x) => data[4 * x]);
  });
  const colours = Array.from({ length: patches }, (_, patch) => {
    const x = Math.round((patch + 0.5) * width / patches);
    return [...copy.getImageData(x, height - 60, 1, 1).data].slice(0, 3);
  });
  return { lines, colours };
}
"""


def coloured(number: int) -> Picture:
    picture = stamped(number)
    for patch, colour in enumerate(COLOURS):
        left, right = (round((patch + more) * WIDTH / len(COLOURS)) for more in (0, 1))
        picture[140:, left:right] = colour
    return picture


def seen(page: Page) -> tuple[int | None, Any]:
    """Return the number that a viewer's picture says, and its colours."""
    told = page.evaluate(_READ, [WIDTH, HEIGHT, len(COLOURS)])
    grey = np.zeros((HEIGHT, WIDTH), np.uint8)
    for row, line in enumerate(told["lines"]):
        grey[row * barcode.ROW + barcode.ROW // 2] = line
    stamp = barcode.read(grey)
    return (None if stamp is None else stamp.number), told["colours"]


def test_a_viewers_page_shows_what_the_program_makes(
    server: RunningServer, open_page: OpenPage
) -> None:
    token = server.room("ProgramPage", streamname="program-page")

    def source() -> Any:
        for number, (_, sound) in enumerate(film(1_000_000)):
            yield coloured(number), sound

    with nm.broadcast(source(), token, server=server.url, is_vod=False) as show:
        assert show.playout is not None
        page = open_page(show.playout.live)
        expect(page.locator("main.player")).to_have_attribute("data-state", "live")
        numbers: list[int] = []
        colours: Any = None
        for _ in range(200):
            number, colours = seen(page)
            if number is not None and number not in numbers:
                numbers.append(number)
            if len(numbers) == 5:
                break
            page.wait_for_timeout(100)
        assert len(numbers) == 5
        assert numbers == sorted(numbers)
        assert numbers[-1] > 0
        # Colours that are marked wrongly differ by 36 at least somewhere.
        assert np.abs(np.array(colours) - np.array(COLOURS)).max() <= 10


def test_the_room_says_that_a_program_broadcasts(
    server: RunningServer, open_page: OpenPage
) -> None:
    room = server.room("ProgramPanel", streamname="program-panel")
    ada = open_page(address(server, room, "ProgramPanel", "Ada"))
    with nm.broadcast(stamped(1), room, server=server.url, is_vod=False, display_name="Plotter"):
        badge = ada.locator(".badge.live")
        expect(badge).to_have_attribute(
            "title",
            "A program broadcasts, not the stage. Watch in a new tab",
            timeout=PATIENCE,
        )
        ada.get_by_role("button", name="Broadcast", exact=True).click()
        expect(ada.get_by_text("A program is live")).to_be_visible()
        said = (
            "A program of Plotter sends its own pictures and sound. Viewers do not see the stage."
        )
        expect(ada.get_by_text(said)).to_be_visible()
        # A moderator may end it from there.
        ada.get_by_role("button", name="End the broadcast").click()
        expect(badge).to_have_count(0, timeout=PATIENCE)
