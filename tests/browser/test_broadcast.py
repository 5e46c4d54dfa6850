"""From the composer in one page, through the server, to the player in another."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import av
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route, WebSocketRoute, expect
from playwright.sync_api import TimeoutError as BrowserTimeout

from nanomeet_widget.server.protocol.frames import Frame, Kind, Track, decode
from tests.asking import get
from tests.browser.broadcasting import (
    WITHOUT_WEBCODECS,
    Wire,
    counted,
    in_composer,
)
from tests.browser.conftest import MakeBroadcaster, OpenPage
from tests.browser.media import moves, probe
from tests.browser.test_room import SILENT, UNSEEN, address
from tests.browser.waiting import PATIENCE, until
from tests.conftest import RunningServer, Servers
from tests.proxy import free_port

pytestmark = pytest.mark.browser


@pytest.fixture
def wire(server: RunningServer) -> Iterator[Wire]:
    """A connection to the server that can be cut."""
    port = urlsplit(server.url).port
    assert port is not None
    with ExitStack() as stack:
        made = Wire(port)
        stack.callback(made.close)
        yield made


def watch(page: Page, server: RunningServer, stream: str) -> Locator:
    """Open the live page; return the player."""
    page.goto(f"{server.url}/live/{stream}")
    return page.locator("main.player")


def go_live(page: Page, *, record: bool = False) -> None:
    """Start the broadcast from a moderator's page, and wait until it is live."""
    page.get_by_role("button", name="Broadcast", exact=True).click()
    if record:
        page.get_by_label("Also record").check()
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_role("button", name="End the broadcast")).to_be_visible(timeout=PATIENCE)


def fact(player: Locator, name: str) -> float:
    """Return one of the figures that the player publishes."""
    return float(player.get_attribute(f"data-{name}") or "nan")


def wait_for_fact(player: Locator, name: str, *, least: float, patience: float = PATIENCE) -> None:
    """Wait until a figure has at least this value."""
    try:
        player.page.wait_for_function(
            "([player, name, least]) => Number(player.dataset[name]) >= least",
            arg=[player.element_handle(), name, least],
            timeout=patience,
        )
    except BrowserTimeout as late:
        figures = player.evaluate("player => ({ ...player.dataset })")
        raise AssertionError(f"{name} stays below {least}: {figures}") from late


def wait_until_close(player: Locator) -> None:
    """Wait until the player is within a second of the live edge."""
    player.page.wait_for_function(
        "player => Number(player.dataset.latencyMs) < 1000",
        arg=player.element_handle(),
        timeout=PATIENCE,
    )


def wait_for_pictures(player: Locator, *, more_than: float = 0) -> None:
    """Wait until the player has drawn more frames than this."""
    # A slow machine sends fewer frames per second.
    patience = PATIENCE + max(0, more_than - fact(player, "frames")) * 500
    wait_for_fact(player, "frames", least=more_than + 1, patience=patience)


def frames_of(page: Page) -> list[Frame]:
    """Return a growing list of the frames that a page receives from now on."""
    sent: list[Frame] = []

    def note(data: str | bytes) -> None:
        if isinstance(data, bytes):
            sent.append(decode(data))

    page.on("websocket", lambda socket: socket.on("framereceived", note))
    return sent


def pictures_in(frames: list[Frame]) -> list[Frame]:
    return [f for f in frames if f.kind is Kind.MEDIA and f.track is Track.VIDEO]


def test_a_viewer_sees_and_hears_the_stage_until_it_is_silent_and_dark(
    broadcaster: MakeBroadcaster, open_page: OpenPage, server: RunningServer
) -> None:
    stage = broadcaster()
    stage.start()
    player = watch(open_page(), server, stage.stream)
    expect(player).to_have_attribute("data-state", "live", timeout=PATIENCE)
    assert moves(player.locator("canvas"))
    expect(player).to_have_attribute("data-width", "640")
    expect(player).to_have_attribute("data-height", "360")
    handle = player.element_handle()
    loud = "player => Number(player.dataset.soundLevel) > 0.1"
    player.page.wait_for_function(loud, arg=handle, timeout=PATIENCE)
    stage.page.evaluate("me.microphone.enabled = false")
    quiet = "player => Number(player.dataset.soundLevel) < 0.001"
    player.page.wait_for_function(quiet, arg=handle, timeout=PATIENCE)
    assert moves(player.locator("canvas"))
    stage.page.evaluate("me.camera.enabled = false")
    player.page.wait_for_function(
        """canvas => {
          const [red, green, blue] = canvas.getContext("2d").getImageData(320, 40, 1, 1).data;
          return red + green + blue < 60;
        }""",
        arg=player.locator("canvas").element_handle(),
        timeout=PATIENCE,
    )


