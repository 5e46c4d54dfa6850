"""Personal links: one for each person of a roster, and who of them is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import NoReturn, SupportsIndex, overload

from nanomeet_widget import _tokens, _validation, services
from nanomeet_widget._errors import InvalidInputError, ProtocolError
from nanomeet_widget._models import Invite, RosterPerson, Secret, SecretText
from nanomeet_widget._progress import progress
from nanomeet_widget.classroom import _csv, roster_rows
from nanomeet_widget.classroom._tables import AnyTable
from nanomeet_widget.classroom.records import records
from nanomeet_widget.classroom.roster_rows import Row
from nanomeet_widget.services import Service
from nanomeet_widget.services._service import Rostered

#: Names that a repr and a cell show.
_SHOWN, _LISTED = 3, 20


@dataclass(frozen=True, kw_only=True)
class PersonalInvite:
    """A personal link: its owner's name is fixed in the room, and records know them by their id.

    Attributes
    ----------
    name : str
        The name that the others see.
    id : str
        The person's id in the roster.
    email : str or None
        Their address, if the roster has one. The server never gets it.
    moderator : bool
        Whether they are a moderator.
    secret : Secret
        The person's token, hidden; `token` is its text.
    link : Secret
        The link to send, hidden; `invite_link` is its text.
    """

    name: str
    id: str
    email: str | None
    moderator: bool
    secret: Secret = field(repr=False)
    link: Secret = field(repr=False)

    @property
    def token(self) -> str:
        """The person's token."""
        return self.secret.reveal()

    @property
    def invite_link(self) -> str:
        """The link to send; the token is in its fragment, which no server gets."""
        return self.link.reveal()


