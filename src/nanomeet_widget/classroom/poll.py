"""A poll that a program asks."""

from __future__ import annotations

import html
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias

import msgspec

from nanomeet_widget._command import Command, refused
from nanomeet_widget._errors import CommandError, CommandRefusedError
from nanomeet_widget._models import PollInfo
from nanomeet_widget._page_protocol import PollVotesData
from nanomeet_widget.classroom import _poll_shown
from nanomeet_widget.classroom.table import Kind, Table

PollState: TypeAlias = Literal["opening", "open", "closed", "failed"]

_RESULTS: Mapping[str, Kind] = {
    "option": "text",
    "votes": "count",
    # In percent.
    "share": "seconds",
    "correct": "flag",
}
_VOTES: Mapping[str, Kind] = {
    "person": "text",
    "name": "text",
    "choices": "counts",
    "options": "texts",
    "correct": "flag",
}


class Asking(Protocol):
    """What a poll asks of its meeting."""

    def close_poll(self, poll: str) -> Command[None]:
        """Close a poll."""

    def read_votes(self, poll: str, parse: Callable[[Any], Table]) -> Command[Table]:
        """Read who voted for what."""

    def awaited(self, name: str) -> Command[Any]:
        """Return a command that settles by what the meeting tells."""


class Poll:
    """A question to everyone in a meeting: what `poll` returns.

    As the last value of a cell it shows itself, and its bars grow as people vote.

    Parameters
    ----------
    asking : Asking
        What it asks of its meeting.
    first : PollInfo
        The poll as it was asked, before the server has opened it.

    Attributes
    ----------
    question : str
        What is asked.
    options : list of str
        The options, numbered from 0.
    multiple : bool
        Whether a vote may have several options.
    anonymous : bool
        Whether nothing is kept that says who voted for what.
    opened : Command of str
        Settles once everyone is asked, and gives the poll's id; it fails if the server refuses the poll.
    """

    opened: Command[str]

    def __init__(self, asking: Asking, first: PollInfo) -> None:
        self._asking = asking
        self._info = first
        self._failed: CommandError | None = None
        self._lock = threading.Lock()
        self._waiting: list[Command[Table]] = []
        self._watchers: list[Callable[[], object]] = []

    @property
    def info(self) -> PollInfo:
        """All that is known of it, as `polls` has it; its id is empty until it is opened."""
        return self._info

    @property
    def id(self) -> str:
        """The poll's id; empty until it is opened."""
        return self._info["id"]

    @property
    def question(self) -> str:
        """What is asked."""
        return self._info["question"]

    @property
    def options(self) -> list[str]:
        """The options, numbered from 0."""
        return list(self._info["options"])

    @property
    def multiple(self) -> bool:
        """Whether a vote may have several options."""
        return self._info["multiple"]

    @property
    def anonymous(self) -> bool:
        """Whether nothing is kept that says who voted for what."""
        return self._info["anonymous"]

    @property
    def state(self) -> PollState:
        """``opening``, ``open``, ``closed``, or ``failed`` if the server refused it or the meeting was left."""
        if self._failed is not None:
            return "failed"
        if not self._info["id"]:
            return "opening"
        return "open" if self._info["open"] else "closed"

    @property
    def error(self) -> CommandError | None:
        """Why it failed; None if it has not."""
        return self._failed

    @property
    def voters(self) -> int:
        """How many people voted."""
        return self._info["voters"]

    @property
    def counts(self) -> list[int] | None:
        """The votes for each option; None until they are known."""
        counts = self._info["counts"]
        return None if counts is None else list(counts)

    def results(self) -> Table:
        """Return the votes as they are now.

        Returns
        -------
        Table
            A row for each option: ``option``, ``votes`` (None until they are known), ``share`` (of
            those who voted, in percent; with ``multiple``, all shares may be more than 100 together) and
            ``correct`` (None if the poll has no right options).
        """
        info = self._info
        counts, right = info["counts"], info["correct"]
        rows = [
            {
                "option": option,
                "votes": None if counts is None else counts[number],
                "share": None
                if counts is None
                else _poll_shown.share(counts[number], info["voters"]),
                "correct": number in right if right else None,
            }
            for number, option in enumerate(info["options"])
        ]
        return Table(
            rows, kinds=_RESULTS, title=info["question"], note=f"{_poll_shown.summary(info)}."
        )

    def votes(self) -> Command[Table]:
        """Read who voted for what; only of a poll that is not anonymous.

        Returns
        -------
        Command[Table]
            Gives a row for each person who voted: ``person`` (their id in `participants`; None for a
            viewer of the broadcast), ``name``, ``choices`` (numbers of options, from 0), ``options`` (their
            texts) and ``correct`` (whether they chose all right options and no wrong one; None if the poll
            has none). The server keeps it until the meeting ends.

        Raises
        ------
        CommandRefusedError
            If the poll is anonymous: no one can say who voted for what.
        """
        if self.anonymous:
            raise CommandRefusedError("votes: this poll is anonymous: there are only results()")
        if not self.id:
            return refused("votes", self._failed or CommandError("votes: the poll is not open yet"))
        return self._asking.read_votes(self.id, self._voted)

    def _voted(self, answer: Any) -> Table:  # noqa: ANN401 - JSON
        info = self._info
        told = msgspec.convert(answer, PollVotesData)
        rows = [
            {
                "person": vote.id,
                "name": vote.name,
                "choices": vote.choices,
                "options": [info["options"][number] for number in vote.choices],
                "correct": is_right(vote.choices, info["correct"]),
            }
            for vote in told.votes
        ]
        return Table(rows, kinds=_VOTES, title=f"Votes: {info['question']}")

    def close(self) -> Command[None]:
        """Close the poll: the votes are final, and everyone sees the results if ``show`` is not ``never``.

        Returns
        -------
        Command[None]
            Settles once it is closed; a poll that is closed already stays so.
        """
        if self.state in {"closed", "failed"}:
            done: Command[None] = Command("close")
            done.resolve(None)
            return done
        if not self.id:
            return refused("close", CommandError("close: the poll is not open yet: await `opened`"))
        return self._asking.close_poll(self.id)

    def closed(self) -> Command[Table]:
        """Wait until the poll is closed: by `close`, by its ``seconds``, or by a moderator in the room.

        Returns
        -------
        Command[Table]
            Gives `results`. It fails with a `CommandError` if the poll cannot be opened, or the meeting is
            left before.
        """
        command: Command[Table] = self._asking.awaited("closed")
        with self._lock:
            self._waiting.append(command)
        self._settle()
        return command

    # --- what the meeting tells ----------------------------------------------------------------

    def watch(self, callback: Callable[[], object]) -> None:
        """Call a function after each change.

        Parameters
        ----------
        callback : callable
            Takes no arguments.
        """
        self._watchers.append(callback)

    def hear(self, info: PollInfo) -> None:
        """Take what the meeting tells of this poll.

        Parameters
        ----------
        info : PollInfo
            The poll.
        """
        if self._failed is not None or not (self._info["open"] or info["open"]):
            # Told again to a page that came back.
            self._info = info
            return
        self._info = info
        # Who watches may have more to wait for, once it is closed.
        self._changed()
        self._settle()

    def fail(self, error: CommandError) -> None:
        """End without a result, unless it is closed.

        Parameters
        ----------
        error : CommandError
            Why.
        """
        if self.state != "closed" and self._failed is None:
            self._failed = error
            self._changed()
            self._settle()

    def _settle(self) -> None:
        if self.state not in {"closed", "failed"}:
            return
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for command in waiting:
            if self._failed is not None:
                command.reject(self._failed)
            else:
                command.resolve(self.results())

    def _changed(self) -> None:
        for callback in tuple(self._watchers):
            callback()

    # --- how it looks --------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<Poll {self.question!r}: {self.state}, {self.voters} voted>"

    def as_html(self) -> str:
        """Return the poll as HTML, its texts escaped.

        Returns
        -------
        str
            A table: each option with its bar, its votes and their share.
        """
        shown = _poll_shown.as_html(self._info)
        return shown if self._failed is None else f"{shown}<p role='status'>✗ {self._why()}</p>"

    def _why(self) -> str:
        return html.escape(str(self._failed))

    def _bundle(self) -> dict[str, str]:
        text = _poll_shown.as_text(self._info)
        if self._failed is not None:
            text = f"{text}\n{self._failed}"
        return {"text/plain": text, "text/html": self.as_html()}

    def _ipython_display_(self) -> None:
        from IPython.display import display  # noqa: PLC0415 - only a notebook displays it

        shown = display(self._bundle(), raw=True, display_id=True)
        if shown is not None:
            self.watch(lambda: shown.update(self._bundle(), raw=True))


def is_right(choices: Sequence[int], correct: Sequence[int]) -> bool | None:
    """Return whether a vote has all right options and no wrong one.

    Parameters
    ----------
    choices : sequence of int
        The vote.
    correct : sequence of int
        The right options.

    Returns
    -------
    bool or None
        None if there are no right options.
    """
    return set(choices) == set(correct) if correct else None
