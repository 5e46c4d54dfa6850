"""A TCP proxy in front of the server, for one page, that can be cut."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Proxy:
    """Forwards connections to the server until it is cut; then refuses new ones.

    Parameters
    ----------
    port
        The server's port on loopback.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._cut = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break every connection, and refuse new ones."""
        with self._lock:
            self._cut = True
            broken, self._open = self._open, set()
        for end in broken:
            _close(end)

    def mend(self) -> None:
        """Let connections through again."""
        with self._lock:
            self._cut = False

    def close(self) -> None:
        """Close the proxy."""
        self.cut()
        _close(self._listener)

    def _accept(self) -> None:
        while True:
            try:
                page, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target), timeout=60)
            except OSError:
                _close(page)
                continue
            server.settimeout(None)
            with self._lock:
                let_in = not self._cut
                if let_in:
                    self._open |= {page, server}
            if not let_in:
                _close(page)
                _close(server)
                continue
            for source, target in ((page, server), (server, page)):
                threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            _close(end)
        with self._lock:
            self._open -= {source, target}


def _close(end: socket.socket) -> None:
    # Closing alone would leave another thread waiting in recv.
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