class Roster:
    """The people with personal links to a room: who is there, and who is not. `roster` makes one.

    Parameters
    ----------
    token : Secret
        A moderator's token.
    service : Service
        What made the links.

    Raises
    ------
    MalformedTokenError
        If it is not a token.
    """

    def __init__(self, token: Secret, service: Service) -> None:
        self._token = token
        self._service = service
        self._room = _tokens.read(token.reveal()).room

    def people(self) -> list[RosterPerson]:
        """List the people with personal links that have not expired and were not revoked.

        Returns
        -------
        list of dict
            In the order of the roster: ``id, name, moderator``, ``here`` (the ids of `NanoMeet.participants`
            who they are now: several, if their link is used in several browsers), and ``came`` (whether they
            have been in the room since it was opened).

        Raises
        ------
        InvalidInputError
            If the service does not know.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        return list(self._service.roster(self._token.reveal()).people)

    def present(self) -> list[RosterPerson]:
        """List the people who are in the open room or have been; of a closed one, in its newest session.

        Returns
        -------
        list of dict
            As `people` has them.

        Raises
        ------
        InvalidInputError
            If the room is closed and no attendance is kept, or the service does not know.
        TokenError
            If the roster's token is not a token.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        return [person for person in self._session() if person["came"]]

    def absent(self) -> list[RosterPerson]:
        """List the people who have not come since the room was opened; to a closed one, in its newest session.

        Returns
        -------
        list of dict
            As `people` has them.

        Raises
        ------
        InvalidInputError
            If the room is closed and no attendance is kept, or the service does not know.
        TokenError
            If the roster's token is not a token.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        return [person for person in self._session() if not person["came"]]

    def revoke(self, person: PersonalInvite | RosterPerson | str) -> int:
        """Revoke a person's links: all that they have to this room. They are out within a second.

        Parameters
        ----------
        person : PersonalInvite, dict or str
            The person, as `Invites` or `people` has them, or their id.

        Returns
        -------
        int
            How many links were valid until now.

        Raises
        ------
        InvalidInputError
            If `person` is none of these, or the service cannot revoke.
        ServiceError
            If no one with this id has a personal link to the room, or the server refuses or cannot be
            reached.
        ServerStartError
            If the embedded server does not start.
        """
        return self._service.revoke_person(self._token.reveal(), _id_of(person))

    def _session(self) -> Sequence[RosterPerson]:
        """Return the people; in a room that is not open, by the attendance of the newest session."""
        told = self._service.roster(self._token.reveal())
        if told.open:
            return told.people
        kept = records(self._token.reveal(), service=self._service).attendance()
        if not kept:
            raise InvalidInputError(
                f"no one is in {self._room!r} now, and no attendance of a meeting there is kept: ask while "
                "the meeting goes on, or have attendance kept with create_room(records=…)"
            )
        came = {row["roster"] for row in kept}
        return [{**person, "came": person["id"] in came} for person in told.people]

    def __repr__(self) -> str:
        return f"<Roster of {self._room!r}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a roster holds a token and is not pickled: make it again with nanomeet_widget.roster(token)"
        )


class Invites(Sequence[PersonalInvite]):
    """The personal links of a roster, in its order: a sequence of `PersonalInvite`.

    ``invites[0]`` is the first one, ``invites["s123"]`` the one of the person with that id. Neither its repr
    nor what a cell shows has a link; `to_csv` writes them.

    Parameters
    ----------
    invites : sequence of PersonalInvite
        The links.
    roster : Roster
        Who of the people is there.
    """

    def __init__(self, invites: Sequence[PersonalInvite], roster: Roster) -> None:
        self._invites = tuple(invites)
        self._by_id = {invite.id: invite for invite in self._invites}
        self._roster = roster

    @overload
    def __getitem__(self, key: SupportsIndex | str) -> PersonalInvite: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[PersonalInvite]: ...
    def __getitem__(
        self, key: SupportsIndex | str | slice
    ) -> PersonalInvite | Sequence[PersonalInvite]:
        if not isinstance(key, str):
            return self._invites[key]
        if key not in self._by_id:
            known = f": the first one is {self._invites[0].id!r}" if self._invites else ""
            raise KeyError(f"no one in this roster has the id {key!r}{known}")
        return self._by_id[key]

    def __len__(self) -> int:
        return len(self._invites)

    def __iter__(self) -> Iterator[PersonalInvite]:
        return iter(self._invites)

    def to_csv(self, path: str | Path) -> Path:
        """Write the links into a file, which only you can read: anyone who has a link can enter.

        Parameters
        ----------
        path : str or Path
            The file; one that exists is replaced. Its columns are ``id, name, email, moderator`` and
            ``link``. A text that a spreadsheet would run as a formula gets a ``'`` before it.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InvalidInputError
            If there can be no such file.
        """
        rows = ((one.id, one.name, one.email, one.moderator, str(one.invite_link)) for one in self)
        return _csv.save(path, ("id", "name", "email", "moderator", "link"), rows)

    def present(self) -> list[PersonalInvite]:
        """List the people who are in the open room or have been; of a closed one, in its newest session.

        Returns
        -------
        list of PersonalInvite
            In the order of the roster.

        Raises
        ------
        InvalidInputError
            If the room is closed and no attendance is kept, or the service does not know.
        TokenError
            If the roster's token is not a token.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        return self._of(self._roster.present())

    def absent(self) -> list[PersonalInvite]:
        """List the people who have not come since the room was opened; to a closed one, in its newest session.

        Those whose links were revoked are not among them.

        Returns
        -------
        list of PersonalInvite
            In the order of the roster, with their links: to remind them.

        Raises
        ------
        InvalidInputError
            If the room is closed and no attendance is kept, or the service does not know.
        TokenError
            If the roster's token is not a token.
        ServiceError
            If the server refuses or cannot be reached.
        ServerStartError
            If the embedded server does not start.
        """
        return self._of(self._roster.absent())

    def revoke(self, person: PersonalInvite | RosterPerson | str) -> int:
        """Revoke a person's links: all that they have to this room. They are out within a second.

        Parameters
        ----------
        person : PersonalInvite, dict or str
            One of these invites, or the id of one.

        Returns
        -------
        int
            How many links were valid until now.

        Raises
        ------
        InvalidInputError
            If `person` is none of these, or the service cannot revoke.
        ServiceError
            If no one with this id has a personal link to the room, or the server refuses or cannot be
            reached.
        ServerStartError
            If the embedded server does not start.
        """
        return self._roster.revoke(person)

    def _of(self, people: Sequence[RosterPerson]) -> list[PersonalInvite]:
        wanted = {person["id"] for person in people}
        return [invite for invite in self if invite.id in wanted]

    def __repr__(self) -> str:
        names = ", ".join(invite.name for invite in self._invites[:_SHOWN])
        more = ", …" if len(self) > _SHOWN else ""
        return f"<Invites: {self._count()}: {names}{more}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(one.id)}</td><td>{escape(one.name)}</td>"
            f"<td>{'moderator' if one.moderator else 'participant'}</td></tr>"
            for one in self._invites[:_LISTED]
        )
        more = len(self) - _LISTED
        rest = f"<p>… and {more} more.</p>" if more > 0 else ""
        return (
            f"<p>Personal links for {escape(self._count())}. The links are not shown: "
            "<code>to_csv(path)</code> writes them.</p>"
            "<table><thead><tr><th>id</th><th>name</th><th>role</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>{rest}"
        )

    def _count(self) -> str:
        roles = Counter(invite.moderator for invite in self)
        people = f"{len(self)} {'person' if len(self) == 1 else 'people'}"
        if not roles[True]:
            return people
        return f"{people}, {roles[True]} of them moderator{'s' if roles[True] > 1 else ''}"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "invites are not pickled, so that their links do not end up in a file by accident: "
            "to_csv(path) writes them into a file that only you can read"
        )


