"""The messages of `ws/ingest`: between the page that sends a broadcast and the server."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from nanomeet_widget import _json
from nanomeet_widget.server.protocol.common import Message


class IngestOpen(Message, tag="ingest_open", kw_only=True):
    """The first message on the ingest socket."""

    v: int
    #: The ingest ticket of `IngestGranted`.
    ticket: Annotated[str, Meta(min_length=1, max_length=64)]
    #: The reading, in microseconds, of the clock that timestamps the frames. Audio and video captured
    #: at one moment then play at one moment, however long encoding takes. Without it, the first frame
    #: to arrive sets the time.
    clock: Annotated[int, Meta(ge=-(2**53), le=2**53)] | None = None


#: What a sender cannot keep up with.
Behind = Literal["encoder", "line"]


class IngestBehind(Message, tag="ingest_behind", kw_only=True):
    """What the sender has failed to keep up with for some seconds; None once it has caught up."""

    behind: Behind | None


IngestClientMessage = IngestOpen | IngestBehind


class IngestReady(Message, tag="ingest_ready"):
    """Send a set-up frame for every track, then media; video begins with a keyframe."""


class IngestLate(Message, tag="ingest_late", kw_only=True):
    """The delay of the last second's frames beyond the best so far; sent when it is notable."""

    seconds: float


class KeyframeWanted(Message, tag="keyframe_wanted"):
    """Make the next picture a keyframe."""


class IngestEnded(Message, tag="ingest_ended", kw_only=True):
    """Stop sending; the socket closes."""

    reason: str
    #: Whether an error ended it, rather than a request.
    failed: bool


IngestServerMessage = IngestReady | KeyframeWanted | IngestLate | IngestEnded

decode = _json.guarded(msgspec.json.Decoder(IngestClientMessage).decode)
