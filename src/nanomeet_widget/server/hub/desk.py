"""Gives the users of a JupyterHub their tokens: for their groups' rooms, and for rooms of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from nanomeet_widget import _texts, _validation
from nanomeet_widget._errors import (
    InvalidInputError,
    PermissionDeniedError,
    QuotaExceededError,
)
from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.config import Limits
from nanomeet_widget.server.hub.people import Visitor
from nanomeet_widget.server.rooms import roster_check
from nanomeet_widget.server.rooms.rooms import Rooms
from nanomeet_widget.server.store.hub_records import HubRoom, HubToken
from nanomeet_widget.server.store.store import Store
from nanomeet_widget.server.store.token_records import TokenRecord
from nanomeet_widget.server.timers import Timers
from nanomeet_widget.server.token_bucket import TokenBuckets
from nanomeet_widget.server.tokens.issuer import Issuer, Person
from nanomeet_widget.server.tokens.removed import is_removed

#: How long a token of the list is valid. Another one is made when half of that is over.
LIFETIME = timedelta(hours=24)
#: Tokens that one user may be given, at once and a second.
_TOKENS, _TOKENS_RATE = 30, 0.5
_REMOVED = (
    "a moderator removed you from this meeting: you can join the next one, when this one has ended"
)
_REVOKED = (
    "a moderator revoked your access to this room: ask them for an invite, or wait until your link "
    "would have expired"
)


class UnlistedError(PermissionDeniedError):
    """The room is not one that the user may join."""


class KeptOutError(PermissionDeniedError):
    """A moderator keeps the user out of the room.

    Parameters
    ----------
    message : str
        What to do.
    revoked : bool
        Whether their access was revoked; else they were removed from the meeting.
    """

    def __init__(self, message: str, *, revoked: bool) -> None:
        super().__init__(message, status=403)
        self.revoked = revoked


@dataclass(frozen=True, kw_only=True)
class OwnRoom:
    """A room that a user may join."""

    name: str
    #: The group in the Hub whose room it is; None for the user's own.
    group: str | None
    moderator: bool
    #: People who are in it now.
    people: int


class Desk:
    """Decides which user may enter which room as what, and gives them a token.

    Parameters
    ----------
    issuer : Issuer
        What makes tokens.
    store : Store
        Where rooms and tokens are recorded.
    rooms : Rooms
        The open rooms.
    limits : Limits
        How many rooms a user may create.
    timers : Timers
        The clock.
    """

    def __init__(
        self, *, issuer: Issuer, store: Store, rooms: Rooms, limits: Limits, timers: Timers
    ) -> None:
        self._issuer = issuer
        self._store = store
        self._rooms = rooms
        self._limits = limits
        self._rate = TokenBuckets(burst=_TOKENS, rate=_TOKENS_RATE, timers=timers)

    def rooms_of(self, visitor: Visitor, groups: Mapping[str, str]) -> list[OwnRoom]:
        """Return the rooms that a user may join.

        Parameters
        ----------
        visitor : Visitor
            The user.
        groups : mapping
            The Hub's groups, by the names of their rooms.

        Returns
        -------
        list of OwnRoom
            Those of their groups and of groups that they moderate, then their own, each by name.
        """
        found = []
        for room, group in sorted(groups.items()):
            moderator = visitor.moderates(group)
            if moderator or group in visitor.user.groups:
                found.append(self._shown(room, group, moderator=moderator))
        own = (room for room in self._store.hub.rooms() if room.owner == visitor.user.name)
        found += [
            self._shown(room.name, None, moderator=True) for room in own if room.name not in groups
        ]
        return found

    def create(
        self, visitor: Visitor, groups: Mapping[str, str], request: Mapping[str, object]
    ) -> str:
        """Return the token of a user for a room, which becomes theirs if it is no one's yet.

        Parameters
        ----------
        visitor : Visitor
            The user.
        groups : mapping
            The Hub's groups, by the names of their rooms.
        request : mapping
            The fields of the nanoMeet token service: `room, moderator, nbf, exp, records, records_days`, and
            `streamname`, which has to be the room's own.

        Returns
        -------
        str
            The token.

        Raises
        ------
        InvalidInputError
            If a field is not valid.
        PermissionDeniedError
            If the room is another user's, or that of a group which the user does not moderate.
        QuotaExceededError
            If the user has too many rooms, or asks too often.
        """
        name = _validation.check_room(request.get("room"))
        asked = request.get("moderator", True)
        moderator = _validation.check_flag("moderator", True if asked == "" else asked)
        nbf, exp = request.get("nbf") or None, request.get("exp") or None
        period = None if nbf is None and exp is None else _validation.validity(nbf, exp)
        role = self._role(visitor, groups, name, new=True)
        if role is None:
            raise PermissionDeniedError(
                f"the room {_texts.quoted(name)} belongs to another user or group of this JupyterHub: "
                "choose another name",
                status=403,
            )
        if moderator and not role:
            raise PermissionDeniedError(
                f"the room {name} belongs to the group {_texts.quoted(groups[name])}, of which you are a "
                "member, not a moderator: join it with create_room(…, moderator=False), or from the "
                "service's list of rooms",
                status=403,
            )
        self._take(visitor)
        if role and (request.get("records") or request.get("records_days")):
            self._issuer.keep_records(name, request)
        room = self._room(visitor, name, is_group=name in groups)
        stream = request.get("streamname") or room.stream
        if stream != room.stream:
            raise InvalidInputError(
                "streamname: on a JupyterHub, the service names the broadcasts of a room: leave it out"
            )
        return self._token(
            visitor,
            room,
            moderator=moderator,
            period=period,
            lifetime=_validation.DEFAULT_VALIDITY,
        )

    def join(self, visitor: Visitor, groups: Mapping[str, str], name: str) -> str:
        """Return the token of a user for a room of their list.

        Parameters
        ----------
        visitor : Visitor
            The user.
        groups : mapping
            The Hub's groups, by the names of their rooms.
        name : str
            The room's name.

        Returns
        -------
        str
            The token.

        Raises
        ------
        InvalidInputError
            If that is not a room's name.
        PermissionDeniedError
            If the room is not on their list, or a moderator keeps them out.
        QuotaExceededError
            If the user asks too often.
        """
        role = self._role(visitor, groups, _validation.check_room(name), new=False)
        if role is None:
            raise UnlistedError("this room is not, or no longer, on your list", status=403)
        self._take(visitor)
        room = self._room(visitor, name, is_group=name in groups)
        return self._token(visitor, room, moderator=role, period=None, lifetime=LIFETIME)

    def may_keep(self, token: HubToken, visitor: Visitor | None, groups: Mapping[str, str]) -> bool:
        """Return whether a user still has the right to a token that they were given.

        Parameters
        ----------
        token : HubToken
            The token.
        visitor : Visitor or None
            The user as the Hub describes them now; None if they have no access.
        groups : mapping
            The Hub's groups, by the names of their rooms.
        """
        if visitor is None:
            return False
        role = self._role(visitor, groups, token.room, new=False)
        return role is not None and role >= token.moderator

    def tokens(
        self, visitor: Visitor, groups: Mapping[str, str], room: str | None
    ) -> list[TokenRecord]:
        """Return the issued tokens of rooms that a user moderates.

        Parameters
        ----------
        visitor : Visitor
            The user.
        groups : mapping
            The Hub's groups, by the names of their rooms.
        room : str or None
            One of those rooms; None for all of them.

        Returns
        -------
        list of TokenRecord
            In the order in which they were issued, room by room.

        Raises
        ------
        PermissionDeniedError
            If the user does not moderate the room.
        """
        names = self._moderated(visitor, groups) if room is None else [room]
        for name in names:
            self._check_moderates(visitor, groups, name)
        return [record for name in names for record in self._issuer.tokens(name)]

    def revoke(self, visitor: Visitor, groups: Mapping[str, str], token_id: object) -> list[str]:
        """Revoke a token of a room that a user moderates, and all that were made with it.

        Parameters
        ----------
        visitor : Visitor
            The user.
        groups : mapping
            The Hub's groups, by the names of their rooms.
        token_id : object
            The token's ID.

        Returns
        -------
        list of str
            The IDs of those that were valid until now.

        Raises
        ------
        InvalidInputError
            If there is no such token in a room that they moderate.
        """
        found = self._store.tokens.find(token_id) if isinstance(token_id, str) else None
        if found is None or not self._role(visitor, groups, found.room, new=False):
            raise InvalidInputError(
                "there is no token with this ID in a room that you moderate: `invites` lists them"
            )
        return self._issuer.revoke(found.id, room=found.room)

    def streams(self, visitor: Visitor, groups: Mapping[str, str]) -> dict[str, str]:
        """Return the streams of the rooms that a user moderates, with the names of the rooms.

        Parameters
        ----------
        visitor : Visitor
            The user.
        groups : mapping
            The Hub's groups, by the names of their rooms.
        """
        names = self._moderated(visitor, groups)
        rooms = (self._store.hub.room(name) for name in names)
        return {room.stream: room.name for room in rooms if room is not None}

    def payer(self, claims: Claims) -> str:
        """Return what the invites of a token count for: the user at the root of it, or its room.

        Parameters
        ----------
        claims : Claims
            A moderator's.
        """
        root = self._store.tokens.lineage(claims.jti)[-1]
        user = self._store.hub.user_of(root.id)
        return claims.room if user is None else f"user {user}"

    # --- inside --------------------------------------------------------------------------------

    def _role(
        self, visitor: Visitor, groups: Mapping[str, str], name: str, *, new: bool
    ) -> bool | None:
        """Return whether a user is a moderator of a room; None if it is not theirs to enter.

        `new`: whether a room that is no one's counts as theirs.
        """
        group = groups.get(name)
        if group is not None:
            if visitor.moderates(group):
                return True
            return False if group in visitor.user.groups else None
        room = self._store.hub.room(name)
        if room is None:
            return True if new and self._store.hub.is_free(name) else None
        # A group that was deleted leaves its room, and what was recorded there, to no one.
        return True if room.owner == visitor.user.name else None

    def _room(self, visitor: Visitor, name: str, *, is_group: bool) -> HubRoom:
        room = self._store.hub.room(name)
        owner = "" if is_group else visitor.user.name
        if room is not None and room.owner == owner:
            return room
        if not is_group:
            self._store.hub.forget_unused()
            own = [room for room in self._store.hub.rooms() if room.owner == owner]
            if len(own) >= self._limits.user_rooms:
                raise QuotaExceededError(
                    f"you have {len(own)} rooms of your own, and may have {self._limits.user_rooms}: use "
                    f"one of them ({', '.join(room.name for room in own)}), or revoke its tokens",
                    status=429,
                )
        # Whose room it is has changed, or it is new: recordings of before are not for the new owner.
        room = HubRoom(name=name, owner=owner, stream=_validation.new_streamname())
        self._store.hub.save_room(room)
        return room

    def _token(
        self,
        visitor: Visitor,
        room: HubRoom,
        *,
        moderator: bool,
        period: tuple[datetime, datetime] | None,
        lifetime: timedelta,
    ) -> str:
        user = visitor.user
        self._check_let_in(user.name, room.name, moderator=moderator)
        (person,) = roster_check.checked(
            [Person(name=user.name, roster=user.name, moderator=moderator)]
        )
        now = datetime.now(timezone.utc).replace(microsecond=0)
        known = None
        if period is None:
            period = now, now + lifetime
            # The same token again is the same person: they return to their place, and stay removed.
            known = self._known(user.name, room, moderator=moderator, until=now + lifetime / 2)
        if known is not None:
            period = _moment(known.notbefore), _moment(known.expiration)
        claims = self._issuer.personal(
            person,
            room=room.name,
            streamname=room.stream,
            period=period,
            jti=None if known is None else known.id,
        )
        if known is None:
            self._store.hub.add(
                HubToken(
                    id=claims.jti,
                    user=user.name,
                    room=room.name,
                    moderator=moderator,
                    # The owner of a room is its moderator as long as it is theirs.
                    basis="" if room.owner else user.basis,
                    notbefore=claims.notbefore.timestamp(),
                    expiration=claims.expiration.timestamp(),
                )
            )
            self._rooms.roster_changed(room.name)
        return self._issuer.sign(claims)

    def _known(
        self, user: str, room: HubRoom, *, moderator: bool, until: datetime
    ) -> HubToken | None:
        now = datetime.now(timezone.utc).timestamp()
        for token in self._store.hub.live(user):
            fits = token.room == room.name and token.moderator == moderator
            if fits and token.notbefore <= now and token.expiration >= until.timestamp():
                return token
        return None

    def _check_let_in(self, user: str, room: str, *, moderator: bool) -> None:
        # The owner of a room may revoke a token of their own, and take another one.
        if not moderator and self._store.hub.was_revoked(user, room):
            raise KeptOutError(_REVOKED, revoked=True)
        lines = [self._store.tokens.lineage(name) for name in self._store.hub.all_of(user, room)]
        for settings in self._store.rooms.settings(room):
            if any(is_removed(line, settings) for line in lines):
                raise KeptOutError(_REMOVED, revoked=False)

    def _take(self, visitor: Visitor) -> None:
        if not self._rate.take(visitor.user.name):
            raise QuotaExceededError(
                "you asked for too many tokens in a short time: wait a moment, then try again",
                status=429,
            )

    def _moderated(self, visitor: Visitor, groups: Mapping[str, str]) -> list[str]:
        rooms = self._store.hub.rooms()
        return [r.name for r in rooms if self._role(visitor, groups, r.name, new=False)]

    def _check_moderates(self, visitor: Visitor, groups: Mapping[str, str], name: str) -> None:
        if not self._role(visitor, groups, _validation.check_room(name), new=False):
            raise PermissionDeniedError(
                f"you do not moderate the room {_texts.quoted(name)}", status=403
            )

    def _shown(self, name: str, group: str | None, *, moderator: bool) -> OwnRoom:
        return OwnRoom(
            name=name, group=group, moderator=moderator, people=self._rooms.people_in(name)
        )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)
