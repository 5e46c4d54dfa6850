"""Every message between the kernel and a page that shows a widget, defined once.

Messages are the custom messages of Jupyter's widgets: JSON objects whose ``type`` selects the struct.
`scripts/generate_protocol.py` renders the same definitions as TypeScript
(`js/src/shared/page-protocol.ts`), and a test holds the two together.

What comes from a page is validated by `decode` before anything acts on it. Fields that this version does
not know are ignored: an engine says more of a participant than the kernel keeps.
"""

from __future__ import annotations

import logging
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Struct

from nanomeet_widget._states import BroadcastStatus, MeetingStatus

T = TypeVar("T")

_logger = logging.getLogger("nanomeet_widget")

Number = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Seconds = Annotated[float, Meta(ge=0, le=2**53 - 1)]
#: A pad's number, and its bytes: base64 in JSON. See `_sealing`.
Pad: TypeAlias = tuple[Number, bytes]


class Message(Struct, frozen=True, kw_only=True):
    """A message of either side, or a part of one."""


class KernelMessage(Message, frozen=True, kw_only=True, omit_defaults=True):
    """A message of the kernel: what has a default is left out while it has it."""


class Envelope(Message, frozen=True, kw_only=True):
    """What each message of a meeting's page has besides its own fields."""

    #: The page's address; the kernel's messages to it bear it, too.
    client: str
    #: Fresh bytes to seal the kernel's messages with.
    pad: Pad | None = None
    #: How many messages the page sent before it.
    number: Number | None = None


# --- parts of messages ------------------------------------------------------------------------


class Failure(Message, frozen=True, kw_only=True):
    """Why something failed."""

    kind: str
    message: str
    #: Of a meeting that is not joined: the kind of what kept it.
    cause: str | None = None


class Playout(Message, frozen=True, kw_only=True):
    """Where a broadcast can be watched."""

    live: str
    vod: str | None


class Person(Message, frozen=True, kw_only=True):
    """A participant; null for what the engine does not tell."""

    id: str
    display_name: str
    moderator: bool | None
    audio: bool | None
    video: bool | None
    screen: bool | None = None
    stage: bool | None = None
    #: Milliseconds since 1970 at which the hand went up; null while it is down.
    hand: float | None = None


class Target(Message, frozen=True, kw_only=True):
    """Where another engine than our own sends a broadcast."""

    #: The RTMP address, with the stream's key.
    ingest: str
    #: Where it can be watched, if that is known.
    playout: Playout | None


class Targets(Message, frozen=True, kw_only=True):
    """Where a broadcast goes that is not recorded, and one that is."""

    live: Target
    rec: Target


# --- the kernel to a page ---------------------------------------------------------------------


class Arrangements(KernelMessage, frozen=True, kw_only=True):
    """How a page reaches a meeting's servers."""

    #: Where this page reaches the token's server, if that is not where the token says.
    server: str | None
    #: Where a broadcast goes, for an engine that does not carry it itself.
    broadcast: Targets | None
    #: A page that runs another library than our own, see `EngineOptions.library`.
    library: str | None
    #: Why pages on other machines do not reach the token's server, and what to do.
    obstacle: str = ""


class Token(Arrangements, frozen=True, kw_only=True, tag="token"):
    """The token that opens the meeting, and how the page reaches its servers."""

    token: str | None
    #: A server that the user has to trust before the token is handed to it.
    ask: str | None
    #: Whether the token is a guest's, for a page beside the one that has the meeting.
    guest: bool = False


class Shared(KernelMessage, frozen=True, kw_only=True, tag="shared"):
    """The meeting belongs to another browser's page."""

    #: Whether this page may take part, too.
    invites: bool


class Report(KernelMessage, frozen=True, kw_only=True, tag="report"):
    """The kernel lost sight of the page: it asks for the meeting's whole state."""


class Probe(KernelMessage, frozen=True, kw_only=True, tag="probe"):
    """Ask for a sign of life, answered by `Alive`."""


class Notice(KernelMessage, frozen=True, kw_only=True, tag="notice"):
    """Something to tell the user."""

    message: str


class Invite(KernelMessage, frozen=True, kw_only=True, tag="invite"):
    """The requested invite, or why there is none."""

    link: str | None
    error: str | None
    #: What the user has to know about the link.
    note: str = ""


