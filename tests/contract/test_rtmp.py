"""Broadcasts pushed to nginx by RTMP and RTMPS: the picture as it is, the sound as AAC, again after a loss."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tornado import websocket

import nanomeet_widget as nm
from nanomeet_widget.server.tokens import tls
from nanomeet_widget.services import Jitsi
from tests.conftest import RunningServer, Servers
from tests.contract import programs, sockets
from tests.contract.sockets import Client, run
from tests.contract.test_recordings import send
from tests.proxy import free_port, listens
from tests.unit.server.clips import SECOND, Clip, clip
from tests.waiting import PATIENCE, until, until_up

_NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
_CONFIGURATION = """
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
{user}
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{}}
rtmp {{
    server {{
        listen 127.0.0.1:{port};
        application live {{
            live on;
            record all;
            record_path {folder};
            record_unique on;
        }}
    }}
}}
stream {{
    server {{
        listen 127.0.0.1:{tls_port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        proxy_pass 127.0.0.1:{port};
    }}
}}
"""


class Nginx:
    """An RTMP server that keeps what it gets as files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.tls_port = free_port(), free_port()
        self.certificate, key = tls.self_signed(folder, "127.0.0.1")
        text = _CONFIGURATION.format(
            folder=folder,
            port=self.port,
            tls_port=self.tls_port,
            certificate=self.certificate,
            key=key,
            user="user root;" if os.getuid() == 0 else "",
        )
        (folder / "nginx.conf").write_text(text)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert _NGINX is not None
        command = [_NGINX, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until_up(
            self._process,
            lambda: listens(self.port) and listens(self.tls_port),
            log=self.folder / "error.log",
            patience=PATIENCE,
        )

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
            self._process = None

    def url(self, key: str) -> str:
        return f"rtmp://127.0.0.1:{self.port}/live/{key}"

    def secure_url(self, key: str) -> str:
        return f"rtmps://127.0.0.1:{self.tls_port}/live/{key}"

    def files(self, key: str) -> list[Path]:
        return sorted(self.folder.glob(f"{key}*.flv"), key=lambda path: path.stat().st_mtime)

    async def could_begin_another(self) -> None:
        """Wait until a connection gets a file of its own: it is named by the second in which it begins."""
        begun = int(time.time())
        await asyncio.to_thread(until, lambda: int(time.time()) > begun)

    async def has(self, key: str, *, files: int = 1, kind: str = "video", frames: int = 1) -> None:
        """Wait until there are so many files of a stream, the last with so many frames of a kind."""

        def got() -> bool:
            found = self.files(key)
            return len(found) >= files and counted(found[-1], kind) >= frames

        await asyncio.to_thread(until, got)


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    server = Nginx(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def allowing(servers: Servers) -> RunningServer:
    """A server that pushes to this machine."""
    return servers.start("--push-host", "127.0.0.1", "-v")


async def start(server: RunningServer, *to: str, quality: str = "360p") -> tuple[Client, Client]:
    """A moderator's page that broadcasts to these addresses, and its ingest socket."""
    page, ingest, _ = await sockets.start(server, server.room(), to=list(to), quality=quality)
    return page, ingest


async def until_they_are(page: Client, *states: str) -> list[dict[str, Any]]:
    """Wait until the targets stand like this; return how they do."""
    while True:
        broadcast = (await page.expect("broadcast_changed"))["broadcast"]
        targets: list[dict[str, Any]] = broadcast["targets"]
        if [target["state"] for target in targets] == list(states):
            return targets


async def stop(page: Client) -> None:
    await page.send("stop_broadcast", ref=9)
    while (await page.expect("ack"))["ref"] != 9:
        pass


def probe(file: Path) -> dict[str, dict[str, Any]]:
    said = subprocess.run(
        ["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", str(file)],
        check=True,
        capture_output=True,
    )
    return {stream["codec_type"]: stream for stream in json.loads(said.stdout)["streams"]}


def counted(file: Path, kind: str) -> int:
    """Return how many frames of a kind there are in a file, which may be in the making."""
    try:
        return int(probe(file)[kind]["nb_read_frames"])
    except (subprocess.CalledProcessError, KeyError):
        return 0


@pytest.fixture(scope="module")
def film() -> Clip:
    return clip(4)


@asynccontextmanager
async def sending(ingest: Client, film: Clip) -> AsyncIterator[None]:
    """Send a film over and over, at its pace."""

    async def endless() -> None:
        for setup in film.setups:
            await ingest.send_raw(setup.encode())
        for number in itertools.count():
            shift = number * 4 * SECOND
            frames = (replace(f, timestamp=f.timestamp + shift) for f in film.media)
            await send(ingest, tuple(frames))

    task = asyncio.create_task(endless())
    yield
    task.cancel()
    # The server may have closed the connection already, as it does when the broadcast is over.
    with contextlib.suppress(asyncio.CancelledError, websocket.WebSocketClosedError):
        await task


def test_it_arrives_at_each_target(allowing: RunningServer, nginx: Nginx, film: Clip) -> None:
    async def scenario() -> None:
        page, ingest = await start(allowing, nginx.url("SECRETone"), nginx.url("SECRETtwo"))
        async with sending(ingest, film):
            targets = await until_they_are(page, "live", "live")
            assert [target["host"] for target in targets] == ["127.0.0.1", "127.0.0.1"]
            for key in ("SECRETone", "SECRETtwo"):
                await nginx.has(key, frames=90)
            await stop(page)

    run(scenario())
    nginx.stop()
    for key in ("SECRETone", "SECRETtwo"):
        # A machine that stands still for long loses a connection, and makes another one.
        file = nginx.files(key)[-1]
        streams = probe(file)
        video, audio = streams["video"], streams["audio"]
        assert (video["codec_name"], video["width"], video["height"]) == ("h264", 160, 96)
        assert (audio["codec_name"], audio["sample_rate"], audio["channels"]) == ("aac", "48000", 2)
        lengths = int(video["nb_read_frames"]) / 30, int(audio["nb_read_frames"]) * 1024 / 48000
        assert lengths[0] == pytest.approx(lengths[1], abs=0.3)
    assert "SECRET" not in allowing.log.read_text()


def test_sound_alone_arrives(allowing: RunningServer, nginx: Nginx) -> None:
    async def scenario() -> None:
        page, ingest = await start(allowing, nginx.url("SECRETsound"), quality="audio")
        async with sending(ingest, clip(4, codec=None)):
            await until_they_are(page, "live")
            await nginx.has("SECRETsound", kind="audio", frames=50)
            await stop(page)

    run(scenario())
    nginx.stop()
    streams = probe(nginx.files("SECRETsound")[-1])
    assert list(streams) == ["audio"]
    assert streams["audio"]["codec_name"] == "aac"


def test_it_comes_back_after_a_loss(allowing: RunningServer, nginx: Nginx, film: Clip) -> None:
    async def scenario() -> None:
        page, ingest = await start(allowing, nginx.url("SECRETkey"))
        async with sending(ingest, film):
            await until_they_are(page, "live")
            await nginx.has("SECRETkey")
            await asyncio.to_thread(nginx.stop)
            before = len(nginx.files("SECRETkey"))
            (target,) = await until_they_are(page, "retrying")
            assert target["error"]
            assert "SECRET" not in target["error"]
            await asyncio.to_thread(nginx.start)
            await until_they_are(page, "live")
            await nginx.has("SECRETkey", files=before + 1)
            await stop(page)

    run(scenario())
    nginx.stop()
    assert probe(nginx.files("SECRETkey")[-1])["video"]["codec_name"] == "h264"
    assert "SECRET" not in allowing.log.read_text()


def test_another_picture_goes_on_in_a_new_connection(
    allowing: RunningServer, nginx: Nginx, film: Clip
) -> None:
    async def scenario() -> None:
        page, ingest = await start(allowing, nginx.url("SECRETsize"))
        async with sending(ingest, film):
            await until_they_are(page, "live")
            await nginx.has("SECRETsize")
            await nginx.could_begin_another()
        before = len(nginx.files("SECRETsize"))
        async with sending(ingest, clip(4, start=3600 * SECOND, width=96, height=64)):
            await until_they_are(page, "connecting")
            await until_they_are(page, "live")
            await nginx.has("SECRETsize", files=before + 1)
            await stop(page)

    run(scenario())
    nginx.stop()
    first, *_, last = (probe(file)["video"]["width"] for file in nginx.files("SECRETsize"))
    assert (first, last) == (160, 96)


@contextmanager
def first_at_every_port(process: int) -> Iterator[list[socket.socket]]:
    """Connect to every port that a process listens on, at once, as another user of the machine could."""
    made: list[socket.socket] = []
    over = threading.Event()
    known = set(listening(process))

    def connect() -> None:
        while not over.is_set():
            for port in listening(process):
                if port not in known:
                    known.add(port)
                    # It may be closed by now.
                    with contextlib.suppress(OSError):
                        made.append(socket.create_connection(("127.0.0.1", port)))

    thread = threading.Thread(target=connect)
    thread.start()
    yield made
    over.set()
    thread.join()
    for connection in made:
        connection.close()


def listening(process: int) -> Iterator[int]:
    """The ports of 127.0.0.1 on which a process listens."""
    held = set()
    for handle in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):
            held.add(str(handle.readlink()))
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        address, port = fields[1].split(":")
        if (address, fields[3]) == ("0100007F", "0A") and f"socket:[{fields[9]}]" in held:
            yield int(port, 16)


def test_who_connects_first_gets_neither_the_key_nor_the_other_server(
    allowing: RunningServer, nginx: Nginx, film: Clip
) -> None:
    async def scenario() -> None:
        page, ingest = await start(allowing, nginx.url("SECREThere"))
        async with sending(ingest, film):
            await until_they_are(page, "live")
            await nginx.has("SECREThere", frames=30)
            await stop(page)

    with first_at_every_port(allowing.process.pid) as others:
        run(scenario())
        assert others
        for other in others:
            other.settimeout(PATIENCE)
            # Closed, without a word.
            with contextlib.suppress(ConnectionResetError):
                assert other.recv(4096) == b""


def test_nothing_goes_to_this_machine_unless_it_is_allowed(
    server: RunningServer, nginx: Nginx, film: Clip
) -> None:
    async def scenario() -> None:
        page, ingest = await start(server, nginx.url("SECRETno"))
        async with sending(ingest, film):
            (target,) = await until_they_are(page, "failed")
            assert "own network" in target["error"]
            await stop(page)

    run(scenario())
    nginx.stop()
    assert nginx.files("SECRETno") == []


def test_what_is_no_rtmp_server_is_tried_again(allowing: RunningServer, film: Clip) -> None:
    async def scenario() -> None:
        # The server itself: it answers in HTTP.
        port = allowing.url.rpartition(":")[2]
        page, ingest = await start(allowing, f"rtmp://127.0.0.1:{port}/live/SECRETkey")
        async with sending(ingest, film):
            (target,) = await until_they_are(page, "retrying")
            assert "SECRET" not in str(target)
            await stop(page)

    run(scenario())
    assert "SECRET" not in allowing.log.read_text()


def test_it_goes_over_tls_to_a_server_with_a_certificate(
    servers: Servers, nginx: Nginx, film: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As an authority of the machine's own would be made known to the server's process.
    monkeypatch.setenv("SSL_CERT_FILE", str(nginx.certificate))
    trusting = servers.start("--push-host", "127.0.0.1", "-v")

    async def scenario() -> None:
        page, ingest = await start(trusting, nginx.secure_url("SECRETtls"))
        async with sending(ingest, film):
            await until_they_are(page, "live")
            await nginx.has("SECRETtls", frames=30)
            await stop(page)

    run(scenario())
    nginx.stop()
    streams = probe(nginx.files("SECRETtls")[-1])
    assert (streams["video"]["codec_name"], streams["audio"]["codec_name"]) == ("h264", "aac")
    assert "SECRET" not in trusting.log.read_text()


def test_an_untrusted_certificate_is_refused(
    allowing: RunningServer, nginx: Nginx, film: Clip
) -> None:
    async def scenario() -> None:
        page, ingest = await start(allowing, nginx.secure_url("SECRETself"))
        async with sending(ingest, film):
            (target,) = await until_they_are(page, "retrying")
            # What it trusts instead, if the environment says so, follows.
            why = "its certificate is not trusted: self-signed certificate"
            assert target["error"].startswith(why)
            await stop(page)

    run(scenario())
    nginx.stop()
    assert nginx.files("SECRETself") == []
    assert "SECRET" not in allowing.log.read_text()


def test_a_programs_broadcast_goes_to_the_services_own_ingest(nginx: Nginx) -> None:
    jitsi = Jitsi(
        "https://meet.example.org",
        app_id="app",
        app_secret="s" * 40,
        broadcast_url=f"rtmp://127.0.0.1:{nginx.port}/live/{{streamname}}",
        watch_url="https://watch.example.org/{streamname}",
    )
    token = jitsi.create_room("Live", streamname="SECRETprogram").token
    with nm.broadcast(programs.film(100_000), token, service=jitsi, is_vod=False) as show:
        assert show.playout is not None
        assert show.playout.live == "https://watch.example.org/SECRETprogram"
        until(lambda: show.stats.sent > 90)
        begin = show._sender._begin
        assert begin is not None
        assert "SECRET" not in f"{show!r} {begin!r} {show.stats!r}"
        process = show._sender._process
        assert process is not None
        assert b"SECRET" not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
    assert str(show.state) == "off"
    nginx.stop()
    file = nginx.files("SECRETprogram")[-1]
    video, audio = (probe(file)[kind] for kind in ("video", "audio"))
    assert (video["codec_name"], video["width"], video["height"]) == ("h264", 640, 360)
    assert audio["codec_name"] == "aac"
    assert int(video["nb_read_frames"]) > 60
    assert int(audio["nb_read_frames"]) > 60


def test_without_an_ingest_a_program_is_told_what_to_pass() -> None:
    jitsi = Jitsi("https://meet.example.org", app_id="app", app_secret="s" * 40)
    token = jitsi.create_room("Live").token
    with pytest.raises(nm.InvalidInputError, match=r"pass Jitsi\(\.\.\., broadcast_url="):
        nm.broadcast(programs.stamped(1), token, service=jitsi)


def test_an_ingest_that_does_not_answer_is_an_error() -> None:
    jitsi = Jitsi(
        "https://meet.example.org",
        app_id="app",
        app_secret="s" * 40,
        broadcast_url=f"rtmp://127.0.0.1:{free_port()}/live/{{streamname}}",
    )
    token = jitsi.create_room("Live", streamname="SECRETnowhere").token
    show = nm.broadcast(programs.stamped(1), token, service=jitsi)
    with pytest.raises(nm.NanoMeetError, match="does not take the stream") as caught:
        show.live().wait(PATIENCE)
    assert "SECRET" not in str(caught.value)
    assert str(show.state) == "failed"