def test_pictures_come_at_the_cameras_pace_and_a_latecomer_begins_with_those_that_are_there(
    broadcaster: MakeBroadcaster, open_page: OpenPage, server: RunningServer
) -> None:
    stage = broadcaster()
    stage.start()
    page = open_page()
    sent = frames_of(page)
    wait_for_pictures(watch(page, server, stage.stream), more_than=90)
    times = [picture.timestamp for picture in pictures_in(sent)]
    assert len(times) > 90
    # By the sender's own clock. Without the camera's pace it could compose one every few milliseconds; how
    # many it sends on a busy machine is measured by the benchmark.
    assert (len(times) - 1) / (times[-1] - times[0]) * 1e6 < 36

    late = open_page()
    given = frames_of(late)
    # The server has kept these frames (`tests/contract`): the player must not wait for more.
    late.add_init_script(
        """
        globalThis.VideoDecoder = class extends VideoDecoder {
          decode(picture) {
            globalThis.first ??= picture.timestamp;
            super.decode(picture);
          }
        };
        """
    )
    wait_for_pictures(watch(late, server, stage.stream))
    begun = pictures_in(given)[0]
    assert begun.keyframe
    assert late.evaluate("first") == begun.timestamp


def test_a_viewer_reconnects_without_help(
    broadcaster: MakeBroadcaster, open_page: OpenPage, server: RunningServer
) -> None:
    stage = broadcaster()
    stage.start()
    page = open_page()
    routes: list[WebSocketRoute] = []
    away = False

    def pass_on(route: WebSocketRoute) -> None:
        if away:
            route.close()
            return
        route.connect_to_server()
        routes.append(route)

    page.route_web_socket("**/ws/watch", pass_on)
    player = watch(page, server, stage.stream)
    wait_for_pictures(player, more_than=10)
    away = True
    routes[0].close()
    expect(player).to_have_attribute("data-state", "connecting", timeout=PATIENCE)
    away = False
    expect(player).to_have_attribute("data-state", "live", timeout=PATIENCE)
    wait_for_pictures(player, more_than=fact(player, "frames") + 30)
    assert len(routes) > 1


def test_the_broadcast_survives_a_cut_of_its_senders_wire(
    broadcaster: MakeBroadcaster,
    open_page: OpenPage,
    server: RunningServer,
    wire: Wire,
) -> None:
    stage = broadcaster(ingest_url=f"ws://127.0.0.1:{wire.port}/ws/ingest")
    stage.start()
    player = watch(open_page(), server, stage.stream)
    wait_for_pictures(player, more_than=10)
    wire.cut()
    wait_for_pictures(player, more_than=fact(player, "frames") + 60)
    # On a machine that stalls for seconds it reconnects more than once.
    assert wire.connections >= 2
    stage.went_through("starting", "live")
    assert stage.ended == []


def test_viewers_wait_when_the_sender_cannot_come_back(
    broadcaster: MakeBroadcaster,
    open_page: OpenPage,
    server: RunningServer,
    wire: Wire,
) -> None:
    stage = broadcaster(ingest_url=f"ws://127.0.0.1:{wire.port}/ws/ingest")
    stage.start()
    player = watch(open_page(), server, stage.stream)
    wait_for_pictures(player)
    wire.close()
    expect(player).to_have_attribute("data-state", "waiting", timeout=PATIENCE)
    expect(player.get_by_role("heading", name="Be right back")).to_be_visible()
    stage.until_ended()
    # Frees the Worker, too, in bounded time.
    stage.page.evaluate("me.stage.stop()")
    stage.stop()
    expect(player).to_have_attribute("data-state", "ended", timeout=PATIENCE)


def test_a_wrong_ticket_is_refused_in_plain_words(
    broadcaster: MakeBroadcaster,
) -> None:
    stage = broadcaster()
    stage.page.evaluate("me.compose({ ticket: 'wrong' })")
    stage.until_ended()
    refusal = "This ingest ticket is wrong or expired."
    assert stage.ended == [{"failed": True, "kind": "broadcast_ended", "message": refusal}]
    assert stage.page.evaluate("me.stage.started.catch(error => error.message)") == refusal


