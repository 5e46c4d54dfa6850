"""Issues tokens for rooms and invites, and checks and revokes them.

No HTTP here. The rules of names and times are those of `nanomeet_widget._validation`.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from urllib.parse import urlsplit

from nanomeet_widget import _proof, _texts, _tokens, _validation
from nanomeet_widget._errors import (
    AuthenticationError,
    ImmatureTokenError,
    InvalidInputError,
    PermissionDeniedError,
    RejectedTokenError,
    TokenError,
)
from nanomeet_widget.server.config import RECORDS_DAYS
from nanomeet_widget.server.store.session_records import USUAL, Policy
from nanomeet_widget.server.store.store import Store
from nanomeet_widget.server.store.token_records import RosterRecord, TokenRecord
from nanomeet_widget.server.tokens.removed import is_removed

_OF_GROUP = "this is the token of a group: invite, list and revoke with your token of the meeting"
_REVOKED = "this token was revoked: ask a moderator for a new invite, or create the room again"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person who gets a personal link."""

    name: str
    #: Their ID in the organiser's roster, such as a student number.
    roster: str
    moderator: bool = False


class Issuer:
    """Issues the tokens of one server.

    Parameters
    ----------
    signing : tuple of bytes
        The server's secret, then older ones whose tokens are still valid.
    server : str
        The `server` claim: the server's own address as `_validation.origin` reads it.
    organisation : str
        The `sub` claim.
    store : Store
        Where issued tokens are recorded, by their `jti`.
    movable : bool, default False
        Whether the server's owner may name the addresses at which it is reached, which it cannot know
        inside another server. Requests for tokens may choose one of these.
    records_days : int, optional
        The most days for which a room may keep records, and the default.
    """

    def __init__(
        self,
        *,
        signing: tuple[bytes, ...],
        server: str,
        organisation: str,
        store: Store,
        movable: bool = False,
        records_days: int = RECORDS_DAYS,
    ) -> None:
        self._records_days = records_days
        self._secrets = signing
        self._server = server
        self._organisation = organisation
        self._store = store
        self._movable = movable
        # The origins that the owner named, each with its path.
        self._addresses = {_validation.origin(server)}

    def signature(self, signed: str, mark: str) -> str | None:
        """Return the signature of a token of this server; None if it did not make it.

        Parameters
        ----------
        signed : str
            The token without its signature.
        mark : str
            A hash of that; see `_proof`.
        """
        for secret in self._secrets:
            found = _tokens.signature(signed, secret)
            if hmac.compare_digest(_proof.mark(found).encode(), mark.encode()):
                return found
        return None

    def hashes(self, text: str) -> tuple[str, ...]:
        """Return hashes of a text that can be made with this server's secret only.

        Parameters
        ----------
        text : str
            The text.

        Returns
        -------
        tuple of str
            Hexadecimal digits: one hash of each secret, the newest first.
        """
        return tuple(
            hmac.new(secret, f"hash\n{text}".encode(), hashlib.sha256).hexdigest()
            for secret in self._secrets
        )

    def verify(self, token: str) -> _tokens.Claims:
        """Verify a token of this server; see `_tokens.verify`.

        Parameters
        ----------
        token : str
            The token.

        Returns
        -------
        Claims
            Its claims.

        Raises
        ------
        TokenError
            If it is not a token of this server, is not valid now, or was revoked.
        """
        claims = self._verified(token)
        if self._store.tokens.is_revoked(claims.jti):
            raise RejectedTokenError(_REVOKED)
        return claims

    def revoked(self, token: str) -> _tokens.Claims | None:
        """Return the claims of a token that was revoked, and would be valid otherwise.

        Parameters
        ----------
        token : str
            The token.

        Returns
        -------
        Claims or None
            None if it is none of this server, or is not valid now.
        """
        with contextlib.suppress(TokenError):
            return self._verified(token)
        return None

    def verify_early(self, token: str) -> _tokens.Claims:
        """Verify a token of this server, which need not be valid yet.

        Parameters
        ----------
        token : str
            The token.

        Returns
        -------
        Claims
            Its claims.

        Raises
        ------
        TokenError
            If it is not a token of this server, has expired, or was revoked.
        """
        try:
            return self.verify(token)
        except ImmatureTokenError:
            claims = _tokens.read(token)  # its signature was right
            if self._store.tokens.is_revoked(claims.jti):
                raise RejectedTokenError(_REVOKED) from None
            return claims

    def room(self, request: Mapping[str, object]) -> str:
        """Return a token for a new room.

        Parameters
        ----------
        request : mapping
            The fields of the nanoMeet token service: `room`, `streamname`, `moderator`, `nbf`,
            `exp`. Without `streamname` an unguessable one is created; without `moderator` the token
            is a moderator's. `server` is as `move` has it. `records` is what is kept of the room's
            meetings from the next session on: "none", "attendance", "all" or a list of kinds, and
            `records_days` for how many days; without them, an earlier choice stays. `bots` makes a
            demo's token.

        Returns
        -------
        str
            The token.

        Raises
        ------
        InvalidInputError
            If a field is not valid.
        """
        room = _validation.check_room(request.get("room"))
        policy = self._policy(room, request)
        self.move(request)
        begin, end = _validation.validity(_given(request, "nbf"), _given(request, "exp"))
        streamname = _given(request, "streamname")
        claims = _tokens.Claims(
            room=room,
            streamname=_validation.new_streamname()
            if streamname is None
            else _validation.check_streamname(streamname),
            server=self._server,
            moderator=_flag(request, "moderator", default=True),
            sub=self._organisation,
            notbefore=begin,
            expiration=end,
            jti=secrets.token_hex(8),
            bots=_flag(request, "bots", default=False),
        )
        if policy is not None:
            self._store.sessions.save_policy(room, policy)
        return self._mint("room_created", claims, parent="")

    def personal(
        self,
        person: Person,
        *,
        room: str,
        streamname: str,
        period: tuple[datetime, datetime],
        jti: str | None = None,
    ) -> _tokens.Claims:
        """Return the claims of a person's own token, which no other token was made with; `sign` returns it.

        Parameters
        ----------
        person : Person
            Who it is for, as `roster_check.checked` returns it.
        room : str
            The room's name.
        streamname : str
            The name of the room's broadcasts.
        period : tuple of datetime
            When it becomes valid, and when it expires.
        jti : str, optional
            The ID of a token that is recorded, with the same values; by default it is a new one.

        Returns
        -------
        Claims
            The claims.
        """
        claims = _tokens.Claims(
            room=room,
            streamname=streamname,
            server=self._server,
            moderator=person.moderator,
            sub=self._organisation,
            notbefore=period[0],
            expiration=period[1],
            jti=jti or secrets.token_hex(8),
            name=person.name,
            roster=person.roster,
        )
        if jti is None:
            self._store.tokens.add(claims, parent="")
            self._store.record("room_created", room, jti=claims.jti, moderator=person.moderator)
        return claims

    def keep_records(self, room: str, request: Mapping[str, object]) -> None:
        """Note what is kept of a room's meetings from the next session on.

        Parameters
        ----------
        room : str
            The room's name.
        request : mapping
            `records` and `records_days`, as `room` has them.

        Raises
        ------
        InvalidInputError
            If one of them is not valid.
        """
        policy = self._policy(room, request)
        if policy is not None:
            self._store.sessions.save_policy(room, policy)

    def _policy(self, room: str, request: Mapping[str, object]) -> Policy | None:
        """Return what is kept of a room's meetings; None if the request does not say."""
        kinds, days = _given(request, "records"), _given(request, "records_days")
        if kinds is None and days is None:
            return None
        before = self._store.sessions.policy(room) or Policy(kinds=USUAL, days=self._records_days)
        if days is not None:
            most = self._records_days
            days = _validation.check_record_days(days)
            if days > most:
                raise InvalidInputError(
                    f"records_days={days} is too much: this server keeps records for {most} days at most "
                    "(--records-days; c.NanoMeetServer.records_days in Jupyter)"
                )
        return Policy(
            kinds=before.kinds if kinds is None else tuple(_validation.record_kinds(kinds)),
            days=self._records_days if days is None else days,
        )

    def move(self, request: Mapping[str, object]) -> None:
        """Note the address at which the server's owner, who has its key, reaches it.

        Parameters
        ----------
        request : mapping
            `server` is the address. It is ignored if the server knows a better one, and if its path is
            another one's.

        Raises
        ------
        InvalidInputError
            If it is not an address.
        """
        url = self._asked(request)
        if url is None:
            return
        same = urlsplit(url).path == urlsplit(_validation.origin(self._server)).path
        worse = _validation.on_loopback(url) and not _validation.on_loopback(self._server)
        if same and not worse:
            self._addresses.add(url)
            self._server = url.removeprefix("https://")

    def moderator(self, token: str) -> _tokens.Claims:
        """Verify a moderator's token.

        Parameters
        ----------
        token : str
            The token.

        Returns
        -------
        Claims
            Its claims.

        Raises
        ------
        AuthenticationError
            If the token is not a valid one of this server.
        PermissionDeniedError
            If it is a participant's, a group's, or that of a moderator who was removed from the meeting.
        """
        try:
            claims = self.verify(token)
        except TokenError as error:
            raise AuthenticationError(str(error), status=401) from None
        if _validation.is_group_room(claims.room):
            raise PermissionDeniedError(_OF_GROUP, status=403)
        if not claims.moderator:
            raise PermissionDeniedError(
                "a participant's token cannot invite, list, revoke or read records: ask a moderator",
                status=403,
            )
        line = self._store.tokens.lineage(claims.jti)
        if any(is_removed(line, meeting) for meeting in self._store.rooms.settings(claims.room)):
            raise PermissionDeniedError(
                "a moderator removed the owner of this token from the meeting: until the meeting "
                "ends, it cannot invite, list, revoke or read records",
                status=403,
            )
        return claims

    def invite(self, token: str, request: Mapping[str, object]) -> str:
        """Return an invite for the room of a moderator's token.

        Parameters
        ----------
        token : str
            A moderator's token, valid now.
        request : mapping
            `moderator`, and `nbf` and `exp` within those of `token`, which are the defaults; `server`
            is the address at which the guest will reach this server. It is ignored unless the server's
            owner named it: a moderator's guests are led nowhere else.

        Returns
        -------
        str
            The invite's token.

        Raises
        ------
        AuthenticationError
            If the token is not a valid one of this server.
        PermissionDeniedError
            If it is a participant's, or that of a moderator who was removed from the meeting.
        InvalidInputError
            If a field is not valid.
        """
        parent = self.moderator(token)
        try:
            return self.issue(parent, request)
        except TokenError as error:
            raise AuthenticationError(str(error), status=401) from None

    def issue(
        self, parent: _tokens.Claims, request: Mapping[str, object], *, maker: str = ""
    ) -> str:
        """Return an invite for the room of a verified moderator.

        Parameters
        ----------
        parent : Claims
            The claims of the moderator's token.
        request : mapping
            As `invite` has it.
        maker : str, optional
            The moderator's identity in the room; empty outside of rooms.

        Returns
        -------
        str
            The invite's token.

        Raises
        ------
        RejectedTokenError
            If the moderator's token was revoked.
        InvalidInputError
            If a field is not valid.
        """
        now = datetime.now(timezone.utc)
        begin, end = _validation.within(
            parent.notbefore,
            parent.expiration,
            nbf=_moment(request, "nbf", now=now),
            exp=_moment(request, "exp", now=now),
        )
        claims = replace(
            parent,
            server=self._reached(request, parent),
            moderator=_flag(request, "moderator", default=False),
            notbefore=begin,
            expiration=end,
            jti=secrets.token_hex(8),
            # The guest of a person with a personal link is someone else.
            name="",
            roster="",
            bots=False,
        )
        return self._mint("invite_created", claims, parent=parent.jti, maker=maker)

    def group_token(self, person: _tokens.Claims, *, room: str, streamname: str) -> _tokens.Claims:
        """Return the claims of a new token with which a person of a meeting enters one of its groups.

        It has the person's own role, expires with their own token, and is revoked with it.

        Parameters
        ----------
        person : Claims
            The claims of their own token.
        room : str
            The name of the group's room.
        streamname : str
            A name that no stream has.

        Returns
        -------
        Claims
            The claims; `sign` returns the token.

        Raises
        ------
        RejectedTokenError
            If their own token was revoked.
        """
        claims = replace(
            person, room=room, streamname=streamname, jti=secrets.token_hex(8), bots=False
        )
        # Who it is for is recorded with their own.
        if not self._store.tokens.add(replace(claims, name="", roster=""), parent=person.jti):
            raise RejectedTokenError(_REVOKED)
        return claims

    def sign(self, claims: _tokens.Claims) -> str:
        """Return the token of a person that this server has admitted with these claims.

        Parameters
        ----------
        claims : Claims
            The claims of a token that is recorded.
        """
        return _tokens.mint(claims, self._secrets[0])

    def invite_many(
        self, parent: _tokens.Claims, people: Sequence[Person], request: Mapping[str, object]
    ) -> list[str]:
        """Return a personal invite for each person of a roster: all of them, or none.

        Parameters
        ----------
        parent : Claims
            The claims of the moderator's token, verified.
        people : sequence of Person
            The roster, as `roster_check.checked` returns it.
        request : mapping
            `nbf`, `exp` and `server`, as `invite` has them.

        Returns
        -------
        list of str
            Their tokens, in the roster's order.

        Raises
        ------
        AuthenticationError
            If the moderator's token was revoked.
        InvalidInputError
            If a time is not valid, or the room's roster would be too long.
        """
        known = {person.id for person in self._store.tokens.roster(parent.room)}
        if (total := len(known | {person.roster for person in people})) > _texts.ROSTER:
            raise InvalidInputError(
                f"{total} people would have personal links to this room, and {_texts.ROSTER} may: "
                "revoke links that are not needed, or create another room"
            )
        now = datetime.now(timezone.utc)
        begin, end = _validation.within(
            parent.notbefore,
            parent.expiration,
            nbf=_moment(request, "nbf", now=now),
            exp=_moment(request, "exp", now=now),
        )
        shared = replace(
            parent,
            server=self._reached(request, parent),
            notbefore=begin,
            expiration=end,
            bots=False,
        )
        made = [
            replace(
                shared,
                moderator=person.moderator,
                name=person.name,
                roster=person.roster,
                jti=secrets.token_hex(8),
            )
            for person in people
        ]
        if not self._store.tokens.add_many(made, parent=parent.jti):
            raise AuthenticationError(_REVOKED, status=401)
        self._store.record("invites_created", parent.room, jti=parent.jti, people=len(made))
        return [_tokens.mint(claims, self._secrets[0]) for claims in made]

    def roster(self, room: str) -> list[RosterRecord]:
        """Return the people with personal links to a room that are valid, or will be.

        Parameters
        ----------
        room : str
            The room's name.
        """
        return self._store.tokens.roster(room)

    def revoke_person(self, person: object, *, room: str) -> list[str]:
        """Revoke all personal links of a person to a room, as `revoke` does.

        Parameters
        ----------
        person : object
            Their ID in the roster.
        room : str
            The room's name.

        Returns
        -------
        list of str
            The IDs of the tokens that were valid until now.

        Raises
        ------
        InvalidInputError
            If no one with this ID has a personal link to the room.
        """
        found = self._store.tokens.personal(room, person) if isinstance(person, str) else []
        if not found:
            raise InvalidInputError(
                "no one with this ID has a personal link to this room: `roster` lists them"
            )
        return [revoked for name in found for revoked in self.revoke(name, room=room)]

    def tokens(self, room: str | None) -> list[TokenRecord]:
        """Return the issued tokens.

        Parameters
        ----------
        room : str or None
            The room; None for all rooms.

        Returns
        -------
        list of TokenRecord
            In the order in which they were issued, without those of groups.
        """
        issued = self._store.tokens.all(room)
        return [record for record in issued if not _validation.is_group_room(record.room)]

    def revoke(self, token_id: object, *, room: str | None) -> list[str]:
        """Revoke a token, and all that were made with it; their connections end within a second.

        Parameters
        ----------
        token_id : object
            The token's ID, its `jti`.
        room : str or None
            The only room whose tokens may be revoked; None for all rooms.

        Returns
        -------
        list of str
            The IDs of those that were valid until now.

        Raises
        ------
        InvalidInputError
            If there is no such token in that room.
        """
        found = self._store.tokens.find(token_id) if isinstance(token_id, str) else None
        if found is None or room not in {None, found.room}:
            raise InvalidInputError("there is no token with this ID: `invites` lists them")
        revoked = self._store.tokens.revoke(found.id)
        for name in revoked:
            self._store.record("token_revoked", found.room, jti=name)
        return revoked

    def _verified(self, token: str) -> _tokens.Claims:
        *newer, oldest = self._secrets
        for secret in newer:
            with contextlib.suppress(RejectedTokenError):
                return _tokens.verify(token, secret)
        return _tokens.verify(token, oldest)

    def _asked(self, request: Mapping[str, object]) -> str | None:
        given = _given(request, "server")
        if not self._movable or given is None:
            return None
        parts = urlsplit(_validation.origin(_validation.check_server(given)))
        # Browsers write names in lower case, and leave out the usual port.
        usual = {"http": ":80", "https": ":443"}[parts.scheme]
        return parts._replace(netloc=parts.netloc.lower().removesuffix(usual)).geturl()

    def _reached(self, request: Mapping[str, object], parent: _tokens.Claims) -> str:
        """Return the `server` claim of a moderator's guest: never another server, nor a worse address."""
        url = self._asked(request)
        # What a token of this server claims, its owner named before the last start.
        if url is None or url not in {*self._addresses, _validation.origin(parent.server)}:
            return self._server
        worse = _validation.on_loopback(url) and not _validation.on_loopback(self._server)
        return self._server if worse else url.removeprefix("https://")

    def _mint(self, kind: str, claims: _tokens.Claims, *, parent: str, maker: str = "") -> str:
        token = _tokens.mint(claims, self._secrets[0])
        if not self._store.tokens.add(claims, parent=parent, maker=maker):
            raise RejectedTokenError(_REVOKED)
        self._store.record(kind, claims.room, jti=claims.jti, moderator=claims.moderator)
        return token


def _given(request: Mapping[str, object], name: str) -> object:
    """Return a field's value; the vendor's library sends an empty text for a missing one."""
    value = request.get(name)
    return None if value == "" else value


def _moment(request: Mapping[str, object], name: str, *, now: datetime) -> datetime | None:
    value = _given(request, name)
    return None if value is None else _validation.moment(name, value, now=now)


def _flag(request: Mapping[str, object], name: str, *, default: bool) -> bool:
    value = _given(request, name)
    return default if value is None else _validation.check_flag(name, value)
