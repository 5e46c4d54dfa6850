"""A quiz: prepared questions, asked one after the other, and scored."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nanomeet_widget._command import Command
from nanomeet_widget._errors import CommandError, NanoMeetError
from nanomeet_widget._fallback import with_words
from nanomeet_widget.classroom.poll import Poll
from nanomeet_widget.classroom.table import Kind, Table

_SCORES: Mapping[str, Kind] = {
    "person": "text",
    "name": "text",
    "points": "count",
    "answered": "count",
    "questions": "count",
}


class Quiz:
    """Prepared questions, asked one after the other, and scored: what `quiz` returns.

    A cell that shows it has the current question with its bars, and buttons. A question is worth one point: for
    all right options and no wrong one. Closing a question reads who voted for what.

    Parameters
    ----------
    questions : sequence of callable
        Each asks a question, and returns its poll.
    scored : bool
        Whether it is known who voted for what.
    awaited : callable
        Returns a command of a name that settles by what the meeting tells.
    """

    def __init__(
        self,
        questions: Sequence[Callable[[], Poll]],
        *,
        scored: bool,
        awaited: Callable[[str], Command[Any]],
    ) -> None:
        import ipywidgets  # noqa: PLC0415 - a program without a notebook starts sooner without it

        self._questions = list(questions)
        self._scored = scored
        self._awaited = awaited
        self._asked: list[Poll] = []
        #: The votes of each question that is closed, by its number.
        self._votes: dict[int, Table] = {}
        self._reading: dict[int, Command[Table]] = {}
        self._over = False
        self._trouble = ""
        self._place = ipywidgets.HTML()
        self._next = ipywidgets.Button(
            description="Ask first question", layout=ipywidgets.Layout(width="auto")
        )
        self._close = ipywidgets.Button(
            description="Close question", layout=ipywidgets.Layout(width="auto")
        )
        self._next.on_click(lambda _: self._press(self.next))
        self._close.on_click(lambda _: self._press(self._close_current))
        buttons = ipywidgets.HBox(
            [self._next, self._close], layout=ipywidgets.Layout(flex_flow="row wrap")
        )
        self._box = ipywidgets.VBox([self._place, buttons])
        self._show()

    @property
    def current(self) -> Poll | None:
        """The question that was asked last; None before the first one."""
        return self._asked[-1] if self._asked else None

    @property
    def polls(self) -> list[Poll]:
        """The questions that were asked, the first one first."""
        return list(self._asked)

    @property
    def left(self) -> int:
        """How many questions are not asked yet."""
        return 0 if self._over else len(self._questions) - len(self._asked)

    def next(self) -> Poll:
        """Close the current question, and ask the next one.

        Returns
        -------
        Poll
            The next question.

        Raises
        ------
        CommandError
            If there is no further question, or the quiz is closed.
        CommandRefusedError, NotJoinedError
            As `poll` raises them.
        """
        if not self.left:
            why = (
                "the quiz is closed: prepare another one with quiz()"
                if self._over
                else "all questions were asked: close() gives the scores"
            )
            raise CommandError(f"next: {why}")
        if self._asked:
            self._close_current()
        poll = self._questions[len(self._asked)]()
        number = len(self._asked)
        self._asked.append(poll)
        poll.watch(lambda: self._heard(number))
        self._show()
        return poll

    def close(self) -> Command[Table]:
        """Close the current question, and end the quiz.

        Returns
        -------
        Command[Table]
            Gives `scores`, once the votes of all questions were read.
        """
        self._over = True
        command: Command[Table] = self._awaited("close")
        self._close_current()
        self._show()
        self._finish(command)
        return command

    def _finish(self, command: Command[Table]) -> None:
        waiting = [one for one in self._pending() if not one.done()]
        if not waiting:
            command.resolve(self.scores())
            return
        waiting[0].add_done_callback(lambda _: self._finish(command))

    def _pending(self) -> list[Command[Any]]:
        """Return what the scores wait for."""
        closing: list[Command[Any]] = [
            poll.closed() for poll in self._asked if poll.state in {"opening", "open"}
        ]
        return [*closing, *self._reading.values()]

    def scores(self) -> Table:
        """Return how many points each person has, of the questions that are closed so far.

        Returns
        -------
        Table
            A row for each person who voted, the best first: ``person`` (their id in `participants`),
            ``name``, ``points``, ``answered`` and ``questions`` (how many there were). A vote scores a point
            if it has all right options and no wrong one. Questions without right options score nothing, and
            viewers of the broadcast are not in it: they have no names. Empty for an anonymous quiz.
        """
        people: dict[str, dict[str, Any]] = {}
        for number in sorted(self._votes):
            for vote in self._votes[number]:
                person = vote["person"]
                if person is None:
                    continue
                row = people.setdefault(
                    person, {"person": person, "name": "", "points": 0, "answered": 0}
                )
                row["name"] = vote["name"]
                row["answered"] += 1
                row["points"] += vote["correct"] is True
        for row in people.values():
            row["questions"] = len(self._votes)
        rows = sorted(people.values(), key=lambda row: (-row["points"], row["name"]))
        return Table(rows, kinds=_SCORES, title="Scores", note=self._note())

    def _note(self) -> str:
        if not self._scored:
            return "The quiz is anonymous: there are no scores."
        missing = len(self._asked) - len(self._votes)
        if not missing:
            return ""
        which = "1 question" if missing == 1 else f"{missing} questions"
        return f"The votes of {which} are not in it: still open, or not read yet."

    # --- how it works --------------------------------------------------------------------------

    def _close_current(self) -> None:
        poll = self.current
        if poll is None or poll.state in {"closed", "failed"}:
            return
        if poll.id:
            self._report(poll.close())
        else:
            # It closes once the server has opened it.
            poll.opened.add_done_callback(
                lambda done: self._report(poll.close()) if done.exception() is None else None
            )

    def _report(self, command: Command[None]) -> None:
        command.add_done_callback(self._closed)

    def _closed(self, command: Command[None]) -> None:
        error = command.exception()
        if error is not None:
            self._trouble = str(error)
            self._show()

    def _heard(self, number: int) -> None:
        poll = self._asked[number]
        if poll.state == "closed" and self._scored and number not in self._reading:
            self._reading[number] = reading = poll.votes()
            reading.add_done_callback(lambda done: self._read(number, done))
        self._show()

    def _read(self, number: int, done: Command[Table]) -> None:
        if done.exception() is None:
            self._votes[number] = done.result()
        else:
            self._trouble = str(done.exception())
        self._show()

    def _repr_mimebundle_(self, **options: Any) -> Any:  # noqa: ANN401 - as ipywidgets has it
        return with_words(self._box._repr_mimebundle_(**options), "A quiz")

    def __repr__(self) -> str:
        return f"<Quiz: {len(self._asked)} of {len(self._questions)} questions asked>"

    def _press(self, action: Callable[[], object]) -> None:
        self._trouble = ""
        try:
            action()
        except NanoMeetError as error:
            self._trouble = str(error)
        self._show()

    def _show(self) -> None:
        poll = self.current
        self._next.description = "Ask next question" if self._asked else "Ask first question"
        self._next.disabled = not self.left
        self._close.disabled = poll is None or poll.state in {"closed", "failed"}
        parts = [f"<p><strong>Question {len(self._asked)} of {len(self._questions)}</strong></p>"]
        if poll is None:
            parts = [f"<p>{len(self._questions)} questions, none asked yet.</p>"]
        else:
            parts.append(poll.as_html())
        if not self.left and self._scored and self._votes:
            parts.append(self.scores()._repr_html_())
        if self._trouble:
            parts.append(f"<p role='status'>✗ {html.escape(self._trouble)}</p>")
        self._place.value = "".join(parts)
