"""Tests of `config`, and of the options that make it."""

from __future__ import annotations

import argparse
import secrets
import stat
from pathlib import Path

import pytest

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.server import cli
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.tokens import tls

KEY, OTHER, ARGUMENT = (secrets.token_urlsafe(16) for _ in range(3))


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    cli.add_serve(parser)
    return parser.parse_args(arguments)


@pytest.mark.parametrize(
    ("fields", "origin"),
    [
        ({}, "http://127.0.0.1:8910"),
        ({"host": "localhost"}, "http://localhost:8910"),
        ({"host": "::1"}, "http://[::1]:8910"),
        ({"base_url": "/hub/nanomeet/"}, "http://127.0.0.1:8910/hub/nanomeet"),
        ({"public_url": "https://meet.example/x/"}, "https://meet.example/x"),
        (
            {"certificate": Path("c"), "private_key": Path("k"), "host": "meet.example"},
            "https://meet.example:8910",
        ),
    ],
)
def test_guests_get_an_address_that_works(
    fields: dict[str, str], origin: str, tmp_path: Path
) -> None:
    assert ServerConfig(data=tmp_path, **fields).origin(8910) == origin  # type: ignore[arg-type]


def test_every_address_is_no_address_for_guests(tmp_path: Path) -> None:
    origin = ServerConfig(data=tmp_path, host="0.0.0.0").origin(8910)  # noqa: S104
    assert "0.0.0.0" not in origin  # noqa: S104


@pytest.mark.parametrize(
    "fields",
    [
        {"base_url": "nanomeet/"},
        {"base_url": "/nanomeet"},
        {"base_url": '/"><script>/'},
        {"public_url": "meet.example"},
        {"public_url": "https://user:pass@meet.example"},
        {"public_url": "https://meet.example/?q"},
        {"certificate": Path("c")},
        {"port": 70000},
        {"linger": -1},
    ],
)
def test_what_cannot_work_is_refused(fields: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError):
        ServerConfig(data=tmp_path, **fields)  # type: ignore[arg-type]


def test_how_many_people_may_meet_is_chosen_and_checked(tmp_path: Path) -> None:
    config = cli.read_config(options("--data", str(tmp_path), "--max-participants", "4"))
    assert config.limits.participants == 4
    with pytest.raises(InvalidInputError, match="at least 1"):
        cli.read_config(options("--data", str(tmp_path), "--max-participants", "0"))


def test_how_many_are_on_the_stage_is_chosen_and_checked(tmp_path: Path) -> None:
    config = cli.read_config(options("--data", str(tmp_path), "--stage", "2"))
    assert config.limits.stage == 2
    with pytest.raises(InvalidInputError, match="at least 1"):
        cli.read_config(options("--data", str(tmp_path), "--stage", "0"))


def test_a_key_comes_from_the_environment_or_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NANOMEET_API_KEY", f"{KEY}, {OTHER}")
    config = cli.read_config(options("--data", str(tmp_path)))
    assert config.api_keys == (KEY, OTHER)
    assert capsys.readouterr().err == ""
    config = cli.read_config(options("--data", str(tmp_path), "--api-key", ARGUMENT))
    assert config.api_keys == (ARGUMENT, KEY, OTHER)
    warning = capsys.readouterr().err
    assert "visible" in warning
    assert ARGUMENT not in warning


def test_no_key_is_in_a_repr(tmp_path: Path) -> None:
    assert KEY not in repr(ServerConfig(data=tmp_path, api_keys=(KEY,)))


@pytest.mark.parametrize(
    "key", ["a", "", "a-key-of-the-school", "password" * 4, "changeme-changeme-changeme", "é" * 40]
)
def test_a_key_that_could_be_guessed_is_refused_with_a_way_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    given = options("--data", str(tmp_path), "--api-key", key)
    with pytest.raises(InvalidInputError, match="token_urlsafe") as refused:
        cli.read_config(given)
    assert len(key) < 2 or key not in str(refused.value)
    if key:
        monkeypatch.setenv("NANOMEET_API_KEY", f"{KEY},{key}")
        with pytest.raises(InvalidInputError, match="NANOMEET_API_KEY"):
            cli.read_config(options("--data", str(tmp_path)))


def test_a_weak_secret_of_turn_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    turn = ("--data", str(tmp_path), "--turn", "turn:turn.example")
    for secret, warned in (("guessable", True), (KEY, False)):
        monkeypatch.setenv("NANOMEET_TURN_SECRET", secret)
        cli.read_config(options(*turn))
        said = capsys.readouterr().err
        assert ("NANOMEET_TURN_SECRET" in said) == warned
        assert secret not in said


def test_a_certificate_is_made_once_and_kept_private(tmp_path: Path) -> None:
    certificate, key = tls.self_signed(tmp_path, "meet.example")
    content = certificate.read_bytes()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert tls.self_signed(tmp_path, "meet.example")[0].read_bytes() == content
    assert tls.self_signed(tmp_path, "other.example")[0].read_bytes() != content
