"""What a program and its worker process say to each other, over the worker's standard streams.

To the worker: a kind, a length and the payload, which is a message as JSON or a block of samples. From
the worker: a message as JSON in each line.
"""

from __future__ import annotations

import struct
from typing import BinaryIO, Literal

import msgspec
from msgspec import Struct

from nanomeet_widget import _json
from nanomeet_widget.server.protocol.common import Codec, Shows
from nanomeet_widget.server.protocol.ingest import Behind

_HEAD = struct.Struct("<BI")
_SOUND = struct.Struct("<qIB")
_MESSAGE, _SAMPLES = 0, 1


class _Said(Struct, kw_only=True):
    """The base of the messages."""


class Begin(_Said, tag="begin"):
    """What to send, and where to; always the first message."""

    #: The ingest socket, or an address of RTMP.
    url: str
    origin: str
    ticket: str
    verify: bool | str
    #: At most so many pictures a second.
    fps: float
    codec: Codec | None
    #: The size of every picture; None for the pictures' own.
    size: tuple[int, int] | None
    shows: Shows
    #: What the worker itself reads; None if pictures and samples come from here.
    file: str | None = None
    loop: bool = False

    def __repr__(self) -> str:
        return f"Begin(fps={self.fps}, codec={self.codec!r}, file={self.file!r})"


class Tracks(_Said, tag="tracks"):
    """Whether there is sound besides the pictures; comes before the first of either."""

    sound: bool


class Picture(_Said, tag="picture"):
    """A picture lies in shared memory, until the next but one is there."""

    number: int
    #: When it was captured: microseconds of `time.perf_counter_ns`.
    at: int
    memory: str
    offset: int
    width: int
    height: int
    channels: int


class Show(_Said, tag="show"):
    """What viewers see from now on."""

    shows: Shows


class Finish(_Said, tag="finish"):
    """Send what waits, and end."""


class Samples(Struct, kw_only=True):
    """A block of sound."""

    #: When its first sample was captured, as for pictures.
    at: int
    rate: int
    channels: int
    #: int16, interleaved.
    data: bytes


ToWorker = Begin | Tracks | Picture | Show | Finish
_decode_in = _json.guarded(msgspec.json.Decoder(ToWorker).decode)


class Opened(_Said, tag="opened"):
    """The server takes the stream: it wants pictures."""


class Counted(_Said, tag="counted"):
    """What happened within the last second."""

    seconds: float
    sent: int
    dropped: int
    #: Bytes of pictures and sound.
    size: int
    #: Milliseconds for all its pictures together.
    encoding: float
    width: int
    height: int
    codec: Codec | None
    behind: Behind | None


class Shown(_Said, tag="shown"):
    """What viewers see from now on: its first picture is on its way."""

    shows: Shows


class Ended(_Said, tag="ended"):
    """The worker ends, and why."""

    reason: str
    #: Who is at fault, if there is one.
    fault: Literal["server", "source", "worker"] | None = None


FromWorker = Opened | Counted | Shown | Ended
read_line = _json.guarded(msgspec.json.Decoder(FromWorker).decode)


def pack(message: ToWorker) -> bytes:
    """Return a message as the worker reads it.

    Parameters
    ----------
    message : ToWorker
        The message.

    Returns
    -------
    bytes
        The bytes.
    """
    data = msgspec.json.encode(message)
    return _HEAD.pack(_MESSAGE, len(data)) + data


def pack_samples(block: Samples) -> bytes:
    """Return samples as the worker reads them.

    Parameters
    ----------
    block : Samples
        The samples.

    Returns
    -------
    bytes
        The bytes.
    """
    head = _SOUND.pack(block.at, block.rate, block.channels)
    return _HEAD.pack(_SAMPLES, len(head) + len(block.data)) + head + block.data


def read(source: BinaryIO) -> ToWorker | Samples | None:
    """Return what the program says next; None once it says nothing any longer.

    Parameters
    ----------
    source : BinaryIO
        The worker's standard input.

    Returns
    -------
    ToWorker, Samples or None
        The message.
    """
    head = source.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, size = _HEAD.unpack(head)
    data = source.read(size)
    if len(data) < size:
        return None
    if kind == _SAMPLES:
        at, rate, channels = _SOUND.unpack_from(data)
        return Samples(at=at, rate=rate, channels=channels, data=data[_SOUND.size :])
    message: ToWorker = _decode_in(data)
    return message
