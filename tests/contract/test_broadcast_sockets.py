"""A broadcast over a real server's sockets: one sender, viewers early and late, a recording."""

from __future__ import annotations

import asyncio
import dataclasses
import io
import itertools
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import pytest

from nanomeet_widget.server.protocol.frames import Frame, Kind, Track
from tests.asking import PATIENT, get
from tests.conftest import RunningServer, Servers
from tests.contract.sockets import Client, broadcasting, connect, join, run, start, watch
from tests.unit.server.clips import Clip, clip
from tests.waiting import PATIENCE, until


def until_written(part: Path) -> None:
    """Wait for the first fragment of a recording in the making."""
    until(lambda: part.exists() and b"mdat" in part.read_bytes())


@pytest.fixture(scope="module")
def film() -> Clip:
    return clip(2)


def test_viewers_early_and_late_get_every_frame(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        token = server.room("Live", streamname="live-one")
        early, state = await watch(server, "live-one")
        assert state["state"] == "waiting"
        async with broadcasting(server, token) as (page, ingest, _):
            await ingest.send_all(film.encoded())
            await page.expect("ack")
            frames = await early.frames(2 + len(film.media))
            assert [f for f in frames if f.kind is Kind.MEDIA] == list(film.media)

            late, state = await watch(server, "live-one")
            assert (state["state"], state["title"]) == ("live", "Live")
            setup = await late.frames(2)
            assert [f.track for f in setup] == [Track.VIDEO, Track.AUDIO]
            (first,) = await late.frames(1)
            keyframes = [f for f in film.media if f.keyframe and f.track is Track.VIDEO]
            assert first == keyframes[-1]

            await page.send("stop_broadcast", ref=2)
            assert (await ingest.expect("ingest_ended"))["failed"] is False
            assert (await page.expect("ack"))["ref"] == 2
            while (await late.expect("stream_state"))["state"] != "ended":
                pass

    run(scenario())


async def fragments(viewer: Client, count: int) -> dict[Track, bytes]:
    """The MP4 of each track that a viewer has got after so many fragments."""
    files = dict.fromkeys(Track, b"")
    while count:
        (frame,) = await viewer.frames(1)
        assert frame.kind is not Kind.MEDIA
        if frame.kind is not Kind.SETUP:
            assert frame.kind is Kind.FRAGMENT or b"moov" in frame.payload
            files[frame.track] += frame.payload
        count -= frame.kind is Kind.FRAGMENT
    return files


def test_viewers_who_play_mp4_get_it_early_and_late(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        token = server.room("MP4", streamname="mp4-one")
        early, _ = await watch(server, "mp4-one", format="fmp4")
        bare, _ = await watch(server, "mp4-one")
        async with broadcasting(server, token) as (page, ingest, _):
            await ingest.send_all(film.encoded())
            await page.expect("ack")
            files = await fragments(early, len(film.media))
            for track, file in files.items():
                with av.open(io.BytesIO(file), "r") as container:
                    got = [bytes(packet) for packet in container.demux() if packet.size]
                assert got == [frame.payload for frame in film.media if frame.track is track]
            late, _ = await watch(server, "mp4-one", format="fmp4")
            group = [frame for frame in film.media if frame.timestamp >= 1_500_000]
            files = await fragments(late, len(group))
            with av.open(io.BytesIO(files[Track.VIDEO]), "r") as container:
                times = [picture.time for picture in container.decode(video=0)]
            assert times[0] == pytest.approx(1.5, abs=0.01)
            assert len(times) == 15
            # A smaller picture in the middle: another header first.
            other = clip(0.5, start=2_000_000, width=96, height=64, sound=False)
            await ingest.send_all(other.encoded())
            files = await fragments(late, len(other.media))
            with av.open(io.BytesIO(files[Track.VIDEO]), "r") as container:
                assert [p.width for p in container.decode(video=0)] == [96] * 15
            # A page that decodes by itself is not concerned.
            frames = await bare.frames(3 + len(film.media) + len(other.media))
            assert {frame.kind for frame in frames} == {Kind.SETUP, Kind.MEDIA}
            await page.send("stop_broadcast", ref=2)
            while (await page.expect("ack"))["ref"] != 2:
                pass

    run(scenario())


def test_a_private_broadcast_takes_its_link(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        token = server.room("Private", streamname="private-one")
        page, ingest, _ = await start(server, token, private=True, record=True)
        await ingest.send_all(film.encoded())
        state: dict[str, Any] = {}
        while state.get("state") != "live":
            state = (await page.expect("broadcast_changed"))["broadcast"]
        address, _, ticket = state["playout"]["live"].partition("#ticket=")
        assert address == f"{server.url}/live/private-one"
        viewer, seen = await watch(server, "private-one", ticket=ticket)
        assert seen["state"] == "live"
        await viewer.frames(3)
        for given in ({}, {"ticket": "wrong"}):
            other = await connect(server, "ws/watch")
            await other.send("watch", v=1, stream="private-one", **given)
            assert (await other.expect("error"))["kind"] == "forbidden"
            await other.closed()
        assert "private-one.mp4" not in state["playout"]["vod"]
        async with httpx.AsyncClient(**PATIENT) as client:
            hls = await client.get(f"{server.url}/hls/private-one/live.m3u8")
            assert hls.status_code == 404
        await page.send("stop_broadcast", ref=2)
        while (await page.expect("ack"))["ref"] != 2:
            pass

    run(scenario())


def test_an_unknown_format_is_refused(server: RunningServer) -> None:
    async def scenario() -> None:
        viewer = await connect(server, "ws/watch")
        await viewer.send("watch", v=1, stream="any", format="flv")
        assert (await viewer.expect("error"))["kind"] == "protocol"
        await viewer.closed()

    run(scenario())


def test_fragments_come_from_no_sender(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        async with broadcasting(server, server.room()) as (_, ingest, _):
            made = Frame(kind=Kind.FRAGMENT, track=Track.VIDEO, timestamp=0, payload=b"moof")
            await ingest.send_raw(film.encoded()[0])
            await ingest.send_raw(made.encode())
            assert "for viewers" in (await ingest.expect("ingest_ended"))["reason"]

    run(scenario())


def test_a_wrong_or_used_ticket_is_refused(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        async with broadcasting(server, server.room("Ticket")) as (page, ingest, granted):
            for data in film.encoded()[:10]:
                await ingest.send_raw(data)
            await page.expect("ack")
            for ticket in ("wrong", granted["ticket"]):
                other = await connect(server, "ws/ingest")
                await other.send("ingest_open", v=1, ticket=ticket)
                assert (await other.expect("ingest_ended"))["failed"] is True
                await other.closed()
            await ingest.send_raw(film.media[10].encode())
            await page.send("stop_broadcast", ref=2)
            assert (await page.expect("ack"))["ref"] == 2

    run(scenario())


def test_frames_without_a_ticket_are_refused(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        ingest = await connect(server, "ws/ingest")
        await ingest.send_raw(film.encoded()[0])
        assert (await ingest.expect("ingest_ended"))["failed"] is True

    run(scenario())


def resident(process: subprocess.Popen[str]) -> int:
    """Return the bytes of memory that a process has now."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


#: Large pictures a second.
RATE = 30


def pictures(size: int) -> Iterator[Frame]:
    """Pictures of so many bytes without end, a keyframe each half a second."""
    for number in itertools.count():
        yield Frame(
            kind=Kind.MEDIA,
            track=Track.VIDEO,
            timestamp=number * 1_000_000 // RATE,
            payload=bytes(size),
            keyframe=number % 15 == 0,
        )


def gaps_in(seen: list[Frame]) -> list[tuple[Frame, Frame]]:
    """The frames before and after whatever was left out."""
    pairs = itertools.pairwise(seen)
    return [(a, b) for a, b in pairs if b.timestamp - a.timestamp > 1_200_000 // RATE]


async def read_until_live(viewer: Client, *, after: int) -> list[Frame]:
    """Read so many pictures, or what there is of them, and on until a second's worth has no gap."""
    seen: list[Frame] = []
    while not seen or seen[-1].timestamp < after * 1_000_000 // RATE or gaps_in(seen[-RATE:]):
        (frame,) = await viewer.frames(1)
        if frame.kind is Kind.MEDIA:
            seen.append(frame)
    return seen


def test_slow_viewers_skip_harm_no_others_and_come_back(servers: Servers, film: Clip) -> None:
    server = servers.start()
    # 20 MB in six seconds: more than unread connections hold, and than is kept for them.
    count, unread, size = 300, 180, 113_000

    async def scenario() -> None:
        token = server.room("Slow", streamname="slow-one")
        slow = [(await watch(server, "slow-one"))[0] for _ in range(3)]
        quick, _ = await watch(server, "slow-one")
        memory: list[int] = []
        async with broadcasting(server, token) as (page, ingest, _):
            for frame in film.setups:
                await ingest.send_raw(frame.encode())

            enough = asyncio.Event()

            async def send() -> None:
                for frame in pictures(size):
                    await ingest.send_raw(frame.encode())
                    memory.append(resident(server.process))
                    if len(memory) == unread:
                        enough.set()
                    await asyncio.sleep(1 / RATE)

            async def read_late(viewer: Client) -> list[Frame]:
                await enough.wait()
                return await read_until_live(viewer, after=count)

            sending = asyncio.ensure_future(send())
            whole, *rest = await asyncio.gather(
                read_until_live(quick, after=count), *(read_late(viewer) for viewer in slow)
            )
            sending.cancel()
            # Two seconds are 7 MB, for any reader; all that comes in six would be 20.
            assert max(memory) - memory[RATE] < 12 * 1024 * 1024
            assert not gaps_in(whole)
            assert whole[0].timestamp == 0
            for seen in rest:
                gaps = gaps_in(seen)
                # What they get begins again at a keyframe after each gap, and is live in the end.
                assert gaps
                assert all(after.keyframe for _, after in gaps)
            await page.send("stop_broadcast", ref=2)
            while (await page.expect("ack"))["ref"] != 2:
                pass

    run(scenario())


def test_a_viewer_who_goes_in_the_middle_harms_no_others(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        token = server.room("Away", streamname="away-one")
        viewers = [(await watch(server, "away-one"))[0] for _ in range(4)]
        async with broadcasting(server, token) as (page, ingest, _):
            for number, data in enumerate(film.encoded()):
                if number in {5, 10, 15}:
                    viewers[number // 5 - 1].drop()
                await ingest.send_raw(data)
            assert len(await viewers[3].frames(2 + len(film.media))) == 2 + len(film.media)
            await page.send("stop_broadcast", ref=2)
            while (await page.expect("ack"))["ref"] != 2:
                pass

    run(scenario())


def test_a_recording_is_there_when_the_stop_is_acknowledged(
    server: RunningServer, film: Clip, tmp_path: Path
) -> None:
    async def scenario() -> str:
        token = server.room("Rec", streamname="rec-one")
        viewer, _ = await watch(server, "rec-one")
        async with broadcasting(server, token, record=True) as (page, ingest, _):
            await ingest.send_all(film.encoded())
            await page.expect("ack")
            await viewer.seen(film.media[-1])
            await page.send("stop_broadcast", ref=2)
            off: dict[str, object] = {}
            while off.get("state") != "off":
                off = (await page.expect("broadcast_changed"))["broadcast"]
            playout = off["playout"]
            assert isinstance(playout, dict)
            return str(playout["vod"])

    urls = []

    async def twice() -> None:
        urls.append(await scenario())
        urls.append(await scenario())

    run(twice())
    assert urls == [f"{server.url}/vod/rec-one.mp4", f"{server.url}/vod/rec-one-2.mp4"]
    for url in urls:
        answer = get(url)
        assert answer.headers["content-type"] == "video/mp4"
        file = tmp_path / "film.mp4"
        file.write_bytes(answer.content)
        probe = subprocess.run(
            ["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", str(file)],
            check=True,
            capture_output=True,
        )
        assert not probe.stderr
        video, audio = json.loads(probe.stdout)["streams"]
        assert (video["codec_name"], video["width"], video["nb_read_frames"]) == ("h264", 160, "60")
        assert audio["codec_name"] == "opus"
        assert float(audio["duration"]) == pytest.approx(2, abs=0.1)
    part = get(urls[0], headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")


def test_stopping_the_server_makes_the_recording_whole(servers: Servers, film: Clip) -> None:
    running = servers.start()

    async def scenario() -> None:
        token = running.room(streamname="last-words")
        async with broadcasting(running, token, record=True) as (page, ingest, _):
            await ingest.send_all(film.encoded())
            await page.expect("ack")
            running.process.terminate()
            assert (await page.expect("bye"))["kind"] == "server_stopping"

    run(scenario())
    assert running.process.wait(PATIENCE) == 0
    files = sorted(path.name for path in (running.data / "recordings").iterdir())
    assert files == ["last-words.jpg", "last-words.mp4"]


def test_a_killed_servers_recording_is_whole_after_a_restart(servers: Servers, film: Clip) -> None:
    first = servers.start()

    async def scenario() -> None:
        token = first.room(streamname="cut-short")
        async with broadcasting(first, token, record=True) as (page, ingest, _):
            await ingest.send_all(film.encoded())
            # Live means that the recording has begun; its first fragment is a moment away.
            await page.expect("ack")
            await asyncio.to_thread(until_written, first.data / "recordings/cut-short.part.mp4")
            first.kill()

    run(scenario())
    second = servers.start(data=first.data)
    until(lambda: get(f"{second.url}/vod/cut-short.mp4").status_code, to_be=200)


def test_another_moderators_page_goes_on_in_the_same_recording(
    server: RunningServer, film: Clip, tmp_path: Path
) -> None:
    # From another page: another clock, another size, and no sound.
    rest = clip(2, start=500_000_000, width=96, height=64, sound=False)

    async def scenario() -> None:
        token = server.room("Vanish", streamname="hand-over")
        async with broadcasting(server, token, record=True) as (page, ingest, granted):
            other, _ = await join(server, token)
            await ingest.send_all(film.encoded())
            await page.expect("ack")
            viewer, _ = await watch(server, "hand-over")
            # Its last frame has come: what is still on its way when a page goes is lost.
            await viewer.seen(film.media[-1])
            page.close(1001)
            assert (await ingest.expect("ingest_ended"))["failed"] is False
            following = await other.expect("ingest_granted")
            assert (following["stream"], following["purpose"]) == ("hand-over", "broadcast")
            assert following["ticket"] != granted["ticket"]
            assert (await viewer.expect("stream_state"))["state"] == "waiting"
            again = await connect(server, "ws/ingest")
            await again.send("ingest_open", v=1, ticket=following["ticket"])
            await again.expect("ingest_ready")
            await again.send_all(rest.encoded())
            assert (await viewer.expect("stream_state"))["state"] == "live"
            assert (await viewer.frames(1 + len(rest.media)))[-1] == rest.media[-1]
            await other.send("stop_broadcast", ref=2)
            await other.expect("ack")

    run(scenario())
    file = tmp_path / "film.mp4"
    file.write_bytes(get(f"{server.url}/vod/hand-over.mp4").content)
    with av.open(str(file), "r") as container:
        pictures = [(picture.time, picture.width) for picture in container.decode(video=0)]
    assert [width for _, width in pictures] == [160] * 60 + [96] * 60
    assert pictures[-1][0] == pytest.approx(4, abs=0.1)


def test_a_recording_ends_at_its_limit_and_the_broadcast_goes_on(
    servers: Servers, film: Clip
) -> None:
    async def scenario() -> None:
        server = servers.start("--largest-gb", "0.00001")
        token = server.room("Limited", streamname="limited")
        viewer, _ = await watch(server, "limited")
        async with broadcasting(server, token, record=True) as (page, ingest, _):
            sending = asyncio.create_task(send_long(ingest, film))
            while not (state := (await page.expect("broadcast_changed"))["broadcast"])["trouble"]:
                pass
            assert state["trouble"]["kind"] == "recording_size"
            assert "reached the limit of" in state["trouble"]["message"]
            assert state["state"] == "live"
            await viewer.frames(20)
            sending.cancel()
            await page.send("stop_broadcast", ref=2)
            while (state := (await page.expect("broadcast_changed"))["broadcast"])[
                "state"
            ] != "off":
                pass
            finished = server.data / "recordings" / "limited.mp4"
            await asyncio.to_thread(until, finished.exists)
        # What was recorded until then is whole.
        assert playable(finished) > 0

    run(scenario())


async def send_long(ingest: Client, film: Clip) -> None:
    """Send the clip, then its pictures again under later times, for long enough to be looked at."""
    await ingest.send_all(film.encoded())
    for number in itertools.count(1):
        for frame in film.media:
            later = dataclasses.replace(frame, timestamp=frame.timestamp + number * 2_000_000)
            await ingest.send_raw(later.encode())
        await asyncio.sleep(0.5)


def playable(file: Path) -> float:
    """Return the seconds that ffprobe finds in a file."""
    command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "json"]
    said = subprocess.run([*command, str(file)], check=True, capture_output=True).stdout
    return float(json.loads(said)["format"]["duration"])


@pytest.mark.parametrize("late", [-5.0, -1.2, 1.2, 5.0])
def test_a_recording_is_as_long_as_what_was_sent(server: RunningServer, late: float) -> None:
    # The pictures come so much later than the sound of their moment.
    whole = clip(8, width=64, height=48)

    def comes(frame: Frame) -> float:
        return frame.timestamp / 1e6 + (late if frame.track is Track.VIDEO else 0)

    stream = f"apart_{late}".replace(".", "_").replace("-", "m")

    async def scenario() -> None:
        token = server.room(stream, streamname=stream)
        media = sorted(whole.media, key=comes)
        viewer, _ = await watch(server, stream)
        async with broadcasting(server, token, record=True) as (page, ingest, _):
            arrived = asyncio.create_task(viewer.seen(media[-1]))
            for frame in (*whole.setups, *media):
                await ingest.send_raw(frame.encode())
            await arrived
            await page.send("stop_broadcast", ref=2)
            while (await page.expect("ack"))["ref"] != 2:
                pass

    run(scenario())
    film = io.BytesIO(get(f"{server.url}/vod/{stream}.mp4").content)
    with av.open(film, "r") as container:
        assert (container.duration or 0) / av.time_base == pytest.approx(8, abs=0.04)
        times: dict[str, list[float]] = {"video": [], "audio": []}
        for packet in container.demux():
            if packet.pts is not None:
                times[packet.stream.type].append(float(packet.pts * packet.time_base))
    assert times["video"] == pytest.approx([n / 30 for n in range(240)], abs=0.001)
    # What is heard before the first picture came is there, too.
    assert len(times["audio"]) == pytest.approx(400, abs=2)
    assert max(b - a for a, b in itertools.pairwise(times["audio"])) < 0.03


def test_a_recording_sounds_in_what_the_server_was_told(servers: Servers, film: Clip) -> None:
    server = servers.start("--recording-sound", "aac")

    async def scenario() -> None:
        token = server.room("Sounding", streamname="sounding")
        viewer, _ = await watch(server, "sounding")
        async with broadcasting(server, token, record=True) as (page, ingest, _):
            arrived = asyncio.create_task(viewer.seen(film.media[-1]))
            await ingest.send_all(film.encoded())
            await arrived
            # In the making it is as it was broadcast.
            until_written(server.data / "recordings" / "sounding.part.mp4")
            assert sounds_in(get(f"{server.url}/vod/sounding.mp4").content) == "opus"
            await page.send("stop_broadcast", ref=2)
            while (await page.expect("ack"))["ref"] != 2:
                pass

    run(scenario())
    until(lambda: sounds_in(get(f"{server.url}/vod/sounding.mp4").content) == "aac")
    content = get(f"{server.url}/vod/sounding.mp4").content
    with av.open(io.BytesIO(content), "r") as container:
        assert (container.duration or 0) / av.time_base == pytest.approx(2, abs=0.05)
        assert len(list(container.decode(video=0))) == 60


def sounds_in(film: bytes) -> str:
    """The codec of a recording's sound."""
    with av.open(io.BytesIO(film), "r") as container:
        return container.streams.audio[0].codec_context.codec.canonical_name
