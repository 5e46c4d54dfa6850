"""Any Jitsi deployment: tokens are signed here, with a key that it shares.

The claims are those that Jitsi's token authentication reads (`lib-jitsi-meet/doc/tokens.md`, the
handbook's page on token authentication, and 8x8's on JaaS keys). A moderator is marked in the three
places that deployments check: the top-level `moderator` (nanoMeet and the token moderation plugin),
and `context.user.affiliation` and `.moderator` (the token affiliation plugin, JaaS).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import jwt

from nanomeet_widget import _tokens, _validation
from nanomeet_widget._errors import AuthenticationError, InvalidInputError
from nanomeet_widget._http import Http, Steps
from nanomeet_widget._models import Invite, Playout, Room, Secret, SecretText
from nanomeet_widget.services import _jitsi_features
from nanomeet_widget.services import _token_service as contract
from nanomeet_widget.services._service import (
    BroadcastTarget,
    InviteRequest,
    InvitesRequest,
    RoomRequest,
    Service,
    as_secret,
)

#: How the names of JaaS's applications begin; JaaS is 8x8's hosted Jitsi.
_JAAS = "vpaas-magic-cookie-"
_JAAS_ISSUER, _AUDIENCE = "chat", "jitsi"
#: Bits of an RSA key (NIST SP 800-131A), and bytes of a shared secret (RFC 7518, 3.2).
_RSA_BITS = 2048
_SECRET_BYTES = 32
#: How far a token that is valid from now is backdated: Prosody allows no clock skew.
BACKDATED = timedelta(minutes=1)
_STREAM = "{streamname}"


class Jitsi(Service):
    """A Jitsi server of your own, or JaaS: any that accepts a signed token.

    Parameters
    ----------
    server : str
        Its host, with port and path if it has them: ``meet.example.org``. ``8x8.vc`` for JaaS.
    app_id : str
        The application whose tokens the server accepts: Prosody's ``app_id``, or JaaS's AppID.
    app_secret : str or Secret, optional
        The secret that Prosody shares (HS256), 32 bytes or more. Give either this or `private_key`.
    private_key : str or Secret, optional
        An RSA key of 2048 bits or more, PEM (RS256), for JaaS or a Prosody with a key server.
    kid : str, optional
        The key's id, which `private_key` needs. JaaS's begins with the AppID.
    tenant : str, optional
        The tenant, if the deployment has several: it becomes a part of the meeting's address. JaaS's
        is the AppID. It has no dots: Jitsi's page turns them into ``_``, and the token would not match.
    domain : str, optional
        The XMPP domain that tokens are made for, where the server checks it and has no tenants. By
        default a token without a tenant opens its room in every tenant.
    audience : str, default "jitsi"
        What the server accepts as ``aud``.
    broadcast_url : str or Secret, optional
        Where Jibri sends a broadcast by RTMP; ``{streamname}`` in it stands for the room's stream.
        Without it the meeting cannot be broadcast.
    watch_url : str, optional
        Where a broadcast can be watched; ``{streamname}`` likewise.
    recording_url : str, optional
        Where its recording can be watched; ``{streamname}`` likewise.
    features : mapping of str to bool, optional
        What a moderator may and may not do, by Jitsi's names: ``{"file-upload": True,
        "outbound-call": False}``. By default a moderator's token names none, and the server's own
        rules hold. With this argument, and always on JaaS, it names all that Jitsi gives moderators
        and file sharing, as changed by this mapping. Participants' tokens allow none of them.

    Raises
    ------
    InvalidInputError
        If something is missing or contradicts itself, or a key is too short to be safe.
    """

    name = "Jitsi"

    def __init__(
        self,
        server: str,
        *,
        app_id: str,
        app_secret: str | Secret | None = None,
        private_key: str | Secret | None = None,
        kid: str | None = None,
        tenant: str | None = None,
        domain: str | None = None,
        audience: str = _AUDIENCE,
        broadcast_url: str | Secret | None = None,
        watch_url: str | None = None,
        recording_url: str | None = None,
        features: Mapping[str, bool] | None = None,
    ) -> None:
        self._server = _validation.check_server(server)
        self._app_id = _text("app_id", app_id)
        self._audience = _text("audience", audience)
        jaas = self._app_id.startswith(_JAAS)
        self._issuer = _JAAS_ISSUER if jaas else self._app_id
        self._features = _jitsi_features.check_features(features)
        # JaaS refuses tokens without them.
        self._names_features = jaas
        self._tenant = _tenant(self._app_id if jaas and tenant is None else tenant)
        if jaas and self._tenant != self._app_id:
            raise InvalidInputError("JaaS has no tenants besides the AppID: leave tenant out")
        if domain and self._tenant:
            raise InvalidInputError(
                f"domain={domain!r} and tenant={self._tenant!r}: a token is made for one of them, "
                "leave out domain"
            )
        self._subject = self._app_id if jaas else self._tenant or (domain or "*").lower()
        self._algorithm, self._key, self._public = _keys(app_secret, private_key)
        self._kid = _key_id(kid, self._algorithm, self._app_id if jaas else "")
        self._broadcast_url = _broadcast_url(broadcast_url)
        self._watch_url = watch_url and _validation.check_url("watch_url", watch_url, query=True)
        self._recording_url = recording_url and _validation.check_url(
            "recording_url", recording_url, query=True
        )
        # It sends nothing: the base runs its steps with it.
        self._http = Http(self.name)

    @property
    def meetings_at(self) -> str:
        """The URL that meetings are under, without a slash at its end."""
        return f"{_validation.origin(self._server)}/{self._tenant}".rstrip("/")

    def check(self) -> str:
        """Return the meeting server's address. Tokens are signed here: no server is asked.

        Returns
        -------
        str
            The server, as it was given.
        """
        return self._server

    def serves(self, server: str) -> bool:
        """Return whether this service signs for a server.

        Parameters
        ----------
        server : str
            The token's `server` claim.

        Returns
        -------
        bool
            True if it does.
        """
        return server == self._server

    def broadcast_target(self, streamname: str, *, is_vod: bool) -> BroadcastTarget:
        """Return where Jibri sends a broadcast.

        Parameters
        ----------
        streamname : str
            The `streamname` of the room's token.
        is_vod : bool
            Whether it is recorded, too.

        Returns
        -------
        BroadcastTarget
            The RTMP address, and where to watch if that is known.

        Raises
        ------
        InvalidInputError
            If there is no `broadcast_url`, or `streamname` is not a stream's name.
        """
        if self._broadcast_url is None:
            raise InvalidInputError(
                "this Jitsi has no place to broadcast to: pass Jitsi(..., "
                "broadcast_url='rtmp://host/app/{streamname}')"
            )
        name = _validation.check_streamname(streamname)
        playout = None
        if self._watch_url:
            recording = self._recording_url if is_vod else None
            playout = Playout(
                live=self._watch_url.replace(_STREAM, name),
                vod=recording.replace(_STREAM, name) if recording else None,
            )
        ingest = self._broadcast_url.reveal().replace(_STREAM, name)
        return BroadcastTarget(ingest=Secret(ingest), playout=playout)

    def browser_link(self, token: str) -> Secret:
        """Return the address of the meeting's own page, with this very token in the fragment.

        Parameters
        ----------
        token : str
            A token that this service signed.

        Returns
        -------
        Secret
            The link.

        Raises
        ------
        MalformedTokenError
            If `token` is not a token.
        AuthenticationError
            If this service did not sign it, or it has expired.
        """
        return self._link(SecretText(token), self._verify(token))

    def _where(self) -> str:
        return "/".join(part for part in (self._server, self._tenant) if part)

    def _create_room(self, asked: RoomRequest) -> Steps[Room]:
        _validation.check_room(asked.room)
        _validation.check_flag("moderator", asked.moderator)
        asked_begin, end = _validation.validity(asked.nbf, asked.exp)
        begin = _backdated(asked_begin)
        if asked.exp is None:
            # The same length as with other services.
            end -= asked_begin - begin
        if asked.server is not None and _validation.check_server(asked.server) != self._server:
            raise InvalidInputError(
                f"server={asked.server!r}: this service signs only for {self._server!r}"
            )
        claims = _tokens.Claims(
            room=asked.room,
            streamname=_validation.new_streamname()
            if asked.streamname is None
            else _validation.check_streamname(asked.streamname),
            server=self._server,
            moderator=asked.moderator,
            sub=self._subject,
            notbefore=begin,
            expiration=end,
        )
        yield from ()
        return contract.room_with(self._sign(claims), claims)

    def _create_invite(self, asked: InviteRequest) -> Steps[Invite]:
        _validation.check_flag("moderator", asked.moderator)
        claims = replace(self._for_guests(asked), moderator=asked.moderator)
        yield from ()
        return self._invite(claims)

    def _create_invites(self, asked: InvitesRequest) -> Steps[list[Invite]]:
        shared = self._for_guests(asked)
        yield from ()
        return [
            self._invite(replace(shared, moderator=one.moderator, name=one.name, roster=one.id))
            for one in asked.people
        ]

    def _for_guests(self, asked: InviteRequest | InvitesRequest) -> _tokens.Claims:
        """Return what the tokens of a moderator's guests have in common."""
        contract.moderators(asked.token)
        parent = self._verify(asked.token)
        now = datetime.now(timezone.utc)
        begin, end = _validation.within(
            parent.notbefore,
            parent.expiration,
            nbf=None if asked.nbf is None else _validation.moment("nbf", asked.nbf, now=now),
            exp=None if asked.exp is None else _validation.moment("exp", asked.exp, now=now),
        )
        begin = max(parent.notbefore, _backdated(begin))
        # The guest of a person with a personal link is someone else.
        return replace(parent, notbefore=begin, expiration=end, name="", roster="")

    def _invite(self, claims: _tokens.Claims) -> Invite:
        secret = self._sign(claims)
        link = self._link(secret.reveal(), claims)
        return Invite(moderator=claims.moderator, secret=secret, link=link)

    def _sign(self, claims: _tokens.Claims) -> Secret:
        moderator = claims.moderator
        features = _jitsi_features.claim(
            self._features, moderator=moderator, named=self._names_features
        )
        payload = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": self._subject,
            "room": claims.room,
            "iat": int(datetime.now(timezone.utc).timestamp()),
            "nbf": int(claims.notbefore.timestamp()),
            "exp": int(claims.expiration.timestamp()),
            "jti": secrets.token_hex(8),
            "moderator": moderator,
            "server": self._server,
            "streamname": claims.streamname,
            # The meeting's address has a tenant only if the deployment has, whatever `sub` says.
            "tenant": self._tenant,
            "context": {
                # Texts only: older plugins fail on null and booleans.
                "user": {
                    "id": claims.roster or secrets.token_hex(8),
                    "name": claims.name,
                    "email": "",
                    "avatar": "",
                    "affiliation": "owner" if moderator else "member",
                    "moderator": "true" if moderator else "false",
                },
                **({} if features is None else {"features": features}),
            },
        }
        headers = {"kid": self._kid} if self._kid else None
        key = self._key.reveal()
        return Secret(jwt.encode(payload, str(key), algorithm=self._algorithm, headers=headers))

    def _verify(self, token: str) -> _tokens.Claims:
        """Return what a token says that was signed here.

        Raises
        ------
        MalformedTokenError
            If it is not a token.
        AuthenticationError
            If it was not signed here, or has expired.
        """
        claims = _tokens.read(token)
        try:
            jwt.decode(
                token,
                str(self._public.reveal()),
                algorithms=[self._algorithm],
                audience=self._audience,
                issuer=self._issuer,
                leeway=_tokens.LEEWAY,
                # Invites are made before the meeting, and the clock here may be behind.
                options={
                    "require": ["exp", "iss", "aud", "sub", "room"],
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.ExpiredSignatureError:
            raise AuthenticationError("this token has expired: create the room again") from None
        except jwt.InvalidTokenError:
            raise AuthenticationError(
                f"this token was not signed by this service, or not for {self._server}: use the "
                "token that its create_room gave"
            ) from None
        if claims.sub != self._subject:
            raise AuthenticationError(f"this token is for {claims.sub!r}, not {self._subject!r}")
        return claims

    def _link(self, token: str, claims: _tokens.Claims) -> Secret:
        fragment = quote(json.dumps(str(token)), safe="")
        return Secret(f"{self.meetings_at}/{quote(claims.room, safe='')}#jwt={fragment}")


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise InvalidInputError(f"{name} is missing: ask the server's administrator")
    return value.strip()


def _tenant(tenant: str | None) -> str:
    if tenant is None or tenant == "":
        return ""
    # Prosody takes it from the address, in lower case.
    checked = _validation.check_tenant(tenant).lower()
    if "." in checked:
        raise InvalidInputError(
            f"tenant {tenant!r} has a dot, which Jitsi's page turns into _ while the token keeps it: "
            f"write tenant={checked.replace('.', '_')!r}, which is the same meeting"
        )
    return checked


def _backdated(begin: datetime) -> datetime:
    """Return when a token begins that has to be valid from a moment: earlier, unless that is in the future."""
    now = datetime.now(timezone.utc).replace(microsecond=0)
    return begin if begin > now else min(begin, now - BACKDATED)


def _keys(
    app_secret: str | Secret | None, private_key: str | Secret | None
) -> tuple[str, Secret, Secret]:
    """Return the algorithm, the key that signs and the one that verifies."""
    if (app_secret is None) == (private_key is None):
        raise InvalidInputError(
            "give app_secret (a Prosody that shares a secret) or private_key (JaaS, or a Prosody with "
            "a key server): one of them"
        )
    if app_secret is not None:
        secret = as_secret("app_secret", app_secret)
        size = len(secret.reveal().encode())
        if size < _SECRET_BYTES:
            raise InvalidInputError(
                f"app_secret has {size} bytes: one shorter than {_SECRET_BYTES} can be guessed (RFC "
                "7518). Set a longer one in Prosody, for example of `openssl rand -hex 32`"
            )
        return "HS256", secret, secret
    return ("RS256", *_rsa(private_key))


def _rsa(private_key: str | Secret | None) -> tuple[Secret, Secret]:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - only RS256 pays
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - likewise

    text = private_key.reveal() if isinstance(private_key, Secret) else private_key
    try:
        key: Any = serialization.load_pem_private_key(str(text).encode(), password=None)
    except (ValueError, TypeError):
        raise InvalidInputError(
            "private_key is not the PEM of an unencrypted private key: give the file's whole text"
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise InvalidInputError("private_key is not an RSA key, which RS256 requires")
    if key.key_size < _RSA_BITS:
        raise InvalidInputError(
            f"private_key has {key.key_size} bits: one shorter than {_RSA_BITS} is not safe"
        )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Secret(str(text)), Secret(public.decode())


def _key_id(kid: str | None, algorithm: str, jaas: str) -> str:
    if algorithm == "HS256":
        if jaas:
            raise InvalidInputError("JaaS accepts no shared secret: give private_key and kid")
        return kid or ""
    if not kid:
        raise InvalidInputError(
            "kid is missing: a server finds the key of an RS256 token by its id"
        )
    if jaas and not kid.startswith(f"{jaas}/"):
        raise InvalidInputError(f"kid={kid!r}: JaaS's begins with the AppID, {jaas}/")
    return kid


def _broadcast_url(value: str | Secret | None) -> Secret | None:
    if value is None:
        return None
    text = value.reveal() if isinstance(value, Secret) else SecretText(value)
    if not text.startswith(("rtmp://", "rtmps://")) or not text.isprintable() or " " in text:
        raise InvalidInputError(
            "broadcast_url is not an RTMP address: write rtmp://host/app/{streamname}"
        )
    return Secret(str(text))
