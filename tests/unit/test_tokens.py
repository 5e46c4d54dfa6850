from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import jwt
import pytest

from nanomeet_widget import (
    ExpiredTokenError,
    ImmatureTokenError,
    MalformedTokenError,
    RejectedTokenError,
    _tokens,
)

NOW = datetime.now(timezone.utc).replace(microsecond=0)
SECRET = _tokens.new_secret()
CLAIMS = _tokens.Claims(
    room="algebra_101",
    streamname="abc",
    server="http://127.0.0.1:9000",
    moderator=True,
    sub="local",
    notbefore=NOW,
    expiration=NOW + timedelta(hours=1),
    jti="0123456789abcdef",
)


def forged(
    secret: bytes = SECRET, algorithm: str = "HS256", typ: str = _tokens.TYPE, **changes: Any
) -> str:
    payload = jwt.decode(_tokens.mint(CLAIMS, SECRET), options={"verify_signature": False})
    for name, value in changes.items():
        if value is None:
            del payload[name]
        else:
            payload[name] = value
    return jwt.encode(payload, secret, algorithm=algorithm, headers={"typ": typ})


def test_a_minted_token_is_verified_and_says_what_was_put_in() -> None:
    assert _tokens.verify(_tokens.mint(CLAIMS, SECRET), SECRET) == CLAIMS


def test_a_token_is_long_enough_for_the_vendors_library() -> None:
    assert len(_tokens.mint(CLAIMS, SECRET)) >= 200


def test_every_token_has_a_name_of_its_own() -> None:
    nameless = replace(CLAIMS, jti="")
    first, second = (_tokens.verify(_tokens.mint(nameless, SECRET), SECRET) for _ in range(2))
    assert first.jti
    assert first.jti != second.jti


def test_a_tampered_token_is_rejected() -> None:
    head, payload, signature = _tokens.mint(replace(CLAIMS, moderator=False), SECRET).split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["moderator"] = True
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    with pytest.raises(RejectedTokenError):
        _tokens.verify(f"{head}.{payload}.{signature}", SECRET)


def test_a_foreign_key_is_rejected() -> None:
    with pytest.raises(RejectedTokenError):
        _tokens.verify(forged(secret=_tokens.new_secret()), SECRET)


def test_alg_none_is_rejected() -> None:
    payload = jwt.decode(_tokens.mint(CLAIMS, SECRET), options={"verify_signature": False})
    unsigned = jwt.encode(payload, key="", algorithm="none", headers={"typ": _tokens.TYPE})
    with pytest.raises(RejectedTokenError):
        _tokens.verify(unsigned, SECRET)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_another_algorithm_with_the_right_key_is_rejected() -> None:
    with pytest.raises(RejectedTokenError):
        _tokens.verify(forged(algorithm="HS512"), SECRET)


@pytest.mark.parametrize(
    "changes", [{"iss": "other"}, {"aud": "other"}, {"iss": None}, {"aud": None}]
)
def test_another_issuer_or_audience_is_rejected(changes: dict[str, Any]) -> None:
    with pytest.raises(RejectedTokenError):
        _tokens.verify(forged(**changes), SECRET)


def test_another_type_of_token_is_rejected() -> None:
    with pytest.raises(RejectedTokenError):
        _tokens.verify(forged(typ="JWT"), SECRET)


def test_an_expired_token_says_so() -> None:
    past = int((NOW - timedelta(minutes=1)).timestamp())
    with pytest.raises(ExpiredTokenError, match="new invite"):
        _tokens.verify(forged(exp=past, nbf=past - 10), SECRET)


def test_an_early_token_says_so() -> None:
    # From the clock, and not from NOW: a long run may come here minutes after its start.
    ahead = int((datetime.now(timezone.utc) + timedelta(minutes=1)).timestamp())
    with pytest.raises(ImmatureTokenError, match="not valid yet"):
        _tokens.verify(forged(nbf=ahead), SECRET)


@pytest.mark.parametrize("seconds", [2, 20, 50])
def test_a_token_made_by_a_clock_that_is_ahead_opens_its_room(seconds: int) -> None:
    ahead = int(datetime.now(timezone.utc).timestamp()) + seconds
    assert _tokens.verify(forged(nbf=ahead), SECRET).room == CLAIMS.room


def test_a_token_does_not_live_longer_for_that() -> None:
    past = int(datetime.now(timezone.utc).timestamp()) - _tokens.LEEWAY - 1
    with pytest.raises(ExpiredTokenError):
        _tokens.verify(forged(exp=past), SECRET)


@pytest.mark.parametrize("name", ["exp", "nbf"])
def test_a_token_without_times_is_rejected(name: str) -> None:
    changes: dict[str, Any] = {name: None}
    with pytest.raises(RejectedTokenError):
        _tokens.verify(forged(**changes), SECRET)


@pytest.mark.parametrize("token", ["", "abc", "a.b.c", "a" * 5000, "é.é.é"])
def test_other_text_is_a_malformed_token(token: str) -> None:
    with pytest.raises(MalformedTokenError):
        _tokens.verify(token, SECRET)
    with pytest.raises(MalformedTokenError):
        _tokens.read(token)


@pytest.mark.parametrize("name", ["room", "streamname", "sub"])
def test_a_token_without_a_claim_that_a_meeting_needs_is_malformed(name: str) -> None:
    changes: dict[str, Any] = {name: ""}
    with pytest.raises(MalformedTokenError, match=name):
        _tokens.read(forged(**changes))


def test_a_moderator_claim_that_is_text_makes_no_moderator() -> None:
    assert not _tokens.read(forged(moderator="true")).moderator


def test_reading_needs_no_secret_and_checks_no_signature() -> None:
    assert _tokens.read(forged(secret=_tokens.new_secret())).room == "algebra_101"


def test_no_error_shows_the_token() -> None:
    token = forged(exp=int(NOW.timestamp()) - 60)
    with pytest.raises(ExpiredTokenError) as caught:
        _tokens.verify(token, SECRET)
    assert token not in str(caught.value)
    assert caught.value.__cause__ is None
