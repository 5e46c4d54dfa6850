"""What the messages of all three sockets share.

Text frames carry JSON; the ``type`` field selects the struct. Each message is defined once:
`meeting` has the room's, `ingest` the broadcaster's and `watch` the viewer's.
`scripts/generate_protocol.py` renders the same definitions as TypeScript, and a test compares the two.
Media travels in binary frames: see `frames`.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from nanomeet_widget import _models, _texts

VERSION: int = 1

#: The largest text frame that a page may send, in bytes; checked before decoding. The longest chat
#: message fits, whatever its characters and however JSON escapes them.
MAX_TEXT_FRAME: int = 96 * 1024

Ref = Annotated[int, Meta(ge=0, le=2**53 - 1)]


def text(length: _texts.Length) -> Meta:
    """Return a text's length; `decode_client` checks it, as msgspec counts characters differently."""
    return Meta(extra={"length": length})


ParticipantId = Annotated[str, text(_texts.ID)]
ChatText = Annotated[str, text(_texts.MESSAGE)]
StreamName = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
PushUrl = Annotated[str, Meta(pattern="^rtmps?://[!-~]+$", max_length=_texts.PUSH_URL.most)]
#: The lines of a broadcast's picture, at 16:9; "audio" has no picture.
Quality: TypeAlias = _models.Quality
Codec: TypeAlias = _models.Codec
#: What viewers see: the stage, or a card in its place, without sound.
Shows = Literal["stage", "soon", "paused"]
#: The languages of the meeting page, as tags (BCP 47).
Language = Literal["en", "de"]


class Message(Struct, forbid_unknown_fields=True, omit_defaults=False):
    """The base of all messages and their parts."""


class FromServer(Message, forbid_unknown_fields=False):
    """The base of what only the server says: clients pass over fields that they do not know."""


class Request(Message, kw_only=True):
    """A message that is answered: `ref` comes back in an `Ack` or `Error`."""

    ref: Ref | None = None


class ModeratorRequest(Request, kw_only=True):
    """A request that only moderators may make: the server refuses everyone else's."""


class Ping(Message, tag="ping", kw_only=True):
    """Check that the connection is alive."""

    t: float


class Pong(FromServer, tag="pong", kw_only=True):
    """The answer to a `Ping`, with its `t`."""

    t: float


class Error(FromServer, tag="error", kw_only=True):
    """A request was refused, or a message was invalid."""

    kind: str
    message: str
    ref: Ref | None = None


class BroadcastOptions(Message, kw_only=True):
    """What a moderator chooses when they start a broadcast."""

    record: bool = False
    #: Whether watching requires the broadcast's link; the stream's name is not enough.
    private: bool = False
    #: RTMP addresses that the broadcast is pushed to; each ends with a secret key.
    to: Annotated[list[PushUrl], Meta(max_length=_texts.PUSHES)] = []
    quality: Quality = "360p"
    #: None lets the sending page choose.
    codec: Codec | None = None
    #: Whether viewers see the "starting soon" card until a `PauseBroadcast` ends it.
    paused: bool = False

    def __repr__(self) -> str:
        return (
            f"BroadcastOptions(record={self.record}, private={self.private}, to=<{len(self.to)}>, "
            f"quality={self.quality!r}, codec={self.codec!r}, paused={self.paused})"
        )


TroubleKind = Literal[
    "broadcast_silent",
    "broadcast_lost",
    "broadcast_left",
    "broadcast_unable",
    "broadcast_program",
    "broadcast_interrupted",
    "broadcast_slow_encoder",
    "broadcast_slow_line",
    "broadcast_overflow",
    "broadcast_data",
    "broadcast_server",
    "recording_disk",
    "recording_size",
    "recording_failed",
]


class Trouble(FromServer):
    """What is wrong with the broadcast or its recording."""

    kind: TroubleKind
    #: In plain words.
    message: str


encode = msgspec.json.Encoder().encode
