"""A live meeting in a notebook cell.

>>> import nanomeet_widget as nm
>>> room = nm.create_room("algebra_101")
>>> nm.NanoMeet(token=room.token)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nanomeet_widget._command import Command
from nanomeet_widget._deprecated import new_name
from nanomeet_widget._errors import (
    AuthenticationError,
    CannotAwaitError,
    CommandError,
    CommandRefusedError,
    CommandTimeoutError,
    ExpiredTokenError,
    IllegalStepError,
    ImmatureTokenError,
    InvalidInputError,
    LoginRequiredError,
    MalformedTokenError,
    MissingPackageError,
    NanoMeetError,
    NoFrontEndError,
    NotAdmittedError,
    NotJoinedError,
    PermissionDeniedError,
    ProtocolError,
    QuotaExceededError,
    ReadingEndedError,
    RejectedTokenError,
    RoomFullError,
    ServerStartError,
    ServiceError,
    ServiceUnavailableError,
    StreamError,
    TokenError,
    WrongRoomError,
)
from nanomeet_widget._models import Invite, Playout, Room, Secret
from nanomeet_widget._recording import Recording
from nanomeet_widget._rooms import acreate_invite, acreate_room, create_invite, create_room
from nanomeet_widget._states import BroadcastStatus, MeetingStatus
from nanomeet_widget._version import __version__
from nanomeet_widget.classroom import Poll, Quiz, Table
from nanomeet_widget.services import configure

if TYPE_CHECKING:
    from nanomeet_widget._player import BroadcastPlayer
    from nanomeet_widget._reading import Frame, Reading, Sound
    from nanomeet_widget._showing import Show
    from nanomeet_widget._widget import NanoMeet
    from nanomeet_widget.bot import Bot, ProgramBroadcast, broadcast

__all__ = [
    "AuthenticationError",
    "Bot",
    "BroadcastPlayer",
    "BroadcastStatus",
    "CannotAwaitError",
    "Command",
    "CommandError",
    "CommandRefusedError",
    "CommandTimeoutError",
    "ExpiredTokenError",
    "Frame",
    "IllegalStepError",
    "ImmatureTokenError",
    "InvalidInputError",
    "Invite",
    "LoginRequiredError",
    "MalformedTokenError",
    "MeetingStatus",
    "MissingPackageError",
    "NanoMeet",
    "NanoMeetError",
    "NoFrontEndError",
    "NotAdmittedError",
    "NotJoinedError",
    "PermissionDeniedError",
    "Playout",
    "Poll",
    "ProgramBroadcast",
    "ProtocolError",
    "Quiz",
    "QuotaExceededError",
    "Reading",
    "ReadingEndedError",
    "Recording",
    "RejectedTokenError",
    "Room",
    "RoomFullError",
    "Secret",
    "ServerStartError",
    "ServiceError",
    "ServiceUnavailableError",
    "Show",
    "Sound",
    "StreamError",
    "Table",
    "TokenError",
    "WrongRoomError",
    "__version__",
    "acreate_invite",
    "acreate_room",
    "broadcast",
    "configure",
    "create_invite",
    "create_room",
]


_READING = ("Frame", "Reading", "Sound")


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the module's own attributes
    # The server's process needs neither the widget nor the notebook packages under it.
    if name == "NanoMeet":
        from nanomeet_widget._widget import NanoMeet  # noqa: PLC0415

        globals()[name] = NanoMeet
        return NanoMeet
    if name == "BroadcastPlayer":
        from nanomeet_widget._player import BroadcastPlayer  # noqa: PLC0415

        globals()[name] = BroadcastPlayer
        return BroadcastPlayer
    if name in {"Bot", "ProgramBroadcast", "broadcast"}:
        from nanomeet_widget import bot  # noqa: PLC0415

        return globals().setdefault(name, getattr(bot, name))
    if name in _READING:
        from nanomeet_widget import _reading  # noqa: PLC0415

        return globals().setdefault(name, getattr(_reading, name))
    if name == "Show":
        from nanomeet_widget._showing import Show  # noqa: PLC0415

        return globals().setdefault(name, Show)
    if new := new_name(name):
        return globals()[new]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
