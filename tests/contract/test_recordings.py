"""Recordings of a real server: killed, watched while they are made, listed, and deleted in time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import httpx
import pytest

import nanomeet_widget as nm
from nanomeet_widget import (
    InvalidInputError,
    PermissionDeniedError,
    ServiceUnavailableError,
    _tokens,
)
from nanomeet_widget.server.protocol.frames import Frame, Kind, Track
from nanomeet_widget.services import LocalServer
from tests.asking import PATIENT, get
from tests.conftest import RunningServer, Servers
from tests.contract.sockets import Client, broadcasting, run, watch
from tests.unit.server.clips import SECOND, Clip, clip
from tests.waiting import until


@pytest.fixture(scope="module")
def film() -> Clip:
    # Keyframes are rare, as those of a sender that is not asked for one may be.
    return clip(4, group=120)


async def send(ingest: Client, frames: tuple[Frame, ...]) -> None:
    """Send frames at the pace of their times."""
    began = time.monotonic() - frames[0].timestamp / SECOND
    for frame in frames:
        await asyncio.sleep(max(0.0, began + frame.timestamp / SECOND - time.monotonic()))
        await ingest.send_raw(frame.encode())


async def seen_until(viewer: Client, seconds: float) -> float:
    """Return the time of the first picture from `seconds` on, once it has been sent to a viewer."""
    while True:
        (frame,) = await viewer.frames(1)
        if frame.kind is Kind.MEDIA and frame.track is Track.VIDEO:
            at = frame.timestamp / SECOND
            if at >= seconds:
                return at


def last_picture(file: Path) -> float:
    """Return the time of the last picture that a decoder gets from a file."""
    times: list[float] = []
    # It may be in the making.
    with suppress(av.FFmpegError, OSError), av.open(str(file)) as container:
        times.extend(frame.time for frame in container.decode(video=0) if frame.time is not None)
    return max(times, default=0.0)


def listed(server: RunningServer, headers: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    answer = get(f"{server.url}/recordings", headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def record(server: RunningServer, token: str, film: Clip) -> None:
    viewer, _ = await watch(server, _tokens.read(token).streamname)
    async with broadcasting(server, token, record=True) as (page, ingest, _):
        await ingest.send_all(film.encoded())
        await page.expect("ack")
        await viewer.seen(film.media[-1])
        await page.send("stop_broadcast", ref=2)
        while (await page.expect("ack"))["ref"] != 2:
            pass


def test_a_killed_server_loses_half_a_second_at_most(servers: Servers, film: Clip) -> None:
    server = servers.start()
    file = server.data / "recordings/killed.part.mp4"
    sent: list[float] = []

    async def scenario() -> None:
        token = server.room(streamname="killed")
        viewer, _ = await watch(server, "killed")
        async with broadcasting(server, token, record=True) as (_, ingest, _):
            for frame in film.setups:
                await ingest.send_raw(frame.encode())
            sending = asyncio.ensure_future(send(ingest, film.media))
            sent.append(await seen_until(viewer, 2.9))
            # As late as the disk may be: nothing comes after it that would have it written.
            sending.cancel()
            await asyncio.to_thread(until, lambda: last_picture(file) > sent[0] - 0.5)
            server.kill()

    run(scenario())
    assert last_picture(file) > sent[0] - 0.5


def test_a_recording_plays_while_it_is_made(
    server: RunningServer, film: Clip, tmp_path: Path
) -> None:
    async def scenario(client: httpx.AsyncClient) -> None:
        token = server.room(streamname="growing")
        viewer, _ = await watch(server, "growing")
        async with broadcasting(server, token, record=True) as (page, ingest, _):
            for frame in film.setups:
                await ingest.send_raw(frame.encode())
            # The rest comes when the first part of it has been looked at.
            part = tuple(f for f in film.media if f.timestamp < 2.5 * SECOND)
            sending = asyncio.ensure_future(send(ingest, part))
            state: dict[str, Any] = {}
            while state.get("state") != "live":
                state = (await page.expect("broadcast_changed"))["broadcast"]
            url = state["playout"]["vod"]
            at = await seen_until(viewer, 2.0)
            shown = 0.0
            while shown <= at - 0.5:
                first = await client.get(url)
                assert (first.status_code, first.headers["content-type"]) == (200, "video/mp4")
                assert first.headers["cache-control"] == "no-store"
                (tmp_path / "sofar.mp4").write_bytes(first.content)
                shown = last_picture(tmp_path / "sofar.mp4")
            await sending
            await send(ingest, film.media[len(part) :])
            await viewer.seen(film.media[-1])
            # What was there has stayed, under the same mark, and more has come.
            size = len(first.content)
            more = first
            while len(more.content) <= 100 or more is first:
                more = await client.get(url, headers={"Range": f"bytes={size - 100}-"})
                assert (more.status_code, more.headers["etag"]) == (206, first.headers["etag"])
            assert more.content[:100] == first.content[-100:]
            (entry,) = listed(server, {"x-bintu-token": token})
            assert (entry["ended"], entry["thumbnail"]) == (None, None)
            chapters = await client.get(f"{server.url}/{entry['chapters']}")
            assert chapters.text.startswith("WEBVTT")
            assert "Testroom" in chapters.text
            await page.send("stop_broadcast", ref=2)
            while (await page.expect("ack"))["ref"] != 2:
                pass
        whole = await client.get(url)
        assert whole.headers["etag"] != first.headers["etag"]
        (tmp_path / "whole.mp4").write_bytes(whole.content)
        assert last_picture(tmp_path / "whole.mp4") == pytest.approx(4, abs=0.1)
        # A browser that has it need not get it again.
        again = await client.get(url, headers={"If-None-Match": whole.headers["etag"]})
        assert again.status_code == 304

    async def with_client() -> None:
        async with httpx.AsyncClient(**PATIENT) as client:
            await scenario(client)

    run(with_client())


def test_a_key_lists_all_and_a_moderators_token_its_own(server: RunningServer) -> None:
    film = clip(1)
    token = server.room("Mine", streamname="list-mine")

    async def scenario() -> None:
        await record(server, token, film)
        await record(server, token, film)
        await record(server, server.room("Other", streamname="list-other"), film)

    run(scenario())
    own = listed(server, {"x-bintu-token": token})
    assert [entry["name"] for entry in own] == ["list-mine-2", "list-mine"]
    assert all(entry["path"] is None for entry in own)
    everything = listed(server, {"x-bintu-apikey": server.api_key})
    assert everything[0]["name"] == "list-other"
    assert listed(server, {"x-bintu-apikey": server.api_key}, limit=1, offset=1) == everything[1:2]
    (other,) = listed(server, {"x-bintu-apikey": server.api_key}, stream="list-other")
    assert other["stream"] == "list-other"
    assert other["duration"] == pytest.approx(1, abs=0.1)
    assert other["ended"] > other["began"]
    file = Path(other["path"])
    assert file.stat().st_size == other["size"]
    assert get(f"{server.url}/{other['url']}").content == file.read_bytes()
    picture = get(f"{server.url}/{other['thumbnail']}")
    assert (picture.headers["content-type"], picture.content[:2]) == ("image/jpeg", b"\xff\xd8")


def test_python_finds_and_fetches_them(servers: Servers, tmp_path: Path) -> None:
    server = servers.start()
    service = LocalServer(server.url, api_key=server.api_key)
    room = nm.create_room("Film", service=service)
    run(record(server, room.token, clip(1)))
    (recording,) = service.recordings()
    assert asyncio.run(service.arecordings(stream=room.streamname)) == [recording]
    assert service.recordings(stream="another") == []
    assert (recording.name, recording.stream) == (room.streamname, room.streamname)
    assert recording.duration == pytest.approx(1, abs=0.1)
    assert recording.ended is not None
    assert timedelta(0) < recording.ended - recording.began < timedelta(minutes=2)
    # Which file it is there says nothing here: only the own server of this machine is believed.
    assert recording.path is None
    file = server.data / f"recordings/{room.streamname}.mp4"
    film = file.read_bytes()
    assert (recording.size, get(recording.url).content) == (len(film), film)
    assert recording.captions is None
    words = "WEBVTT\n\n00:00.000 --> 00:01.000\nWelcome\n"
    file.with_suffix(".captions.vtt").write_text(words)
    (captioned,) = service.recordings()
    assert captioned.captions == recording.url.replace(".mp4", ".captions.vtt")
    answer = get(captioned.captions)
    assert (answer.text, answer.headers["content-type"]) == (words, "text/vtt; charset=utf-8")
    assert answer.headers["access-control-allow-origin"] == "*"
    saved = recording.download(tmp_path)
    assert (saved, saved.read_bytes()) == (tmp_path / f"{room.streamname}.mp4", film)
    # A server that is gone leaves what was saved as it is.
    server.kill()
    with pytest.raises(ServiceUnavailableError):
        recording.download(saved)
    assert saved.read_bytes() == film
    assert [path.name for path in tmp_path.glob("*.download")] == []


def test_a_meeting_lists_its_own(servers: Servers) -> None:
    server = servers.start()
    service = LocalServer(server.url, api_key=server.api_key)
    room = nm.create_room("Film", service=service)
    run(record(server, room.token, clip(1)))
    (listed,) = nm.NanoMeet(room.token).recordings()
    assert listed.name == room.streamname
    guest = nm.create_invite(room.token, service=service)
    with pytest.raises(PermissionDeniedError):
        nm.NanoMeet(guest.token).recordings()
    with pytest.raises(InvalidInputError, match="token"):
        nm.NanoMeet().recordings()
    # Another process, which has the token and no key.
    code = "import sys, nanomeet_widget as nm; from nanomeet_widget import _trust, _tokens; "
    code += "t = sys.stdin.read(); _trust.use(_tokens.read(t).server); "
    code += "(r,) = nm.NanoMeet(t).recordings(); print(r.name, r.path)"
    said = subprocess.run(
        [sys.executable, "-c", code], input=room.token, text=True, capture_output=True, check=True
    )
    assert said.stdout.split() == [room.streamname, "None"]


def test_others_list_no_recordings(server: RunningServer) -> None:
    def status(headers: dict[str, str], query: str = "") -> int:
        url = f"{server.url}/recordings{query}"
        return get(url, headers=headers).status_code

    token = server.room()
    assert status({}) == 401
    assert status({"x-bintu-apikey": "wrong"}) == 401
    assert status({"x-bintu-token": "wrong"}) == 401
    assert status({"x-bintu-token": server.invite(token)}) == 403
    assert status({}, f"?token={token}") == 401
    key = {"x-bintu-apikey": server.api_key}
    assert status(key) == 200
    for query in ("limit=201", "limit=-1", "limit=x", "offset=1000001", "stream=../x", "stream="):
        assert status(key, f"?{query}") == 400


def test_old_recordings_go_when_the_server_starts(servers: Servers) -> None:
    film = clip(0.5)
    first = servers.start()
    run(record(first, first.room(streamname="old"), film))
    assert first.stop() == 0
    (first.data / "recordings/old.captions.vtt").write_text("WEBVTT\n")
    second = servers.start("--keep-days", "0.00000001", data=first.data)
    assert list((first.data / "recordings").iterdir()) == []
    assert listed(second, {"x-bintu-apikey": second.api_key}) == []


def test_a_disk_without_room_is_said_and_nothing_recorded(servers: Servers) -> None:
    server = servers.start("--spare-mb", "1e12")

    async def scenario() -> None:
        async with broadcasting(server, server.room(), record=True) as (page, ingest, _):
            await ingest.send_all(clip(0.5).encoded())
            error = await page.expect("error")
            assert "MB are left on the disk" in error["message"]

    run(scenario())
