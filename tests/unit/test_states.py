from __future__ import annotations

import copy
import importlib.util
import json
import pickle
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

import nanomeet_widget as nm
from nanomeet_widget import BroadcastStatus, IllegalStepError, MeetingStatus, events, services
from nanomeet_widget._states import BROADCAST_STEPS, STATUS_STEPS, Machine

ROOT = Path(__file__).parents[2]


def test_the_states_of_a_meeting() -> None:
    machine = Machine(MeetingStatus.IDLE, STATUS_STEPS)
    for step in (
        MeetingStatus.LOADING,
        MeetingStatus.JOINING,
        MeetingStatus.WAITING,
        MeetingStatus.JOINED,
        MeetingStatus.LEFT,
    ):
        assert machine.step(step)
    assert machine.state is MeetingStatus.LEFT


def test_the_states_of_a_broadcast() -> None:
    machine = Machine(BroadcastStatus.OFF, BROADCAST_STEPS)
    for step in (
        BroadcastStatus.STARTING,
        BroadcastStatus.LIVE,
        BroadcastStatus.STOPPING,
        BroadcastStatus.OFF,
    ):
        assert machine.step(step)


def test_staying_is_not_a_step() -> None:
    assert not Machine(MeetingStatus.IDLE, STATUS_STEPS).step(MeetingStatus.IDLE)


def test_a_wrong_step_raises_and_names_both() -> None:
    machine = Machine(MeetingStatus.IDLE, STATUS_STEPS)
    with pytest.raises(IllegalStepError, match="'idle' to 'joined'"):
        machine.step(MeetingStatus.JOINED)
    assert machine.state is MeetingStatus.IDLE


def test_every_state_has_its_row() -> None:
    assert set(STATUS_STEPS) == set(MeetingStatus)
    assert set(BROADCAST_STEPS) == set(BroadcastStatus)


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


def public_words() -> list[Enum]:
    """Every member of every enum that a user meets."""
    named = [getattr(nm, name) for name in nm.__all__]
    named += [getattr(module, name) for module in (events, services) for name in dir(module)]
    kinds = {one for one in named if isinstance(one, type) and issubclass(one, Enum)}
    assert {MeetingStatus, BroadcastStatus} <= kinds
    return [member for kind in sorted(kinds, key=lambda kind: kind.__name__) for member in kind]


@pytest.mark.parametrize("member", public_words(), ids=repr)
def test_a_state_is_printed_as_its_word(member: Enum) -> None:
    word = member.value
    assert (str(member), f"{member}", f"{member:>9}", "%s" % member) == (  # noqa: UP031
        word,
        word,
        f"{word:>9}",
        word,
    )
    assert format(member) == "{}".format(member) == word  # noqa: UP032
    assert member == word
    assert {word: 1}[member] == 1
    assert json.dumps(member) == json.dumps(word)
    assert pickle.loads(pickle.dumps(member)) is member  # noqa: S301
    assert copy.deepcopy(member) is member
    assert repr(member) == f"<{type(member).__name__}.{member.name}: {word!r}>"
