"""One element of a page, shown to the others as a screen: captured by a real browser (Element Capture)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.contexts import AS_A_USER, new_context
from tests.browser.site import site
from tests.browser.test_room import address as link
from tests.browser.test_room import tile
from tests.browser.waiting import PATIENCE, until
from tests.conftest import RunningServer

pytestmark = pytest.mark.browser

_PAGE = """
<!doctype html><title>A page</title>
<style>body {{ background: rgb(0, 0, 255) }} #plot {{ background: rgb(255, 0, 0) }}</style>
<div id="plot" style="width: 320px; height: 200px">A plot</div>
<div id="place" style="width: 640px; height: 480px"></div>
<script src="{server}/js/nanomeet.js"></script>
<script>
  const closed = [];
  const meeting = new NanoMeet();
  async function enter(token) {{
    const ready = meeting.init({{ token, id: "place", prejoin: false, displayName: "Ada" }});
    meeting.api.addEventListener("nanomeetSourceClosed", (data) => closed.push(data));
    await ready;
  }}
  const present = (title) =>
    meeting.presentElement(document.querySelector("#plot"), title).then(
      ({{ data }}) => data, ({{ kind, message }}) => ({{ kind, message }}));
</script>
"""
#: The colour in the middle of a video and in its corners, and its shape; null before its first picture.
_LOOK = """
(video) => {
  const { videoWidth: width, videoHeight: height } = video;
  if (!width) return null;
  const pen = new OffscreenCanvas(width, height).getContext("2d");
  pen.drawImage(video, 0, 0);
  const places = [[0.5, 0.5], [0.1, 0.9], [0.9, 0.1], [0.9, 0.9]];
  const red = places.every(([x, y]) => {
    const [r, g, b] = pen.getImageData(width * x, height * y, 1, 1).data;
    return r > 180 && g < 90 && b < 90;
  });
  return { red, shape: Math.round(10 * width / height) };
}
"""


class Presenter:
    """Ada in a page with a plot and a meeting, and Grace, who looks on."""

    def __init__(self, page: Page, server: RunningServer, open_page: OpenPage) -> None:
        self.page = page
        name = f"Elements_{secrets.token_hex(4)}"
        token = server.room(name)
        page.evaluate("token => enter(token)", token)
        self.grace = open_page(link(server, server.invite(token), name, "Grace"))
        expect(tile(self.grace, "Ada").first).to_be_visible(timeout=PATIENCE)

    def present(self, title: str = "") -> dict[str, Any]:
        answer: dict[str, Any] = self.page.evaluate("title => present(title)", title)
        return answer

    def press(self, label: str) -> None:
        """Press a button of the meeting, as the user."""
        self.page.frames[1].get_by_role("button", name=label, exact=True).click()

    @property
    def screen(self) -> Locator:
        """Ada's screen, as Grace sees it."""
        return self.grace.locator('li[data-participant$=":screen"]')

    @property
    def closed(self) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = self.page.evaluate("closed")
        return told


@pytest.fixture
def presenter(
    capturing: Browser, server: RunningServer, open_page: OpenPage
) -> Iterator[Presenter]:
    context = new_context(capturing, **AS_A_USER)
    with site(_PAGE.format(server=server.url)) as address:
        page = context.new_page()
        page.goto(address)
        yield Presenter(page, server, open_page)
    context.close()


def test_after_one_click_others_see_the_element_and_nothing_around_it(presenter: Presenter) -> None:
    grace, screen = presenter.grace, presenter.screen
    stream = presenter.present("Plot")["stream"]
    expect(
        presenter.page.frames[1].get_by_text("Your program wants to show “Plot”")
    ).to_be_visible()
    expect(screen).to_have_count(0)
    presenter.press("Show")
    expect(screen.locator("video.playing")).to_be_visible(timeout=PATIENCE)
    expect(screen.locator(".tile-label")).to_have_text("Plot (Ada)")
    until(
        grace,
        lambda: screen.locator("video").evaluate(_LOOK),
        to_be={"red": True, "shape": 16},
    )
    presenter.page.evaluate("meeting.executeCommand('nanomeetCloseSource', { use: 'screen' })")
    expect(screen).to_have_count(0)
    until(
        presenter.page,
        lambda: [(one["stream"], one["failed"]) for one in presenter.closed],
        to_be=[(stream, False)],
    )


def test_who_declines_shows_nothing_and_the_program_hears_of_it(presenter: Presenter) -> None:
    page = presenter.page
    streams = [presenter.present()["stream"] for _ in range(2)]
    presenter.press("Not now")
    until(page, lambda: [one["stream"] for one in presenter.closed], to_be=streams)
    # A program may change its mind, too.
    last = presenter.present()["stream"]
    page.evaluate("stream => meeting.executeCommand('nanomeetEndElement', { stream })", last)
    expect(page.frames[1].get_by_role("button", name="Not now")).to_have_count(0)
    until(page, lambda: [one["stream"] for one in presenter.closed], to_be=[*streams, last])
    expect(presenter.screen).to_have_count(0)


def test_a_browser_without_element_capture_is_told_at_once(presenter: Presenter) -> None:
    presenter.page.evaluate("delete globalThis.RestrictionTarget")
    refused = presenter.present()
    assert refused["kind"] == "refused"
    assert "Chrome and Edge can, from version 132" in refused["message"]
