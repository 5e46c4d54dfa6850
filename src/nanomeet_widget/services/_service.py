"""What all services share: the public calls, blocking and not."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from nanomeet_widget import _texts, _validation
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget._http import Http, Steps
from nanomeet_widget._models import (
    Invite,
    Playout,
    Room,
    RoomRoster,
    Secret,
    SecretText,
)

if TYPE_CHECKING:
    from typing_extensions import Self

    from nanomeet_widget._library import Library
    from nanomeet_widget._validation import RecordKind, When


@dataclass(frozen=True, kw_only=True)
class BroadcastTarget:
    """Where a broadcast is sent by RTMP, and where it can be watched.

    Attributes
    ----------
    ingest : Secret
        The RTMP address with the stream's key: anyone who has it can send to the stream.
    playout : Playout, optional
        Where to watch it, if that is known.
    """

    ingest: Secret
    playout: Playout | None = None


@dataclass(frozen=True, kw_only=True)
class RoomRequest:
    """The arguments of `create_room`, as given."""

    room: str
    nbf: When | None
    exp: When | None
    streamname: str | None
    server: str | None
    moderator: bool
    #: The kinds of records to keep; None for the server's default.
    records: list[RecordKind] | None = None
    records_days: int | None = None
    #: Whether it is a demo's.
    bots: bool | None = None


@dataclass(frozen=True, kw_only=True)
class InviteRequest:
    """The arguments of `create_invite`, as given."""

    token: str
    moderator: bool
    nbf: When | None
    exp: When | None


@dataclass(frozen=True, kw_only=True)
class Rostered:
    """A person who gets a personal link."""

    name: str
    #: Their ID in the organiser's roster.
    id: str
    moderator: bool


@dataclass(frozen=True, kw_only=True)
class InvitesRequest:
    """The arguments of `create_invites`, as given; the people are checked."""

    token: str
    people: Sequence[Rostered]
    nbf: When | None
    exp: When | None


class Service(ABC):
    """Makes rooms and invites, and knows which server carries them.

    Close it, or use it in a ``with`` block, when you do not need it any more.
    """

    #: What errors and `current()` call it.
    name: str
    #: The library that pages use for its meetings; None for this package's own client.
    library: Library | None = None
    #: Whether its server keeps records of meetings.
    keeps_records: ClassVar[bool] = False
    _http: Http

    def create_room(
        self,
        room: str,
        *,
        nbf: When | None = None,
        exp: When | None = None,
        streamname: str | None = None,
        server: str | None = None,
        moderator: bool = True,
        records: str | Iterable[str] | None = None,
        records_days: int | None = None,
    ) -> Room:
        """Make a room and a token that opens it; see `nanomeet_widget.create_room`.

        Parameters
        ----------
        room : str
            The room's name: letters a-z and A-Z, digits and ``_``; at most 64 characters.
        nbf : datetime.datetime, datetime.timedelta or str, optional
            When the token becomes valid: an aware datetime, a timedelta from now, or ISO 8601 text with an
            offset. By default now.
        exp : datetime.datetime, datetime.timedelta or str, optional
            When it expires, likewise. By default 14 days after `nbf`; at most one year after it.
        streamname : str, optional
            The name of the room's broadcasts: 1 to 64 letters, digits, ``_`` and ``-``. By default the
            service makes one that cannot be guessed.
        server : str, optional
            The engine's host, for services that have several. The embedded server has one.
        moderator : bool, default True
            Whether it is a moderator's token, which can invite, broadcast, mute and remove.
        records : str or iterable of str, optional
            What the embedded server keeps of the room's meetings, see `nanomeet_widget.create_room`.
        records_days : int, optional
            Days after which that is deleted.

        Returns
        -------
        Room
            The room, with what the token really says.

        Raises
        ------
        InvalidInputError
            If an argument breaks a rule; nothing was sent then.
        ServiceError
            If the service refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        asked = RoomRequest(
            room=room,
            nbf=nbf,
            exp=exp,
            streamname=streamname,
            server=server,
            moderator=moderator,
            records=self._kinds(records),
            records_days=self._days(records_days),
        )
        return self._http.run(self._create_room(asked))

    async def acreate_room(
        self,
        room: str,
        *,
        nbf: When | None = None,
        exp: When | None = None,
        streamname: str | None = None,
        server: str | None = None,
        moderator: bool = True,
        records: str | Iterable[str] | None = None,
        records_days: int | None = None,
    ) -> Room:
        """Make a room and a token that opens it, without blocking.

        Parameters
        ----------
        room : str
            The room's name: letters a-z and A-Z, digits and ``_``; at most 64 characters.
        nbf : datetime.datetime, datetime.timedelta or str, optional
            When the token becomes valid: an aware datetime, a timedelta from now, or ISO 8601 text with an
            offset. By default now.
        exp : datetime.datetime, datetime.timedelta or str, optional
            When it expires, likewise. By default 14 days after `nbf`; at most one year after it.
        streamname : str, optional
            The name of the room's broadcasts: 1 to 64 letters, digits, ``_`` and ``-``. By default the
            service makes one that cannot be guessed.
        server : str, optional
            The engine's host, for services that have several. The embedded server has one.
        moderator : bool, default True
            Whether it is a moderator's token, which can invite, broadcast, mute and remove.
        records : str or iterable of str, optional
            What the embedded server keeps of the room's meetings, see `nanomeet_widget.create_room`.
        records_days : int, optional
            Days after which that is deleted.

        Returns
        -------
        Room
            The room, with what the token really says.

        Raises
        ------
        InvalidInputError
            If an argument breaks a rule; nothing was sent then.
        ServiceError
            If the service refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        asked = RoomRequest(
            room=room,
            nbf=nbf,
            exp=exp,
            streamname=streamname,
            server=server,
            moderator=moderator,
            records=self._kinds(records),
            records_days=self._days(records_days),
        )
        return await self._http.arun(self._create_room(asked))

    def create_invite(
        self,
        token: str,
        *,
        moderator: bool = False,
        nbf: When | None = None,
        exp: When | None = None,
    ) -> Invite:
        """Make an invite into the room of a moderator's token; see `nanomeet_widget.create_invite`.

        Parameters
        ----------
        token : str
            A moderator's token, see `Room.token`.
        moderator : bool, default False
            Whether the guest becomes a moderator, too.
        nbf : datetime.datetime, datetime.timedelta or str, optional
            When the invite becomes valid, as for `create_room`. By default, and at the earliest, when
            `token` does.
        exp : datetime.datetime, datetime.timedelta or str, optional
            When it expires. By default, and at the latest, when `token` does.

        Returns
        -------
        Invite
            The invite, with the link to send. Anyone who has the link can enter.

        Raises
        ------
        InvalidInputError
            If an argument breaks a rule; nothing was sent then.
        TokenError
            If `token` is not a token.
        ServiceError
            If the service refuses or cannot be reached: a `PermissionDeniedError` if `token` is a
            participant's, an `AuthenticationError` if another service made it.
        ServerStartError
            If the embedded server does not start.
        """
        asked = InviteRequest(token=SecretText(token), moderator=moderator, nbf=nbf, exp=exp)
        return self._http.run(self._create_invite(asked))

    async def acreate_invite(
        self,
        token: str,
        *,
        moderator: bool = False,
        nbf: When | None = None,
        exp: When | None = None,
    ) -> Invite:
        """Make an invite into the room of a moderator's token, without blocking.

        Parameters
        ----------
        token : str
            A moderator's token, see `Room.token`.
        moderator : bool, default False
            Whether the guest becomes a moderator, too.
        nbf : datetime.datetime, datetime.timedelta or str, optional
            When the invite becomes valid, as for `create_room`. By default, and at the earliest, when
            `token` does.
        exp : datetime.datetime, datetime.timedelta or str, optional
            When it expires. By default, and at the latest, when `token` does.

        Returns
        -------
        Invite
            The invite, with the link to send. Anyone who has the link can enter.

        Raises
        ------
        InvalidInputError
            If an argument breaks a rule; nothing was sent then.
        TokenError
            If `token` is not a token.
        ServiceError
            If the service refuses or cannot be reached: a `PermissionDeniedError` if `token` is a
            participant's, an `AuthenticationError` if another service made it.
        ServerStartError
            If the embedded server does not start.
        """
        asked = InviteRequest(token=SecretText(token), moderator=moderator, nbf=nbf, exp=exp)
        return await self._http.arun(self._create_invite(asked))

    def create_invites(
        self,
        token: str,
        people: Sequence[Rostered],
        *,
        nbf: When | None = None,
        exp: When | None = None,
    ) -> list[Invite]:
        """Make a personal invite for each person; see `nanomeet_widget.create_invites`.

        Parameters
        ----------
        token : str
            A moderator's token, see `Room.token`.
        people : sequence of Rostered
            Who gets one: checked, each ID once.
        nbf, exp : datetime.datetime, datetime.timedelta or str, optional
            As `create_invite` has them.

        Returns
        -------
        list of Invite
            In the order of `people`.

        Raises
        ------
        InvalidInputError
            If an argument breaks a rule, or this service has no personal invites; nothing was sent then.
        TokenError
            If `token` is not a token.
        ServiceError
            If the service refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        asked = InvitesRequest(token=SecretText(token), people=people, nbf=nbf, exp=exp)
        return self._http.run(self._create_invites(asked))

    async def acreate_invites(
        self,
        token: str,
        people: Sequence[Rostered],
        *,
        nbf: When | None = None,
        exp: When | None = None,
    ) -> list[Invite]:
        """Make a personal invite for each person, without blocking.

        Parameters
        ----------
        token : str
            A moderator's token, see `Room.token`.
        people : sequence of Rostered
            Who gets one: checked, each ID once.
        nbf, exp : datetime.datetime, datetime.timedelta or str, optional
            As `create_invite` has them.

        Returns
        -------
        list of Invite
            In the order of `people`.

        Raises
        ------
        InvalidInputError
            If an argument breaks a rule, or this service has no personal invites; nothing was sent then.
        TokenError
            If `token` is not a token.
        ServiceError
            If the service refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        asked = InvitesRequest(token=SecretText(token), people=people, nbf=nbf, exp=exp)
        return await self._http.arun(self._create_invites(asked))

    def roster(self, token: str) -> RoomRoster:
        """Return who has a personal link to the room of a moderator's token, and who of them is there.

        Parameters
        ----------
        token : str
            A moderator's token.

        Returns
        -------
        RoomRoster
            The people.

        Raises
        ------
        InvalidInputError
            If this service does not know.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        del token
        self._has_no_roster("does not say who of a roster is there")

    def revoke_person(self, token: str, person: str) -> int:
        """Revoke a person's personal links to the room of a moderator's token.

        Parameters
        ----------
        token : str
            A moderator's token.
        person : str
            Their ID in the roster.

        Returns
        -------
        int
            How many links were valid until now.

        Raises
        ------
        InvalidInputError
            If this service cannot, or no one with this ID has a personal link to the room.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        del token, person
        self._has_no_roster("cannot revoke a link: it works until it expires")

    def _has_no_roster(self, why: str) -> NoReturn:
        raise InvalidInputError(
            f"{self.name} {why}: create the room on the embedded server for that"
        )

    @abstractmethod
    def browser_link(self, token: str) -> Secret:
        """Make a link that opens a token's meeting in a browser.

        Parameters
        ----------
        token : str
            A token of this service, a moderator's or a participant's.

        Returns
        -------
        Secret
            The link.

        Raises
        ------
        TokenError
            If `token` is not a token.
        ServiceError
            If the service refuses it, or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """

    @abstractmethod
    def check(self) -> str:
        """Check that the service answers and accepts the key.

        Returns
        -------
        str
            The address of the meeting server.

        Raises
        ------
        NanoMeetError
            If it does not answer, or does not accept the key.
        """

    @abstractmethod
    def serves(self, server: str) -> bool:
        """Return whether this service makes the tokens of a server; other servers' never come here.

        Parameters
        ----------
        server : str
            The token's `server` claim.

        Returns
        -------
        bool
            True if it does.
        """

    def broadcast_target(self, streamname: str, *, is_vod: bool) -> BroadcastTarget | None:
        """Return where a broadcast is sent.

        Parameters
        ----------
        streamname : str
            The `streamname` of the room's token.
        is_vod : bool
            Whether it is recorded, too.

        Returns
        -------
        BroadcastTarget or None
            None if the engine itself carries the broadcast.

        Raises
        ------
        InvalidInputError
            If this service does not know where broadcasts go.
        """
        del streamname, is_vod
        return None

    def found_at(self, server: str, page: str) -> str | None:
        """Note where a notebook's page is; return where that page reaches the token's server.

        Parameters
        ----------
        server : str
            The token's `server` claim.
        page : str
            The base URL of the Jupyter server that the page came from.

        Returns
        -------
        str or None
            A URL; None if the token's own address is right, as the server is no part of that Jupyter
            server.
        """
        del server, page
        return None

    def obstacle(self, server: str) -> str | None:
        """Return why pages on other machines cannot reach a token's server, and what to do.

        Parameters
        ----------
        server : str
            The token's `server` claim.

        Returns
        -------
        str or None
            None if no reason is known.
        """
        del server
        return None

    def live_url(self, streamname: str) -> str:
        """Return the URL of the page that shows a broadcast.

        Parameters
        ----------
        streamname : str
            The `streamname` of the room's token.

        Returns
        -------
        str
            The URL.

        Raises
        ------
        InvalidInputError
            If this service does not know where its broadcasts are shown.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        target = self.broadcast_target(streamname, is_vod=False)
        if target is None or target.playout is None:
            raise InvalidInputError(
                f"{self.name} does not say where {streamname} is shown: give the page's URL instead"
            )
        return target.playout.live

    def close(self) -> None:
        """Release what is held. Connections live no longer than a call."""
        return

    async def aclose(self) -> None:
        """Release what is held, without blocking."""
        self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._where()}>"

    def _where(self) -> str:
        """Where it is, for its repr."""
        return self.name

    def _kinds(self, records: str | Iterable[str] | None) -> list[RecordKind] | None:
        """Return the kinds of records that a room keeps; None for the default."""
        kinds = None if records is None else _validation.record_kinds(records)
        if self.keeps_records:
            return kinds
        if kinds:
            raise InvalidInputError(
                f"records={_texts.quoted(records)}: {self.name} keeps no records, only the embedded "
                "server does: leave records out"
            )
        return None

    def _days(self, days: int | None) -> int | None:
        if days is None:
            return None
        if not self.keeps_records:
            raise InvalidInputError(
                f"records_days={_texts.quoted(days)}: {self.name} keeps no records, only the embedded "
                "server does: leave records_days out"
            )
        return _validation.check_record_days(days)

    @abstractmethod
    def _create_room(self, asked: RoomRequest) -> Steps[Room]: ...

    @abstractmethod
    def _create_invite(self, asked: InviteRequest) -> Steps[Invite]: ...

    @abstractmethod
    def _create_invites(self, asked: InvitesRequest) -> Steps[list[Invite]]: ...


def as_secret(name: str, value: str | Secret | None) -> Secret:
    """Return a credential, hidden.

    Raises
    ------
    InvalidInputError
        If it is empty, of another type, or has characters that HTTP headers do not allow.
    """
    text: Any = value.reveal() if isinstance(value, Secret) else value
    if not isinstance(text, str) or not text.strip():
        raise InvalidInputError(
            f"{name} is missing: give it as text, or as nanomeet_widget.Secret.ask()"
        )
    text = SecretText(text.strip())
    if not text.isascii() or not text.isprintable():
        raise InvalidInputError(f"{name} has characters that no key has: copy it again")
    return Secret(text)