def test_a_viewer_who_scrolled_away_is_live_at_once(
    broadcaster: MakeBroadcaster, open_page: OpenPage, server: RunningServer
) -> None:
    stage = broadcaster()
    stage.start()
    # A hidden frame of another site draws as little as a background tab.
    page = open_page(f"{server.url.replace('127.0.0.1', 'localhost')}/healthz", bypass_csp=True)
    page.evaluate(
        """url => {
          const frame = Object.assign(document.createElement("iframe"), { src: url, allow: "autoplay" });
          frame.style.cssText = "display: block; margin-top: 3000px; width: 640px; height: 420px";
          document.body.replaceChildren(frame);
        }""",
        f"{server.url}/live/{stage.stream}",
    )
    element = page.locator("iframe").element_handle()
    frame = element.content_frame()
    assert frame is not None
    player = frame.locator("main.player")
    expect(player).to_have_attribute("data-state", "live", timeout=PATIENCE)

    def wait_for(condition: str) -> None:
        handle = player.element_handle()
        told = f"({{ dataset }}) => {condition}"
        frame.wait_for_function(told, arg=handle, polling=100, timeout=PATIENCE)

    def draws() -> bool:
        before = fact(player, "frames")
        page.wait_for_timeout(3_000)
        return fact(player, "frames") - before >= 10

    # A listener still hears it.
    wait_for("Number(dataset.soundLevel) > 0.1")
    until(page, draws, to_be=False)
    before = fact(player, "frames")
    element.scroll_into_view_if_needed()
    wait_for(f"Number(dataset.frames) > {before} + 30 && Number(dataset.latencyMs) < 1000")
    assert moves(player.locator("canvas"))


def test_pause_stands_still_and_play_goes_on_from_there(
    broadcaster: MakeBroadcaster, open_page: OpenPage, server: RunningServer
) -> None:
    stage = broadcaster()
    stage.start()
    player = watch(open_page(), server, stage.stream)
    wait_for_pictures(player, more_than=10)
    player.page.keyboard.press("Space")
    expect(player).to_have_attribute("data-paused", "true")
    still = fact(player, "frames")
    wait_for_fact(player, "behind", least=1)
    assert fact(player, "frames") == still
    player.get_by_role("button", name="Play", exact=True).click()
    wait_for_pictures(player, more_than=still + 10)
    expect(player).to_have_attribute("data-state", "live")
    assert fact(player, "behind") >= 1
    player.page.keyboard.press("l")
    expect(player.get_by_role("button", name="Live", exact=True)).to_be_visible()
    expect(player).to_have_attribute("data-behind", "0.0")


def test_a_viewer_goes_back_and_returns_to_what_is_live(
    broadcaster: MakeBroadcaster, open_page: OpenPage, server: RunningServer
) -> None:
    stage = broadcaster()
    stage.start()
    player = watch(open_page(), server, stage.stream)
    position = player.get_by_role("slider", name="Position")
    expect(position).to_be_visible(timeout=PATIENCE)
    # Enough to seek back, even in a slow test.
    wait_for_fact(player, "kept", least=10)
    # The stage turns dark, which distinguishes the present from the past.
    stage.page.evaluate("me.camera.enabled = false")
    canvas = player.locator("canvas").element_handle()
    light = """canvas => canvas.getContext("2d").getImageData(320, 40, 1, 1).data
        .slice(0, 3).reduce((sum, part) => sum + part)"""
    player.page.wait_for_function(f"canvas => ({light})(canvas) < 60", arg=canvas, timeout=PATIENCE)
    player.page.keyboard.press("ArrowLeft")
    expect(player).to_have_attribute("data-behind", "5.0")
    # At the oldest position playback continues until the video is dark.
    position.press("Home")
    player.page.wait_for_function(f"canvas => ({light})(canvas) > 60", arg=canvas, timeout=PATIENCE)
    wait_for_fact(player, "behind", least=9)
    wait_for_pictures(player, more_than=fact(player, "frames") + 10)
    player.page.keyboard.press("l")
    expect(player).to_have_attribute("data-behind", "0.0")
    player.page.wait_for_function(f"canvas => ({light})(canvas) < 60", arg=canvas, timeout=PATIENCE)