class Browser(KernelMessage, frozen=True, kw_only=True, tag="browser"):
    """A link that opens the meeting in a browser, or why there is none."""

    link: str | None
    error: str | None


class Command(KernelMessage, frozen=True, kw_only=True, tag="command"):
    """A command, answered by `Held`, `Begun` and `Reply`."""

    id: int
    #: The method of the Web API, or a command of the player.
    name: str
    args: list[Any]


class Withdrawn(KernelMessage, frozen=True, kw_only=True, tag="withdrawn"):
    """A command that was not begun is no longer wanted."""

    id: int


class Moved(KernelMessage, frozen=True, kw_only=True, tag="moved"):
    """Another page has the meeting from now on."""

    #: Whether that is in another browser.
    browser: bool


class Close(KernelMessage, frozen=True, kw_only=True, tag="close"):
    """The widget was closed: leave the meeting."""


class PadWanted(KernelMessage, frozen=True, kw_only=True, tag="pad"):
    """Ask for a pad of so many bytes at least, answered by `PadGiven`."""

    size: int


class Sealed(KernelMessage, frozen=True, kw_only=True, tag="sealed"):
    """Another message, which only one page can read."""

    #: The number of the pad, and where in it the message begins.
    pad: int
    at: int
    #: The JSON of the message, added to the pad, in base64.
    text: str


FromKernel: TypeAlias = (
    Token
    | Shared
    | Report
    | Probe
    | Notice
    | Invite
    | Browser
    | Command
    | Withdrawn
    | Moved
    | Close
    | PadWanted
    | Sealed
)


# --- a page to the kernel ---------------------------------------------------------------------


class Hello(Message, frozen=True, kw_only=True, tag="hello"):
    """The first message of a page."""

    #: The Jupyter server's address, as this page has it.
    base: str | None = None
    #: The browser that the page is in, by a random text.
    browser: str = ""
    #: Whether the user wants the meeting on this page.
    asked: bool = False


class Guest(Message, frozen=True, kw_only=True, tag="guest"):
    """The user wants to take part as another participant, or has done so."""


class GuestLeft(Message, frozen=True, kw_only=True, tag="guest_left"):
    """The user's guest has left."""


class PadGiven(Message, frozen=True, kw_only=True, tag="pad"):
    """Nothing but a pad, in the envelope."""


class Goodbye(Message, frozen=True, kw_only=True, tag="goodbye"):
    """The page is about to go."""


class Alive(Message, frozen=True, kw_only=True, tag="alive"):
    """A sign of life: the answer to `Probe`, and told from time to time."""


class Trust(Message, frozen=True, kw_only=True, tag="trust"):
    """The user trusts a server with the token."""

    server: str


class WantInvite(Message, frozen=True, kw_only=True, tag="invite"):
    """Ask for an invite, answered by `Invite`."""


class WantBrowser(Message, frozen=True, kw_only=True, tag="browser"):
    """Ask for a link that opens the meeting in a browser, answered by `Browser`."""


class Retired(Message, frozen=True, kw_only=True, tag="retired"):
    """No cell shows the widget any longer, and another one has its meeting."""


class Event(Message, frozen=True, kw_only=True, tag="event"):
    """Something that happened in the meeting, by the engine API's name."""

    name: str
    data: dict[str, Any] = {}


class Status(Message, frozen=True, kw_only=True, tag="status"):
    """Where the meeting stands."""

    status: MeetingStatus
    error: Failure | None = None


class Broadcast(Message, frozen=True, kw_only=True, tag="broadcast"):
    """Where the broadcast stands."""

    state: BroadcastStatus
    playout: Playout | None = None
    error: str | None = None


class Participants(Message, frozen=True, kw_only=True, tag="participants"):
    """Who is in the room: all of them."""

    participants: list[Person]


class Role(Message, frozen=True, kw_only=True, tag="role"):
    """Whether the page's own participant is a moderator."""

    moderator: bool


class Held(Message, frozen=True, kw_only=True, tag="held"):
    """A command cannot be carried out yet; repeated while it waits."""

    id: Number
    why: str


