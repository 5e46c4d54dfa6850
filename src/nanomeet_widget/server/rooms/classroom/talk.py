"""For how long each participant has spoken: one at a time, the active speaker."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nanomeet_widget.server.protocol import classroom
from nanomeet_widget.server.rooms.participant import Participant, Presence
from nanomeet_widget.server.timers import Alarm, Timers

#: Seconds between two updates while a participant speaks.
_EVERY = 3.0
#: Seconds after which another one who speaks becomes the active speaker: noise, or a page that says
#: without end that it speaks, does not keep all others silent.
_LONGEST = 60.0
#: People whose seconds are counted in one session.
_PEOPLE = 1000


class Talk:
    """Finds the active speaker, the first who began and still speaks, and counts their seconds.

    Parameters
    ----------
    timers : Timers
        The event loop.
    seconds : mapping
        For how long participants have spoken before, by their IDs.
    on_counted : callable
        Called with a participant and for how many seconds they have spoken in all.
    on_news : callable
        Called every few seconds if anyone's seconds changed.
    """

    def __init__(
        self,
        timers: Timers,
        seconds: Mapping[str, float],
        *,
        on_counted: Callable[[Participant, float], None],
        on_news: Callable[[], None],
    ) -> None:
        self._timers = timers
        self._on_counted = on_counted
        self._on_news = on_news
        self._seconds = dict(seconds)
        #: Those who speak, the active speaker first.
        self._speaking: list[Participant] = []
        #: Since when the active speaker is active, and until when their seconds are counted.
        self._active = self._counted = 0.0
        self._tick = Alarm(timers)

    def describe(self) -> classroom.TalkTimes:
        """Return for how many seconds each participant has spoken."""
        self._count()
        return classroom.TalkTimes(
            seconds={name: round(seconds, 1) for name, seconds in self._seconds.items()}
        )

    def says(self, who: Participant, *, speaking: bool) -> None:
        """Hear from a page whether its participant speaks.

        Parameters
        ----------
        who : Participant
            The participant; counted only while they are heard.
        speaking : bool
            Whether they speak.
        """
        if not speaking:
            self._stop(who)
        elif who not in self._speaking and _heard(who):
            if not self._speaking:
                self._active = self._counted = self._timers.time()
            self._speaking.append(who)
            if not self._tick.is_set:
                self._tick.set(_EVERY, self._news)

    def changed(self, who: Participant) -> None:
        """Hear of a participant who has changed, or whose connection is lost.

        Parameters
        ----------
        who : Participant
            The participant.
        """
        if not _heard(who):
            self._stop(who)

    def close(self) -> None:
        """Count what is not counted yet, and stop."""
        self._count()
        self._speaking.clear()
        self._tick.cancel()

    def _stop(self, who: Participant) -> None:
        if who not in self._speaking:
            return
        self._count()
        if who is self._speaking[0]:
            self._active = self._timers.time()
        self._speaking.remove(who)

    def _count(self) -> None:
        """Add to the active speaker's seconds."""
        now = self._timers.time()
        if self._speaking and now > self._counted:
            who = self._speaking[0]
            if who.id in self._seconds or len(self._seconds) < _PEOPLE:
                self._seconds[who.id] = self._seconds.get(who.id, 0.0) + now - self._counted
                self._on_counted(who, self._seconds[who.id])
        self._counted = now

    def _news(self) -> None:
        self._count()
        if len(self._speaking) > 1 and self._counted - self._active >= _LONGEST:
            self._speaking.append(self._speaking.pop(0))
            self._active = self._counted
        if self._speaking:
            self._tick.set(_EVERY, self._news)
        self._on_news()


def _heard(who: Participant) -> bool:
    return who.presence is Presence.PRESENT and who.stage and who.audio
