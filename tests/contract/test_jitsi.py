"""Tokens that a Jitsi deployment takes: checked as Prosody does, by another library than ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

import nanomeet_widget as nm
from nanomeet_widget.services import Jitsi
from tests.standins.prosody import Prosody, Refused, affiliation, moderation, permitted

SECRET = "0123456789abcdef0123456789abcdef-prosody"
PROSODY = Prosody(app_id="classroom", secret=SECRET)
JAAS = "vpaas-magic-cookie-0123456789abcdef"


def pem(key: Any) -> str:
    encoding, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return str(key.private_bytes(encoding, private, serialization.NoEncryption()).decode())


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = (
    KEY.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)


def jitsi(**options: Any) -> Jitsi:
    return Jitsi("meet.example.org", **{"app_id": "classroom", "app_secret": SECRET, **options})


def test_a_deployment_with_a_shared_secret_lets_the_token_in() -> None:
    room = jitsi().create_room("Algebra_1")
    claims = PROSODY.admit(room.token, room="algebra_1")
    assert affiliation(claims) == "owner"
    assert moderation(claims)
    assert jwt.get_unverified_header(room.token) == {"alg": "HS256", "typ": "JWT"}


def test_a_guest_is_no_moderator_for_any_plugin() -> None:
    service = jitsi()
    invite = service.create_invite(service.create_room("Algebra_1").token)
    claims = PROSODY.admit(invite.token, room="algebra_1")
    assert affiliation(claims) == "member"
    assert not moderation(claims)
    assert claims["context"]["user"]["moderator"] == "false"
    for feature in ("livestreaming", "recording", "transcription", "outbound-call"):
        assert claims["context"]["features"][feature] == "false"


def test_two_people_are_not_one() -> None:
    service = jitsi()
    room = service.create_room("Algebra_1").token
    users = {
        PROSODY.admit(service.create_invite(room).token, room="algebra_1")["context"]["user"]["id"]
        for _ in range(3)
    }
    assert len(users) == 3


def test_a_tenant_is_a_part_of_the_address_and_of_the_token() -> None:
    service = jitsi(tenant="School")
    room = service.create_room("Algebra_1")
    PROSODY.admit(room.token, room="algebra_1", tenant="school")
    with pytest.raises(Refused, match="tenant"):
        PROSODY.admit(room.token, room="algebra_1", tenant="other")
    link = service.create_invite(room.token).invite_link
    assert link.startswith("https://meet.example.org/school/Algebra_1#jwt=%22")


def test_a_domain_narrows_the_token() -> None:
    token = jitsi(domain="Meet.Example.org").create_room("R").token
    PROSODY.admit(token, room="r")
    with pytest.raises(Refused, match="domain"):
        Prosody(app_id="classroom", secret=SECRET, domain="other.example").admit(token, room="r")


def test_a_key_server_lets_the_token_in() -> None:
    service = Jitsi("meet.example.org", app_id="classroom", private_key=pem(KEY), kid="school/1")
    keys = {hashlib.sha256(b"school/1").hexdigest(): PUBLIC}
    prosody = Prosody(app_id="classroom", keys=keys)
    claims = prosody.admit(service.create_room("R").token, room="r")
    assert claims["iss"] == "classroom"
    invite = service.create_invite(service.create_room("R").token)
    assert not moderation(prosody.admit(invite.token, room="r"))


def test_a_key_server_refuses_other_keys_and_ids() -> None:
    service = Jitsi("meet.example.org", app_id="classroom", private_key=pem(KEY), kid="school/1")
    claims = jwt.decode(service.create_room("R").token, options={"verify_signature": False})
    prosody = Prosody(app_id="classroom", keys={hashlib.sha256(b"school/1").hexdigest(): PUBLIC})
    another = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for key, kid in ((another, "school/1"), (KEY, "school/2")):
        token = jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})
        with pytest.raises(Refused, match="signature"):
            prosody.admit(token, room="r")
    # A public key is no shared secret (RFC 8725, 3.1): no one may sign with what all have.
    with pytest.raises(Refused, match="signature"):
        prosody.admit(sign_as(claims, "HS256", PUBLIC, kid="school/1"), room="r")


def test_jaas_lets_the_token_in() -> None:
    service = Jitsi("8x8.vc", app_id=JAAS, private_key=pem(KEY), kid=f"{JAAS}/abc123")
    room = service.create_room("R")
    keys = {hashlib.sha256(f"{JAAS}/abc123".encode()).hexdigest(): PUBLIC}
    prosody = Prosody(app_id=JAAS, keys=keys, issuers=("chat",))
    claims = prosody.admit(room.token, room="R", tenant=JAAS)
    assert (claims["iss"], claims["aud"], claims["sub"]) == ("chat", "jitsi", JAAS)
    header = jwt.get_unverified_header(room.token)
    assert header["kid"].startswith(claims["sub"])
    link = service.create_invite(room.token).invite_link
    assert link.startswith(f"https://8x8.vc/{JAAS}/R#jwt=")


#: Prosody's clock, two seconds behind the kernel's.
BEHIND = Prosody(app_id="classroom", secret=SECRET, ahead=-2)


def test_a_kernel_whose_clock_is_ahead_is_let_in() -> None:
    service = jitsi()
    room = service.create_room("R")
    BEHIND.admit(room.token, room="r")
    BEHIND.admit(service.create_invite(room.token).token, room="r")
    BEHIND.admit(service.create_invite(room.token, moderator=True).token, room="r")
    # What a room says of itself is what its token says.
    assert room.notbefore < datetime.now(timezone.utc) - timedelta(seconds=50)


@pytest.mark.parametrize("now", [timedelta(0), timedelta(seconds=-3)])
def test_from_now_on_is_not_refused_for_a_clock_that_is_ahead(now: timedelta) -> None:
    service = jitsi()
    room = service.create_room("R", nbf=now)
    BEHIND.admit(room.token, room="r")
    invite = service.create_invite(room.token, nbf=datetime.now(timezone.utc))
    BEHIND.admit(invite.token, room="r")


def test_a_beginning_that_lies_ahead_stays() -> None:
    service = jitsi()
    begin = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(hours=1)
    room = service.create_room("R", nbf=begin)
    invite = service.create_invite(room.token)
    later = service.create_invite(service.create_room("R").token, nbf=begin)
    for token in (room.token, invite.token, later.token):
        with pytest.raises(Refused, match="not yet"):
            PROSODY.admit(token, room="r")
        claims = Prosody(app_id="classroom", secret=SECRET, ahead=3600).admit(token, room="r")
        assert claims["nbf"] == int(begin.timestamp())


def test_a_room_of_a_whole_year_has_invites() -> None:
    service = jitsi()
    room = service.create_room("R", exp=timedelta(days=365))
    invite = service.create_invite(room.token)
    claims = PROSODY.admit(invite.token, room="r")
    assert claims["exp"] == int(room.expiration.timestamp())


def test_a_machine_whose_clock_is_behind_invites() -> None:
    claims = PROSODY.admit(jitsi().create_room("R").token, room="r")
    made = changed(iat=claims["iat"] + 30, nbf=claims["nbf"] + 30)(claims)
    assert jitsi().create_invite(made).token


ASKED = (
    *("create-polls", "livestreaming", "outbound-call", "recording", "send-groupchat"),
    *("send-private-message", "transcription"),
)


def test_a_moderator_may_do_what_a_token_without_features_allows() -> None:
    service = jitsi()
    room = service.create_room("R").token
    for token in (room, service.create_invite(room, moderator=True).token):
        claims = PROSODY.admit(token, room="r")
        for feature in ASKED:
            assert permitted(claims, feature), feature
    guest = PROSODY.admit(service.create_invite(room).token, room="r")
    assert not any(permitted(guest, feature) for feature in ASKED)


def test_what_a_moderator_may_do_can_be_set() -> None:
    service = jitsi(features={"file-upload": True, "outbound-call": False})
    room = service.create_room("R").token
    claims = PROSODY.admit(room, room="r")
    assert permitted(claims, "file-upload")
    assert not permitted(claims, "outbound-call")
    # To name one is not to forbid the others.
    for feature in set(ASKED) - {"outbound-call"}:
        assert permitted(claims, feature), feature
    # The page takes nothing but these values.
    assert set(claims["context"]["features"].values()) == {"true", "false"}
    guest = PROSODY.admit(service.create_invite(room).token, room="r")
    assert not permitted(guest, "file-upload")


def test_jaas_is_told_what_a_moderator_may_do() -> None:
    # It refuses a token that says nothing of it, and takes what is not named as a no.
    service = Jitsi("8x8.vc", app_id=JAAS, private_key=pem(KEY), kid=f"{JAAS}/abc123")
    room = service.create_room("R")
    claims = jwt.decode(room.token, options={"verify_signature": False})
    assert all(claims["context"]["features"][feature] == "true" for feature in ASKED)
    guest = service.create_invite(room.token).token
    claims = jwt.decode(guest, options={"verify_signature": False})
    assert set(claims["context"]["features"].values()) == {"false"}


def test_a_tenant_is_written_as_the_page_reads_it() -> None:
    with pytest.raises(nm.InvalidInputError, match="dot") as caught:
        jitsi(tenant="My.School")
    # The remedy works, for people at the address with the dot, too.
    assert "tenant='my_school'" in str(caught.value)
    room = jitsi(tenant="my_school").create_room("R")
    for tenant in ("my_school", "My.School"):
        PROSODY.admit(room.token, room="r", tenant=tenant)


def test_a_token_without_tenant_opens_its_room_in_each() -> None:
    token = jitsi().create_room("R").token
    PROSODY.admit(token, room="r", tenant="school")
    unchecked = Prosody(app_id="classroom", secret=SECRET, verifies_domain=False)
    unchecked.admit(jitsi(tenant="school").create_room("R").token, room="r", tenant="other")
    # Both are the deployment's choice: a domain, and its verification.
    with pytest.raises(Refused, match="domain"):
        PROSODY.admit(
            jitsi(domain="meet.example.org").create_room("R").token, room="r", tenant="school"
        )


def test_all_of_a_user_is_text() -> None:
    for claims in (
        PROSODY.admit(jitsi().create_room("R").token, room="r"),
        PROSODY.admit(jitsi().create_room("R", moderator=False).token, room="r"),
    ):
        user = claims["context"]["user"]
        assert {type(value) for value in user.values()} == {str}
        assert {user["affiliation"], user["moderator"]} in ({"owner", "true"}, {"member", "false"})


def changed(**changes: Any) -> Callable[[dict[str, Any]], str]:
    def sign(claims: dict[str, Any]) -> str:
        return jwt.encode({**claims, **changes}, SECRET, algorithm="HS256")

    return sign


def without(name: str) -> Callable[[dict[str, Any]], str]:
    def sign(claims: dict[str, Any]) -> str:
        return jwt.encode({k: v for k, v in claims.items() if k != name}, SECRET, algorithm="HS256")

    return sign


def sign_as(claims: dict[str, Any], algorithm: str, secret: str = SECRET, **header: str) -> str:
    """Sign with another algorithm than the deployment's, as no careful library would."""
    parts = [{"alg": algorithm, "typ": "JWT", **header}, claims]
    text = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    signature = hmac.digest(secret.encode(), text.encode(), f"sha{algorithm[2:]}")
    return f"{text}.{base64url(signature)}"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


