"""Tests of `rooms.turn`."""

from __future__ import annotations

import pytest

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.rooms.turn import LIFETIME, ice_servers

SECRET = "north"  # the example of coturn's own documentation
NOW = 1_433_065_916.0


def test_there_are_no_servers_by_default() -> None:
    assert ice_servers(ServerConfig(), "anna", now=NOW) == []


def test_the_name_is_the_end_and_the_password_its_hmac() -> None:
    config = ServerConfig(
        ice_servers=("stun:stun.example:3478",),
        turn_servers=("turn:turn.example:3478?transport=udp", "turns:turn.example:5349"),
        turn_secret=SECRET,
    )
    stun, turn = ice_servers(config, "anna", now=NOW)
    assert (stun.urls, stun.username, stun.credential) == (["stun:stun.example:3478"], None, None)
    assert turn.urls == list(config.turn_servers)
    assert turn.username == f"{int(NOW) + LIFETIME}:anna"
    # printf '%s' 1433152316:anna | openssl dgst -sha1 -hmac north -binary | base64
    assert turn.credential == "rJ74vO7sMjK+tveGhOIe56mnEFU="


def test_the_secret_is_in_no_repr() -> None:
    config = ServerConfig(turn_servers=("turn:turn.example",), turn_secret="a secret of TURN")
    assert "a secret of TURN" not in repr(config)


@pytest.mark.parametrize("url", ["http://x", "stun:x", "turn:", "turn:x y", "turn:x?transport=x"])
def test_a_wrong_address_is_said_at_once(url: str) -> None:
    with pytest.raises(InvalidInputError, match="is not the address of a TURN server"):
        ServerConfig(turn_servers=(url,), turn_secret=SECRET)


def test_turn_needs_the_secret() -> None:
    with pytest.raises(InvalidInputError, match="NANOMEET_TURN_SECRET"):
        ServerConfig(turn_servers=("turn:turn.example",))