def create_invites(
    token: str,
    roster: AnyTable,
    *,
    name: str = "name",
    email: str | None = "email",
    id: str | None = "id",  # noqa: A002 - the column's usual name
    moderator: str | bool | None = None,
    nbf: _validation.When | None = None,
    exp: _validation.When | None = None,
    service: Service | None = None,
) -> Invites:
    """Make a personal link for each person of a roster, by one request.

    A personal link carries its person's name, signed: it is fixed in the room. Records know the person by
    their id.

    Parameters
    ----------
    token : str
        A moderator's token, see `Room.token`.
    roster : DataFrame, list of dict, str or Path
        One row for each person, at most 2000: a DataFrame of pandas, or of any package that narwhals reads;
        a list of dicts; or the path of a CSV file in UTF-8, with a header, separated by ``,``, ``;`` or
        tabs. All rows are checked before anything is sent.
    name : str, default "name"
        The column of names. A name of more than 64 characters is cut.
    email : str, optional
        The column of e-mail addresses, which stay here: the server never gets one. By default ``"email"``,
        if there is such a column.
    id : str, optional
        The column of ids, each of 1 to 64 characters or a whole number, and different for each person; never
        an e-mail address. By default ``"id"``, if there is such a column. Without one, a person's name is
        their id, and no two may have the same.
    moderator : str or bool, optional
        The column that says who is a moderator (``True``, ``1``, ``"yes"``; empty cells are no), or the same
        for all. By default all are participants.
    nbf : datetime.datetime, datetime.timedelta or str, optional
        When the links become valid, as for `create_invite`.
    exp : datetime.datetime, datetime.timedelta or str, optional
        When they expire, likewise.
    service : Service, optional
        What makes them; by default what made `token`. On Jitsi the names are those of its own tokens;
        nanoStream Cloud has no personal links.

    Returns
    -------
    Invites
        The links, in the order of the roster.

    Raises
    ------
    InvalidInputError
        If an argument or a row breaks a rule, or the service has no personal links; nothing was sent then.
    MissingPackageError
        If the roster is a DataFrame that takes narwhals to read, and that is not installed.
    TokenError
        If `token` is not a token.
    ServiceError
        If the service refuses or cannot be reached: a `PermissionDeniedError` if `token` is a
        participant's, an `AuthenticationError` if another service made it.
    ServerStartError
        If the embedded server does not start.

    Examples
    --------
    >>> invites = nm.create_invites(room.token, [{"id": "s1", "name": "Ada"}, {"id": "s2", "name": "Bo"}])
    >>> invites["s1"].name
    'Ada'
    """
    token = SecretText(token)
    rows = roster_rows.read(roster, name=name, email=email, id=id, moderator=moderator)
    maker = service or _maker(token)
    with progress(_making(rows)):
        made = maker.create_invites(token, _rostered(rows), nbf=nbf, exp=exp)
    return _invites(token, rows, made, maker)


