"""The HTTP server, which does not wait for requests without end, nor for many from one address."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from tornado import http1connection, httpserver, httputil, iostream

from nanomeet_widget.server import networks
from nanomeet_widget.server.access import Access
from nanomeet_widget.server.timers import Alarm, Timers

#: Seconds for the head of a connection's first request, also if nothing is sent.
HEAD = 20.0
#: Seconds that a connection may be idle between requests, for the pages and proxies that keep it, and
#: that a request's body may take to arrive.
IDLE, BODY = 120.0, 30.0
#: Connections of one address whose first request is not complete. A browser opens six, and each is complete
#: in a moment: a class that arrives at once has few of them at a time.
FIRST = 200
#: All connections of one address, for which it has not become a WebSocket. A page opens six.
MOST = 1000


@dataclass(eq=False)
class _Line:
    """A connection."""

    stream: iostream.IOStream
    #: Where it comes from: what it is counted by. Empty for a Unix socket.
    network: str
    #: Whether all connections from there are limited in number.
    limited: bool
    #: The end of the time for its first request.
    deadline: Alarm
    #: Whether the server waits for the head of a request.
    waits: bool = True


class HttpServer(httpserver.HTTPServer):
    """An HTTP server whose connections are bounded in time and, for each address, in number.

    A connection that waits for a request gives way to a newer one. A request whose head is complete is
    never cut off by that, however long its answer takes, such as that of a long recording.
    """

    _access: Access
    _timers: Timers
    #: The oldest first.
    _lines: dict[iostream.IOStream, _Line]

    def limit(self, access: Access, timers: Timers) -> None:
        """Set what it needs for its limits, before it listens.

        Parameters
        ----------
        access : Access
            Which addresses have limits.
        timers : Timers
            The event loop.
        """
        self._access = access
        self._timers = timers
        self._lines = {}

    def handle_stream(self, stream: iostream.IOStream, address: tuple[Any, ...]) -> None:
        """Serve a new connection, if its address may have one more.

        Parameters
        ----------
        stream : iostream.IOStream
            The connection.
        address : tuple
            Where it comes from.
        """
        # A Unix socket has no address.
        origin = str(address[0]) if address else ""
        line = _Line(
            stream,
            networks.network_of(origin),
            self._access.has_limits(origin),
            Alarm(self._timers),
        )
        if not self._make_place(line):
            stream.close()
            return
        self._lines[stream] = line
        line.deadline.set(HEAD, stream.close)
        super().handle_stream(stream, address)

    def start_request(
        self, server_conn: object, request_conn: httputil.HTTPConnection
    ) -> httputil.HTTPMessageDelegate:
        """Wait for a request.

        Parameters
        ----------
        server_conn, request_conn
            As tornado has them.

        Returns
        -------
        HTTPMessageDelegate
            What hears of the request.
        """
        delegate = super().start_request(server_conn, request_conn)
        line = self._line(server_conn)
        if line is None:
            return delegate
        line.waits = True
        return _Heard(delegate, line)

    def on_close(self, server_conn: object) -> None:
        """Forget a connection that closed, or became a WebSocket.

        Parameters
        ----------
        server_conn
            As tornado has it.
        """
        super().on_close(server_conn)
        line = self._line(server_conn)
        if line is not None:
            self._forget(line)

    def _line(self, server_conn: object) -> _Line | None:
        if not isinstance(server_conn, http1connection.HTTP1ServerConnection):
            return None
        return self._lines.get(server_conn.stream)

    def _make_place(self, new: _Line) -> bool:
        own = [line for line in self._lines.values() if line.network == new.network]
        first = [line for line in own if line.deadline is not None]
        if len(first) >= FIRST:
            self._drop(first[0])
        elif new.limited and len(own) >= MOST:
            waiting = [line for line in own if line.waits]
            if not waiting:
                return False
            self._drop(waiting[0])
        return True

    def _drop(self, line: _Line) -> None:
        # It makes place at once, before tornado hears that it is closed.
        self._forget(line)
        line.stream.close()

    def _forget(self, line: _Line) -> None:
        line.deadline.cancel()
        del self._lines[line.stream]


class _Heard(httputil.HTTPMessageDelegate):
    """Notes that a request's head is complete, and passes everything on.

    Parameters
    ----------
    delegate : httputil.HTTPMessageDelegate
        What it passes everything on to.
    line : _Line
        The connection.
    """

    def __init__(self, delegate: httputil.HTTPMessageDelegate, line: _Line) -> None:
        self._delegate = delegate
        self._line = line

    def headers_received(
        self,
        start_line: httputil.RequestStartLine | httputil.ResponseStartLine,
        headers: httputil.HTTPHeaders,
    ) -> Awaitable[None] | None:
        """Hear that the head is complete."""
        self._line.deadline.cancel()
        self._line.waits = False
        return self._delegate.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Pass a part of the body on."""
        return self._delegate.data_received(chunk)

    def finish(self) -> None:
        """Pass on that the request is complete."""
        self._delegate.finish()

    def on_connection_close(self) -> None:
        """Pass on that the connection closed."""
        self._delegate.on_connection_close()
