"""A media relay between two pages, so that tests can cut the connection and lose packets.

Browsers' offline mode does not affect media on loopback. So the relay replaces the addresses that two pages
exchange through signalling with its own ports.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

#: An ICE candidate (RFC 8839, 5.1) of a page's own socket: the parts before and after the address.
_CANDIDATE = re.compile(
    r"(?P<head>candidate:\S+ \d+ udp \d+ )(?P<host>\S+) (?P<port>\d+)(?P<tail> typ host.*)",
    re.IGNORECASE,
)
_IPV4 = re.compile(r"[\d.]+")
#: A port where nothing answers (RFC 863).
_DISCARD = 9


class Relay:
    """Forwards the packets of all pages whose candidates it rewrote."""

    def __init__(self) -> None:
        #: Lost packets, in percent.
        self.loss = 0
        self._count = 0
        self._ports: dict[tuple[str, int], int] = {}
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._wake, waker = socket.socketpair()
        self._selector.register(waker, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ended = False
        self._thread.start()

    def watch(self, page: Page) -> None:
        """Rewrite the addresses in all messages from and to the page."""
        page.route_web_socket("**/ws/meeting", self._route)

    def abandon(self) -> None:
        """Drop all packets on every path found so far, for good."""
        with self._lock:
            self._ports.clear()
            for key in self._selector.get_map().values():
                if isinstance(key.data, _Front | _Back):
                    key.data.abandoned = True

    def close(self) -> None:
        """Close the relay."""
        self._ended = True
        self._wake.send(b"x")
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._selector.close()
        self._wake.close()

    # --- addresses -----------------------------------------------------------------------------

    def _route(self, page: WebSocketRoute) -> None:
        server = page.connect_to_server()
        page.on_message(lambda text: _pass(text, server, self))
        server.on_message(lambda text: _pass(text, page, self))

    def rewrite(self, message: dict[str, Any]) -> bool:
        """Rewrite the addresses in a message; return whether anything is left of it."""
        candidate = message.get("candidate")
        if candidate:
            line = self._relayed(candidate["candidate"])
            if line is None:
                return False
            candidate["candidate"] = line
        description = message.get("description")
        if description:
            description["sdp"] = "".join(self._relayed_lines(description["sdp"]))
        return True

    def _relayed_lines(self, sdp: str) -> Iterator[str]:
        for line in sdp.splitlines(keepends=True):
            if not line.startswith("a=candidate:"):
                yield line
                continue
            relayed = self._relayed(line.strip()[2:])
            if relayed is not None:
                yield f"a={relayed}\r\n"

    def _relayed(self, line: str) -> str | None:
        match = _CANDIDATE.fullmatch(line)
        if match is None or not _IPV4.fullmatch(match["host"]):
            return None
        port = self._port((match["host"], int(match["port"])))
        return f"{match['head']}127.0.0.1 {port}{match['tail']}"

    def _port(self, target: tuple[str, int]) -> int:
        """Return the relay's port that represents a page's own."""
        if self._ended:
            return _DISCARD
        if target not in self._ports:
            front = _udp()
            self._ports[target] = front.getsockname()[1]
            self._register(front, _Front(front, target))
            self._wake.send(b"x")
        return self._ports[target]

    # --- packets -------------------------------------------------------------------------------

    def _register(self, end: socket.socket, role: _Front | _Back) -> None:
        with self._lock:
            self._selector.register(end, selectors.EVENT_READ, role)

    def _run(self) -> None:
        while not self._ended:
            for key, _ in self._selector.select():
                end = key.fileobj
                if not isinstance(end, socket.socket):
                    continue
                try:
                    packet, sender = end.recvfrom(65536)
                except OSError:
                    # A closed port reports itself as unreachable.
                    continue
                if key.data is not None and not key.data.abandoned and not self._lost():
                    # Without a route a packet is lost, as in every network.
                    with suppress(OSError):
                        self._forward(packet, sender, key.data)

    def _forward(self, packet: bytes, sender: tuple[str, int], role: _Front | _Back) -> None:
        if isinstance(role, _Back):
            role.front.sendto(packet, role.client)
            return
        back = role.backs.get(sender)
        if back is None:
            # Each sender gets a port of its own, as behind a router.
            back = role.backs[sender] = _udp()
            self._register(back, _Back(role.end, sender))
        back.sendto(packet, role.target)

    def _lost(self) -> bool:
        self._count += self.loss
        if self._count < 100:
            return False
        self._count -= 100
        return True


class _Front:
    """Represents a page's own port."""

    def __init__(self, end: socket.socket, target: tuple[str, int]) -> None:
        self.end = end
        self.target = target
        self.abandoned = False
        self.backs: dict[tuple[str, int], socket.socket] = {}


class _Back:
    """Receives the answers to one sender."""

    def __init__(self, front: socket.socket, client: tuple[str, int]) -> None:
        self.front = front
        self.client = client
        self.abandoned = False


def _udp() -> socket.socket:
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(("127.0.0.1", 0))
    return end


def _pass(text: str | bytes, onward: WebSocketRoute, relay: Relay) -> None:
    message = json.loads(text)
    if relay.rewrite(message):
        onward.send(json.dumps(message))
