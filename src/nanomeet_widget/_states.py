"""The two state machines of a meeting, each with its table of legal steps.

The front end has the same words and tables: `scripts/generate_protocol.py` renders them.
"""

from __future__ import annotations

from enum import Enum
from typing import Generic, TypeVar

from nanomeet_widget._errors import IllegalStepError


class _Word(str, Enum):
    """A state as the word for it, which is also what it prints."""

    def __str__(self) -> str:
        return str(self.value)

    def __format__(self, spec: str) -> str:
        return format(str(self.value), spec)


class MeetingStatus(_Word):
    """Where your part in the meeting stands."""

    IDLE = "idle"
    LOADING = "loading"
    JOINING = "joining"
    WAITING = "waiting"
    JOINED = "joined"
    LEFT = "left"
    FAILED = "failed"


class BroadcastStatus(_Word):
    """Where the room's broadcast stands."""

    OFF = "off"
    STARTING = "starting"
    LIVE = "live"
    STOPPING = "stopping"
    FAILED = "failed"


_S = MeetingStatus
_B = BroadcastStatus

STATUS_STEPS: dict[MeetingStatus, frozenset[MeetingStatus]] = {
    _S.IDLE: frozenset({_S.LOADING, _S.FAILED}),
    _S.LOADING: frozenset({_S.IDLE, _S.JOINING, _S.LEFT, _S.FAILED}),
    _S.JOINING: frozenset({_S.IDLE, _S.LOADING, _S.WAITING, _S.JOINED, _S.LEFT, _S.FAILED}),
    _S.WAITING: frozenset({_S.IDLE, _S.LOADING, _S.JOINING, _S.JOINED, _S.LEFT, _S.FAILED}),
    _S.JOINED: frozenset({_S.IDLE, _S.LOADING, _S.JOINING, _S.LEFT, _S.FAILED}),
    _S.LEFT: frozenset({_S.IDLE, _S.LOADING, _S.FAILED}),
    _S.FAILED: frozenset({_S.IDLE, _S.LOADING, _S.LEFT}),
}

BROADCAST_STEPS: dict[BroadcastStatus, frozenset[BroadcastStatus]] = {
    # A participant may join when the broadcast is already under way.
    _B.OFF: frozenset({_B.STARTING, _B.LIVE, _B.FAILED}),
    _B.STARTING: frozenset({_B.LIVE, _B.STOPPING, _B.OFF, _B.FAILED}),
    _B.LIVE: frozenset({_B.STOPPING, _B.OFF, _B.FAILED}),
    _B.STOPPING: frozenset({_B.OFF, _B.FAILED}),
    _B.FAILED: frozenset({_B.STARTING, _B.LIVE, _B.OFF}),
}

State = TypeVar("State", MeetingStatus, BroadcastStatus)


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
        """The current state."""
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
