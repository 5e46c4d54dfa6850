"""What services return. Frozen; a token is never part of a repr, a dict or a pickle."""

from __future__ import annotations

import getpass
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NoReturn, SupportsIndex, TypeAlias, TypedDict, get_args

from nanomeet_widget._errors import InvalidInputError


class Secret:
    """A text that is shown only to code that asks for it by name.

    Parameters
    ----------
    value : str
        The text.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    @classmethod
    def ask(cls, prompt: str = "API key: ") -> Secret:
        """Ask the user for a secret, in a field that hides what is typed.

        Parameters
        ----------
        prompt : str, default "API key: "
            What the field asks for.

        Returns
        -------
        Secret
            What was typed, without spaces around it.

        Raises
        ------
        InvalidInputError
            If nothing was typed.
        """
        return cls._given(
            getpass.getpass(prompt), "nothing was typed: ask again, or set a variable"
        )

    @classmethod
    def from_environment(cls, name: str) -> Secret:
        """Take a secret from an environment variable.

        Parameters
        ----------
        name : str
            The variable.

        Returns
        -------
        Secret
            Its value, without spaces around it.

        Raises
        ------
        InvalidInputError
            If it is not set.
        """
        return cls._given(os.environ.get(name, ""), f"set the environment variable {name}")

    @classmethod
    def _given(cls, value: str, otherwise: str) -> Secret:
        if not value.strip():
            raise InvalidInputError(f"there is no secret: {otherwise}")
        return cls(value.strip())

    def reveal(self) -> SecretText:
        """Return the text.

        Returns
        -------
        SecretText
            A `str` whose repr does not show it.
        """
        return SecretText(self._value)

    def __repr__(self) -> str:
        return "<secret>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a secret is not pickled, so that it does not end up in a file by accident: "
            "store the text of .token yourself, in a safe place, if you have to"
        )


class SecretText(str):
    """A text that is complete when printed, compared or sent, and hidden in a repr.

    Neither its own repr nor that of an object that holds it shows it: not in a cell's output, a
    debugger, or a traceback that lists variables.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "<secret text: print() shows it>"

    def __getitem__(self, key: SupportsIndex | slice) -> SecretText:
        # Code that shortens it to show it, such as rich, shows nothing either.
        return SecretText(super().__getitem__(key))


@dataclass(frozen=True, kw_only=True)
class Room:
    """A room, and the token that opens it.

    Attributes
    ----------
    room : str
        Its name.
    server : str
        The server that carries it.
    streamname : str
        The name of its broadcasts.
    moderator : bool
        Whether the token is a moderator's.
    notbefore : datetime.datetime
        When the token becomes valid; aware, UTC.
    expiration : datetime.datetime
        When it expires; aware, UTC.
    secret : Secret
        The token, hidden; `token` is its text.
    """

    room: str
    server: str
    streamname: str
    moderator: bool
    notbefore: datetime
    expiration: datetime
    secret: Secret = field(repr=False)

    @property
    def token(self) -> str:
        """The token: anyone who has it can enter the room."""
        return self.secret.reveal()