class Begun(Message, frozen=True, kw_only=True, tag="begun"):
    """The page carries a command out."""

    id: Number


class Reply(Message, frozen=True, kw_only=True, tag="reply"):
    """How a command ended: with a result, unless there is an error."""

    id: Number
    result: Any = None
    error: Failure | None = None


ToKernel: TypeAlias = (
    Hello
    | Guest
    | GuestLeft
    | PadGiven
    | Goodbye
    | Alive
    | Trust
    | WantInvite
    | WantBrowser
    | Retired
    | Event
    | Status
    | Broadcast
    | Participants
    | Role
    | Held
    | Begun
    | Reply
)


# --- data of events that the kernel keeps -----------------------------------------------------


class SubjectData(Message, frozen=True, kw_only=True):
    """Of ``subjectChange``."""

    subject: str | None = None


class Newcomer(Message, frozen=True, kw_only=True):
    """A person in the lobby."""

    id: str
    name: str


class LobbyData(Message, frozen=True, kw_only=True):
    """Of ``nanomeetLobby``."""

    waiting: list[Newcomer]


class ChatMessage(Message, frozen=True, kw_only=True):
    """A message of the chat."""

    #: Grows with every message of the room.
    id: Number
    sender: str
    display_name: str
    text: str
    #: Seconds since 1970.
    at: float
    private: bool


class ChatData(Message, frozen=True, kw_only=True):
    """Of ``nanomeetChat``."""

    messages: list[ChatMessage]
    #: Whether these are all, and not only what is new.
    whole: bool = False


class Part(Message, frozen=True, kw_only=True):
    """Which part of the full bitrate is sent, from 0 to 1."""

    bitrate: float


class Stats(Message, frozen=True, kw_only=True):
    """How composing a broadcast fared in the last second."""

    fps: float
    skipped: Number
    #: Bits a second.
    bitrate: float
    #: Milliseconds a picture.
    encode: float
    queue: Number
    backlog: Number
    quality: Part
    codec: str | None
    width: Number
    height: Number
    shows: str
    viewers: Number


class StatsData(Message, frozen=True, kw_only=True):
    """Of ``nanomeetBroadcastStats``."""

    stats: Stats | None = None


class ShowsData(Message, frozen=True, kw_only=True):
    """Of ``nanomeetBroadcastChanged``."""

    #: Null where the engine has no cards.
    shows: str | None = None


class ReadingTold(Message, frozen=True, kw_only=True):
    """A program that reads pictures or sound of the meeting."""

    id: str
    #: The participant whose program it is.
    reader: str
    #: The participant who is read; null for the stage.
    of: str | None
    media: str


class ReadingsData(Message, frozen=True, kw_only=True):
    """Of ``nanomeetReadingsChanged``."""

    readings: list[ReadingTold]


class TalkTimesData(Message, frozen=True, kw_only=True):
    """Of ``nanomeetTalkTimes``: seconds by the participants' ids."""

    seconds: dict[str, Seconds]


class ReadingMovedData(Message, frozen=True, kw_only=True):
    """Of ``nanomeetReadingMoved``: another stream shows it, or none for now."""

    id: str
    stream: str | None
    ticket: str | None


class ReadingEndedData(Message, frozen=True, kw_only=True):
    """Of ``nanomeetReadingEnded``."""

    id: str
    kind: str
    message: str


class PollTold(Message, frozen=True, kw_only=True):
    """A poll, as the page's participant may know it; as the server's `Poll`."""

    id: str
    question: str
    options: list[str]
    multiple: bool
    anonymous: bool
    show: str
    open: bool
    ends: float | None
    counts: list[int] | None
    voters: int
    correct: list[int]
    own: list[int]


class PollChangedData(Message, frozen=True, kw_only=True):
    """Of ``nanomeetPollChanged``."""

    poll: PollTold


class PollCountsData(Message, frozen=True, kw_only=True):
    """Of ``nanomeetPollCounts``."""

    id: str
    counts: list[int] | None
    voters: int


class PollOpenedData(Message, frozen=True, kw_only=True):
    """The answer to ``nanomeetOpenPoll``."""

    id: str


