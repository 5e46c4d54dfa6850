"""A WebSocket to a meeting's server: how a program connects, and how it lets go."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress

from tornado import httpclient, iostream, simple_httpclient, websocket

#: Seconds until the server answers a connection.
OPEN = 10.0
#: Seconds for the server to close.
FAREWELL = 2.0
#: What a failed attempt to connect raises. Also `TimeoutError` and tornado's closed stream, which are
#: `OSError`s.
UNREACHABLE = (OSError, ValueError, httpclient.HTTPError, websocket.WebSocketError)


async def connect(
    url: str,
    *,
    origin: str,
    trust: ssl.SSLContext | None,
    receive: Callable[[str | bytes | None], None],
) -> websocket.WebSocketClientConnection:
    """Connect, and follow no redirect.

    Parameters
    ----------
    url : str
        The WebSocket's URL.
    origin : str
        What the `Origin` header says.
    trust : ssl.SSLContext or None
        What the server's certificate is checked with.
    receive : callable
        Gets each message, then None when the connection has ended.

    Returns
    -------
    WebSocketClientConnection
        The connection.
    """
    request = httpclient.HTTPRequest(
        url,
        headers={"Origin": origin},
        connect_timeout=OPEN,
        request_timeout=OPEN,
        ssl_options=trust,
        # A redirect would take the token to a server that the user did not choose.
        follow_redirects=False,
    )
    connecting = asyncio.ensure_future(
        websocket.websocket_connect(request, on_message_callback=receive)
    )
    try:
        return await asyncio.shield(connecting)
    except asyncio.CancelledError:
        connecting.add_done_callback(_close)
        await asyncio.wait({connecting}, timeout=FAREWELL)
        raise


async def end(
    socket: websocket.WebSocketClientConnection, closed: asyncio.Future[None], *, within: float
) -> None:
    """Close a WebSocket; drop it if the server does not do the same in time.

    Parameters
    ----------
    socket : WebSocketClientConnection
        The connection.
    closed : asyncio.Future
        Settles once it has ended.
    within : float
        Seconds that the server has.
    """
    stream = socket.protocol.stream if socket.protocol is not None else None
    socket.close()
    try:
        if within:
            await asyncio.wait({closed}, timeout=within)
    finally:
        if stream is not None:
            stream.close()


def write(socket: websocket.WebSocketClientConnection, message: bytes) -> None:
    """Send a message; in vain if the connection is lost, which says so itself.

    Parameters
    ----------
    socket : WebSocketClientConnection
        The connection.
    message : bytes
        The message as JSON.
    """
    with suppress(websocket.WebSocketClosedError, iostream.StreamClosedError):
        sent = asyncio.ensure_future(socket.write_message(message.decode()))
        sent.add_done_callback(lambda done: done.cancelled() or done.exception())


def words(error: Exception) -> str:
    """Say what kept a program from connecting; no text of the server's.

    Parameters
    ----------
    error : Exception
        One of `UNREACHABLE`.

    Returns
    -------
    str
        A sentence's end, with the server as its subject.
    """
    if isinstance(error, (simple_httpclient.HTTPTimeoutError, TimeoutError)):
        return "it does not answer"
    if isinstance(error, httpclient.HTTPError):
        return f"it answers with HTTP status {error.code}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not trusted here: pass verify='/path/of/the/authority.pem'"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens at its address"
    return type(error).__name__


def _close(connecting: asyncio.Future[websocket.WebSocketClientConnection]) -> None:
    """Drop a connection that was made when it was wanted no longer: nothing was said on it yet."""
    if not connecting.cancelled() and connecting.exception() is None:
        socket = connecting.result()
        stream = socket.protocol.stream if socket.protocol is not None else None
        socket.close()
        if stream is not None:
            stream.close()