WRONG: list[tuple[str, Callable[[dict[str, Any]], str], str]] = [
    ("issuer", changed(iss="stranger"), "issuer"),
    ("no issuer", without("iss"), "issuer"),
    ("audience", changed(aud="elsewhere"), "audience"),
    ("no audience", without("aud"), "audience"),
    ("expired", changed(exp=1_000_000_000), "expired"),
    ("no end", without("exp"), "expired"),
    ("too early", changed(nbf=4_000_000_000), "not yet"),
    ("room", changed(room="Other"), "room"),
    ("no room", without("room"), "room"),
    ("domain", changed(sub="other.example"), "domain"),
    ("no tenant or domain", without("sub"), "domain"),
    ("a null name", changed(context={"user": {"name": None}}), "no text"),
    ("another secret", lambda c: jwt.encode(c, "x" * 40, algorithm="HS256"), "signature"),
    ("another algorithm", lambda c: sign_as(c, "HS512"), "signature"),
    ("no signature", lambda c: jwt.encode(c, "", algorithm="none"), "signature"),
]


@pytest.mark.parametrize(
    ("sign", "why"), [(s, w) for _, s, w in WRONG], ids=[n for n, _, _ in WRONG]
)
def test_each_wrong_claim_is_refused(sign: Callable[[dict[str, Any]], str], why: str) -> None:
    good = jitsi().create_room("Algebra_1").token
    claims = PROSODY.admit(good, room="algebra_1")
    with pytest.raises(Refused, match=why):
        PROSODY.admit(sign(claims), room="algebra_1")


