"""The age of a frame when a viewer sees it: our broadcast beside the alternatives, in one run.

What is measured
    A Worker draws frames of 640x360, or larger ones of that shape, 30 per second, each with its drawing time
    as a barcode, into a MediaStreamTrack that replaces a camera; another track beeps every second, like a
    microphone. A viewer's page reads the barcode off its own pixels at each refresh of its screen; the
    difference of the clocks is the age. All pages are on one machine and share its clock.

    Ours: the track is the only tile of a stage; composer, encoder, ws/ingest, the real server, ws/watch, the
    player. With WebCodecs, "muted" is a viewer who muted the sound, so that the video waits for nothing;
    "with sound" plays both in sync. MSE is the same player without WebCodecs, as on plain http; its video
    always waits for the sound.
    WebRTC: the same track, one to one, from the same page straight to a video element, no server.
    MediaRecorder: the same track as WebM in slices of 50 ms, over a plain WebSocket server
    (`bare_broadcast.py`) to Media Source Extensions, played 0.2 s behind their end.
    LL-HLS: our broadcast, as the same server packages it, played by hls.js.

    The age therefore includes everything from the source's canvas to the pixels of the viewer's page: track,
    composition, encoding, network stack, decoding, buffering and the wait for the screen's next refresh. It
    excludes a camera's own delay, a real network, and the time from the page's pixels to the display's light.

How to read it
    The methods take turns, so that other load on the machine affects all of them alike. Headless Chromium
    here encodes and decodes on the processor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.bare_broadcast import running_bare_broadcast
from benchmarks.report import Report, arguments
from benchmarks.studio import (
    CANVAS,
    HEAD,
    HLS_JS,
    LINES,
    VIDEO,
    Seen,
    Studio,
    running_studio,
    watch,
)
from tests.browser.broadcasting import WITHOUT_WEBCODECS

#: Seconds until a method has settled; HLS starts far behind.
SETTLE, SETTLE_HLS = 4.0, 12.0
#: The slice length of MediaRecorder in milliseconds, and the playback delay behind its end in seconds.
SLICE, TARGET = 50, 0.2


@dataclass
class Way:
    """A method of delivery, and its measurements."""

    name: str
    measure: Callable[[float], Seen]
    seen: Seen = field(default_factory=Seen)


def ways(studio: Studio) -> list[Way]:
    """Return the methods in order."""
    return [
        Way("ours, WebCodecs, muted", lambda s: ours(studio, s, muted=True)),
        Way("ours, WebCodecs, with sound", lambda s: ours(studio, s)),
        Way("ours, MSE, with sound", lambda s: ours(studio, s, mse=True)),
        Way("WebRTC one to one, no sound", lambda s: webrtc(studio, s, sound=False)),
        Way("WebRTC one to one, with sound", lambda s: webrtc(studio, s, sound=True)),
        Way("MediaRecorder and MSE, no sound", lambda s: recorder(studio, s, sound=False)),
        Way("MediaRecorder and MSE, with sound", lambda s: recorder(studio, s, sound=True)),
        Way("ours, LL-HLS with hls.js", lambda s: hls(studio, s)),
    ]


def ours(studio: Studio, seconds: float, *, muted: bool = False, mse: bool = False) -> Seen:
    """Measure our player."""
    before = WITHOUT_WEBCODECS if mse else ""
    with (
        studio.broadcast() as stage,
        studio.viewer(f"live/{stage.stream}", before=before) as viewer,
    ):
        viewer.wait_for_selector("main[data-frames]:not([data-frames='0'])")
        if muted:
            viewer.keyboard.press("m")
        return watch(viewer, VIDEO if mse else CANVAS, settle=SETTLE, seconds=seconds)


def webrtc(studio: Studio, seconds: float, *, sound: bool) -> Seen:
    """Measure a bare connection from page to page."""
    with studio.call(sound=sound) as viewer:
        return watch(viewer, "#call", settle=SETTLE, seconds=seconds)


def recorder(studio: Studio, seconds: float, *, sound: bool) -> Seen:
    """Measure MediaRecorder."""
    with (
        running_bare_broadcast() as (port, _),
        studio.viewer("healthz") as viewer,
        studio.sender() as sender,
    ):
        url = f"ws://127.0.0.1:{port}"
        viewer.evaluate("args => playRecording(...args)", [f"{url}/watch", sound, TARGET])
        sender.evaluate(
            """([url, sound, slice]) => {
              const tracks = sound ? [track, beepingTrack()] : [track];
              return sendRecording(url, tracks, slice);
            }""",
            [f"{url}/publish", sound, SLICE],
        )
        return watch(viewer, "#recording", settle=SETTLE, seconds=seconds)


def hls(studio: Studio, seconds: float) -> Seen:
    """Measure LL-HLS."""
    with studio.broadcast() as stage, studio.viewer("healthz", scripts=[HLS_JS]) as viewer:
        playlist = f"{studio.server.url}/hls/{stage.stream}/master.m3u8"
        viewer.evaluate("url => playHls(url)", playlist)
        return watch(viewer, "#hls", settle=SETTLE_HLS, seconds=seconds)


def main() -> None:
    """Run the benchmark."""
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="of measuring, a turn")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each way")
    parser.add_argument(
        "--lines", type=int, choices=(360, 540, 720, 1080), default=360, help="the picture's height"
    )
    options = parser.parse_args()
    seconds, rounds = (3.0, 1) if options.quick else (options.seconds, options.rounds)
    title = "Delay of a broadcast"
    if options.lines != LINES:
        title += f" of {options.lines} lines"
    report = Report(title, "broadcast_latency")
    with running_studio(lines=options.lines) as studio:
        measured = ways(studio)
        for turn in range(rounds):
            # Reverse the order in every other round.
            for way in measured if turn % 2 == 0 else reversed(measured):
                way.seen.add(way.measure(seconds))
    report.table(HEAD, [way.seen.row(way.name) for way in measured])
    muted, heard, _, call, call_heard = (way.seen.median for way in measured[:5])
    report.say(
        f"Ours by WebCodecs / WebRTC, median: {muted / call:.2f} without sound, "
        f"{heard / call_heard:.2f} with sound."
    )
    report.finish(options)


if __name__ == "__main__":
    main()
