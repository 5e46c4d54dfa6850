"""What a viewer on a bad connection sees: packet loss and delay between viewer and server.

What is measured
    The source of `broadcast_latency`, sent from a browser beside the server. The viewer's browser is in a
    network namespace of its own, whose only connection (`line.py`) delays every packet in each direction and
    drops some at random. "Ours" is a broadcast with WebCodecs and sound, over TCP; "WebRTC" is a plain
    connection from page to page, with sound, over UDP. The delay is part of each frame's age: nothing can be
    faster.

How to read it
    Halts are the periods without a new frame for more than 250 ms, and their total in seconds. TCP
    retransmits lost packets, and everything behind them waits.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks.line import Line
from benchmarks.report import Report, arguments
from benchmarks.studio import CANVAS, HEAD, Seen, Studio, running_studio, watch
from tests.browser.browsers import CHROMIUM

#: Milliseconds in each direction, and lost packets in percent.
LINES = [(0, 0), (20, 0), (20, 1), (20, 3), (20, 10), (50, 0), (100, 0), (200, 0)]
PORT = 8917
SETTLE = 8.0


def ours(studio: Studio, seconds: float) -> Seen:
    """Measure our player."""
    with studio.broadcast() as stage, studio.viewer(f"live/{stage.stream}") as viewer:
        return watch(viewer, CANVAS, settle=SETTLE, seconds=seconds)


def webrtc(studio: Studio, seconds: float) -> Seen:
    """Measure a bare connection."""
    with studio.call(sound=True) as viewer:
        return watch(viewer, "#call", settle=SETTLE, seconds=seconds)


def main() -> None:
    """Run the benchmark."""
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="of measuring, each")
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("Not measured: a network namespace takes root.")
        return
    seconds, lines = (4.0, [(20, 1)]) if options.quick else (options.seconds, LINES)
    report = Report("Bad networks", "bad_network")
    rows = []
    with tempfile.TemporaryDirectory() as folder, Line() as line:
        origin = f"http://{line.HERE}:{PORT}"
        with running_studio(
            *("--host", line.HERE, "--port", str(PORT)),
            # The pages may use here what they otherwise get only over TLS.
            switches=[f"--unsafely-treat-insecure-origin-as-secure={origin}"],
            viewers_chromium=str(line.program(Path(folder), CHROMIUM)),
        ) as studio:
            for delay, loss in lines:
                line.delay, line.loss = delay / 1000, loss / 100
                name = f"{delay} ms each way, {loss} % lost"
                rows.append(ours(studio, seconds).row(f"{name}: ours"))
                rows.append(webrtc(studio, seconds).row(f"{name}: WebRTC"))
    report.table(["line", *HEAD[1:]], rows)
    report.finish(options)


if __name__ == "__main__":
    main()