def test_another_services_token_makes_no_invite() -> None:
    theirs = jitsi(app_secret="another-secret-of-thirty-two-bytes").create_room("R").token
    with pytest.raises(nm.AuthenticationError, match="not signed by this service"):
        jitsi().create_invite(theirs)
    elsewhere = jitsi(tenant="school").create_room("R").token
    with pytest.raises(nm.AuthenticationError):
        jitsi().create_invite(elsewhere)


def test_a_meeting_of_the_future_can_be_prepared() -> None:
    service = jitsi()
    room = service.create_room("R", nbf=timedelta(days=1))
    assert service.create_invite(room.token).token


SMALL = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - refused, which is what is tested
MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"app_secret": "short"}, "32"),
    ({"app_secret": None}, "one of them"),
    ({"private_key": pem(KEY), "kid": "k"}, "one of them"),
    ({"app_secret": None, "private_key": pem(SMALL), "kid": "k"}, "1024 bits"),
    ({"app_secret": None, "private_key": pem(KEY)}, "kid"),
    ({"app_secret": None, "private_key": "nonsense", "kid": "k"}, "PEM"),
    (
        {
            "app_secret": None,
            "private_key": pem(ec.generate_private_key(ec.SECP256R1())),
            "kid": "k",
        },
        "RSA",
    ),
    ({"app_id": JAAS}, "shared secret"),
    ({"app_id": JAAS, "app_secret": None, "private_key": pem(KEY), "kid": "k"}, "begins with"),
    ({"app_id": " "}, "app_id"),
    ({"tenant": "a/b"}, "tenant"),
    ({"tenant": "a", "domain": "meet.example.org"}, "one of them, leave out domain"),
    ({"features": {"recording": "true"}}, "must be True or False"),
    ({"features": {"file_upload": True}}, "did you mean 'file-upload'"),
    ({"features": {"xyz": True}}, "it has branding"),
    ({"features": ["recording"]}, "must be a mapping"),
    ({"broadcast_url": "https://x"}, "RTMP"),
    ({"watch_url": "rtmp://x"}, "watch_url"),
]


