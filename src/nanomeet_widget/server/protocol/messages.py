"""WebSocket messages as bytes, so that a message for many recipients is built once."""

from __future__ import annotations

import struct

import msgspec

from nanomeet_widget.server.protocol import common

#: Payload lengths from which a WebSocket frame's length field grows (RFC 6455, 5.2).
_SHORT, _MEDIUM = 126, 65536
#: The first byte of a message of one frame.
_TEXT, _BINARY = 0x81, 0x82


def binary_message(data: bytes) -> bytes:
    """Return the WebSocket message of some bytes.

    Parameters
    ----------
    data : bytes
        The content.

    Returns
    -------
    bytes
        The message with its header, as a server sends it: unmasked.
    """
    return _header(_BINARY, len(data)) + data


class TextMessages:
    """Encodes messages as JSON in WebSocket messages; one that is sent to many people only once."""

    def __init__(self) -> None:
        self._message: msgspec.Struct | None = None
        self._bytes = b""

    def encode(self, message: msgspec.Struct) -> bytes:
        """Return a message's bytes; the same ones again for the message of the previous call.

        Parameters
        ----------
        message : msgspec.Struct
            The message, which is not changed after its first call.

        Returns
        -------
        bytes
            The WebSocket message.
        """
        if message is not self._message:
            data = common.encode(message)
            self._message, self._bytes = message, _header(_TEXT, len(data)) + data
        return self._bytes


def _header(kind: int, size: int) -> bytes:
    if size < _SHORT:
        return struct.pack("!BB", kind, size)
    if size < _MEDIUM:
        return struct.pack("!BBH", kind, 126, size)
    return struct.pack("!BBQ", kind, 127, size)


#: The server's own: all connections of one recipient list use it one after the other.
text_messages = TextMessages()
