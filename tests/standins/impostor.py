"""Another user's program that listens where a server was, and takes whatever it is sent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_PIECE = 65536
#: What a server answers to everything that it likes: a lease that is held, an empty list.
_PLEASED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n"
_PLEASED += b'{"data": []}'


class Impostor:
    """What has been sent to it so far."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.heard = b""

    def listen(self, port: int) -> None:
        """Take over a port of this machine."""
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        # Closing alone does not end `accept`.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while piece := connection.recv(_PIECE):
                self.heard += piece
                connection.sendall(self._answer(piece))


@contextmanager
def impostor(
    port: int = 0, *, answer: Callable[[bytes], bytes] = lambda _: _PLEASED
) -> Iterator[Impostor]:
    """Listen at a port, and answer each piece of a request."""
    listening = Impostor(answer)
    listening.listen(port)
    try:
        yield listening
    finally:
        listening.close()
