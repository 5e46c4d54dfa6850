"""A broadcast by HLS from a real server, as players and caches ask for it."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from nanomeet_widget.server.broadcast.hls_segments import TARGET_DURATION
from nanomeet_widget.server.protocol.frames import Track
from tests.asking import PATIENT
from tests.conftest import RunningServer, Servers
from tests.contract.sockets import broadcasting, run, watch
from tests.contract.test_recordings import send
from tests.unit.server.broadcast.test_hls_segments import attributes, read
from tests.unit.server.clips import Clip, clip


@pytest.fixture(scope="module")
def film() -> Clip:
    return clip(8)


@asynccontextmanager
async def live(
    server: RunningServer, film: Clip, stream: str, *, whole: bool = True
) -> AsyncIterator[tuple[httpx.AsyncClient, asyncio.Task[None]]]:
    """A stream that is sent at its pace, and a client that asks for it; the task sends all of it."""
    token = server.room(stream.replace("-", ""), streamname=stream)
    silent = all(setup.track is Track.AUDIO for setup in film.setups)
    quality = "audio" if silent else "360p"
    viewer, _ = await watch(server, stream)
    async with broadcasting(server, token, quality=quality) as (page, ingest, _):
        for setup in film.setups:
            await ingest.send_raw(setup.encode())

        async def send_all() -> None:
            await asyncio.gather(viewer.seen(film.media[-1]), send(ingest, film.media))

        sending = asyncio.create_task(send_all())
        await page.expect("ack")
        base = f"{server.url}/hls/{stream}/"
        async with httpx.AsyncClient(base_url=base, **PATIENT) as client:
            yield client, sending
            if whole:
                await sending
            else:
                sending.cancel()
            await page.send("stop_broadcast", ref=2)
            while (await page.expect("ack"))["ref"] != 2:
                pass
            answer = await client.get("live.m3u8")
            assert answer.text.endswith("#EXT-X-ENDLIST\n")


def test_a_playlist_is_there_when_what_it_waits_for_is(server: RunningServer, film: Clip) -> None:
    # For as long as it is looked at: a slow reader finds it live, too.
    long = [
        dataclasses.replace(frame, timestamp=frame.timestamp + number * 8_000_000)
        for number in range(20)
        for frame in film.media
    ]
    film = dataclasses.replace(film, media=tuple(long))

    async def scenario() -> None:
        async with live(server, film, "hls-wait", whole=False) as (client, _):
            first = await client.get("live.m3u8")
            assert first.headers["content-type"] == "application/vnd.apple.mpegurl"
            assert first.headers["access-control-allow-origin"] == "*"
            assert first.headers["cache-control"] == "no-cache"
            at = 0, 0
            for _ in range(5):
                now = (await client.get("live.m3u8")).text
                playlist = read(now)
                last = playlist.segments[-1]
                number = int(playlist.tags["#EXT-X-MEDIA-SEQUENCE"]) + len(playlist.segments) - 1
                wanted = number, len(last.parts)
                assert wanted > at
                at = wanted
                hint = attributes(playlist.tags["#EXT-X-PRELOAD-HINT"])["URI"]
                assert now.count(hint) == 1
                query = {"_HLS_msn": wanted[0], "_HLS_part": wanted[1]}
                answer, part = await asyncio.gather(
                    client.get("live.m3u8", params=query), client.get(hint)
                )
                assert (answer.status_code, part.status_code) == (200, 200)
                assert f'URI="{hint}"' in answer.text.partition("#EXT-X-PRELOAD-HINT")[0]
                assert part.content[4:8] == b"moof"
                assert part.headers["content-type"] == "video/mp4"
                assert part.headers["access-control-allow-origin"] == "*"
                assert "max-age" in part.headers["cache-control"]

    run(scenario())


def test_ffmpeg_plays_it_from_the_master_playlist(servers: Servers, film: Clip) -> None:
    # Whole, whenever it is first asked for.
    server = servers.start("--hls")

    async def scenario() -> None:
        async with live(server, film, "hls-ffmpeg") as (client, sending):
            master = await client.get("master.m3u8")
            first, *lines, name = master.text.splitlines()
            assert (first, name) == ("#EXTM3U", "live.m3u8")
            assert {"#EXT-X-VERSION:9", "#EXT-X-INDEPENDENT-SEGMENTS"} < set(lines)
            offered = attributes(lines[-1].removeprefix("#EXT-X-STREAM-INF:"))
            codec = json.loads(film.setups[0].payload)["codec"]
            assert offered["CODECS"] == f"{codec},opus"
            assert (offered["RESOLUTION"], offered["CLOSED-CAPTIONS"]) == ("160x96", "NONE")
            assert 0 < int(offered["AVERAGE-BANDWIDTH"]) <= int(offered["BANDWIDTH"])
            assert master.headers["content-encoding"] == "gzip"
            plain = await client.get("master.m3u8", headers={"Accept-Encoding": "identity"})
            assert "content-encoding" not in plain.headers
            assert plain.text.startswith("#EXTM3U")
            await sending
        probing = await asyncio.create_subprocess_exec(
            *("ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json"),
            f"{server.url}/hls/hls-ffmpeg/master.m3u8",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        said, errors = await probing.communicate()
        assert probing.returncode == 0, errors
        video, audio = sorted(json.loads(said)["streams"], key=lambda s: s["codec_type"] != "video")
        assert (video["codec_name"], audio["codec_name"]) == ("h264", "opus")
        assert int(video["nb_read_frames"]) == 240

    run(scenario())


def test_ffmpeg_plays_sound_alone(servers: Servers) -> None:
    server = servers.start("--hls")

    async def scenario() -> None:
        async with live(server, clip(5, codec=None), "hls-sound") as (client, _):
            master = (await client.get("master.m3u8")).text
            assert 'CODECS="opus"' in master
            assert "RESOLUTION" not in master
        probing = await asyncio.create_subprocess_exec(
            *("ffprobe", "-v", "error", "-count_packets", "-show_streams", "-of", "json"),
            f"{server.url}/hls/hls-sound/master.m3u8",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        said, errors = await probing.communicate()
        assert probing.returncode == 0, errors
        (stream,) = json.loads(said)["streams"]
        assert stream["codec_name"] == "opus"
        # Packets of 20 ms.
        assert int(stream["nb_read_packets"]) == pytest.approx(250, abs=5)

    run(scenario())


def test_what_is_not_there_or_makes_no_sense_is_refused(server: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        for path in ("master.m3u8", "live.m3u8", "1-0.m4s"):
            url = f"{server.url}/hls/nothing/{path}"
            async with httpx.AsyncClient(**PATIENT) as other:
                assert (await other.get(url)).status_code == 404
        async with live(server, film, "hls-wrong") as (client, _):
            assert (await client.get("live.m3u8?_HLS_msn=99")).status_code == 400
            assert (await client.get("live.m3u8?_HLS_part=0")).status_code == 400
            assert (await client.get("live.m3u8?_HLS_msn=x")).status_code == 400
            assert (await client.get("live.m3u8?_HLS_msn=-1")).status_code == 400
            assert (await client.get("live.m3u8?_HLS_skip=NO")).status_code == 400
            assert (await client.get("live.m3u8?_HLS_skip=YES")).status_code == 200
            assert (await client.get("1-0.m4s")).status_code == 404

    run(scenario())


def test_what_does_not_come_is_not_waited_for_without_end(
    server: RunningServer, film: Clip
) -> None:
    async def scenario() -> None:
        async with live(server, film, "hls-still") as (client, sending):
            await client.get("live.m3u8")
            await sending
            playlist = read((await client.get("live.m3u8")).text)
            first = int(playlist.tags["#EXT-X-MEDIA-SEQUENCE"])
            # Nothing is sent any more: three target durations, by the specification.
            began = time.monotonic()
            answer = await client.get(
                "live.m3u8", params={"_HLS_msn": first + len(playlist.segments)}
            )
            assert answer.status_code == 503
            assert time.monotonic() - began > 3 * TARGET_DURATION - 1

    run(scenario())


def test_a_player_hears_where_the_stream_stands_without_frames(
    server: RunningServer, film: Clip
) -> None:
    async def scenario() -> None:
        viewer, state = await watch(server, "hls-state", format="state")
        assert (state["state"], state["since"]) == ("waiting", None)
        async with live(server, film, "hls-state") as (client, sending):
            await client.get("live.m3u8")
            state = await viewer.expect("stream_state")
            while state["state"] != "live":
                state = await viewer.expect("stream_state")
            assert state["since"] is not None
            await sending
        # Whatever comes next: it is no frame.
        message = await viewer.receive()
        assert isinstance(message, dict)
        assert message["state"] == "ended"

    run(scenario())


def test_it_is_packed_from_the_beginning_where_that_is_asked_for(servers: Servers) -> None:
    server = servers.start("--hls")

    async def scenario() -> None:
        # Keyframes each half a second: a packer that begins at the last one has nothing older.
        async with live(server, clip(5), "hls-early") as (client, sending):
            await sending
            playlist = read((await client.get("live.m3u8")).text)
            assert len(playlist.segments) == 3
            assert playlist.tags["#EXT-X-MEDIA-SEQUENCE"] == "0"

    run(scenario())
