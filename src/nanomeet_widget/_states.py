"""The two state machines of a meeting, each with its table of legal steps.

The front end has the same words and tables: `scripts/generate_protocol.py` renders them.
"""

from __future__ import annotations

from enum import Enum
from typing import Generic, TypeVar

from nanomeet_widget._errors import IllegalStepError


class _Word(str, Enum):
    """A state as the word for it, which is also what is printed."""

    def __str__(self) -> str:
        return str(self.value)

    def __format__(self, spec: str) -> str:
        return format(str(self.value), spec)


class Status(_Word):
    """Where this person's part in the meeting stands."""

    IDLE = "idle"
    LOADING = "loading"
    JOINING = "joining"
    WAITING = "waiting"
    JOINED = "joined"
    LEFT = "left"
    FAILED = "failed"


class Broadcast(_Word):
    """Where the room's broadcast stands."""

    OFF = "off"
    STARTING = "starting"
    LIVE = "live"
    STOPPING = "stopping"
    FAILED = "failed"


STATUS_STEPS: dict[Status, frozenset[Status]] = {
    Status.IDLE: frozenset({Status.LOADING, Status.FAILED}),
    Status.LOADING: frozenset({Status.IDLE, Status.JOINING, Status.LEFT, Status.FAILED}),
    Status.JOINING: frozenset(
        {Status.IDLE, Status.LOADING, Status.WAITING, Status.JOINED, Status.LEFT, Status.FAILED}
    ),
    Status.WAITING: frozenset(
        {Status.IDLE, Status.LOADING, Status.JOINING, Status.JOINED, Status.LEFT, Status.FAILED}
    ),
    Status.JOINED: frozenset(
        {Status.IDLE, Status.LOADING, Status.JOINING, Status.LEFT, Status.FAILED}
    ),
    Status.LEFT: frozenset({Status.IDLE, Status.LOADING, Status.FAILED}),
    Status.FAILED: frozenset({Status.IDLE, Status.LOADING, Status.LEFT}),
}

BROADCAST_STEPS: dict[Broadcast, frozenset[Broadcast]] = {
    # A newcomer meets a broadcast that is already under way.
    Broadcast.OFF: frozenset({Broadcast.STARTING, Broadcast.LIVE, Broadcast.FAILED}),
    Broadcast.STARTING: frozenset(
        {Broadcast.LIVE, Broadcast.STOPPING, Broadcast.OFF, Broadcast.FAILED}
    ),
    Broadcast.LIVE: frozenset({Broadcast.STOPPING, Broadcast.OFF, Broadcast.FAILED}),
    Broadcast.STOPPING: frozenset({Broadcast.OFF, Broadcast.FAILED}),
    Broadcast.FAILED: frozenset({Broadcast.STARTING, Broadcast.LIVE, Broadcast.OFF}),
}

State = TypeVar("State", Status, Broadcast)


class Machine(Generic[State]):
    """A state and the steps it may take.

    Parameters
    ----------
    initial
        The state to begin in.
    steps
        For each state, the states that may follow. Staying put is always legal.
    """

    def __init__(self, initial: State, steps: dict[State, frozenset[State]]) -> None:
        self._state: State = initial
        self._steps: dict[State, frozenset[State]] = steps

    @property
    def state(self) -> State:
        """The present state."""
        return self._state

    def step(self, target: State) -> bool:
        """Move to `target`; return whether that changed anything.

        Raises
        ------
        IllegalStepError
            If the table has no such step: a bug in the caller.
        """
        if target == self._state:
            return False
        if target not in self._steps[self._state]:
            raise IllegalStepError(self._state.value, target.value)
        self._state = target
        return True
