"""`nm.broadcast` on a real server: arrays, sound, files and figures, and what goes wrong."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

import nanomeet_widget as nm
from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget.server.protocol.frames import Track
from tests.asking import get
from tests.conftest import RunningServer, Servers
from tests.contract.programs import (
    HEIGHT,
    TONE,
    WIDTH,
    Eye,
    Picture,
    film,
    numbers_in,
    pitch_of,
    stamped,
)
from tests.contract.sockets import join, run, watch
from tests.waiting import PATIENCE, until


def endless(step: float = 0.0) -> Iterator[Picture]:
    number = 0
    while True:
        number += 1
        yield stamped(number)
        time.sleep(step)


def worker_of(show: nm.ProgramBroadcast) -> int:
    process = show._sender._process
    assert process is not None
    return process.pid


def test_viewers_see_each_picture_and_the_recording_has_each_once(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("ProgramFilm", streamname="program-film")
        viewer, _ = await watch(server, "program-film")
        eye = Eye(viewer)
        show = await nm.broadcast(film(90), token, server=server.url, title="Numbers")
        assert show.state is BroadcastStatus.LIVE
        assert show.playout is not None
        assert show.playout.live == f"{server.url}/live/program-film"
        seen = await eye.until(89)
        await show.ended()
        assert str(show.state) == "off"
        assert show.playout.vod is not None
        recorded = numbers_in(get(show.playout.vod).content)
        assert None not in seen
        assert None not in recorded
        # A machine that stands still leaves some out, and shows one for longer, but never an older one.
        assert seen == sorted(seen, key=lambda number: number or 0)
        stats = show.stats
        assert stats.sent + stats.dropped == 90
        assert sorted(set(recorded), key=lambda number: number or 0) == list(
            dict.fromkeys(recorded)
        )
        assert len(set(recorded)) == stats.sent
        assert (stats.width, stats.height, stats.codec) == (WIDTH, HEIGHT, "h264")
        assert pitch_of(get(show.playout.vod).content) == pytest.approx(TONE, abs=3)
        assert Track.AUDIO in eye.tracks

    run(scenario())


def test_it_works_without_an_event_loop(server: RunningServer) -> None:
    token = server.room("ProgramScript", streamname="program-script")
    ends: list[BaseException | None] = []
    with nm.broadcast(endless, token, server=server.url, is_vod=False, on_end=ends.append) as show:
        assert show.playout is not None
        assert show.playout.vod is None
        until(lambda: show.stats.sent > 5)
        assert re.fullmatch(r"<broadcast: live 640x360 at .+/s>", repr(show))
    assert str(show.state) == "off"
    assert ends == [None]
    show.stop().wait(PATIENCE)


def test_an_error_of_the_source_reaches_the_user_with_its_trace(
    server: RunningServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Iterator[Picture]:
        yield stamped(1)
        yield stamped(2)
        raise ZeroDivisionError("the source's own fault")

    token = server.room("ProgramFault", streamname="program-fault")
    show = nm.broadcast(broken(), token, server=server.url)
    with pytest.raises(ZeroDivisionError, match="own fault") as caught:
        show.ended().wait(PATIENCE)
    assert any(entry.name == "broken" for entry in caught.traceback)
    assert str(show.state) == "failed"
    assert "in broken" in capsys.readouterr().err
    # The room is free for the next one.
    with nm.broadcast(stamped(3), token, server=server.url):
        pass


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (np.zeros((360, 640)), r"uint8, and this is one of float64: .*\* 255"),
        (np.zeros((3, 360, 640), np.uint8), r"moveaxis"),
        (np.zeros((8, 8, 3), np.uint8), r"16x16 to 7680x4320 pixels, and this has 8x8"),
        ((stamped(1), np.zeros((2, 1600), np.float32)), r"samples\.T"),
        ((stamped(1), None, None), r"not 3 things"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(
    server: RunningServer, given: object, words: str
) -> None:
    token = server.room("ProgramWrong", streamname="program-wrong")
    show = nm.broadcast(iter([given]), token, server=server.url)
    with pytest.raises(nm.InvalidInputError, match=words):
        show.live().wait(PATIENCE)
    with pytest.raises(nm.InvalidInputError, match=words):
        show.ended().wait(PATIENCE)


@pytest.mark.parametrize(
    ("source", "options", "words"),
    [
        (3, {}, "source=int"),
        (stamped(1), {"fps": 0}, "fps=0: pass 1 to 60"),
        (stamped(1), {"size": (641, 360)}, "even numbers"),
        (stamped(1), {"rate": 1}, "rate=1"),
        (stamped(1), {"codec": "av1"}, "av1"),
        (stamped(1), {"codec": "vp9", "to": "rtmp://host/app/key"}, "h264"),
        (stamped(1), {"loop": True}, "only a file"),
        ("film.mp4", {"sound": iter([])}, "its own sound"),
    ],
)
def test_arguments_are_checked_at_once(
    server: RunningServer, source: object, options: dict[str, Any], words: str
) -> None:
    token = server.room("ProgramArguments", streamname="program-arguments")
    with pytest.raises(nm.InvalidInputError, match=words):
        nm.broadcast(source, token, server=server.url, **options)


def test_an_async_source_runs_on_the_loop_where_it_was_made(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("ProgramAsync", streamname="program-async")
        here, threads = asyncio.get_running_loop(), set()

        async def numbers() -> AsyncIterator[Picture]:
            for number in range(1, 10_000):
                assert asyncio.get_running_loop() is here
                threads.add(threading.get_ident())
                yield stamped(number)

        async with nm.broadcast(numbers, token, server=server.url, is_vod=False) as show:
            viewer, _ = await watch(server, "program-async")
            await Eye(viewer).until(20)
            with pytest.raises(nm.CannotAwaitError, match="await it"):
                show.ended().wait(PATIENCE)
        assert threads == {threading.get_ident()}

    run(scenario())


def test_a_worker_that_is_killed_is_replaced(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("ProgramCrash", streamname="program-crash")
        viewer, _ = await watch(server, "program-crash")
        eye = Eye(viewer)
        async with nm.broadcast(endless(), token, server=server.url) as show:
            await eye.until(10)
            first = worker_of(show)
            os.kill(first, signal.SIGKILL)
            last = (await eye.until(11))[-1] or 0
            await eye.until(last + 60)
            assert worker_of(show) != first
            assert str(show.state) == "live"

    run(scenario())


def test_the_end_of_the_server_is_an_error(servers: Servers) -> None:
    server = servers.start()
    token = server.room("ProgramServer", streamname="program-server")
    show = nm.broadcast(endless(), token, server=server.url)
    show.live().wait(PATIENCE)
    server.kill()
    with pytest.raises(nm.StreamError, match="connection to the server was lost"):
        show.ended().wait(PATIENCE)
    assert str(show.state) == "failed"


def test_the_worker_ends_with_a_program_that_is_killed(server: RunningServer) -> None:
    token = server.room("ProgramKilled", streamname="program-killed")
    script = f"""
        import sys, time
        import numpy as np
        import nanomeet_widget as nm
        picture = np.zeros((360, 640, 3), np.uint8)
        show = nm.broadcast(lambda: picture, sys.stdin.readline().strip(), server={server.url!r})
        show.live().wait(60)
        print(show._sender._process.pid, flush=True)
        time.sleep(600)
    """
    program = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(f"{token}\n")
    program.stdin.flush()
    worker = int(program.stdout.readline())
    command = Path(f"/proc/{worker}/cmdline").read_bytes().split(b"\0")
    assert command[1:3] == [b"-m", b"nanomeet_widget.media.worker"]
    program.kill()
    program.communicate()
    until(lambda: not Path(f"/proc/{worker}").exists() or _is_dead(worker))


def _is_dead(process: int) -> bool:
    """Whether it only waits for a parent to take note, which a container's first process may not."""
    return ") Z " in Path(f"/proc/{process}/stat").read_text()


