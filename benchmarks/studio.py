"""Shared by the video benchmarks: a server, a page that sends, and pages that watch."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.figures import percentile, stalls
from playwright.sync_api import Browser, BrowserContext, Frame, Page, sync_playwright
from tests.browser.broadcasting import JS, Broadcaster, bundle_broadcaster
from tests.browser.browsers import ARGUMENTS, CHROMIUM
from tests.conftest import RunningServer, Servers

HERE = Path(__file__).parent
HLS_JS = JS / "node_modules/hls.js/dist/hls.min.js"
#: The default frame height.
LINES = 360
#: The canvas on which our player draws frames, and the video element in which the browser plays them.
CANVAS, VIDEO = "main.player canvas", "main.player video"


@dataclass
class Seen:
    """A viewer's measurements: the age of each frame, and the time since the one before, in ms."""

    ages: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    seconds: float = 0

    def add(self, other: Seen) -> None:
        """Add the measurements of another turn."""
        self.ages += other.ages
        self.gaps += other.gaps
        self.seconds += other.seconds

    @property
    def median(self) -> float:
        """The median age."""
        return percentile(self.ages, 50)

    @property
    def p95(self) -> float:
        """The age that 95 % of the frames do not exceed."""
        return percentile(self.ages, 95)

    def row(self, name: str) -> list[str]:
        """Return a row of a table; `HEAD` is its head."""
        halts, halted = stalls(self.gaps)
        return [
            name,
            f"{self.median:.0f}",
            f"{self.p95:.0f}",
            f"{len(self.ages) / self.seconds:.1f}",
            f"{halts} ({halted:.1f} s)" if halts else "0",
        ]


HEAD = ["way", "median ms", "p95 ms", "pictures/s", "halts over 250 ms"]


class Studio:
    """A server, a browser whose page sends stamped frames, and a browser that watches.

    Parameters
    ----------
    server
        The embedded server.
    sends, watches
        The two browsers; they may be the same.
    bundle
        The script of the page that broadcasts.
    lines
        The frame height: 360, 540, 720 or 1080.
    """

    def __init__(
        self,
        server: RunningServer,
        sends: Browser,
        watches: Browser,
        *,
        bundle: Path,
        lines: int = LINES,
    ) -> None:
        self.server = server
        self._sends = sends
        self.watches = watches
        self._bundle = bundle
        self._lines = lines

    @contextmanager
    def sender(self) -> Iterator[Page]:
        """Open a page that has only the source, in `track`."""
        with _page(self._sends) as page:
            page.goto(f"{self.server.url}/healthz")
            page.evaluate("lines => { globalThis.track = stampedTrack(lines) }", self._lines)
            yield page

    @contextmanager
    def broadcast(
        self, stream: str | None = None, *, record: bool = False
    ) -> Iterator[Broadcaster]:
        """Broadcast the source, with a beep every second, as the only tile of a stage."""
        with _page(self._sends) as page:
            stream = stream or f"bench_{secrets.token_hex(4)}"
            stage = Broadcaster(page, self.server, bundle=self._bundle, stream=stream)
            stage.start(record=record, quality=f"{self._lines}p")
            page.evaluate(
                """lines => {
                  const tile = { name: "", video: stampedTrack(lines), audio: beepingTrack() };
                  me.show(me.tile(tile));
                  me.camera.stop();
                }""",
                self._lines,
            )
            yield stage
            if stage.page.evaluate("me.states.at(-1) === 'live'"):
                stage.stop()
            page.wait_for_function("me.states.at(-1) === 'off'")

    @contextmanager
    def viewer(
        self, path: str, *, before: str = "", scripts: Sequence[Path] = ()
    ) -> Iterator[Page]:
        """Open a page of the server to watch on.

        Parameters
        ----------
        path
            The page's path, below the server's URL.
        before
            A script that runs before the page's own scripts.
        scripts
            Further scripts of the page.
        """
        with _page(self.watches) as page:
            if before:
                page.add_init_script(before)
            page.goto(f"{self.server.url}/{path}")
            for script in scripts:
                page.add_script_tag(path=script)
            yield page

    @contextmanager
    def call(self, *, sound: bool) -> Iterator[Page]:
        """Send the source to another page over a bare WebRTC connection; yield that page."""
        with self.sender() as sender, self.viewer("healthz") as viewer:
            for page in (sender, viewer):
                # A page with microphone permission reveals its own addresses to the other side.
                page.evaluate("navigator.mediaDevices.getUserMedia({ audio: true })")
                page.evaluate("globalThis.call = new Call()")
            sender.evaluate(
                "sound => call.send(...[track, sound && beepingTrack()].filter(Boolean))", sound
            )
            viewer.evaluate("call.receive()")
            answer = viewer.evaluate("offer => call.answer(offer)", sender.evaluate("call.offer()"))
            sender.evaluate("answer => call.accept(answer)", answer)
            viewer.wait_for_function("document.querySelector('#call').videoWidth > 0")
            yield viewer


def watch(page: Page | Frame, selector: str, *, settle: float, seconds: float) -> Seen:
    """Watch a video or canvas until it has settled, then for some seconds more."""
    page.evaluate("selector => { globalThis.watcher = watchPictures(selector) }", selector)
    page.wait_for_function("watcher.firstAt !== null")
    page.wait_for_timeout(settle * 1000)
    page.evaluate("watcher.take()")
    page.wait_for_timeout(seconds * 1000)
    return taken(page, seconds)


def taken(page: Page | Frame, seconds: float) -> Seen:
    """Return what the page's watcher has measured since the last call."""
    seen = page.evaluate("watcher.take()")
    # A viewer whose video has stopped has halted, too.
    gaps = [*seen["gaps"], seen["since"]]
    return Seen(ages=seen["ages"], gaps=gaps, seconds=seconds)


@contextmanager
def running_studio(
    *options: str,
    switches: Sequence[str] = (),
    viewers_chromium: str = CHROMIUM,
    lines: int = LINES,
) -> Iterator[Studio]:
    """Run a server, and two browsers.

    Parameters
    ----------
    options
        The server's options.
    switches
        Further command-line switches of both browsers.
    viewers_chromium
        The program that runs the viewers' browser.
    lines
        The frame height.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = Servers(folder)
        stack.callback(servers.close)
        chromium = stack.enter_context(sync_playwright()).chromium
        sends, watches = (
            chromium.launch(executable_path=program, args=[*ARGUMENTS, *switches])
            for program in (CHROMIUM, viewers_chromium)
        )
        stack.callback(sends.close)
        stack.callback(watches.close)
        server = servers.start(*options)
        bundle = bundle_broadcaster(folder)
        yield Studio(server, sends, watches, bundle=bundle, lines=lines)


@contextmanager
def _page(browser: Browser) -> Iterator[Page]:
    # A context of its own, with a policy that lets the benchmark add its scripts.
    context: BrowserContext = browser.new_context(
        permissions=["camera", "microphone"], bypass_csp=True
    )
    try:
        page = context.new_page()
        for script in ("stamps.js", "other_ways.js"):
            page.add_init_script(path=HERE / script)
        yield page
    finally:
        context.close()
