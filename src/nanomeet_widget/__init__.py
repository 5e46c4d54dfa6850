"""A live meeting in a notebook cell.

>>> import nanomeet_widget as nm
>>> room = nm.create_room("algebra_101")
>>> nm.NanoMeet(token=room.token)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nanomeet_widget._channel import Command
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
    NanoMeetError,
    NoFrontEndError,
    NotAdmittedError,
    NotJoinedError,
    PermissionDenied,
    ProtocolError,
    QuotaExceeded,
    RejectedTokenError,
    RoomFullError,
    ServerStartError,
    ServiceError,
    ServiceUnavailable,
    TokenError,
    WrongRoomError,
)
from nanomeet_widget._models import Invite, Playout, Room, Secret
from nanomeet_widget._recording import Recording
from nanomeet_widget._rooms import acreate_invite, acreate_room, create_invite, create_room
from nanomeet_widget._states import Broadcast, Status
from nanomeet_widget._version import __version__
from nanomeet_widget.services import configure

if TYPE_CHECKING:
    from nanomeet_widget._player import BroadcastPlayer
    from nanomeet_widget._widget import NanoMeet

__all__ = [
    "AuthenticationError",
    "Broadcast",
    "BroadcastPlayer",
    "CannotAwaitError",
    "Command",
    "CommandError",
    "CommandRefusedError",
    "CommandTimeoutError",
    "ExpiredTokenError",
    "IllegalStepError",
    "ImmatureTokenError",
    "InvalidInputError",
    "Invite",
    "LoginRequiredError",
    "MalformedTokenError",
    "NanoMeet",
    "NanoMeetError",
    "NoFrontEndError",
    "NotAdmittedError",
    "NotJoinedError",
    "PermissionDenied",
    "Playout",
    "ProtocolError",
    "QuotaExceeded",
    "Recording",
    "RejectedTokenError",
    "Room",
    "RoomFullError",
    "Secret",
    "ServerStartError",
    "ServiceError",
    "ServiceUnavailable",
    "Status",
    "TokenError",
    "WrongRoomError",
    "__version__",
    "acreate_invite",
    "acreate_room",
    "configure",
    "create_invite",
    "create_room",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the module's own attributes
    # The server's process has no use for the widget, nor for the notebook machinery under it.
    if name == "NanoMeet":
        from nanomeet_widget._widget import NanoMeet  # noqa: PLC0415

        globals()[name] = NanoMeet
        return NanoMeet
    if name == "BroadcastPlayer":
        from nanomeet_widget._player import BroadcastPlayer  # noqa: PLC0415

        globals()[name] = BroadcastPlayer
        return BroadcastPlayer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
