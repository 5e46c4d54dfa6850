"""The time until video is back after a network outage, a killed server, a new address.

What is measured
    Two participants meet in pages of their own. One of them has connections that can be cut: to the server
    through a proxy, to the other participant through a packet relay. From the end of the interruption, the
    seconds until both have decoded ten new frames of each other. The number of tiles each sees then shows
    whether a participant appears twice.

    Network: nothing passes for ten seconds. Server: killed without warning and restarted after two seconds;
    the video continues meanwhile, so it is the seconds until both report that they are connected again.
    Address: the path to the other participant dies permanently; the time runs from then until video arrives
    over another.

How to read it
    Run it as a module, from the project's folder. Both browsers and the server share the machine.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.report import Report, arguments
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.browser.browsers import ARGUMENTS, CHROMIUM
from tests.browser.contexts import new_context
from tests.browser.peers import KEEP_PEERS
from tests.browser.test_networks import Wire, decoded, meet
from tests.browser.test_room import Room, tile
from tests.conftest import RunningServer, Servers

#: Seconds of each interruption.
AWAY = 10.0
RESTART = 2.0
PICTURES = 10
PATIENCE = 60.0
LOST = "The connection was lost"


@dataclass
class Two:
    """Two participants in one meeting, and the network of one of them."""

    ada: Page
    grace: Page
    wire: Wire

    def seconds(self, told: Callable[[], bool]) -> float:
        """Return the seconds until a condition holds."""
        began = time.monotonic()
        while not told():
            if time.monotonic() - began > PATIENCE:
                raise SystemExit("it did not come back")
            self.grace.wait_for_timeout(20)
        return time.monotonic() - began

    def pictures_again(self) -> float:
        """Return the seconds until each has new frames of the other."""
        pages = (self.ada, self.grace)
        before = [decoded(page) for page in pages]
        # A new connection counts from zero.
        return self.seconds(
            lambda: all(
                not 0 <= decoded(page) - seen < PICTURES and decoded(page) >= PICTURES
                for page, seen in zip(pages, before, strict=True)
            )
        )

    def connected(self) -> bool:
        """Whether both are connected."""
        return all(page.get_by_text(LOST).count() == 0 for page in (self.ada, self.grace))

    def tiles(self) -> int:
        """Return the maximum number of tiles of the other participant in either page."""
        return max(tile(self.ada, "Grace").count(), tile(self.grace, "Ada").count())


@contextmanager
def meeting(browser: Browser, server: RunningServer) -> Iterator[Two]:
    """Let two participants meet."""
    with ExitStack() as stack:

        def open_page(url: str | None = None, **options: Any) -> Page:  # noqa: ANN401 - as Playwright's
            context = new_context(browser, permissions=["camera", "microphone"], **options)
            stack.callback(context.close)
            page = context.new_page()
            page.add_init_script(KEEP_PEERS)
            if url is not None:
                page.goto(url)
            return page

        room = Room(server, open_page)
        wire = Wire(server)
        stack.callback(wire.close)
        ada = room.enter("Ada", moderator=True)
        grace = wire.enter(room, open_page, "Grace")
        meet((ada, "Grace"), (grace, "Ada"))
        yield Two(ada, grace, wire)


def network(two: Two) -> float:
    """Cut one participant's whole network, and restore it."""
    two.wire.cut()
    two.grace.wait_for_timeout(AWAY * 1000)
    two.wire.mend()
    return two.pictures_again()


def address(two: Two) -> float:
    """Kill the path between the two: only a new one works."""
    two.wire.media.abandon()
    return two.pictures_again()


def main() -> None:
    """Run the benchmark."""
    parser = arguments(__doc__)
    parser.add_argument("--times", type=int, default=5, help="of each interruption")
    options = parser.parse_args()
    report = Report("Recovery", "recovery")
    found: dict[str, list[float]] = {"network": [], "server": [], "address": []}
    most = 0
    with ExitStack() as stack:
        servers = Servers(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        stack.callback(servers.close)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        server = servers.start()
        for _ in range(1 if options.quick else options.times):
            for name, hinder in (("network", network), ("address", address)):
                with meeting(browser, server) as two:
                    found[name].append(hinder(two))
                    most = max(most, two.tiles())
            with meeting(browser, server) as two:
                server.kill()
                for page in (two.ada, two.grace):
                    expect(page.get_by_text(LOST)).to_be_visible()
                two.grace.wait_for_timeout(RESTART * 1000)
                port = str(urlsplit(server.url).port)
                server = servers.start("--port", port, data=server.data)
                found["server"].append(two.seconds(two.connected))
                two.pictures_again()
                most = max(most, two.tiles())
        browser.close()
    report.table(
        ["interruption", "median s until recovered", "longest s"],
        [
            [what, f"{statistics.median(seconds):.2f}", f"{max(seconds):.2f}"]
            for what, seconds in found.items()
        ],
    )
    report.say(f"Most tiles of one participant that the other sees: {most}.")
    report.finish(options)


if __name__ == "__main__":
    main()