@dataclass(frozen=True, kw_only=True)
class Invite:
    """An invite into a room.

    Attributes
    ----------
    moderator : bool
        Whether the guest is a moderator.
    secret : Secret
        The guest's token, hidden; `token` is its text.
    link : Secret
        The link to send, hidden; `invite_link` is its text.
    """

    moderator: bool
    secret: Secret = field(repr=False)
    link: Secret = field(repr=False)

    @property
    def token(self) -> str:
        """The guest's token."""
        return self.secret.reveal()

    @property
    def invite_link(self) -> str:
        """The link to send; the token is in its fragment, which no server gets."""
        return self.link.reveal()


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A token that the embedded server made. It is not the token: `id` opens nothing.

    Attributes
    ----------
    id : str
        What `LocalServer.revoke` takes.
    room : str
        The room that it opens.
    moderator : bool
        Whether it is a moderator's.
    parent : str
        The `id` of the token that it was made with; empty for a room's.
    made : datetime.datetime
        When it was made; aware, UTC, as are the others.
    notbefore : datetime.datetime
        When it becomes valid.
    expiration : datetime.datetime
        When it expires.
    revoked : datetime.datetime or None
        When it was revoked, if it was.
    people : int, default 0
        The most people who used it in one meeting: a shared link has several.
    """

    id: str
    room: str
    moderator: bool
    parent: str
    made: datetime
    notbefore: datetime
    expiration: datetime
    revoked: datetime | None
    people: int = 0


@dataclass(frozen=True, kw_only=True)
class Playout:
    """Where a broadcast can be watched.

    Attributes
    ----------
    live : str
        The URL of its live page.
    vod : str, optional
        The URL of its recording, if it is recorded.
    """

    live: str
    vod: str | None = None


class ParticipantInfo(TypedDict):
    """A participant; None for what the engine does not tell."""

    id: str
    display_name: str
    moderator: bool | None
    audio: bool | None
    video: bool | None
    #: Whether a screen is shared.
    screen: bool | None
    #: Whether on the stage, and not in the audience.
    stage: bool | None
    #: Milliseconds since the epoch at which the hand went up; None while it is down, too.
    hand: float | None


class Waiting(TypedDict):
    """A participant who waits in the lobby."""

    id: str
    display_name: str


class ReadingInfo(TypedDict):
    """A program that reads pictures or sound of the meeting."""

    id: str
    #: The id of the participant whose program it is.
    reader: str
    #: The id of the participant who is read; None for the stage.
    of: str | None
    #: ``video`` or ``audio``.
    media: str


class PollInfo(TypedDict):
    """A poll, as this participant may know it. Options are numbered from 0."""

    id: str
    question: str
    options: list[str]
    multiple: bool
    anonymous: bool
    #: When everyone sees the results: ``live``, ``after`` it is closed, or ``never``.
    show: str
    open: bool
    #: When it closes by itself, in seconds since the epoch.
    ends: float | None
    #: Votes for each option; None for those who may not know them now.
    counts: list[int] | None
    #: How many people voted.
    voters: int
    #: The right options: for moderators; for everyone once it is closed.
    correct: list[int]
    #: Your own vote.
    own: list[int]


class GroupMemberInfo(TypedDict):
    """A participant who belongs to a group."""

    #: As in the main room.
    id: str
    display_name: str
    #: Whether they are in the group's room.
    here: bool


class GroupInfo(TypedDict):
    """A group of the meeting."""

    id: str
    name: str
    people: list[GroupMemberInfo]


class RosterPerson(TypedDict):
    """A person with a personal link to a room."""

    #: The roster's own ID of them.
    id: str
    name: str
    moderator: bool
    #: As which participants they are in the room: several, if their link is used in several browsers.
    here: list[str]
    #: Whether they have been in the room since it was opened.
    came: bool


class RosterInfo(TypedDict):
    """A person with a personal link, as a meeting tells its moderators."""

    #: The roster's own ID of them.
    id: str
    name: str
    moderator: bool
    #: As which participants they are in the room: several, if their link is used in several browsers.
    here: list[str]


class CheckInInfo(TypedDict):
    """A check-in that goes on."""

    id: str
    question: str
    #: Seconds since the epoch.
    since: float
    #: The ids of the participants who are done: for moderators; others know only of themselves.
    done: list[str]


@dataclass(frozen=True, kw_only=True)
class RoomRoster:
    """What a server knows of a room's personal links."""

    #: Whether the room is open: someone is in it.
    open: bool
    people: Sequence[RosterPerson]


class Message(TypedDict):
    """A message of the chat."""

    #: Grows with each message of the room.
    id: int
    #: The writer's id, and name at that time.
    sender: str
    display_name: str
    text: str
    #: Seconds since the epoch.
    at: float
    #: Whether it is for one participant only.
    private: bool


class TileView(TypedDict, total=False):
    """How tiles are laid out, by the Web API's names."""

    #: The greatest height of a tile, in pixels.
    size: int
    #: 1 to 5.
    maxColumns: int
    vertical: bool


#: The sizes and codecs of a broadcast's picture.
Quality: TypeAlias = Literal["360p", "540p", "720p", "1080p", "audio"]
Codec: TypeAlias = Literal["h264", "vp9", "av1"]
QUALITIES: tuple[str, ...] = get_args(Quality)
CODECS: tuple[str, ...] = get_args(Codec)


class BroadcastStats(TypedDict):
    """How composing the broadcast went in the last second."""

    #: Pictures sent, and those left out because the machine or the network was too slow.
    fps: float
    skipped: int
    #: Bits a second, of pictures and sound.
    bitrate: float
    #: Milliseconds from a composed picture to its encoded one, on average.
    encode_ms: float
    #: Pictures that wait for the encoder, and bytes that wait for the network.
    queue: int
    backlog: int
    #: Which part of the full bitrate is sent, from 0 to 1.
    quality: float
    #: The picture's codec and size in pixels; None and 0 for sound alone.
    codec: str | None
    width: int
    height: int
    #: What viewers see: the stage, or a card.
    shows: str
    viewers: int


class Failure(TypedDict):
    """Why a meeting failed."""

    kind: str
    message: str
    #: The address of the section that explains it.
    help: str


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A stream of nanoStream Cloud: what `POST /stream` makes.

    Attributes
    ----------
    id : str
        Its id there.
    streamname : str
        Its name.
    ingest : str
        The RTMP address that it is sent to, without the name.
    dashboard : str, optional
        Its page in the cloud's dashboard; None for a service that has none.
    """

    id: str
    streamname: str
    ingest: str
    dashboard: str | None = None
