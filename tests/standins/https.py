"""A server over real sockets and TLS, one thread a connection."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from nanomeet_widget.server.tokens import tls


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is sent back; a status of 0 closes the connection without a word."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    #: Seconds before it is sent.
    delay: float = 0.0


def said(content: object, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON."""
    return Answer(status=status, body=json.dumps(content).encode(), headers=headers)


class Site:
    """A running server: where it is, whose certificate it shows, and what it was asked."""

    def __init__(self, url: str, certificate: Path) -> None:
        self.url = url
        self.certificate = certificate
        self.seen: list[Seen] = []
        #: Answers to give before the real ones, in their order.
        self.faults: list[Answer] = []
        self.over = threading.Event()

    @property
    def host(self) -> str:
        return self.url.removeprefix("https://")

    def paths(self) -> list[str]:
        return [f"{seen.method} {seen.path}" for seen in self.seen]


@contextmanager
def serving(folder: Path, answer: Callable[[Site, Seen], Answer]) -> Iterator[Site]:
    """Run a server on a free port until the end."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = tls.self_signed(folder, "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            seen = Seen(
                method=self.command,
                path=self.path,
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(length),
            )
            site.seen.append(seen)
            self.close_connection = True
            reply = site.faults.pop(0) if site.faults else answer(site, seen)
            site.over.wait(reply.delay)
            if reply.status == 0:
                with suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(reply.status)
            fields = {"Access-Control-Allow-Origin": "*", "Content-Type": reply.kind}
            for name, value in {**fields, **reply.headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.send_header("Connection", "close")
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(reply.body)

        do_GET = do_POST = do_OPTIONS = do_HEAD = _serve  # noqa: N815 - as the base has them

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base has it
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: clients that go away are what some tests are about."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    site = Site(f"https://127.0.0.1:{server.server_address[1]}", certificate)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
