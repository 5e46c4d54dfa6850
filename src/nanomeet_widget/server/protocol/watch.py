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


class Playback(Message, tag="playback", kw_only=True):
    """How the playback goes so far: sent with the first picture, after halts, and at the end."""

    #: Seconds until the first picture, or sound without one, from the connection or, if it came later, the
    #: beginning of the broadcast; None if there is none yet.
    startup: Annotated[float, Meta(ge=0, le=86400)] | None
    #: How often it stopped since then.
    halts: Annotated[int, Meta(ge=0, le=1_000_000)]
    #: For how many seconds in all.
    halted: Annotated[float, Meta(ge=0, le=1_000_000)]


class WatchVote(Request, tag="watch_vote", kw_only=True):
    """Vote in a poll of the meeting, or change your vote; no choices take it back. Takes a watch ticket."""

    poll: Annotated[str, Meta(max_length=64)]
    choices: Choices


WatchClientMessage = Watch | WatchVote | Playback | Ping


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


class ViewKept(Message, tag="view_kept", kw_only=True):
    """The server keeps how this view goes, without a name: report it by `playback`."""

    #: Days after which it is deleted.
    days: int


WatchServerMessage = StreamState | PollChanged | PollCounts | Ack | ViewKept | Pong | Error

decode = _json.guarded(msgspec.json.Decoder(WatchClientMessage).decode)