def test_a_kernel_that_is_busy_holds_up_nothing(server: RunningServer) -> None:
    over = threading.Event()

    def busy() -> None:
        while not over.is_set():
            sum(range(1000))

    thread = threading.Thread(target=busy)
    token = server.room("ProgramBusy", streamname="program-busy")
    try:
        with nm.broadcast(film(120), token, server=server.url) as show:
            thread.start()
            show.ended().wait(PATIENCE)
    finally:
        over.set()
        thread.join()
    stats = show.stats
    assert stats.sent + stats.dropped == 120
    # In the kernel's own threads, four of five were lost.
    assert stats.sent > 60


def test_viewers_see_a_card_while_it_is_paused(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("ProgramCard", streamname="program-card")
        page, _ = await join(server, token)
        viewer, _ = await watch(server, "program-card")
        eye = Eye(viewer)
        async with nm.broadcast(
            film(100_000), token, server=server.url, is_vod=False, paused=True
        ) as show:
            card = (await eye.picture()).to_ndarray(format="gray")
            assert card.max() < 60
            assert Track.AUDIO in eye.tracks  # its set-up, and nothing else
            assert eye.tracks.count(Track.AUDIO) == 1
            await show.resume()
            await eye.until(1)
            # A moderator's page does the same.
            await page.send("pause_broadcast", paused=True, ref=5)
            while (await page.expect("ack"))["ref"] != 5:
                pass
            while await eye.number() is not None:
                pass

    run(scenario())


def test_the_size_may_change_and_odd_ones_grow(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("ProgramSizes", streamname="program-sizes")
        viewer, _ = await watch(server, "program-sizes")
        eye = Eye(viewer)
        shapes = {(201, 301, 3): (302, 202), (120, 160): (160, 120), (480, 640, 4): (640, 480)}
        current = next(iter(shapes))
        async with nm.broadcast(
            lambda: np.full(current, 200, np.uint8), token, server=server.url
        ) as show:
            for current, (width, height) in shapes.items():  # noqa: B007 - the source reads it
                picture = await eye.picture()
                while (picture.width, picture.height) != (width, height):
                    picture = await eye.picture()
                grey = picture.to_ndarray(format="gray")
                assert np.abs(grey.astype(int) - 200).max() < 6
        assert str(show.state) == "off"

    run(scenario())


def test_every_picture_may_be_made_of_one_size(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("ProgramFit", streamname="program-fit")
        viewer, _ = await watch(server, "program-fit")
        white = np.full((100, 100), 255, np.uint8)
        async with nm.broadcast(white, token, server=server.url, size=(320, 180)):
            picture = (await Eye(viewer).picture()).to_ndarray(format="gray")
            assert picture.shape == (180, 320)
            assert picture[90, 160] > 220
            assert picture[90, 5] < 40

    run(scenario())


def film_file(path: Path, *, sound: bool) -> None:
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=30)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        audio: Any = container.add_stream("aac", rate=48_000) if sound else None
        for number, (picture, samples) in enumerate(film(45)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            container.mux(video.encode(frame))
            if audio is not None:
                block = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
                block.sample_rate = 48_000
                block.pts = number * len(samples)
                container.mux(audio.encode(block))
        for stream in (video, audio):
            if stream is not None:
                container.mux(stream.encode(None))


@pytest.mark.parametrize("sound", [True, False])
def test_a_file_is_played_as_quickly_as_its_own_clock_says(
    server: RunningServer, tmp_path: Path, *, sound: bool
) -> None:
    async def scenario() -> None:
        path = tmp_path / "film.mp4"
        film_file(path, sound=sound)
        stream = f"program-file-{sound}"
        token = server.room("ProgramFile", streamname=stream)
        viewer, _ = await watch(server, stream)
        eye = Eye(viewer)
        show = await nm.broadcast(path, token, server=server.url)
        await eye.until(44)
        await show.ended()
        assert show.playout is not None
        content = get(str(show.playout.vod)).content
        recorded = numbers_in(content)
        assert recorded[-1] == 44
        assert len(set(recorded)) == show.stats.sent
        if sound:
            assert pitch_of(content) == pytest.approx(TONE, abs=3)
        assert (Track.AUDIO in eye.tracks) is sound

    run(scenario())


def test_a_file_may_begin_again_and_one_without_a_film_is_an_error(
    server: RunningServer, tmp_path: Path
) -> None:
    async def scenario() -> None:
        path = tmp_path / "film.mp4"
        film_file(path, sound=True)
        token = server.room("ProgramLoop", streamname="program-loop")
        viewer, _ = await watch(server, "program-loop")
        eye = Eye(viewer)
        async with nm.broadcast(path, token, server=server.url, loop=True, is_vod=False):
            await eye.until(40)
            while (await eye.number() or 0) > 20:
                pass
        path.write_text("no film")
        with pytest.raises(nm.StreamError, match=r"film\.mp4' cannot be read: Invalid data"):
            await nm.broadcast(path, token, server=server.url)

    run(scenario())


def test_a_picture_file_is_shown_on_and_on(server: RunningServer, tmp_path: Path) -> None:
    async def scenario() -> None:
        path = tmp_path / "picture.png"
        with av.open(str(path), "w", format="image2") as container:
            stream = container.add_stream("png", rate=1)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "rgb24"
            frame = av.VideoFrame.from_ndarray(stamped(77), format="rgb24")
            container.mux(stream.encode(frame))
        token = server.room("ProgramPng", streamname="program-png")
        viewer, _ = await watch(server, "program-png")
        eye = Eye(viewer)
        async with nm.broadcast(path, token, server=server.url, loop=True, is_vod=False) as show:
            assert [await eye.number() for _ in range(40)] == [77] * 40
            # As many as it may show, and no more.
            assert show.stats.dropped <= 40

    run(scenario())


def test_vp9_is_a_choice(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("ProgramVp9", streamname="program-vp9")
        viewer, _ = await watch(server, "program-vp9")
        show = await nm.broadcast(film(40), token, server=server.url, codec="vp9")
        await Eye(viewer).until(39)
        await show.ended()
        assert show.stats.codec == "vp9"
        assert show.playout is not None
        assert numbers_in(get(str(show.playout.vod)).content)[-1] == 39

    run(scenario())


def test_viewers_see_a_figure_each_time_that_it_is_drawn(server: RunningServer) -> None:
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow to load

    async def scenario() -> None:
        token = server.room("ProgramFigure", streamname="program-figure")
        viewer, _ = await watch(server, "program-figure")
        eye = Eye(viewer)
        figure = Figure(figsize=(4, 3), dpi=100, facecolor=(1, 1, 1))

        async def until_it_is(light: float) -> None:
            found = -1.0
            while abs(found - light) > 4:
                picture = await eye.picture()
                assert (picture.width, picture.height) == (400, 300)
                found = float(picture.to_ndarray(format="gray").mean())

        async with nm.broadcast(figure, token, server=server.url, is_vod=False) as show:
            await until_it_is(255)
            figure.set_facecolor((0.4, 0.4, 0.4))
            figure.canvas.draw()
            await until_it_is(102)
            # Saved, as notebooks do that show it, at another size.
            figure.set_facecolor((0.8, 0.8, 0.8))
            figure.savefig(os.devnull, format="png", dpi=50, bbox_inches="tight")
            await until_it_is(204)
            assert show.stats.behind is None
        figure.canvas.draw()

    run(scenario())


def test_sound_may_have_a_source_of_its_own(server: RunningServer) -> None:
    def tone() -> Iterator[Any]:
        for number in range(1000):
            when = (np.arange(960) + 960 * number) / 48_000
            yield (9000 * np.sin(2 * np.pi * 880 * when)).astype(np.int16)

    token = server.room("ProgramSound", streamname="program-sound")
    with nm.broadcast(stamped(1), token, server=server.url, sound=tone()) as show:
        until(lambda: show.stats.bitrate > 0)
        time.sleep(1.5)
    assert show.playout is not None
    assert pitch_of(get(str(show.playout.vod)).content) == pytest.approx(880, abs=3)


def test_only_a_moderator_sends_and_ends_it(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("ProgramHostile", streamname="program-hostile")
        guest = server.invite(token)
        with pytest.raises(nm.CommandRefusedError, match="moderator"):
            await nm.broadcast(stamped(1), guest, server=server.url)
        viewer, _ = await watch(server, "program-hostile")
        async with nm.broadcast(endless(), token, server=server.url) as show:
            mallory, welcome = await join(server, guest, audience=True)
            told = welcome["broadcast"]
            assert (told["state"], told["program"]) == ("live", True)
            requests: list[tuple[str, dict[str, bool]]] = [
                ("start_broadcast", {"program": True}),
                ("stop_broadcast", {}),
                ("stop_broadcast", {"unable": True}),
                ("pause_broadcast", {"paused": True}),
            ]
            for ref, (kind, fields) in enumerate(requests):
                await mallory.send(kind, ref=ref, **fields)
                error = await mallory.expect("error")
                assert (error["kind"], error["ref"]) == ("forbidden", ref)
            await mallory.send("broadcast_shown", shows="paused")
            # A moderator's page cannot start a second one, nor does it get the first when it asks.
            page, _ = await join(server, token)
            for program in (True, False):
                await page.send("start_broadcast", program=program, ref=9)
                error = await page.expect("error")
                assert (error["kind"], error["ref"]) == ("conflict", 9)
            with pytest.raises(nm.CommandError, match="already live"):
                await nm.broadcast(stamped(1), token, server=server.url)
            await Eye(viewer).until(30)
            assert str(show.state) == "live"
            assert (await watch(server, "program-hostile"))[1]["shows"] == "stage"
            await page.send("stop_broadcast", ref=10)
            await show.ended()
        assert str(show.state) == "off"

    run(scenario())


def test_tokens_and_tickets_are_no_arguments_of_a_process(server: RunningServer) -> None:
    token = server.room("ProgramSecret", streamname="program-secret")
    with nm.broadcast(stamped(1), token, server=server.url, private=True) as show:
        begin = show._sender._begin
        assert begin is not None
        ticket = begin.ticket
        folder = Path(f"/proc/{worker_of(show)}")
        for name in ("cmdline", "environ"):
            text = (folder / name).read_bytes()
            assert ticket.encode() not in text
            assert token.encode() not in text
        shown = f"{show!r} {begin!r} {show.stats!r}"
        assert ticket not in shown
        assert show.playout is not None
        assert show.playout.live.partition("ticket=")[2] not in shown
