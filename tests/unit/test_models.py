from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from datetime import datetime, timezone

import pytest

from nanomeet_widget import InvalidInputError, Invite, Playout, Room, Secret
from nanomeet_widget._models import SecretText

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
def test_no_representation_shows_the_token(thing: Room | Invite) -> None:
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


def test_the_token_is_available_by_name() -> None:
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


def test_a_secret_text_is_complete_in_use_and_hidden_in_a_repr() -> None:
    text = ROOM.token
    assert f"{text}" == TOKEN == str(text)
    assert json.loads(json.dumps(text)) == TOKEN
    assert text.encode() == TOKEN.encode()
    for looked_at in (text, text[:20], [text], {"token": text}, (text,)):
        assert "header" not in repr(looked_at)
    assert isinstance(text, SecretText)


def test_a_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", " top-secret\n")
    assert Secret.from_environment("MY_KEY").reveal() == "top-secret"
    monkeypatch.setenv("MY_KEY", "")
    with pytest.raises(InvalidInputError, match="MY_KEY"):
        Secret.from_environment("MY_KEY")


def test_a_typed_key_is_not_echoed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: "top-secret" if "key" in prompt else "")
    assert Secret.ask() == Secret("top-secret")
    with pytest.raises(InvalidInputError, match="nothing was typed"):
        Secret.ask("Anything else? ")
