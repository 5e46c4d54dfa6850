"""One poll: its steps, its rules, and its votes as they are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum

from nanomeet_widget import _texts
from nanomeet_widget._errors import IllegalStepError
from nanomeet_widget.server.protocol.classroom import OpenPoll, Poll
from nanomeet_widget.server.rooms.cleaning import clean_line, clean_text
from nanomeet_widget.server.store.poll_records import Ballot, PollRecord, count

#: People who voted in one poll.
MOST_VOTERS = 10_000
#: Votes of people with one link at one address, beyond those who are here at once: some come and go.
_SPARE, _SPARE_SHARE = 3, 10


class PollStatus(str, Enum):
    """Whether a poll takes votes."""

    OPEN = "open"
    CLOSED = "closed"


POLL_STEPS: dict[PollStatus, frozenset[PollStatus]] = {
    PollStatus.OPEN: frozenset({PollStatus.CLOSED}),
    PollStatus.CLOSED: frozenset(),
}


def flaw_of_poll(message: OpenPoll) -> str | None:
    """Return which rule a new poll breaks, in words for the moderator; None if it breaks none.

    Parameters
    ----------
    message : OpenPoll
        The request.
    """
    question, options = clean_text(message.question), _cleaned(message.options)
    if not question or not all(options):
        return "The question and each option need readable text."
    if len(set(options)) < len(options):
        twice = next(one for one in options if options.count(one) > 1)
        return f"The option {twice!r} is there twice. Give each option a text of its own."
    flaw = flaw_of_choices(message.correct, len(options), multiple=message.multiple)
    if flaw is not None:
        return f"The right options are not valid: {flaw}"
    size = len(question.encode()) + sum(len(option.encode()) for option in options)
    if size > _texts.POLL_BYTES:
        return f"The question and options have {size} bytes together; at most {_texts.POLL_BYTES}."
    return None


def flaw_of_choices(choices: Sequence[int], options: int, *, multiple: bool) -> str | None:
    """Return which rule chosen options break, in plain words; None if they break none.

    Parameters
    ----------
    choices : sequence of int
        The indices of the options, from 0.
    options : int
        How many options there are.
    multiple : bool
        Whether several may be chosen.
    """
    beyond = [choice for choice in choices if choice >= options]
    if beyond:
        return f"There is no option {beyond[0]}: they are numbered 0 to {options - 1}."
    if len(set(choices)) < len(choices):
        return "An option is chosen twice."
    if len(choices) > 1 and not multiple:
        return "Only one option may be chosen."
    return None


def new_record(message: OpenPoll, *, poll_id: str, now: float) -> PollRecord:
    """Return a new poll.

    Parameters
    ----------
    message : OpenPoll
        The request, which `flaw_of_poll` has checked.
    poll_id : str
        Its ID.
    now : float
        Seconds since the epoch.

    Returns
    -------
    PollRecord
        The poll, which is open.
    """
    return PollRecord(
        id=poll_id,
        question=clean_text(message.question),
        options=_cleaned(message.options),
        multiple=message.multiple,
        anonymous=message.anonymous,
        correct=sorted(message.correct),
        show=message.show,
        opened=now,
        ends=None if message.seconds is None else now + message.seconds,
    )


def _cleaned(options: Sequence[str]) -> list[str]:
    return [clean_line(option) for option in options]


class CountedPoll:
    """A poll and its votes, counted; who voted for what is only in the database.

    Parameters
    ----------
    record : PollRecord
        The poll.
    ballots : sequence of Ballot, default ()
        The votes so far, if it is open.
    """

    def __init__(self, record: PollRecord, ballots: Sequence[Ballot] = ()) -> None:
        self.record = record
        self._status = PollStatus.OPEN if record.closed is None else PollStatus.CLOSED
        is_open = self._status is PollStatus.OPEN
        self._counts = count(ballots, len(record.options)) if is_open else record.counts
        self._voters = len(ballots) if is_open else record.voters
        self._crowds = Counter(ballot.crowd for ballot in ballots)
        #: How many people of each crowd were here at once.
        self._here: Counter[str] = Counter()

    @property
    def status(self) -> PollStatus:
        """Whether it takes votes."""
        return self._status

    @property
    def is_open(self) -> bool:
        """Whether it takes votes."""
        return self._status is PollStatus.OPEN

    @property
    def voters(self) -> int:
        """How many people voted."""
        return self._voters

    @property
    def counts(self) -> list[int]:
        """The votes for each option."""
        return list(self._counts)

    def has_place(self, crowd: str, here: int, most: int | None = None) -> bool:
        """Return whether one more person of a crowd may vote.

        Parameters
        ----------
        crowd : str
            Those who have the same link and network.
        here : int
            How many of them are here now.
        most : int, optional
            How many of them may vote at most.
        """
        self._here[crowd] = peak = max(self._here[crowd], here)
        places = peak + _SPARE + peak // _SPARE_SHARE
        if most is not None:
            places = min(places, most)
        return self._voters < MOST_VOTERS and self._crowds[crowd] < places

    def count(self, crowd: str, before: Sequence[int], after: Sequence[int]) -> None:
        """Count a vote that was written.

        Parameters
        ----------
        crowd : str
            As in `has_place`.
        before, after : sequence of int
            The person's last choices and their new ones; empty for none.
        """
        for option in before:
            self._counts[option] -= 1
        for option in after:
            self._counts[option] += 1
        change = bool(after) - bool(before)
        self._voters += change
        self._crowds[crowd] += change

    def close(self, now: float) -> None:
        """Close it: the votes are final.

        Parameters
        ----------
        now : float
            Seconds since the epoch.

        Raises
        ------
        IllegalStepError
            If it is closed, which is a bug in the caller.
        """
        if PollStatus.CLOSED not in POLL_STEPS[self._status]:
            raise IllegalStepError(self._status.value, PollStatus.CLOSED.value)
        self._status = PollStatus.CLOSED
        self._crowds.clear()
        self._here.clear()
        self.record.closed = now
        self.record.counts, self.record.voters = self.counts, self._voters

    def describe(self, *, moderator: bool, own: Sequence[int] = ()) -> Poll:
        """Return the poll as its recipients may know it.

        Parameters
        ----------
        moderator : bool
            Whether they are moderators.
        own : sequence of int, default ()
            The recipient's own vote, if there is one recipient.
        """
        record = self.record
        return Poll(
            id=record.id,
            question=record.question,
            options=record.options,
            multiple=record.multiple,
            anonymous=record.anonymous,
            show=record.show,
            open=self.is_open,
            ends=record.ends,
            counts=self.shown(moderator=moderator),
            voters=self._voters,
            correct=record.correct if moderator or not self.is_open else [],
            own=list(own),
        )

    def shown(self, *, moderator: bool) -> list[int] | None:
        """Return the votes for each option; None for those who may not know them now.

        Parameters
        ----------
        moderator : bool
            Whether they are for moderators.
        """
        show = self.record.show
        known = moderator or show == "live" or (show == "after" and not self.is_open)
        return self.counts if known else None
