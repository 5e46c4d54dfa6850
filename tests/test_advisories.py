"""Each class of attack on JWTs that RFC 8725 names (section 2), tried against a token that is ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from nanomeet_widget import ExpiredTokenError, RejectedTokenError, TokenError, _tokens
from tests.conftest import RunningServer

SECRET = _tokens.new_secret()
NOW = datetime.now(timezone.utc).replace(microsecond=0)
CLAIMS = _tokens.Claims(
    room="algebra_101",
    streamname="abc",
    server="http://127.0.0.1:9000",
    moderator=False,
    sub="local",
    notbefore=NOW,
    expiration=NOW + timedelta(hours=1),
)
GOOD = _tokens.mint(CLAIMS, SECRET)


def part(content: object) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def payload(**changes: Any) -> dict[str, Any]:
    return {**jwt.decode(GOOD, options={"verify_signature": False}), **changes}


def signed(header: object, content: object, secret: bytes = SECRET) -> str:
    """Return a token whose signature is right, whatever its header says."""
    text = f"{part(header)}.{part(content)}"
    return f"{text}.{part(hmac.digest(secret, text.encode(), hashlib.sha256))}"


def header(**changes: Any) -> dict[str, Any]:
    return {"alg": "HS256", "typ": _tokens.TYPE, **changes}


def refused(token: str) -> None:
    with pytest.raises(TokenError):
        _tokens.verify(token, SECRET)


def test_what_these_tests_build_is_accepted_when_nothing_is_wrong() -> None:
    assert _tokens.verify(signed(header(), payload()), SECRET).room == "algebra_101"


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "", None, 0, ["HS256"]])
def test_no_signature_is_needed_by_none(name: object) -> None:  # 2.1
    body = part(payload(moderator=True))
    refused(f"{part(header(alg=name))}.{body}.")
    refused(f"{part(header(alg=name))}.{body}.{GOOD.split('.')[2]}")
    refused(signed(header(alg=name), payload(moderator=True)))


def test_a_public_key_is_no_secret_of_ours() -> None:  # 2.1, RS256 and HS256 confused
    for key in (rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())):
        algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
        refused(jwt.encode(payload(), key, algorithm=algorithm, headers={"typ": _tokens.TYPE}))
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        refused(signed(header(), payload(), public))


@pytest.mark.parametrize("secret", [b"", b"secret", b"\0" * 32, b"a" * 32])
def test_a_guessed_secret_opens_nothing(secret: bytes) -> None:  # 2.2
    refused(signed(header(), payload(), secret))


def test_our_secrets_cannot_be_guessed() -> None:  # 2.2
    made = {_tokens.new_secret() for _ in range(100)}
    assert len(made) == 100
    assert {len(secret) for secret in made} == {32}


def test_encryption_around_it_counts_for_nothing() -> None:  # 2.3, 2.8
    refused(signed(header(cty="JWT"), GOOD.encode()))
    refused(f"{part({'alg': 'dir', 'enc': 'A128GCM'})}..{part(b'iv')}.{part(GOOD)}.{part(b'tag')}")


def test_compression_is_not_undone() -> None:  # 2.4
    refused(signed(header(zip="DEF"), zlib.compress(json.dumps(payload()).encode())))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig", "cp037"])
def test_another_encoding_of_json_is_not_read(encoding: str) -> None:  # 2.6
    token = signed(header(), json.dumps(payload(moderator=True)).encode(encoding))
    try:
        claims = _tokens.verify(token, SECRET)
    except TokenError:
        return
    # A reader that takes it has to take it for what was signed.
    assert claims.moderator is True


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": None},
        {"aud": []},
        {"iss": "another"},
        {"iss": None},
        {"iss": ["nanomeet-widget"]},
        {"sub": None},
        {"sub": 7},
        {"sub": {"a": 1}},
    ],
)
def test_a_token_for_another_audience_is_refused(changes: dict[str, Any]) -> None:  # 2.7
    refused(signed(header(), payload(**changes)))


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "nanomeet+JWT ", "", None, 1, ["nanomeet+jwt"]])
def test_another_kind_of_token_is_none_of_ours(typ: object) -> None:  # 2.8
    refused(signed(header(typ=typ), payload()))


@pytest.mark.parametrize(
    "extra",
    [
        {"kid": "../../../../dev/null"},
        {"kid": "' UNION SELECT ''; --"},
        {"jku": "http://127.0.0.1:9/keys"},
        {"x5u": "http://127.0.0.1:9/cert"},
        {"jwk": {"kty": "oct", "k": part(b"a" * 32)}},
        {"x5c": ["MIIB"]},
    ],
)
def test_a_header_names_no_key_of_its_own(extra: dict[str, Any]) -> None:  # 2.9, 2.10
    refused(signed(header(**extra), payload(), b"a" * 32))
    refused(signed(header(**extra), payload(), b""))


def test_what_must_be_understood_and_is_not_ends_it() -> None:  # RFC 7515, 4.1.11
    refused(signed(header(crit=["exp"]), payload()))
    refused(signed(header(crit=["b64"], b64=False), payload()))


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        True,
        [],
        {},
        "9999999999",
        1e400,
        -1e400,
        float("nan"),
        1 << 80,
        -(1 << 80),
    ],
)
def test_malformed_times_admit_no_one(name: str, value: object) -> None:
    token = signed(header(), payload(**{name: value}))
    try:
        claims = _tokens.verify(token, SECRET)
    except TokenError:
        return
    # What is taken all the same has to lie within what was meant.
    assert claims.notbefore <= datetime.now(timezone.utc) + timedelta(seconds=_tokens.LEEWAY)
    assert claims.expiration > datetime.now(timezone.utc) - timedelta(seconds=_tokens.LEEWAY)


def test_an_old_token_played_again_has_ended() -> None:
    old = {"nbf": 1, "iat": 1, "exp": int(NOW.timestamp()) - 60}
    with pytest.raises(ExpiredTokenError):
        _tokens.verify(signed(header(), payload(**old)), SECRET)


def test_the_last_of_two_claims_is_the_one_that_was_signed_or_none() -> None:
    body = json.dumps(payload())[:-1] + ', "moderator": true}'
    assert _tokens.verify(signed(header(), body.encode()), SECRET).moderator is True
    head, _, signature = GOOD.split(".")
    with pytest.raises(RejectedTokenError):
        _tokens.verify(f"{head}.{part(body.encode())}.{signature}", SECRET)


def test_other_letters_for_the_same_signature_are_no_other_token() -> None:
    head, body, signature = GOOD.split(".")
    for changed in (signature + "=", signature + "A", signature[:-1], f"{signature}\n", ""):
        if changed != signature:
            refused(f"{head}.{body}.{changed}")
    refused(f"{head}.{body}")
    refused(f"{GOOD}.{signature}")
    refused(f" {GOOD}")


def test_a_huge_or_deep_token_is_refused_before_it_costs_anything() -> None:
    refused(signed(header(), payload(padding="x" * 100_000)))
    refused(part(b"[" * 3000 + b"]" * 3000) + f".{GOOD.split('.')[1]}.{GOOD.split('.')[2]}")


def test_the_server_answers_all_of_them_alike(server: RunningServer) -> None:
    token = server.room("Advisories")
    head, body, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})
    wrong = [
        f"{part(header(alg='none'))}.{body}.",
        signed(header(), claims, b"a" * 32),
        signed(header(typ="JWT"), claims, b""),
        f"{head}.{part({**claims, 'room': 'Other'})}.{signature}",
        "x" * 5_000 + ".y.z",
        "..",
    ]
    for forged in wrong:
        answer = httpx.post(
            f"{server.url}/nanomeet", headers={"X-BINTU-TOKEN": forged}, json={}, trust_env=False
        )
        # Too long a header is refused by HTTP itself.
        assert answer.status_code in {400, 401, 431}, answer.status_code
        assert forged not in answer.text
