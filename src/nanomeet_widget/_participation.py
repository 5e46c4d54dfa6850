"""What a meeting can be asked and what it tells, once for a page's meeting and for a bot's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, overload

import msgspec

from nanomeet_widget import _page_protocol, _recordings
from nanomeet_widget._errors import NotJoinedError, not_joined
from nanomeet_widget._readings import Readings
from nanomeet_widget._recording import Recording
from nanomeet_widget.classroom import Records, Table, seen
from nanomeet_widget.classroom import records as _records
from nanomeet_widget.classroom.attending import Attending
from nanomeet_widget.classroom.grouping import Grouping
from nanomeet_widget.classroom.lesson import Lesson
from nanomeet_widget.classroom.polls import Polls
from nanomeet_widget.events import Event

E = TypeVar("E", bound=Event)


class Participation(Lesson, Readings):
    """Commands, state and events of a meeting."""

    _KEPT: ClassVar[dict[str, tuple[type[msgspec.Struct], Callable[[Any, Any], None]]]] = {
        **Readings._KEPT,  # noqa: SLF001 - of a base
        **Attending._KEPT,  # noqa: SLF001 - likewise
        **Grouping._KEPT,  # noqa: SLF001 - likewise
        **Polls._KEPT,  # noqa: SLF001 - likewise
    }
    FOLLOWS: ClassVar[dict[type[_page_protocol.Message], Callable[[Any, Any], None]]] = {
        **Readings.FOLLOWS,
        _page_protocol.Status: Polls._on_status,  # noqa: SLF001 - of the base that comes first
    }

    def _own_token(self) -> str | None:
        """Return the meeting's token; None if there is none."""
        raise NotImplementedError

    @overload
    def on(self, event: type[E], callback: Callable[[E], object]) -> None: ...
    @overload
    def on(self, event: str, callback: Callable[[Any], object]) -> None: ...
    def on(self, event: str | type[Event], callback: Callable[[Any], object]) -> None:
        """Call a function with every event of a kind.

        Parameters
        ----------
        event : str or type
            A name such as ``"participant_joined"``, or a class of `nanomeet_widget.events`.
        callback : callable
            Gets the event. If it raises, that is logged and shown in the meeting's cell, and nothing else
            stops.

        Raises
        ------
        InvalidInputError
            If there is no such event, or `callback` cannot be called.
        """
        self._callbacks.add(event, callback)

    def off(self, event: str | type[Event], callback: Callable[[Any], object]) -> None:
        """Stop calling a function; one that was not registered is ignored.

        Parameters
        ----------
        event : str or type
            As it was given to `on`.
        callback : callable
            As it was given to `on`.

        Raises
        ------
        InvalidInputError
            If there is no such event.
        """
        self._callbacks.remove(event, callback)

    @property
    def events(self) -> list[Event]:
        """The newest events, at most a thousand, oldest first."""
        return self._callbacks.log

    @property
    def records(self) -> Records:
        """What the embedded server keeps of this room's meetings; for moderators.

        ``meet.records.attendance()`` is a table; ``meet.records(pseudonyms=True)`` has no names.
        """
        return _records.of_token(self._own_token)

    def attendance(self) -> Table:
        """Return who was in the room, and when.

        For a moderator's token of the embedded server, these are the server's records of the newest
        session (``records.attendance()``), if the room keeps them. Otherwise it is what this meeting saw
        itself: the columns ``session`` and ``roster`` are missing then.

        Returns
        -------
        Table
            A row for each stay, the first one first: ``person`` (the participant's id), ``name``,
            ``moderator``, ``joined`` and ``left`` (aware times, UTC; None for participants who are
            still there) and ``seconds``. ``pandas.DataFrame`` takes it as it is.

        Raises
        ------
        TokenError
            If the token cannot be read.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        kept = _records.has(self._own_token())
        return self.records.attendance() if kept else seen.attendance(self._seen.attendance())

    def raised_hands(self) -> Table:
        """Return whose hand was raised, and when.

        Returns
        -------
        Table
            As for `attendance`, with ``raised`` and ``lowered`` in place of ``joined`` and ``left``.
            The embedded server keeps it for ``create_room(records="all")``.

        Raises
        ------
        TokenError
            If the token cannot be read.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        kept = _records.has(self._own_token())
        return self.records.hands() if kept else seen.hands(self._seen.raised_hands())

    def recordings(self) -> list[Recording]:
        """List the recordings of this meeting's broadcasts, newest first. Moderators only.

        Returns
        -------
        list of Recording
            The recordings.

        Raises
        ------
        PermissionDeniedError
            If this is a participant's meeting.
        InvalidInputError
            If there is no token, or a service other than the embedded server keeps the recordings.
        TokenError
            If the token cannot be read.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        return _recordings.of_token(self._own_token())

    def _why_over(self, name: str, again: str) -> NotJoinedError:
        """Return the error of a command that is given after the meeting; `again` says how to join again."""
        if self.error is None:
            return not_joined("left", f"{name}: the meeting was left: {again}")
        kind, words = self.error["kind"], self.error["message"].rstrip(".")
        return not_joined(kind, f"{name}: the meeting failed ({kind}): {words}: {again}")
