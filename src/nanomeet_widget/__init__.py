"""A live meeting in a notebook cell.

>>> import nanomeet_widget as nm
>>> room = nm.create_room("algebra_101")
>>> nm.NanoMeet(token=room.token)
"""

from __future__ import annotations

import importlib
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
from nanomeet_widget._progress import set_progress
from nanomeet_widget._recording import Recording
from nanomeet_widget._rooms import acreate_invite, acreate_room, create_invite, create_room
from nanomeet_widget._states import BroadcastStatus, MeetingStatus
from nanomeet_widget._version import __version__
from nanomeet_widget.services import configure

if TYPE_CHECKING:
    from nanomeet_widget._demo import demo
    from nanomeet_widget._player import BroadcastPlayer
    from nanomeet_widget._reading import Frame, Reading, Sound
    from nanomeet_widget._showing import Show
    from nanomeet_widget._widget import NanoMeet
    from nanomeet_widget.bot import Bot, ProgramBroadcast, broadcast
    from nanomeet_widget.classroom import (
        Groups,
        Invites,
        PersonalInvite,
        Poll,
        Quiz,
        Records,
        Roster,
        Table,
        acreate_invites,
        create_invites,
        roster,
    )
    from nanomeet_widget.classroom.panel import ClassPanel
    from nanomeet_widget.classroom.records import records
    from nanomeet_widget.cli.diagnosis import doctor

__all__ = [
    "AuthenticationError",
    "Bot",
    "BroadcastPlayer",
    "BroadcastStatus",
    "CannotAwaitError",
    "ClassPanel",
    "Command",
    "CommandError",
    "CommandRefusedError",
    "CommandTimeoutError",
    "ExpiredTokenError",
    "Frame",
    "Groups",
    "IllegalStepError",
    "ImmatureTokenError",
    "InvalidInputError",
    "Invite",
    "Invites",
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
    "PersonalInvite",
    "Playout",
    "Poll",
    "ProgramBroadcast",
    "ProtocolError",
    "Quiz",
    "QuotaExceededError",
    "Reading",
    "ReadingEndedError",
    "Recording",
    "Records",
    "RejectedTokenError",
    "Room",
    "RoomFullError",
    "Roster",
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
    "acreate_invites",
    "acreate_room",
    "broadcast",
    "configure",
    "create_invite",
    "create_invites",
    "create_room",
    "demo",
    "doctor",
    "records",
    "roster",
    "set_progress",
]


#: Where a name is, if the server's process does not need it: neither the widget nor the notebook packages
#: under it.
_LAZY = {
    "NanoMeet": "_widget",
    "BroadcastPlayer": "_player",
    "demo": "_demo",
    "doctor": "cli.diagnosis",
    "Show": "_showing",
    **dict.fromkeys(("Bot", "ProgramBroadcast", "broadcast"), "bot"),
    **dict.fromkeys(("Frame", "Reading", "Sound"), "_reading"),
    **dict.fromkeys(("Groups", "Invites", "PersonalInvite", "Roster"), "classroom"),
    **dict.fromkeys(("acreate_invites", "create_invites", "roster"), "classroom"),
    **dict.fromkeys(("Poll", "Quiz", "Records", "Table"), "classroom"),
    "ClassPanel": "classroom.panel",
    "records": "classroom.records",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the module's own attributes
    if name in _LAZY:
        module = importlib.import_module(f"{__name__}.{_LAZY[name]}")
        return globals().setdefault(name, getattr(module, name))
    if new := new_name(name):
        return globals()[new]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