class VoteTold(Message, frozen=True, kw_only=True):
    """A person's vote, in a poll that is not anonymous."""

    #: Null for a viewer of the broadcast.
    id: str | None
    name: str
    choices: list[int]


class PollVotesData(Message, frozen=True, kw_only=True):
    """The answer to ``nanomeetReadVotes``."""

    votes: list[VoteTold]


class GroupMemberTold(Message, frozen=True, kw_only=True):
    """A participant who belongs to a group."""

    id: str
    name: str
    #: Whether they are in the group's room.
    here: bool


class GroupTold(Message, frozen=True, kw_only=True):
    """A group of the meeting."""

    id: str
    name: str
    people: list[GroupMemberTold]


class GroupsData(Message, frozen=True, kw_only=True):
    """Of ``nanomeetGroupsChanged``."""

    groups: list[GroupTold]
    #: When everyone comes back by themselves, in seconds since the epoch.
    ends: float | None
    #: The group in whose room the page is, and the one to which its participant belongs.
    here: str | None
    own: str | None


class RosterTold(Message, frozen=True, kw_only=True):
    """A person with a personal link."""

    id: str
    name: str
    moderator: bool
    #: As which participants they are in the room.
    here: list[str]


class RosterData(Message, frozen=True, kw_only=True):
    """Of ``nanomeetRosterChanged``."""

    people: list[RosterTold]


class CheckInData(Message, frozen=True, kw_only=True):
    """Of ``nanomeetCheckInChanged``."""

    #: Null if there is none.
    id: str | None
    question: str
    #: When it began, in seconds since the epoch.
    since: float
    #: The participants who are done.
    done: list[str]


class HandCalledData(Message, frozen=True, kw_only=True):
    """The answer to ``nanomeetCallHand``."""

    #: Null if no hand was raised.
    id: str | None


class SourceClosedData(Message, frozen=True, kw_only=True):
    """Of ``nanomeetSourceClosed``."""

    stream: str
    message: str
    #: Whether an error ended it, rather than a request.
    failed: bool


# --- a broadcast player -----------------------------------------------------------------------


class CaptionsLink(Message, frozen=True, kw_only=True):
    """Captions by their address."""

    url: str


class CaptionsText(Message, frozen=True, kw_only=True):
    """Captions themselves: WebVTT."""

    text: str


class Source(KernelMessage, frozen=True, kw_only=True, tag="source"):
    """What a player shows."""

    url: str | None
    captions: CaptionsLink | CaptionsText | None


PlayerFromKernel: TypeAlias = Source | Probe | Notice | Command


class PlayerHello(Message, frozen=True, kw_only=True, tag="hello"):
    """The first message of a player's page."""


class PlayerFacts(Message, frozen=True, kw_only=True):
    """The state of a player; times are in seconds, except `latency`."""

    state: str
    paused: bool
    behind: float
    title: str
    #: Milliseconds.
    latency: float | None = None
    vod: str | None = None


class Facts(Message, frozen=True, kw_only=True, tag="facts"):
    """What changed about a player."""

    facts: PlayerFacts
    #: Where that is, and how many facts it told before: they may overtake each other on the way.
    view: str = ""
    number: Number = 0


PlayerToKernel: TypeAlias = PlayerHello | Reply | Alive | Facts


def decode(content: object, kind: Any) -> Any:  # noqa: ANN401 - a union is no type that mypy takes
    """Return what a page says as one of the types of `kind`; None if it is malformed.

    Parameters
    ----------
    content : object
        What Jupyter's message holds.
    kind : type
        A struct, or a union of tagged ones.

    Returns
    -------
    Message or None
    """
    try:
        return msgspec.convert(content, kind)
    # Half of a character cannot be compared with a name, nor can every integer be a float.
    except (msgspec.ValidationError, ValueError, OverflowError) as error:
        _logger.debug("ignored a malformed message of a page: %s", error)
        return None


def encode(message: KernelMessage) -> dict[str, Any]:
    """Return a message as Jupyter sends it: plain dicts, lists, texts and numbers."""
    said: dict[str, Any] = msgspec.to_builtins(message, enc_hook=_plain)
    return said


def _plain(value: object) -> str:
    """Return a text of a type of its own, such as a secret's, as a plain one."""
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"a message to a page cannot hold a {type(value).__name__}")
