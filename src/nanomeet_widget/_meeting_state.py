"""The state of a meeting: traits that follow what its page tells, and nothing else sets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import itemgetter
from typing import Any, ClassVar, NoReturn, TypeAlias, TypeVar

import msgspec
import traitlets as t

from nanomeet_widget import _page_protocol, _payloads, _states, events
from nanomeet_widget._attendance import Seen
from nanomeet_widget._callbacks import Callbacks
from nanomeet_widget._errors import CommandRefusedError
from nanomeet_widget._models import (
    BroadcastStats,
    Failure,
    Message,
    ParticipantInfo,
    Playout,
    Waiting,
)
from nanomeet_widget._page_protocol import (
    Broadcast,
    ChatData,
    LobbyData,
    Participants,
    Role,
    ShowsData,
    StatsData,
    Status,
    SubjectData,
    TalkTimesData,
)
from nanomeet_widget._states import BroadcastStatus, MeetingStatus
from nanomeet_widget._told import Told

T = TypeVar("T")

State: TypeAlias = t.TraitType[T, NoReturn]

#: The meeting goes on in a page.
ALIVE = frozenset(
    {MeetingStatus.LOADING, MeetingStatus.JOINING, MeetingStatus.WAITING, MeetingStatus.JOINED}
)
#: Messages that are kept.
_MAX_CHAT = 500


def state(trait: t.TraitType[Any, Any]) -> Any:  # noqa: ANN401 - what it is called says it more exactly
    """Make a trait that only the meeting sets."""
    trait.read_only = True
    return trait


class MeetingState(Told):
    """What is known of a meeting; `NanoMeet` documents the traits."""

    # Not synced: a saved "joined" would be untrue for the next user who opens the notebook.
    status: State[MeetingStatus] = state(t.UseEnum(MeetingStatus, default_value=MeetingStatus.IDLE))
    broadcast: State[BroadcastStatus] = state(
        t.UseEnum(BroadcastStatus, default_value=BroadcastStatus.OFF)
    )
    playout: State[Playout | None] = state(t.Instance(Playout, allow_none=True))
    broadcast_shows: State[str] = state(t.Unicode(default_value="stage"))
    moderator: State[bool] = state(t.Bool(default_value=False))
    room: State[str] = state(t.Unicode(default_value="").tag(sync=True))
    # traitlets would check each item of a list again whenever one is added; `_payloads` makes them.
    participants: State[list[ParticipantInfo]] = state(t.List())
    subject: State[str] = state(t.Unicode(default_value=""))
    hands: State[list[str]] = state(t.List())
    lobby: State[list[Waiting]] = state(t.List())
    chat: State[list[Message]] = state(t.List())
    talk_times: State[dict[str, float]] = state(t.Dict())
    broadcast_stats: State[BroadcastStats | None] = state(
        t.Dict(default_value=None, allow_none=True)
    )
    error: State[Failure | None] = state(t.Dict(default_value=None, allow_none=True))

    def __init__(self, **traits: Any) -> None:  # noqa: ANN401 - traits of every widget
        self._status = _states.Machine(MeetingStatus.IDLE, _states.STATUS_STEPS)
        self._broadcast = _states.Machine(BroadcastStatus.OFF, _states.BROADCAST_STEPS)
        self._callbacks = Callbacks(self._guard)
        self._seen = Seen()
        super().__init__(**traits)

    def _watch(self, *, alive: bool) -> None:
        """Begin to ask the page for signs of life, or end that."""
        raise NotImplementedError

    def _why_no_moderator(self, name: str, who: str) -> CommandRefusedError | None:
        """Return the error of a moderators' command; None while its user may be one, or is."""
        # Before joining, a moderator may have granted another role than the token's.
        if self.moderator or self._status.state is not MeetingStatus.JOINED:
            return None
        return CommandRefusedError(f"{name} is for moderators, and {who} a participant here")

    def _on_status(self, told: Status, at: datetime | None = None) -> None:
        target = told.status
        self._status.step(target)
        self._watch(alive=target in ALIVE)
        outside: dict[str, object] = {}
        if target not in {MeetingStatus.JOINED, MeetingStatus.JOINING}:
            # From outside, nothing is known of the room.
            self._broadcast.step(BroadcastStatus.OFF)
            self._seen.update([], at)
            outside = {name: [] for name in ("participants", "hands", "lobby")}
            outside |= {
                "subject": "",
                "talk_times": {},
                "broadcast_stats": None,
                "broadcast_shows": "stage",
            }
            outside |= {"broadcast": BroadcastStatus.OFF, "playout": None}
            outside |= self._unknown_outside()
        self._tell(status=target, error=_payloads.failure_of(told.error), **outside)

    def _unknown_outside(self) -> dict[str, object]:
        """Return the traits of which nothing is known outside of the room, as they are then."""
        return {}

    def _on_broadcast(self, told: Broadcast) -> None:
        playout = _payloads.playout_of(told.playout) if told.playout else self.playout
        self._broadcast.step(told.state)
        self._tell(broadcast=told.state, playout=playout)

    def _on_participants(self, told: Participants) -> None:
        people = [_payloads.person_of(person) for person in told.participants]
        raised = sorted((p for p in people if p["hand"] is not None), key=itemgetter("hand"))
        self._seen.update(people)
        self._tell(participants=people, hands=[person["id"] for person in raised])

    def _on_role(self, told: Role) -> None:
        self._tell(moderator=told.moderator)

    def _on_event(self, told: _page_protocol.Event) -> None:
        if told.name in self._KEPT:
            kind, keep = self._KEPT[told.name]
            data = _page_protocol.decode(told.data, kind)
            if data is None:
                return
            keep(self, data)
        event = events.parse(told.name, told.data)
        if event is not None:
            self._callbacks.emit(event)

    def _on_subject(self, data: SubjectData) -> None:
        self._tell(subject=data.subject or "")

    def _on_lobby(self, data: LobbyData) -> None:
        self._tell(lobby=[_payloads.waiting_of(person) for person in data.waiting])

    def _on_chat(self, data: ChatData) -> None:
        before = [] if data.whole else self.chat
        written = [_payloads.message_of(message) for message in data.messages]
        self._tell(chat=[*before, *written][-_MAX_CHAT:])

    def _on_stats(self, data: StatsData) -> None:
        stats = data.stats
        self._tell(broadcast_stats=None if stats is None else _payloads.stats_of(stats))

    def _on_talk_times(self, data: TalkTimesData) -> None:
        self._tell(talk_times=dict(data.seconds))

    def _on_shows(self, data: ShowsData) -> None:
        # Another engine has no cards.
        self._tell(broadcast_shows=data.shows or "stage")

    #: Events that the traits keep, with the type of their data.
    _KEPT: ClassVar[dict[str, tuple[type[msgspec.Struct], Callable[[MeetingState, Any], None]]]] = {
        "subjectChange": (SubjectData, _on_subject),
        "nanomeetLobby": (LobbyData, _on_lobby),
        "nanomeetChat": (ChatData, _on_chat),
        "nanomeetBroadcastStats": (StatsData, _on_stats),
        "nanomeetBroadcastChanged": (ShowsData, _on_shows),
        "nanomeetTalkTimes": (TalkTimesData, _on_talk_times),
    }

    #: What a page tells, or a bot learns, that the traits follow.
    FOLLOWS: ClassVar[dict[type[_page_protocol.Message], Callable[[Any, Any], None]]] = {
        Status: _on_status,
        Broadcast: _on_broadcast,
        Participants: _on_participants,
        Role: _on_role,
        _page_protocol.Event: _on_event,
    }
