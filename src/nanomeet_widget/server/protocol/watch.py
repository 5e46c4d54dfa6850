"""The messages of `ws/watch`: between the server and a viewer."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from nanomeet_widget import _json
from nanomeet_widget.server.protocol.classroom import Choices, PollChanged, PollCounts
from nanomeet_widget.server.protocol.common import (
    Error,
    Message,
    Ping,
    Pong,
    Request,
    Shows,
    StreamName,
)
from nanomeet_widget.server.protocol.meeting import Ack, Person

#: Bare frames, for viewers with WebCodecs; MP4 fragments, for Media Source Extensions; or the
#: stream's state alone, for viewers that play HLS.
WatchFormat = Literal["frames", "fmp4", "state"]


class Watch(Message, tag="watch", kw_only=True):
    """The first message on the viewers' socket."""

    v: int
    stream: StreamName
    #: The watch ticket or audience ticket, which a stream that is not public requires.
    ticket: Annotated[str, Meta(max_length=64)] | None = None
    #: What the viewer plays; see `frames`.
    format: WatchFormat = "frames"
    #: Known to this browser and the server only: a viewer with a watch ticket votes once with it.
    person: Person | None = None


class WatchVote(Request, tag="watch_vote", kw_only=True):
    """Vote in a poll of the meeting, or change your vote; no choices take it back. Takes a watch ticket."""

    poll: Annotated[str, Meta(max_length=64)]
    choices: Choices


WatchClientMessage = Watch | WatchVote | Ping


class StreamState(Message, tag="stream_state", kw_only=True):
    """The stream's state; binary frames follow while it is live."""

    state: Literal["waiting", "live", "ended"]
    #: The room's subject, or its name.
    title: str
    since: float | None = None
    vod: str | None = None
    #: Whether there is a picture, and not sound alone.
    picture: bool = True
    shows: Shows = "stage"


WatchServerMessage = StreamState | PollChanged | PollCounts | Ack | Pong | Error

decode = _json.guarded(msgspec.json.Decoder(WatchClientMessage).decode)
