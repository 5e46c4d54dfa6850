from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from nanomeet_widget import Broadcast, IllegalStepError, Status
from nanomeet_widget._states import BROADCAST_STEPS, STATUS_STEPS, Machine

ROOT = Path(__file__).parents[2]


def test_the_way_of_a_meeting() -> None:
    machine = Machine(Status.IDLE, STATUS_STEPS)
    for step in (Status.LOADING, Status.JOINING, Status.WAITING, Status.JOINED, Status.LEFT):
        assert machine.step(step)
    assert machine.state is Status.LEFT


def test_the_way_of_a_broadcast() -> None:
    machine = Machine(Broadcast.OFF, BROADCAST_STEPS)
    for step in (Broadcast.STARTING, Broadcast.LIVE, Broadcast.STOPPING, Broadcast.OFF):
        assert machine.step(step)


def test_staying_is_no_step() -> None:
    assert not Machine(Status.IDLE, STATUS_STEPS).step(Status.IDLE)


def test_a_wrong_step_raises_and_names_both() -> None:
    machine = Machine(Status.IDLE, STATUS_STEPS)
    with pytest.raises(IllegalStepError, match="'idle' to 'joined'"):
        machine.step(Status.JOINED)
    assert machine.state is Status.IDLE


def test_every_state_has_its_row() -> None:
    assert set(STATUS_STEPS) == set(Status)
    assert set(BROADCAST_STEPS) == set(Broadcast)


def generator() -> Any:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "scripts/generate_protocol.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_front_end_has_the_same_messages_and_tables() -> None:
    module = generator()
    assert module.TARGET.read_text("utf-8") == module.render(), (
        "run scripts/generate_protocol.py: the Python definitions have changed"
    )