def test_the_end_is_shown_and_the_recording_is_whole(
    broadcaster: MakeBroadcaster, open_page: OpenPage, server: RunningServer
) -> None:
    stage = broadcaster()
    page = open_page()
    sent = frames_of(page)
    # One who came early waits, and then sees it.
    player = watch(page, server, stage.stream)
    expect(player).to_have_attribute("data-state", "waiting", timeout=PATIENCE)
    expect(player.get_by_role("heading", name="Starting soon")).to_be_visible()
    stage.start(record=True)
    expect(player).to_have_attribute("data-state", "live", timeout=PATIENCE)
    wait_for_pictures(player, more_than=90)
    stage.stop()
    expect(player).to_have_attribute("data-state", "ended", timeout=PATIENCE)
    video = player.locator("video")
    expect(video).to_be_visible()
    stage.went_through("starting", "live", "stopping", "off")
    source = video.get_attribute("src")
    assert source is not None
    facts = probe(source)
    tracks = {stream["codec_type"]: float(stream["duration"]) for stream in facts["streams"]}
    media = [frame for frame in sent if frame.kind is Kind.MEDIA]
    # A recording begins with a picture: sound that was sent before the first one is not in it.
    begin = next(frame.timestamp for frame in media if frame.track is Track.VIDEO)
    early: list[float] = []
    for name, track in (("video", Track.VIDEO), ("audio", Track.AUDIO)):
        times = [frame.timestamp / 1e6 for frame in media if frame.track is track]
        times = [time for time in times if time >= begin / 1e6]
        early.append(tracks[name] - (times[-1] - times[0]))
    # The recording may start before the keyframe with which viewers start, in both tracks alike.
    assert min(early) > -0.1
    assert max(early) - min(early) < 1
    video.evaluate("video => { video.muted = true; return video.play() }")
    assert moves(video)

    # Captions are added beside it, and the next viewer can turn them on.
    captions = "WEBVTT\n\n00:00.000 --> 10:00.000\nWelcome to algebra\n"
    (server.data / f"recordings/{stage.stream}.captions.vtt").write_text(captions)
    page = watch(open_page(), server, stage.stream).page
    mode = "video => [...video.textTracks].map(({ mode }) => mode).join()"
    expect(page.locator("video > track")).to_have_count(1)
    film = page.locator("video")
    assert film.evaluate(mode) == "disabled"
    page.keyboard.press("c")
    until(page, lambda: film.evaluate(mode), to_be="showing")
    page.wait_for_function(
        "video => video.textTracks[0].cues?.[0]?.text === 'Welcome to algebra'",
        arg=film.element_handle(),
        timeout=PATIENCE,
    )


