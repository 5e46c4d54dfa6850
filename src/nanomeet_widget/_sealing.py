"""What the kernel tells one page, and no other page can read.

A kernel's messages reach every page that is connected to it; a page's messages reach only the kernel.
So each page gives the kernel random bytes in advance, a pad, and the kernel combines each message with
bytes that it uses only once. That takes no key exchange, and works where a page has no WebCrypto.
"""

from __future__ import annotations

import base64
import json
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from nanomeet_widget._page_protocol import (
    Close,
    KernelMessage,
    Moved,
    Pad,
    PadWanted,
    Probe,
    Report,
    Sealed,
    Shared,
    encode,
)

#: Messages without a secret. They pass even where a page has given no pad yet.
_OPEN = (Close, Probe, Moved, Report, Shared)
#: Random bytes that a browser makes at once.
_MOST = 65_536


class SealedLine:
    """Sends messages to one page.

    Parameters
    ----------
    send
        Hands a message to all pages.
    """

    def __init__(self, send: Callable[[dict[str, Any]], object]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._number = -1
        self._pad = b""
        self._used = 0
        self._waiting: deque[bytes] = deque()

    def refill(self, pad: Pad | None) -> None:
        """Take a page's pad, if it gives one, and send what waited for it."""
        if pad is None:
            return
        number, given = pad
        with self._lock:
            if number <= self._number:
                return  # no byte of a pad is used twice
            self._number, self._pad, self._used = number, given, 0
        self._flush()

    def send(self, message: KernelMessage) -> None:
        """Send a message, sealed unless its kind holds no secret."""
        if isinstance(message, _OPEN):
            self._send(encode(message))
            return
        text = json.dumps(encode(message)).encode()
        if len(text) > _MOST:
            raise ValueError(f"a message of {len(text)} bytes is too long for a page")
        with self._lock:
            self._waiting.append(text)
        self._flush()

    def _flush(self) -> None:
        with self._lock:
            while self._waiting:
                size, at = len(self._waiting[0]), self._used
                if at + size > len(self._pad):
                    self._send(encode(PadWanted(size=size)))
                    return
                self._used += size
                text = self._waiting.popleft()
                mixed = bytes(a ^ b for a, b in zip(text, self._pad[at:], strict=False))
                sealed = base64.b64encode(mixed).decode()
                self._send(encode(Sealed(pad=self._number, at=at, text=sealed)))
