"""Properties of polls that hold in any order of votes, closes, reconnects and restarts of the server."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nanomeet_widget.server.protocol import classroom, meeting
from nanomeet_widget.server.rooms.classroom.polls import MOST_OPEN
from nanomeet_widget.server.store.store import Store
from tests.unit.server.conftest import House, build
from tests.unit.server.fakes import Clock, Page, claims
from tests.unit.server.rooms.classroom.polling import OPTIONS, QUESTION, counted, shown, vote
from tests.unit.server.store.test_room_records import killed

_FAREWELL = meeting.Bye(kind="server_stopping", message="bye", retry=True)
#: The first is a moderator; two share an invite, at one address.
_SHARED = claims()
_TOKENS = [claims(moderator=True), _SHARED, _SHARED, claims()]
_PERSONS = [f"the-browser-of-person-{number}" for number in range(len(_TOKENS))]
_EVERYONE = range(len(_TOKENS))
someone = st.sampled_from(_EVERYONE)
choices = st.lists(st.integers(0, len(OPTIONS)), max_size=len(OPTIONS))


@dataclass
class _Asked:
    """A poll, as it has to be."""

    id: str
    multiple: bool
    anonymous: bool
    show: classroom.PollShow
    ends: float | None
    votes: dict[int, list[int]] = field(default_factory=dict)
    open: bool = True

    def allows(self, chosen: list[int]) -> bool:
        right = len(set(chosen)) == len(chosen) and all(c < len(OPTIONS) for c in chosen)
        return self.open and right and (self.multiple or len(chosen) <= 1)

    @property
    def counts(self) -> list[int]:
        return [sum(option in v for v in self.votes.values()) for option in range(len(OPTIONS))]

    def shown(self, *, moderator: bool) -> list[int] | None:
        known = moderator or self.show == "live" or (self.show == "after" and not self.open)
        return self.counts if known else None


class PollMachine(RuleBasedStateMachine):
    """People who ask, vote, reload and lose their connections, and servers that are killed."""

    @initialize()
    def begin(self) -> None:
        """Start the server."""
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.polls: list[_Asked] = []
        self.pages: dict[int, Page] = {}
        self.house = self._build()
        for person in _EVERYONE:
            self._join(person)

    def _build(self) -> House:
        path = Path(self.folder.name)
        return build(path, Store(path), self.clock)

    def teardown(self) -> None:
        """Stop the server, and check that nothing is left over."""
        if not hasattr(self, "house"):
            return
        self.pages[0].ask(meeting.EndMeeting())
        assert self.clock.pending == 0
        assert not self.house.store.polls.polls("R")
        for poll in self.polls:
            assert not self.house.store.polls.ballots("R", poll.id)
        self.house.store.close()
        self.folder.cleanup()

    def _join(self, person: int) -> None:
        page = self.house.page()
        self.pages[person] = page.join(_TOKENS[person], person=_PERSONS[person])
        told = [m.poll for m in page.all(classroom.PollChanged)]
        assert [poll.id for poll in told] == [poll.id for poll in self.polls]
        for poll, seen in zip(self.polls, told, strict=True):
            hidden = poll.anonymous and not poll.open
            assert seen.own == ([] if hidden else sorted(poll.votes.get(person, [])))

    @property
    def _open(self) -> list[_Asked]:
        return [poll for poll in self.polls if poll.open]

    @rule(
        multiple=st.booleans(),
        anonymous=st.booleans(),
        show=st.sampled_from(["live", "after", "never"]),
        seconds=st.none() | st.integers(5, 30),
    )
    def ask(
        self,
        *,
        multiple: bool,
        anonymous: bool,
        show: classroom.PollShow,
        seconds: int | None,
    ) -> None:
        """Open a poll."""
        # Within the budget of requests.
        self._pass(1.0)
        asked = classroom.OpenPoll(
            ref=1,
            question=QUESTION,
            options=OPTIONS,
            multiple=multiple,
            anonymous=anonymous,
            seconds=seconds,
            show=show,
        )
        if len(self._open) >= MOST_OPEN:
            assert self.pages[0].try_all([asked]) == [("too_many", 1)]
            return
        self.pages[0].ask(asked)
        self.polls.append(
            _Asked(
                id=self.pages[0].last(classroom.PollOpened).id,
                multiple=multiple,
                anonymous=anonymous,
                show=show,
                ends=None if seconds is None else self.clock.wall() + seconds,
            )
        )

    @precondition(lambda self: self.polls)
    @rule(data=st.data(), person=someone, chosen=choices)
    def vote(self, data: st.DataObject, person: int, chosen: list[int]) -> None:
        """Vote, as the rules allow or not."""
        self._pass(0.5)
        self._vote(data.draw(st.sampled_from(self.polls)), person, chosen)

    @precondition(lambda self: self._open)
    @rule(shift=st.integers(0, 2))
    def everyone_votes(self, shift: int) -> None:
        """Have everyone vote in the newest open poll: they change their votes, if they have voted."""
        self._pass(0.5)
        for person in _EVERYONE:
            if self._open:
                self._vote(self._open[-1], person, [(person + shift) % len(OPTIONS)])

    def _vote(self, poll: _Asked, person: int, chosen: list[int]) -> None:
        refused = vote(self.pages[person], poll.id, *chosen)
        assert bool(refused) is not poll.allows(chosen)
        if not refused:
            poll.votes[person] = chosen
            if not chosen:
                del poll.votes[person]

    @precondition(lambda self: self.polls)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        """Close a poll, perhaps again."""
        poll = data.draw(st.sampled_from(self.polls))
        assert self.pages[0].try_all([classroom.ClosePoll(ref=1, poll=poll.id)]) == []
        poll.open = False

    @rule(seconds=st.sampled_from([0.05, 1.0, 10.0, 40.0]))
    def wait(self, seconds: float) -> None:
        """Let time pass: polls close by themselves."""
        self._pass(seconds)

    def _pass(self, seconds: float) -> None:
        self.clock.advance(seconds)
        for poll in self._open:
            if poll.ends is not None and poll.ends <= self.clock.wall():
                poll.open = False

    @rule(person=someone)
    def reload(self, person: int) -> None:
        """Reload the page, or open the meeting in a second tab."""
        self._join(person)

    @rule(person=someone)
    def reconnect(self, person: int) -> None:
        """Lose the connection, and come back."""
        self.pages[person].lose()
        self._pass(1.0)
        self._join(person)

    @rule(kill=st.booleans(), seconds=st.sampled_from([0.0, 7.0]))
    def restart(self, *, kill: bool, seconds: float) -> None:
        """Stop or kill the server, and start the next one."""
        if not kill:
            self.house.rooms.close(_FAREWELL)
        killed(self.house.store)
        self.clock.forget()
        self._pass(seconds)
        self.house = self._build()
        self._pass(0.0)
        for person in _EVERYONE:
            self._join(person)

    @invariant()
    def everyone_is_counted_once(self) -> None:
        """Check what each page was told last, once the pause between two messages is over."""
        if not hasattr(self, "house"):
            return
        self._pass(0.2)
        for poll in self.polls:
            for person, page in self.pages.items():
                moderator = person == 0
                expected = (poll.shown(moderator=moderator), len(poll.votes))
                assert counted(page, poll.id) == expected
                assert shown(page, poll.id).open is poll.open
            kept = self.house.store.polls.ballots("R", poll.id)
            assert len(kept) == (0 if poll.anonymous and not poll.open else len(poll.votes))
            assert all(bool(ballot.person) is not poll.anonymous for ballot in kept)


TestPollMachine = PollMachine.TestCase
TestPollMachine.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    # The same in every run, so that failures are repeatable.
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
