from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from datetime import datetime, timezone

import pytest

from nanomeet_widget import Invite, Playout, Room
from nanomeet_widget._models import Secret

TOKEN = "header.payload.signature"
ROOM = Room(
    room="algebra_101",
    server="meet.example",
    streamname="abc",
    moderator=True,
    notbefore=datetime(2026, 3, 1, tzinfo=timezone.utc),
    expiration=datetime(2026, 3, 2, tzinfo=timezone.utc),
    secret=Secret(TOKEN),
)
INVITE = Invite(
    moderator=False, secret=Secret(TOKEN), link=Secret(f"https://meet.example/invite#token={TOKEN}")
)


@pytest.mark.parametrize("thing", [ROOM, INVITE])
def test_no_way_of_writing_it_down_shows_the_token(thing: Room | Invite) -> None:
    for text in (
        repr(thing),
        str(thing),
        f"{thing}",
        repr([thing]),
        str(dataclasses.asdict(thing)),
    ):
        assert "signature" not in text


@pytest.mark.parametrize("thing", [ROOM, INVITE])
def test_it_is_neither_pickled_nor_dumped_by_accident(thing: Room | Invite) -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(thing)
    with pytest.raises(TypeError):
        json.dumps(dataclasses.asdict(thing), default=None)


def test_who_asks_for_the_token_gets_it() -> None:
    assert ROOM.token == TOKEN
    assert INVITE.token == TOKEN
    assert INVITE.invite_link.endswith(f"#token={TOKEN}")


def test_they_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ROOM.room = "other"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Playout(live="x").live = "y"  # type: ignore[misc]


def test_they_can_be_copied_and_compared() -> None:
    assert copy.deepcopy(ROOM) == ROOM
    assert dataclasses.replace(ROOM, secret=Secret("another")) != ROOM
    assert len({ROOM, copy.copy(ROOM)}) == 1