async def acreate_invites(
    token: str,
    roster: AnyTable,
    *,
    name: str = "name",
    email: str | None = "email",
    id: str | None = "id",  # noqa: A002 - the column's usual name
    moderator: str | bool | None = None,
    nbf: _validation.When | None = None,
    exp: _validation.When | None = None,
    service: Service | None = None,
) -> Invites:
    """Make a personal link for each person of a roster, without blocking.

    Parameters
    ----------
    token : str
        A moderator's token, see `Room.token`.
    roster : DataFrame, list of dict, str or Path
        One row for each person, as `create_invites` has it.
    name : str, default "name"
        The column of names.
    email : str, optional
        The column of e-mail addresses, which stay here.
    id : str, optional
        The column of ids.
    moderator : str or bool, optional
        The column that says who is a moderator, or the same for all.
    nbf : datetime.datetime, datetime.timedelta or str, optional
        When the links become valid, as for `create_invite`.
    exp : datetime.datetime, datetime.timedelta or str, optional
        When they expire, likewise.
    service : Service, optional
        What makes them; by default what made `token`.

    Returns
    -------
    Invites
        The links, in the order of the roster.

    Raises
    ------
    InvalidInputError
        If an argument or a row breaks a rule, or the service has no personal links; nothing was sent then.
    MissingPackageError
        If the roster is a DataFrame that takes narwhals to read, and that is not installed.
    TokenError
        If `token` is not a token.
    ServiceError
        If the service refuses or cannot be reached.
    ServerStartError
        If the embedded server does not start.
    """
    token = SecretText(token)
    rows = roster_rows.read(roster, name=name, email=email, id=id, moderator=moderator)
    maker = service or _maker(token)
    with progress(_making(rows)):
        made = await maker.acreate_invites(token, _rostered(rows), nbf=nbf, exp=exp)
    return _invites(token, rows, made, maker)


def roster(token: str, *, service: Service | None = None) -> Roster:
    """Return the roster of a room: the people with personal links, also those that an earlier kernel made.

    Parameters
    ----------
    token : str
        A moderator's token of the room.
    service : Service, optional
        What made the links; by default what made `token`.

    Returns
    -------
    Roster
        Asks the server with each call.

    Raises
    ------
    TokenError
        If `token` is not a token.
    InvalidInputError
        If no service here serves the token's server.
    """
    token = SecretText(token)
    return Roster(Secret(token), service or _maker(token))


def _maker(token: str) -> Service:
    return services.maker(_tokens.read(token).server)


def _making(rows: Sequence[Row]) -> str:
    return f"Making {len(rows)} personal links…"


def _rostered(rows: Sequence[Row]) -> list[Rostered]:
    return [Rostered(name=row.name, id=row.id, moderator=row.moderator) for row in rows]


def _invites(token: str, rows: Sequence[Row], made: Sequence[Invite], service: Service) -> Invites:
    if len(rows) != len(made):
        raise ProtocolError(f"{service.name} did not make a link for each person")
    return Invites(
        [
            PersonalInvite(
                name=row.name,
                id=row.id,
                email=row.email,
                moderator=invite.moderator,
                secret=invite.secret,
                link=invite.link,
            )
            for row, invite in zip(rows, made, strict=True)
        ],
        Roster(Secret(token), service),
    )


def _id_of(person: PersonalInvite | RosterPerson | str) -> str:
    if isinstance(person, PersonalInvite):
        return person.id
    found = person.get("id") if isinstance(person, dict) else person
    if not isinstance(found, str) or not found:
        raise InvalidInputError(
            f"person must be an invite of a roster, or an id in it, not {type(person).__name__}"
        )
    return found
