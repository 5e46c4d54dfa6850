"""Whether a Jitsi deployment lets a token in: the checks of Prosody's token authentication.

Written from the documented behaviour of `mod_auth_token` and `token/util.lib.lua`, on another
library than the one that signs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey

#: What a moderator gets whose token names no features (`jitsi_default_permissions`).
_DEFAULT = frozenset(
    {
        "create-polls",
        "flip",
        "live-translation",
        "live-translation-subscribe",
        "livestreaming",
        "outbound-call",
        "recording",
        "send-groupchat",
        "send-private-message",
        "transcription",
    }
)


class Refused(Exception):  # noqa: N818 - a stand-in's own
    """Prosody refuses this token, and says why in its log."""


@dataclass(frozen=True, kw_only=True)
class Prosody:
    """A deployment's settings."""

    app_id: str
    #: The shared secret; or, with a key server, public keys by the SHA-256 of their id.
    secret: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    issuers: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ("jitsi",)
    domain: str = "meet.example.org"
    #: Whether it looks at the tenant or domain (`enable_domain_verification`, off in Docker).
    verifies_domain: bool = True
    #: Seconds that its clock is ahead of this machine's.
    ahead: float = 0.0

    def admit(self, token: str, *, room: str, tenant: str = "") -> dict[str, Any]:
        """Return the claims of a token that opens a room."""
        claims = self._verified(token)
        # Whole seconds, and no leeway: a clock that differs is forgiven nothing.
        now = int(time.time() + self.ahead)
        if claims.get("iss") not in (self.issuers or (self.app_id,)):
            raise Refused("invalid issuer")
        if claims.get("aud") not in self.audiences:
            raise Refused("invalid audience")
        if not isinstance(claims.get("exp"), int) or now >= claims["exp"]:
            raise Refused("token expired")
        if "nbf" in claims and now < claims["nbf"]:
            raise Refused("token not yet valid")
        self._room(claims, room, tenant)
        self._user(claims)
        return claims

    def _verified(self, token: str) -> dict[str, Any]:
        algorithms = ["RS256"] if self.keys else ["HS256"]
        try:
            key = self._fetch(token) if self.keys else OctKey.import_key(self.secret)
            found = jwt.decode(token, key, algorithms=algorithms)
        except (JoseError, ValueError, KeyError) as error:
            raise Refused(f"signature: {error}") from None
        if found.header.get("typ") != "JWT":
            raise Refused("invalid typ")
        return found.claims

    def _fetch(self, token: str) -> RSAKey:
        """Get a key as from a key server: by the hash of its id."""
        header = json.loads(base64.urlsafe_b64decode(token.split(".", maxsplit=1)[0] + "=="))
        return RSAKey.import_key(self.keys[hashlib.sha256(header["kid"].encode()).hexdigest()])

    def _room(self, claims: dict[str, Any], room: str, tenant: str) -> None:
        wanted = claims.get("room")
        if not isinstance(wanted, str) or (wanted != "*" and wanted.lower() != room.lower()):
            raise Refused("wrong room")
        if not self.verifies_domain:
            return
        subject = claims.get("sub")
        # The page puts the tenant into an XMPP domain, where a dot would begin another level.
        found = tenant.lower().replace(".", "_") or self.domain
        if not isinstance(subject, str) or (subject != "*" and subject.lower() != found):
            raise Refused("wrong tenant or domain")

    def _user(self, claims: dict[str, Any]) -> None:
        user = claims.get("context", {}).get("user", {})
        for name, value in user.items():
            if not isinstance(value, str):
                raise Refused(f"context.user.{name} is no text")


def affiliation(claims: dict[str, Any]) -> str:
    """The affiliation that the token affiliation plugin gives."""
    user = claims.get("context", {}).get("user", {})
    if user.get("affiliation") in {"owner", "moderator", "teacher"}:
        return "owner"
    if str(user.get("moderator")).lower() == "true":
        return "owner"
    return "member"


def moderation(claims: dict[str, Any]) -> bool:
    """Whether the token moderation plugin makes a participant a moderator."""
    return claims.get("moderator") is True


def permitted(claims: dict[str, Any], feature: str) -> bool:
    """Whether Prosody and the page let a participant use a feature that needs a right."""
    named = claims.get("context", {}).get("features")
    if named is None:
        return affiliation(claims) == "owner" and feature in _DEFAULT
    return str(named.get(feature)).lower() == "true"