def test_a_recording_has_every_picture_that_was_sent_once(
    broadcaster: MakeBroadcaster,
    open_page: OpenPage,
    server: RunningServer,
    tmp_path: Path,
) -> None:
    stage = broadcaster()
    stage.count()
    page = open_page()
    sent = frames_of(page)
    player = watch(page, server, stage.stream)
    expect(player).to_have_attribute("data-state", "waiting", timeout=PATIENCE)
    stage.start(record=True)
    wait_for_pictures(player, more_than=240)
    stage.stop()
    expect(player).to_have_attribute("data-state", "ended", timeout=PATIENCE)
    pictures = pictures_in(sent)
    assert len(pictures) > 240
    file = tmp_path / "film.mp4"
    film = get(f"{server.url}/vod/{stage.stream}.mp4")
    file.write_bytes(film.content)

    with av.open(str(file)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    # It may start before the newest keyframe, with which viewers start.
    early = len(packets) - len(pictures)
    assert early >= 0
    assert pictures[0].keyframe
    places = [packet.pts for packet in packets if packet.pts is not None]
    assert len(places) == len(packets)
    assert sorted(set(places)) == places
    watched = packets[early:]
    # A file has the decoder's parameters before each keyframe, too.
    assert all(
        bytes(packet).endswith(picture.payload)
        for packet, picture in zip(watched, pictures, strict=True)
    )
    kept = [float(p.pts * p.time_base) for p in watched if p.pts is not None]
    times = [kept[0] + (f.timestamp - pictures[0].timestamp) / 1e6 for f in pictures]
    assert kept == pytest.approx(times, abs=0.002)
    # The decoded frames count on from the camera's first, and none is torn. The stage may be composed twice
    # between two camera frames: then a frame is sent and recorded twice.
    with av.open(str(file)) as container:
        counts = [counted(picture) for picture in container.decode(video=0)]
    assert len(counts) == len(packets)
    without = next(number for number, count in enumerate(counts) if count is not None)
    numbers = [count for count in counts if count is not None]
    assert len(numbers) == len(counts) - without > 60
    assert all(before <= after for before, after in pairwise(numbers))


def test_viewers_return_by_themselves_after_a_server_restart(
    open_page: OpenPage, servers: Servers, broadcaster: MakeBroadcaster
) -> None:
    port = str(free_port())
    first = servers.start("--port", port)
    stage = broadcaster(at=first, stream="restarted")
    stage.start()
    player = watch(open_page(), first, "restarted")
    wait_for_pictures(player, more_than=10)
    first.kill()
    expect(player).to_have_attribute("data-state", "connecting", timeout=PATIENCE)
    expect(player).to_contain_text("The connection was lost. Trying again…")
    second = servers.start("--port", port, data=first.data)
    expect(player).to_have_attribute("data-state", "waiting", timeout=PATIENCE)
    expect(player.get_by_role("heading", name="Starting soon")).to_be_visible()
    again = broadcaster(stage.page, second, "restarted")
    again.start()
    expect(player).to_have_attribute("data-state", "live", timeout=PATIENCE)
    assert moves(player.locator("canvas"))


def test_a_private_broadcast_is_seen_by_its_link_alone(
    broadcaster: MakeBroadcaster, open_page: OpenPage, server: RunningServer
) -> None:
    stage = broadcaster()
    stage.start(private=True)
    stranger = watch(open_page(locale="de-DE"), server, stage.stream)
    expect(stranger).to_have_attribute("data-state", "failed", timeout=PATIENCE)
    expect(stranger.get_by_role("alert")).to_contain_text("Diese Übertragung ist privat")
    page = open_page(stage.link)
    assert moves(page.locator("main.player canvas"))


def test_a_meeting_with_two_people_is_broadcast_and_recorded(
    open_page: OpenPage, server: RunningServer
) -> None:
    name = f"Meeting_{secrets.token_hex(4)}"
    token = server.room(name, streamname=name)
    guest = server.invite(token)
    ada = open_page(address(server, token, name, "Ada"))
    grace = open_page(address(server, guest, name, "Grace", **UNSEEN))
    expect(grace.get_by_role("listitem").filter(has_text="Ada")).to_be_visible(timeout=PATIENCE)
    # What is audible then is Grace.
    microphone = ada.get_by_role("button", name="Microphone", exact=True)
    expect(microphone).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    microphone.click()
    expect(microphone).to_have_attribute("aria-pressed", "false")
    go_live(ada, record=True)
    player = watch(open_page(), server, name)
    assert moves(player.locator("canvas"))
    player.page.wait_for_function(
        "player => Number(player.dataset.soundLevel) > 0.01",
        arg=player.element_handle(),
        timeout=PATIENCE,
    )
    ada.get_by_role("button", name="End the broadcast").click()
    expect(player).to_have_attribute("data-state", "ended", timeout=PATIENCE)
    source = player.locator("video").get_attribute("src", timeout=PATIENCE)
    assert source is not None
    kinds = {stream["codec_type"] for stream in probe(source)["streams"]}
    assert kinds == {"video", "audio"}


#: The first codec of a kind accepts input but stops producing output after a while.
STUCK = """
{{
let made = 0;
globalThis.{codec} = class extends globalThis.{codec} {{
  #number = ++made;
  #taken = 0;
  {method}(...pictures) {{
    this.#taken += 1;
    if (this.#number > 1 || this.#taken < 40) super.{method}(...pictures);
  }}
}};
}}
"""


def test_an_encoder_that_gives_nothing_any_more_is_replaced(
    open_page: OpenPage, server: RunningServer
) -> None:
    name = f"Meeting_{secrets.token_hex(4)}"
    token = server.room(name, streamname=name)
    ada = open_page(bypass_csp=True)
    script = STUCK.format(codec="VideoEncoder", method="encode")
    ada.add_init_script(in_composer(script))
    ada.goto(address(server, token, name, "Ada", **SILENT))
    player = watch(open_page(), server, name)
    expect(player).to_have_attribute("data-state", "waiting", timeout=PATIENCE)
    go_live(ada)
    wait_for_pictures(player, more_than=80)
    expect(player).to_have_attribute("data-state", "live")


def test_a_decoder_that_gives_nothing_any_more_is_replaced(
    broadcaster: MakeBroadcaster, open_page: OpenPage, server: RunningServer
) -> None:
    stage = broadcaster()
    stage.start()
    page = open_page()
    page.add_init_script(STUCK.format(codec="VideoDecoder", method="decode"))
    wait_for_pictures(watch(page, server, stage.stream), more_than=80)


def test_pictures_are_seen_beside_a_headset_that_takes_long(
    broadcaster: MakeBroadcaster, open_page: OpenPage, server: RunningServer
) -> None:
    stage = broadcaster()
    stage.start()
    page = open_page()
    page.add_init_script(
        "Object.defineProperty(AudioContext.prototype, 'outputLatency', { get: () => 0.5 })"
    )
    player = watch(page, server, stage.stream)
    expect(player).to_have_attribute("data-sound", "playing", timeout=PATIENCE)
    # Only then is it known that its output is late.
    wait_for_fact(player, "lipSyncMs", least=100)
    dropped = fact(player, "dropped")
    wait_for_pictures(player, more_than=fact(player, "frames") + 30)
    assert fact(player, "dropped") - dropped < 30


def film(path: Path, *, fragmented: bool) -> bytes:
    """Return a film of 20 s, too long to buffer at once, as written live or finished."""
    options = {"movflags": "frag_keyframe+empty_moov" if fragmented else "faststart"}
    noise = np.random.default_rng(7)
    with av.open(str(path), "w", options=options) as writer:
        pictures = writer.add_stream("h264", rate=10, options={"preset": "ultrafast", "crf": "20"})
        assert isinstance(pictures, av.VideoStream)
        pictures.width, pictures.height, pictures.pix_fmt = 320, 180, "yuv420p"
        pictures.gop_size = 10
        for _ in range(200):
            picture = noise.integers(0, 255, (180, 320, 3), dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            writer.mux(pictures.encode(frame))
        writer.mux(pictures.encode())
    return path.read_bytes()


class Film:
    """Serves a film to a page in pieces, and from some moment on another one in its place."""

    PIECE = 512 * 1024

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.gone = False

    def __call__(self, route: Route) -> None:
        if self.gone:
            route.fulfill(status=503)
            return
        asked = route.request.headers.get("range", "bytes=0-")
        begin = int(asked.removeprefix("bytes=").partition("-")[0])
        piece = self.content[begin : begin + self.PIECE]
        route.fulfill(
            status=206,
            headers={
                "Accept-Ranges": "bytes",
                "Content-Type": "video/mp4",
                "Content-Range": f"bytes {begin}-{begin + len(piece) - 1}/{len(self.content)}",
            },
            body=piece,
        )


def test_a_recording_plays_on_when_its_file_changes(
    broadcaster: MakeBroadcaster,
    open_page: OpenPage,
    server: RunningServer,
    tmp_path: Path,
) -> None:
    stage = broadcaster()
    part = film(tmp_path / "part.mp4", fragmented=True)
    finished = film(tmp_path / "finished.mp4", fragmented=False)
    # It is replaced at once, or away for a while.
    viewers = [(Film(part), open_page(), gone) for gone in (False, True)]
    for served, page, _ in viewers:
        page.route("**/vod/*.mp4", served)
    players = [watch(page, server, stage.stream) for _, page, _ in viewers]
    stage.start(record=True)
    for player in players:
        expect(player).to_have_attribute("data-state", "live", timeout=PATIENCE)
    stage.stop()
    for (served, page, gone), player in zip(viewers, players, strict=True):
        video = player.locator("video")
        expect(video).to_be_visible(timeout=PATIENCE)
        page.wait_for_function(
            "video => video.readyState > 0", arg=video.element_handle(), timeout=PATIENCE
        )
        video.evaluate(
            "video => { globalThis.failures = 0; video.onerror = () => { globalThis.failures += 1; }; }"
        )
        served.content = finished
        served.gone = gone
        video.evaluate(
            "video => { video.muted = true; video.playbackRate = 4; return video.play(); }"
        )
        page.wait_for_function("() => globalThis.failures > 0", timeout=PATIENCE)
        served.gone = False
        at = video.evaluate("video => video.currentTime")
        assert at > 0
        page.wait_for_function(
            "([video, at]) => !video.error && video.currentTime > at + 1 && video.playbackRate === 4",
            arg=[video.element_handle(), at],
            timeout=PATIENCE,
        )
        page.close()


def test_another_moderators_page_takes_the_broadcast_over(
    open_page: OpenPage, server: RunningServer
) -> None:
    name = f"Meeting_{secrets.token_hex(4)}"
    token = server.room(name, streamname=name)
    ada = open_page(address(server, token, name, "Ada", **SILENT))
    second = server.invite(token, moderator=True)
    grace = open_page(address(server, second, name, "Grace", **SILENT))
    expect(grace.get_by_role("listitem").filter(has_text="Ada")).to_be_visible(timeout=PATIENCE)
    go_live(ada, record=True)
    player = watch(open_page(), server, name)
    wait_for_pictures(player, more_than=30)
    ada.close()
    expect(grace.get_by_role("listitem").filter(has_text="Ada")).to_have_count(0, timeout=PATIENCE)
    wait_for_pictures(player, more_than=fact(player, "frames") + 30)
    expect(player).to_have_attribute("data-state", "live", timeout=PATIENCE)
    assert moves(player.locator("canvas"))
    grace.get_by_role("button", name="Broadcast", exact=True).click()
    grace.get_by_role("button", name="End the broadcast").click()
    expect(player).to_have_attribute("data-state", "ended", timeout=PATIENCE)
    recordings = [path.name for path in (server.data / "recordings").glob(f"{name}*.mp4")]
    assert recordings == [f"{name}.mp4"]


def test_who_has_no_webcodecs_watches_all_the_same(
    broadcaster: MakeBroadcaster, open_page: OpenPage, server: RunningServer
) -> None:
    stage = broadcaster()
    stage.start()
    page = open_page()
    page.add_init_script(WITHOUT_WEBCODECS)
    player = watch(page, server, stage.stream)
    expect(player).to_have_attribute("data-state", "live", timeout=PATIENCE)
    video = player.locator("video.stream")
    assert moves(video)
    expect(player).to_have_attribute("data-width", "640")
    expect(player).to_have_attribute("data-height", "360")
    expect(player).to_have_attribute("data-sound", "playing")
    # Near the live edge, to which it returns.
    wait_until_close(player)
    page.keyboard.press("Space")
    expect(player).to_have_attribute("data-paused", "true")
    assert video.evaluate("video => video.paused")
    page.keyboard.press("Space")
    assert moves(video)
    expect(player).not_to_have_attribute("data-behind", "0.0")
    page.keyboard.press("l")
    expect(player).to_have_attribute("data-behind", "0.0")
    wait_until_close(player)
    stage.stop()
    expect(player).to_have_attribute("data-state", "ended", timeout=PATIENCE)


#: Withholds the frames that `held` picks while a page starts, then delivers them all at once. The fourth byte
#: of a frame is its track: 0 is video, 1 is audio.
LATE = """
const Socket = WebSocket;
globalThis.WebSocket = class extends Socket {{
  set onmessage(receive) {{
    const late = [];
    let open = performance.now() > {after};
    const held = ([, , , track]) => {held};
    super.onmessage = event => {{
      const frame = typeof event.data !== "string" && new Uint8Array(event.data, 0, 4);
      if (!open && frame && held(frame)) late.push(event);
      else receive(event);
    }};
    setTimeout(() => {{
      open = true;
      for (const event of late) receive(event);
    }}, {after} - performance.now());
  }}
}};
"""


#: Which frames come late, and after how many milliseconds.
LATENESS = [
    # A stalled page receives everything before its source opens.
    ("true", 8_000),
    ("track === 1", 3_000),
    ("track === 0", 3_000),
]


def test_who_has_no_webcodecs_watches_whatever_comes_late(
    broadcaster: MakeBroadcaster, open_page: OpenPage, server: RunningServer
) -> None:
    stage = broadcaster()
    stage.start()
    players: list[Locator] = []
    for held, after in LATENESS:
        page = open_page()
        page.add_init_script(WITHOUT_WEBCODECS + LATE.format(held=held, after=after))
        players.append(watch(page, server, stage.stream))
    # Those that begin first are done first.
    for player in reversed(players):
        expect(player).to_have_attribute("data-sound", "playing", timeout=PATIENCE)
        assert moves(player.locator("video.stream"))
        expect(player).to_have_attribute("data-state", "live")
        wait_until_close(player)
        player.page.close()
