"""How often people may send each kind of message: every person, and all people of one link together.

What is over the budget is refused with an error, or, for messages that say how something is from now on,
kept until there is budget again: only the newest of them counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nanomeet_widget.server.protocol import classroom, common, meeting
from nanomeet_widget.server.protocol.messages import text_messages
from nanomeet_widget.server.rooms.participant import Participant, Presence
from nanomeet_widget.server.rooms.replies import refuse
from nanomeet_widget.server.timers import Alarm, Timers
from nanomeet_widget.server.token_bucket import TokenBuckets


@dataclass(frozen=True)
class _Budget:
    """Messages at once, and how many more a second."""

    burst: float
    rate: float


#: What one person may send of each kind. Chat, reactions, pictures and texts of programs have limits of
#: their own, which `config.Limits` sets.
_KINDS: dict[type, _Budget] = {
    meeting.Media: _Budget(burst=20, rate=4),
    meeting.Rename: _Budget(burst=10, rate=1),
    meeting.RaiseHand: _Budget(burst=10, rate=0.5),
    meeting.BroadcastShown: _Budget(burst=20, rate=4),
    classroom.Speaking: _Budget(burst=20, rate=4),
    meeting.EnterStage: _Budget(burst=10, rate=0.5),
    meeting.LeaveStage: _Budget(burst=10, rate=0.5),
    # One for each picture that a page shows; a page with eight changes them together.
    meeting.Want: _Budget(burst=200, rate=20),
    # Each answer costs a new token in the database.
    meeting.CreateInvite: _Budget(burst=50, rate=1),
    # Each begins a stream.
    meeting.OpenSource: _Budget(burst=10, rate=0.5),
    meeting.CloseSource: _Budget(burst=20, rate=1),
    # A program may read everyone on the stage.
    meeting.ReadMedia: _Budget(burst=40, rate=1),
    meeting.AnswerReading: _Budget(burst=200, rate=10),
    meeting.StopReading: _Budget(burst=200, rate=10),
    classroom.Vote: _Budget(burst=20, rate=2),
    # A program asks a few prepared questions one after the other.
    classroom.OpenPoll: _Budget(burst=20, rate=1),
    # Each answer has everyone's votes.
    classroom.ReadVotes: _Budget(burst=40, rate=1),
    # A teacher who tries out groups; each may move a whole room.
    classroom.OpenGroups: _Budget(burst=10, rate=0.2),
    classroom.CloseGroups: _Budget(burst=10, rate=0.2),
    classroom.AddGroup: _Budget(burst=100, rate=2),
    classroom.EnterGroup: _Budget(burst=20, rate=0.5),
    classroom.AnnounceToGroups: _Budget(burst=10, rate=1),
    classroom.AnswerCheckIn: _Budget(burst=20, rate=1),
    # Everyone is told.
    classroom.StartCheckIn: _Budget(burst=20, rate=1),
    classroom.EndCheckIn: _Budget(burst=20, rate=1),
    # A hash that takes ten milliseconds.
    meeting.SetPassword: _Budget(burst=20, rate=1),
}
#: For each other request of moderators: a program may admit a room full of people one by one.
_MODERATORS = _Budget(burst=200, rate=10)
#: Bytes of what pages send to each other to connect: a full stage takes about one megabyte.
_SIGNALS = _Budget(burst=4_000_000, rate=200_000)
#: What each person may say to everyone, whatever others with their link do.
_OWN = _Budget(burst=20, rate=1)
#: What all people of a link at an address may say beyond that together: a class that claps.
_LINK = _Budget(burst=400, rate=20)
#: Messages that say how something is from now on.
_STATES = (
    meeting.Media,
    meeting.Rename,
    meeting.RaiseHand,
    meeting.BroadcastShown,
    meeting.Want,
    classroom.Speaking,
)
#: Messages that everyone in the room is told of.
_TOLD = (
    meeting.Media,
    meeting.Rename,
    meeting.RaiseHand,
    meeting.React,
    meeting.SendChat,
    meeting.SendEndpointText,
    meeting.SetAvatar,
    # Its answer and its end are never held back.
    meeting.ReadMedia,
    meeting.EnterStage,
    meeting.LeaveStage,
    classroom.EnterGroup,
)
#: Seconds until a message that was kept is tried again.
_AGAIN = 0.25

_State = (
    meeting.Media
    | meeting.Rename
    | meeting.RaiseHand
    | meeting.BroadcastShown
    | meeting.Want
    | classroom.Speaking
)


class Budgets:
    """Passes people's messages on within their budgets.

    Parameters
    ----------
    timers : Timers
        The event loop.
    handle : callable
        Carries out a message.
    """

    def __init__(
        self, timers: Timers, handle: Callable[[Participant, meeting.ClientMessage], None]
    ) -> None:
        self._timers = timers
        self._handle = handle
        self._kinds: dict[type, TokenBuckets] = {}
        self._signals = TokenBuckets(burst=_SIGNALS.burst, rate=_SIGNALS.rate, timers=timers)
        self._own = TokenBuckets(burst=_OWN.burst, rate=_OWN.rate, timers=timers)
        self._links = TokenBuckets(burst=_LINK.burst, rate=_LINK.rate, timers=timers)
        #: The newest messages that wait for budget, oldest first.
        self._kept: dict[tuple[Participant, type, str], _State] = {}
        self._again = Alarm(timers)

    def pass_on(self, who: Participant, message: meeting.ClientMessage) -> None:
        """Have a message carried out: now, later if it is a state, or not at all.

        Parameters
        ----------
        who : Participant
            The participant who sent it.
        message : ClientMessage
            The message; if it is refused, they are told so.
        """
        if isinstance(message, _STATES):
            # A newer state takes the place of one that waits.
            if self._key(who, message) in self._kept or not self._spend(who, message):
                self._keep(who, message)
            else:
                self._handle(who, message)
        elif self._spend(who, message):
            self._handle(who, message)
        elif isinstance(message, common.Request):
            refuse(who, message, "too_many", "Too many requests. Wait a moment, then try again.")
        # A signal has no answer: the pages begin to connect again by themselves.

    def _spend(self, who: Participant, message: meeting.ClientMessage) -> bool:
        if isinstance(message, meeting.Signal):
            return self._signals.take(who.id, len(text_messages.encode(message)))
        kind = type(message)
        budget = _KINDS.get(kind)
        if budget is None and isinstance(message, common.ModeratorRequest):
            budget = _MODERATORS
        told = isinstance(message, _TOLD) and not who.moderator
        link = f"{who.claims.jti} {who.address}"
        if told and not (self._own.has(who.id) or self._links.has(link)):
            return False
        if budget is not None and not self._of(kind, budget).take(who.id):
            return False
        return not told or self._own.take(who.id) or self._links.take(link)

    def _of(self, kind: type, budget: _Budget) -> TokenBuckets:
        if kind not in self._kinds:
            self._kinds[kind] = TokenBuckets(
                burst=budget.burst, rate=budget.rate, timers=self._timers
            )
        return self._kinds[kind]

    @staticmethod
    def _key(who: Participant, message: _State) -> tuple[Participant, type, str]:
        return who, type(message), message.to if isinstance(message, meeting.Want) else ""

    def _keep(self, who: Participant, message: _State) -> None:
        key = self._key(who, message)
        replaced = self._kept.get(key)
        self._kept[key] = message
        if isinstance(replaced, common.Request):
            refuse(who, replaced, "too_many", "Too many requests. Only the last one counts.")
        if not self._again.is_set:
            self._again.set(_AGAIN, self._retry)

    def _retry(self) -> None:
        self._again.set(_AGAIN, self._retry)
        for key, message in tuple(self._kept.items()):
            who = key[0]
            if who.presence is not Presence.PRESENT:
                # Their page says again how it is when it comes back.
                del self._kept[key]
            elif self._spend(who, message):
                del self._kept[key]
                self._handle(who, message)
        if not self._kept:
            self._again.cancel()
