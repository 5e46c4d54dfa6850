"""Pictures in and out of a notebook in a meeting: `present`, `frames` and `process_video`.

What is measured
    A notebook in JupyterLab has joined a meeting with one guest, in another browser. Each picture carries the
    time at which it was drawn as a barcode; the difference of the clocks is its age. All are on one machine
    and share its clock.

    "present": the kernel draws 30 arrays a second, and `meet.present` shows them. The guest's page reads the
    barcode off its tile at each refresh of its screen; "own page" is the tile in the notebook's. "busy": a cell
    computes in Python meanwhile. Both cameras are off.

    "jupyter_rfb" and "ipywebrtc": the same arrays in the notebook's own page, which is the only one that they
    show them in, while nothing is in a meeting. jupyter_rfb's RemoteFrameBuffer has a draw requested 30 times
    a second; ipywebrtc makes a stream of an image widget that gets a JPEG 30 times a second.

    "frames": `meet.frames` with 30 pictures a second. The cameras are drawn by a Worker in each page; a
    program in the kernel reads the barcode off the array when it gets it.

    "camera": the notebook's camera as the guest sees it, as it is and through `meet.process_video` at 640x360
    and 15 pictures a second with a function that changes half of the picture.

    "kernel" is the processor time of the kernel, as a part of one core: with the drawing of the arrays, and
    with the cell that computes if it is busy. "worker" is the process that encodes; "server" is the meeting's
    server, or for the alternatives Jupyter's, through which their pictures go.

How to read it
    The ways take turns, so that other load on the machine affects all of them alike. A way without figures
    shows nothing that can be read; why stands below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from benchmarks.meeting import OTHER, SCREEN, Meeting, Place, running_place, seen
from benchmarks.processes import Load
from benchmarks.report import Report, arguments
from benchmarks.studio import HEAD, Seen, watch
from playwright.sync_api import ConsoleMessage, Frame, Page, TimeoutError, expect  # noqa: A004
from tests.browser.notebook import SLOW

#: Seconds until pictures have settled.
SETTLE = 4.0
#: More than a busy cell is needed: to find it, and to look at the page.
_SPARE = 3.0
LINES = (360, 720)
#: Milliseconds within which an alternative shows a picture that can be read.
_APPEARS = 30_000


@dataclass
class Way:
    """A way of pictures, and its measurements."""

    name: str
    seen: Seen = field(default_factory=Seen)
    load: Load = field(default_factory=Load)
    #: Why there are none.
    trouble: str = ""

    def row(self) -> list[str]:
        """Return a row of the table."""
        figures = self.seen.row(self.name) if self.seen.ages else [self.name, *[""] * 4]
        return [*figures, *map(self.load.part, ("kernel", "worker", "server"))]


class Bench:
    """All ways, and how each is measured.

    Parameters
    ----------
    place
        The server, the JupyterLab and the browsers.
    seconds
        Of measuring, a turn.
    """

    def __init__(self, place: Place, seconds: float) -> None:
        self._place = place
        self._seconds = seconds
        self.ways: dict[str, Way] = {}

    def turn(self) -> None:
        """Measure every way once."""
        self._present()
        self._alternatives()
        self._frames()

    def _way(self, name: str) -> Way:
        return self.ways.setdefault(name, Way(name))

    def _present(self) -> None:
        busy = SETTLE + self._seconds + _SPARE
        cells = {
            **{f"present {n}": f"show = await kernel.present(meet, {n})" for n in LINES},
            "stop": "show.stop()",
            "compute": f"kernel.compute({busy})",
        }
        with self._place.meeting(cells, cameras=False) as meeting:
            for lines in LINES:
                pids = _pids(meeting.run(f"present {lines}"))
                self._shown(f"present, {lines} lines", meeting.guest, pids)
                self._shown(f"present, {lines} lines, own page", meeting.room, pids)
                meeting.start("compute")
                self._shown(f"present, {lines} lines, busy kernel", meeting.guest, pids)
                meeting.ran("compute")
                meeting.run("stop")
                expect(meeting.guest.locator(SCREEN)).to_have_count(0, timeout=SLOW)

    def _shown(
        self, name: str, page: Page | Frame, pids: Mapping[str, int], selector: str = SCREEN
    ) -> None:
        way = self._way(name)
        server = self._place.server.process.pid
        with way.load.watching(**pids, server=server):
            way.seen.add(watch(page, selector, settle=SETTLE, seconds=self._seconds))

    def _alternatives(self) -> None:
        for lines in LINES:
            self._other(
                f"jupyter_rfb, {lines} lines",
                {
                    "show": f"view = kernel.remote_frame_buffer({lines})\nview",
                    "play": "playing = kernel.every(view.request_draw)",
                },
                ".renderview-wrapper img",
            )
            image = f"image = kernel.image({lines})\nimage"
            play = f"playing = kernel.every(kernel.show_on(image, {lines}))"
            for kind, made in STREAMS.items():
                stream = f"import ipywebrtc\nipywebrtc.{made}"
                cells = {"image": image, "show": stream, "play": play}
                self._other(f"ipywebrtc {kind}, {lines} lines", cells, ".jp-OutputArea video")

    def _other(self, name: str, cells: Mapping[str, str], selector: str) -> None:
        way = self._way(name)
        if way.trouble:
            return
        with self._place.notebook(cells) as notebook:
            errors: Counter[str] = Counter()
            notebook.page.on("console", lambda told: errors.update(_errors(told)))
            for cell in tuple(cells)[:-1]:
                notebook.run(cell)
            told = notebook.run("play")
            if _appears(notebook.page, selector):
                pids = {"kernel": told["kernel"], "server": self._place.jupyter}
                # One that shows none of our pictures in a minute has lost them.
                with suppress(TimeoutError), way.load.watching(**pids):
                    way.seen.add(
                        watch(notebook.page, selector, settle=SETTLE, seconds=self._seconds)
                    )
            if not way.seen.ages:
                said = "; ".join(f"{words} ({times} times)" for words, times in errors.items())
                cell_says = " ".join(notebook.page.locator(_OUTPUT).all_inner_texts()).strip()
                way.trouble = f"no pictures. Its cells say {cell_says!r}, its page {said!r}"

    def _frames(self) -> None:
        seconds = self._seconds
        cells = {
            "read me": f"await kernel.read(meet, 'me', {seconds})",
            "read guest": f"await kernel.read(meet, kernel.other(meet), {seconds})",
            "process": "show = meet.process_video(kernel.changed, lines=360, fps=15)",
            "begun": "await kernel.begun(show)",
            "stop": "show.stop()",
        }
        with self._place.meeting(cells, cameras=True) as meeting:
            for who in ("me", "guest"):
                self._read(meeting, who)
            self._shown(PLAIN, meeting.guest, {}, OTHER)
            meeting.run("process")
            self._shown(PROCESSED, meeting.guest, _pids(meeting.run("begun")), OTHER)
            meeting.run("stop")

    def _read(self, meeting: Meeting, who: str) -> None:
        meeting.start(f"read {who}")
        if who == "guest":
            meeting.allow()
        told = meeting.ran(f"read {who}")
        self._way(f"frames of {who}").seen.add(seen(told, self._seconds))


#: How ipywebrtc makes a stream of an image widget.
STREAMS = {
    "ImageStream": "ImageStream(image=image)",
    "WidgetStream": "WidgetStream(widget=image, max_fps=30)",
}
PLAIN, PROCESSED = "camera", "camera, process_video"


_OUTPUT = ".jp-OutputArea-output"


def _pids(told: Mapping[str, Any]) -> dict[str, int]:
    """Return the processes that a notebook has told of."""
    return {name: int(told[name]) for name in ("kernel", "worker")}


def _appears(page: Page, selector: str) -> bool:
    """Return whether a picture appears that can be read."""
    page.evaluate("selector => { globalThis.watcher = watchPictures(selector) }", selector)
    try:
        page.wait_for_function("watcher.firstAt !== null", timeout=_APPEARS)
    except TimeoutError:
        return False
    return True


def _errors(told: ConsoleMessage) -> list[str]:
    """Return what a page says, if it is an error, without what differs each time."""
    kind = str(told.location.get("url", "")).split(":", 1)[0]
    return [f"{told.text} [{kind}:]"] if told.type == "error" else []


def verdicts(ways: Mapping[str, Way]) -> Iterator[str]:
    """Yield what the figures say beside each other."""
    added = ways[PROCESSED].seen.median - ways[PLAIN].seen.median
    yield f"`process_video` adds {added:.0f} ms to the camera's own way, median."
    for lines in LINES:
        ours, own = (ways[f"present, {lines} lines{part}"].seen for part in ("", ", own page"))
        for other in ("jupyter_rfb", "ipywebrtc ImageStream"):
            theirs = ways[f"{other}, {lines} lines"].seen
            if theirs.ages:
                yield (
                    f"{lines} lines, median age of ours / {other}: {ours.median / theirs.median:.2f}; "
                    f"in the notebook's own page {own.median / theirs.median:.2f}."
                )
    for way in ways.values():
        if way.trouble:
            yield f"{way.name}: {way.trouble}."


def main() -> None:
    """Run the benchmark."""
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="of measuring, a turn")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each way")
    options = parser.parse_args()
    seconds, rounds = (3.0, 1) if options.quick else (options.seconds, options.rounds)
    report = Report("Pictures in and out of a notebook", "python_meeting")
    with running_place() as place:
        bench = Bench(place, seconds)
        for _ in range(rounds):
            bench.turn()
    report.table([*HEAD, "kernel", "worker", "server"], [way.row() for way in bench.ways.values()])
    for verdict in verdicts(bench.ways):
        report.say(verdict)
    report.finish(options)


if __name__ == "__main__":
    main()
