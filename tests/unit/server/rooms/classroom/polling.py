"""A room with a poll, for tests of polls."""

from __future__ import annotations

from typing import Any

from nanomeet_widget.server.protocol import classroom
from tests.unit.server.fakes import Box, Page

QUESTION = "What is the slope?"
OPTIONS = ["one", "two", "three"]


class Watching(Box):
    """A viewer's connection."""

    def tell_poll(self, message: classroom.PollChanged | classroom.PollCounts) -> None:
        self.sent.append(message)


def opened(moderator: Page, **fields: Any) -> str:
    """Open a poll, and return its ID."""
    before = len(moderator.all(classroom.PollOpened))
    asked = {"question": QUESTION, "options": OPTIONS, **fields}
    moderator.ask(classroom.OpenPoll(ref=before, **asked))
    answers = moderator.all(classroom.PollOpened)
    assert len(answers) == before + 1, moderator.sent[-1]
    assert answers[-1].ref == before
    return answers[-1].id


def vote(page: Page, poll: str, *choices: int) -> list[tuple[str, int | None]]:
    """Vote, and return the refusals."""
    return page.try_all([classroom.Vote(ref=500, poll=poll, choices=list(choices))])


def shown(box: Box, poll: str) -> classroom.Poll:
    """Return a poll as a page was last told of it in full."""
    return [m.poll for m in box.all(classroom.PollChanged) if m.poll.id == poll][-1]


def counted(box: Box, poll: str) -> tuple[list[int] | None, int]:
    """Return the newest counts that a page was told of."""
    newest = None
    for message in box.sent:
        if isinstance(message, classroom.PollChanged) and message.poll.id == poll:
            newest = message.poll.counts, message.poll.voters
        elif isinstance(message, classroom.PollCounts) and message.id == poll:
            newest = message.counts, message.voters
    assert newest is not None
    return newest
