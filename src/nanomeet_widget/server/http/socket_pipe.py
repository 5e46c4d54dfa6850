"""Writes whole WebSocket messages to a connection, past the buffering of its handler."""

from __future__ import annotations

from collections.abc import Callable

from tornado import iostream, websocket


class SocketPipe:
    """A queue's `Pipe`: the bytes are whole WebSocket messages.

    Parameters
    ----------
    handler : websocket.WebSocketHandler
        The WebSocket.
    """

    def __init__(self, handler: websocket.WebSocketHandler) -> None:
        self._handler = handler

    def write(self, data: bytes, on_drained: Callable[[], None]) -> bool:
        """Write; for a connection that is gone, the bytes are dropped.

        Parameters
        ----------
        data : bytes
            The bytes.
        on_drained : callable
            Called once they are sent, if they are not sent at once.

        Returns
        -------
        bool
            Whether they were sent at once.
        """
        connection = self._handler.ws_connection
        if not data or connection is None or connection.is_closing() or connection.stream is None:
            return True
        stream = connection.stream
        rest = memoryview(data)
        try:
            if not stream.writing():
                # Nothing is queued: writing directly skips the stream's own buffering, which takes half
                # of the time for a viewer.
                rest = rest[_send(stream, rest) :]
                if not rest:
                    return True
            future = stream.write(rest)
        except iostream.StreamClosedError:
            return True
        if not stream.writing():
            return True
        future.add_done_callback(lambda _: on_drained())
        return False


def _send(stream: iostream.IOStream, data: memoryview) -> int:
    """Write what the connection accepts now; return how many bytes that is."""
    try:
        return stream.write_to_fd(data) or 0
    except BlockingIOError:
        return 0
    except OSError as error:
        # As the stream itself does.
        stream.close(exc_info=error)
        raise iostream.StreamClosedError(error) from error