@pytest.mark.parametrize(("options", "words"), MISTAKES, ids=[w for _, w in MISTAKES])
def test_settings_that_cannot_work_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(nm.InvalidInputError, match=words) as caught:
        jitsi(**options)
    assert SECRET not in str(caught.value)


def test_another_server_is_not_signed_for() -> None:
    with pytest.raises(nm.InvalidInputError, match="signs only for"):
        jitsi().create_room("R", server="other.example")


def test_a_broadcast_goes_where_it_was_told() -> None:
    service = jitsi(
        broadcast_url="rtmp://ingest.example/live/{streamname}",
        watch_url="https://watch.example/?s={streamname}",
        recording_url="https://watch.example/{streamname}.mp4",
    )
    target = service.broadcast_target("s-1", is_vod=False)
    assert target is not None
    assert target.ingest.reveal() == "rtmp://ingest.example/live/s-1"
    assert target.playout == nm.Playout(live="https://watch.example/?s=s-1")
    kept = service.broadcast_target("s-1", is_vod=True)
    assert kept is not None
    assert kept.playout is not None
    assert kept.playout.vod == "https://watch.example/s-1.mp4"
    assert "ingest.example" not in repr((service, target))


def test_without_a_target_there_is_no_broadcast() -> None:
    with pytest.raises(nm.InvalidInputError, match="broadcast_url"):
        jitsi().broadcast_target("s", is_vod=False)


def test_personal_links_carry_names_in_jitsis_own_way() -> None:
    service = jitsi()
    room = service.create_room("Algebra_1")
    roster = [{"id": "s1", "name": "Émilie du Châtelet"}, {"id": "s2", "name": "Bo", "tutor": True}]
    invites = nm.create_invites(room.token, roster, moderator="tutor", service=service)
    users = {}
    for invite in invites:
        claims = PROSODY.admit(invite.token, room="algebra_1")
        users[invite.id] = claims["context"]["user"]
        assert moderation(claims) is invite.moderator
    assert {who: (user["id"], user["name"]) for who, user in users.items()} == {
        "s1": ("s1", "Émilie du Châtelet"),
        "s2": ("s2", "Bo"),
    }
    # The guest of such a person is someone else.
    guest = PROSODY.admit(service.create_invite(invites["s2"].token).token, room="algebra_1")
    assert guest["context"]["user"]["name"] == ""
    for ask in (invites.absent, invites.present, nm.roster(room.token, service=service).people):
        with pytest.raises(nm.InvalidInputError, match="Jitsi does not say who"):
            ask()
    with pytest.raises(nm.InvalidInputError, match="Jitsi cannot revoke"):
        invites.revoke("s1")
