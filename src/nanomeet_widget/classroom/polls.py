"""Polls of a meeting: asking, voting, and what everyone answers."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

import msgspec
import traitlets as t

from nanomeet_widget import _texts, events
from nanomeet_widget._command import Command, refused
from nanomeet_widget._commands import Commands
from nanomeet_widget._errors import CommandError, InvalidInputError, not_joined
from nanomeet_widget._meeting_state import ALIVE, MeetingState, State, state
from nanomeet_widget._models import PollInfo
from nanomeet_widget._page_protocol import PollChangedData, PollCountsData, PollOpenedData, Status
from nanomeet_widget._validation import check_flag
from nanomeet_widget.classroom._tables import AnyTable
from nanomeet_widget.classroom.poll import Poll
from nanomeet_widget.classroom.questions import read
from nanomeet_widget.classroom.quiz import Quiz
from nanomeet_widget.classroom.table import Table

if TYPE_CHECKING:
    from datetime import datetime

Show: TypeAlias = Literal["live", "after", "never"]
_SHOWS: tuple[Show, ...] = ("live", "after", "never")
#: As the server accepts them.
_LEAST_OPTIONS, _LEAST_SECONDS, _MOST_SECONDS = 2, 5, 24 * 3600


class Polls(Commands, MeetingState):
    """The polls of a meeting."""

    polls: State[list[PollInfo]] = state(t.List())

    def __init__(self, **traits: Any) -> None:  # noqa: ANN401 - traits of every widget
        #: Those that this program has asked, by their ids; at most as many as a meeting has.
        self._asked: dict[str, Poll] = {}
        self._unopened: list[Poll] = []
        super().__init__(**traits)

    def _awaited(self, name: str) -> Command[Any]:
        """Return a command that settles by what the meeting tells."""
        raise NotImplementedError

    def poll(
        self,
        question: str,
        options: Sequence[str],
        *,
        multiple: bool = False,
        anonymous: bool = False,
        correct: int | Collection[int] = (),
        seconds: int | None = None,
        show: Show = "after",
    ) -> Poll:
        """Ask everyone a question. Moderators only; embedded server only.

        Participants on stage and in the audience answer in the room's page, and so do viewers with the link
        of a private broadcast. A vote can be changed until the poll closes.

        Parameters
        ----------
        question : str
            1 to 500 characters.
        options : sequence of str
            2 to 20 different texts of 1 to 200 characters.
        multiple : bool, default False
            Whether a vote may have several options.
        anonymous : bool, default False
            Whether nothing is kept that says who voted for what: then not even moderators can learn it.
        correct : int or collection of int, default ()
            The numbers of the right options, from 0; everyone learns them when the poll closes. Empty for an
            opinion.
        seconds : int, optional
            When it closes by itself, 5 to 86400 seconds after it was opened. None leaves it open until it
            is closed.
        show : str, default "after"
            When everyone sees the votes: ``"live"`` as they come in, ``"after"`` once the poll is closed, or
            ``"never"``. Moderators always see them.

        Returns
        -------
        Poll
            The poll: show it in a cell, and its bars grow. ``await poll.closed()`` gives the results.

        Raises
        ------
        InvalidInputError
            If an argument breaks its rule.
        CommandRefusedError
            If you are a participant here, or the meeting is on another engine (``"unsupported"``).
        NotJoinedError
            If the meeting is over, or was never begun.

        Examples
        --------
        >>> poll = meet.poll("What is the slope?", ["1", "2"], correct=0, seconds=60)
        >>> poll
        """
        return self._ask(
            check_poll(
                question,
                options,
                multiple=multiple,
                anonymous=anonymous,
                correct=correct,
                seconds=seconds,
                show=show,
            )
        )

    def quiz(self, table: AnyTable, *, anonymous: bool = False, show: Show = "after") -> Quiz:
        """Prepare questions that are asked one after the other, and scored. Moderators only.

        All of them are checked before the first one is asked. Embedded server only.

        Parameters
        ----------
        table : DataFrame, iterable of dict, or path
            A row for each question; a path is that of a CSV file. Columns: ``question``; ``options``, a list
            or a text with ``|`` between them, or columns ``option 1``, ``option 2`` and so on; and, each
            optional, ``correct`` (numbers of options from 0: a number, a list, or a text with ``|`` between
            them), ``multiple`` (by default, whether several options are right) and ``seconds``.
        anonymous : bool, default False
            As for `poll`; then there are no scores.
        show : str, default "after"
            As for `poll`.

        Returns
        -------
        Quiz
            Show it in a cell for its buttons, or call ``quiz.next()`` for each question.

        Raises
        ------
        InvalidInputError
            If a question breaks a rule, naming its row.
        MissingPackageError
            If it is a DataFrame that takes narwhals to read, and that is not installed.
        CommandRefusedError
            As `poll` raises it.

        Examples
        --------
        >>> quiz = meet.quiz([{"question": "1 + 1?", "options": ["2", "3"], "correct": 0}])
        >>> quiz.next()
        """
        check_flag("anonymous", anonymous)
        prepared = [
            _check_question(where, row, anonymous=anonymous, show=show)
            for where, row in read(table)
        ]
        self._check_may_ask("quiz")
        refusal = self._why_no_moderator("quiz", "you are")
        if refusal is not None:
            raise refusal
        questions = [functools.partial(self._ask, one) for one in prepared]
        return Quiz(questions, scored=not anonymous, awaited=self._awaited)

    def vote(self, poll: Poll | PollInfo | str, choices: int | Collection[int]) -> Command[None]:
        """Vote in a poll, or change your vote. Embedded server only.

        Parameters
        ----------
        poll : Poll, dict or str
            The poll, one of `polls`, or its id.
        choices : int or collection of int
            The numbers of the options that you choose, from 0; none takes your vote back.

        Returns
        -------
        Command[None]
            Settles once the server has written your vote; it fails if the poll is closed.

        Raises
        ------
        InvalidInputError
            If `poll` is no poll, or the choices break its rules.
        """
        wanted = poll.id if isinstance(poll, Poll) else poll
        found = wanted["id"] if isinstance(wanted, dict) and "id" in wanted else wanted
        name = _texts.check("poll", found, _texts.ID)
        known = next((one for one in self.polls if one["id"] == name), None)
        chosen = _numbers(
            "choices", choices, _texts.OPTIONS if known is None else len(known["options"])
        )
        if known is not None and len(chosen) > 1 and not known["multiple"]:
            raise InvalidInputError("choices: this poll takes one option")
        other = self._why_other_engine("vote")
        if other is not None:
            return refused("vote", other)
        return self._command(
            "vote",
            lambda _: self._voted(name, chosen),
            "executeCommand",
            "nanomeetVote",
            {"poll": name, "choices": chosen},
        )

    # --- how it works --------------------------------------------------------------------------

    def _ask(self, wanted: dict[str, Any]) -> Poll:
        self._check_may_ask("poll")
        poll = Poll(
            _Asking(self),
            {
                "id": "",
                "question": wanted["question"],
                "options": wanted["options"],
                "multiple": wanted["multiple"],
                "anonymous": wanted["anonymous"],
                "show": wanted["show"],
                "open": True,
                "ends": None,
                "counts": None,
                "voters": 0,
                "correct": wanted["correct"],
                "own": [],
            },
        )
        self._unopened.append(poll)
        poll.opened = self._command(
            "poll",
            lambda answer: self._opened(poll, answer),
            "executeCommand",
            "nanomeetOpenPoll",
            wanted,
            moderator=True,
        )
        poll.opened.add_done_callback(lambda done: self._not_opened(poll, done))
        error = poll.opened.exception()
        if error is not None:
            raise error
        return poll

    def _check_may_ask(self, name: str) -> None:
        other = self._why_other_engine(name)
        if other is not None:
            raise other

    def _opened(self, poll: Poll, answer: Any) -> str:  # noqa: ANN401 - JSON
        name = msgspec.convert(answer, PollOpenedData).id
        self._asked[name] = poll
        known = next((one for one in self.polls if one["id"] == name), None)
        poll.hear(known or {**poll.info, "id": name})
        return name

    def _not_opened(self, poll: Poll, opened: Command[str]) -> None:
        if poll in self._unopened:
            self._unopened.remove(poll)
        error = opened.exception()
        if error is not None:
            poll.fail(error if isinstance(error, CommandError) else CommandError(f"poll: {error}"))

    def _voted(self, poll: str, choices: list[int]) -> None:
        for one in self.polls:
            if one["id"] == poll:
                self._put({**one, "own": sorted(choices)})

    def _on_poll(self, data: PollChangedData) -> None:
        told: PollInfo = msgspec.structs.asdict(data.poll)  # type: ignore[assignment]
        before = next((one for one in self.polls if one["id"] == told["id"]), None)
        if before is not None and not told["own"]:
            # What is told to everyone has no one's own vote.
            told["own"] = before["own"]
        self._put(told)
        if told["open"] and before is None:
            self._callbacks.emit(events.PollOpened(poll=dict(told)))
        elif not told["open"] and before is not None and before["open"]:
            self._callbacks.emit(events.PollClosed(poll=dict(told)))

    def _on_counts(self, data: PollCountsData) -> None:
        for one in self.polls:
            if one["id"] == data.id and one["open"]:
                self._put({**one, "counts": data.counts, "voters": data.voters})

    def _put(self, poll: PollInfo) -> None:
        places = [one["id"] for one in self.polls]
        polls = list(self.polls)
        if poll["id"] in places:
            polls[places.index(poll["id"])] = poll
        else:
            polls.append(poll)
        self._tell(polls=polls)
        asked = self._asked.get(poll["id"])
        if asked is not None:
            asked.hear(poll)

    def _on_status(self, told: Status, at: datetime | None = None) -> None:
        super()._on_status(told, at)
        if told.status not in ALIVE:
            error = not_joined("left", "the meeting was left before the poll was closed")
            for poll in (*self._asked.values(), *self._unopened):
                poll.fail(error)

    def _unknown_outside(self) -> dict[str, object]:
        return {**super()._unknown_outside(), "polls": []}

    _KEPT: ClassVar[dict[str, tuple[type[msgspec.Struct], Callable[[Any, Any], None]]]] = {
        "nanomeetPollChanged": (PollChangedData, _on_poll),
        "nanomeetPollCounts": (PollCountsData, _on_counts),
    }


class _Asking:
    """What a poll asks of its meeting.

    Parameters
    ----------
    meeting : Polls
        The meeting.
    """

    def __init__(self, meeting: Polls) -> None:
        self._meeting = meeting

    def close_poll(self, poll: str) -> Command[None]:
        """Close a poll."""
        return self._meeting._execute("close", "nanomeetClosePoll", {"poll": poll}, moderator=True)  # noqa: SLF001 - our own

    def read_votes(self, poll: str, parse: Callable[[Any], Table]) -> Command[Table]:
        """Read who voted for what."""
        return self._meeting._command(  # noqa: SLF001 - our own
            "votes",
            parse,
            "executeCommand",
            "nanomeetReadVotes",
            {"poll": poll},
            moderator=True,
        )

    def awaited(self, name: str) -> Command[Any]:
        """Return a command that settles by what the meeting tells."""
        return self._meeting._awaited(name)  # noqa: SLF001 - our own


def _check_question(
    where: str, row: dict[str, Any], *, anonymous: bool, show: Show
) -> dict[str, Any]:
    try:
        return check_poll(**row, anonymous=anonymous, show=show)
    except InvalidInputError as error:
        raise InvalidInputError(f"{where}: {error}") from None


def check_poll(
    question: str,
    options: Sequence[str],
    *,
    multiple: bool | None,
    anonymous: bool,
    correct: int | Collection[int],
    seconds: int | None,
    show: Show,
) -> dict[str, Any]:
    """Return what a poll is asked with, after a check of all of it.

    Parameters
    ----------
    question, options, anonymous, correct, seconds, show
        As `Polls.poll` has them.
    multiple
        Likewise; None for whether several options are right.

    Raises
    ------
    InvalidInputError
        If one of them breaks its rule.
    """
    _texts.check("question", question, _texts.QUESTION)
    texts = _check_options(options)
    right = _numbers("correct", correct, len(texts))
    several = len(right) > 1 if multiple is None else check_flag("multiple", multiple)
    if len(right) > 1 and not several:
        raise InvalidInputError(
            "correct: several options are right, and a vote may have one: pass multiple=True"
        )
    size = sum(len(text.encode()) for text in (question, *texts))
    if size > _texts.POLL_BYTES:
        raise InvalidInputError(
            f"question and options have {size} bytes together; at most {_texts.POLL_BYTES}"
        )
    if show not in _SHOWS:
        raise InvalidInputError(
            f"show must be one of {', '.join(_SHOWS)}, not {_texts.quoted(show)}"
        )
    return {
        "question": question,
        "options": texts,
        "multiple": several,
        "anonymous": check_flag("anonymous", anonymous),
        "correct": right,
        "seconds": _check_seconds(seconds),
        "show": show,
    }


def _check_options(options: object) -> list[str]:
    if isinstance(options, str) or not isinstance(options, Sequence):
        raise InvalidInputError(f"options must be a list of texts, not {_texts.quoted(options)}")
    if not _LEAST_OPTIONS <= len(options) <= _texts.OPTIONS:
        raise InvalidInputError(
            f"options: there are {len(options)}, and a poll has {_LEAST_OPTIONS} to {_texts.OPTIONS}"
        )
    texts = [
        _texts.check(f"option {number}", one, _texts.OPTION) for number, one in enumerate(options)
    ]
    # As the server compares them.
    plain = [" ".join(text.split()) for text in texts]
    for number, text in enumerate(plain):
        if text in plain[:number]:
            raise InvalidInputError(
                f"options {plain.index(text)} and {number} are the same: {_texts.quoted(text)}"
            )
    return texts


def _check_seconds(seconds: object) -> int | None:
    if seconds is None:
        return None
    whole = _index(seconds)
    if whole is None or not _LEAST_SECONDS <= whole <= _MOST_SECONDS:
        raise InvalidInputError(
            f"seconds must be a whole number from {_LEAST_SECONDS} to {_MOST_SECONDS}, "
            f"not {_texts.quoted(seconds)}"
        )
    return whole


def _numbers(name: str, value: object, options: int) -> list[int]:
    """Return numbers of options: of one, or of several different ones."""
    if _index(value) is not None:
        given: list[object] = [value]
    elif isinstance(value, Collection) and not isinstance(value, (str, bytes, Mapping)):
        given = list(value)
    else:
        raise InvalidInputError(
            f"{name} must be numbers of options, from 0, not {_texts.quoted(value)}"
        )
    found: set[int] = set()
    for one in given:
        number = _index(one)
        if number is None or not 0 <= number < options:
            raise InvalidInputError(
                f"{name}: there is no option {_texts.quoted(one)}: they are numbered 0 to {options - 1}"
            )
        if number in found:
            raise InvalidInputError(f"{name}: option {number} is there twice")
        found.add(number)
    return sorted(found)


def _index(value: object) -> int | None:
    """Return a whole number, also one of NumPy; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None
