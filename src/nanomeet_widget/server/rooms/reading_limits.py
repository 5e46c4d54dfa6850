"""How many readings there may be, and how often a participant may be asked."""

from __future__ import annotations

import math
from collections.abc import Collection

from nanomeet_widget.server.config import Limits
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.reading import Reading
from nanomeet_widget.server.timers import Timers
from nanomeet_widget.server.token_bucket import TokenBuckets

#: Questions that one participant gets from all others together: at once, and a second.
_QUESTIONS, _QUESTIONS_RATE = 12, 0.2


class ReadingLimits:
    """Bounds the readings of one room, and the questions that its participants get.

    Parameters
    ----------
    limits : Limits
        How many.
    ask_again : float
        Seconds for which a reader cannot ask a participant again who did not agree.
    timers : Timers
        The event loop.
    """

    def __init__(self, limits: Limits, *, ask_again: float, timers: Timers) -> None:
        self._limits = limits
        self._ask_again = ask_again
        self._timers = timers
        #: When a reader may ask a participant again, by their IDs.
        self._not_before: dict[tuple[str, str], float] = {}
        self._questions = TokenBuckets(burst=_QUESTIONS, rate=_QUESTIONS_RATE, timers=timers)

    def objection(self, wanted: Reading, others: Collection[Reading]) -> str | None:
        """Return why there are too many readings for another one.

        Parameters
        ----------
        wanted : Reading
            The new reading.
        others : collection of Reading
            All others of the room.

        Returns
        -------
        str or None
            The reason, and what to do; None if it may begin.
        """
        limits, of = self._limits, wanted.of
        if sum(other.reader is wanted.reader for other in others) >= limits.readings_by:
            return f"You have {limits.readings_by} readings already. Stop one of them first."
        if of is not None and not wanted.own:
            count = sum(other.of is of and not other.own for other in others)
            if count >= limits.readings_of:
                return (
                    f"{of.name} is read, or asked, by {count} programs already. Try again once one of "
                    "them has stopped."
                )
        if len(others) >= limits.readings:
            return (
                f"This room has {limits.readings} readings already. Try again once one of them has "
                "stopped."
            )
        return None

    def may_ask(self, reader: Participant, of: Participant) -> str | None:
        """Count a question to a participant, or return why they are not asked now.

        Parameters
        ----------
        reader, of : Participant
            Who asks, and who is asked.

        Returns
        -------
        str or None
            The reason; None if they are asked.
        """
        now = self._timers.time()
        self._not_before = {pair: at for pair, at in self._not_before.items() if at > now}
        wait = self._not_before.get((reader.id, of.id), now) - now
        if wait > 0:
            return (
                f"{of.name} did not agree a moment ago. Ask again in {math.ceil(wait)} seconds, if you "
                "have to."
            )
        if not self._questions.take(of.id):
            return f"{of.name} was asked many times in a short time. Wait a moment, then try again."
        return None

    def note_no(self, reader: Participant, of: Participant) -> None:
        """Note that a participant did not agree, so that the reader cannot ask again at once.

        Parameters
        ----------
        reader, of : Participant
            Who asked, and who was asked.
        """
        self._not_before[reader.id, of.id] = self._timers.time() + self._ask_again
