"""Making rooms and invites: the functions of the public surface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nanomeet_widget import _tokens, _trust, services
from nanomeet_widget._models import SecretText

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nanomeet_widget._models import Invite, Room
    from nanomeet_widget._validation import When
    from nanomeet_widget.services import Service


def create_room(
    room: str,
    *,
    nbf: When | None = None,
    exp: When | None = None,
    streamname: str | None = None,
    server: str | None = None,
    moderator: bool = True,
    records: str | Iterable[str] | None = None,
    records_days: int | None = None,
    service: Service | None = None,
) -> Room:
    """Make a room and a token that opens it.

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
        What the embedded server keeps of the room's meetings, from the next one on: ``"attendance"``
        (its default), ``"none"``, ``"all"``, or several of ``attendance``, ``hands``, ``talk``,
        ``polls``, ``reactions``, ``viewers`` and ``chat``. Participants are told before they join.
        Without it, the room's earlier choice stays. Other services keep nothing.
    records_days : int, optional
        Days after which that is deleted: 1 up to the server's own limit, which is the default.
    service : Service, optional
        What makes it. By default `services.current`: without configuration the embedded server, which
        is started if it does not run.

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
    maker = service or services.default()
    made = maker.create_room(
        room,
        nbf=nbf,
        exp=exp,
        streamname=streamname,
        server=server,
        moderator=moderator,
        records=records,
        records_days=records_days,
    )
    return noted(made, maker)


async def acreate_room(
    room: str,
    *,
    nbf: When | None = None,
    exp: When | None = None,
    streamname: str | None = None,
    server: str | None = None,
    moderator: bool = True,
    records: str | Iterable[str] | None = None,
    records_days: int | None = None,
    service: Service | None = None,
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
        What the embedded server keeps of the room's meetings, from the next one on: ``"attendance"``
        (its default), ``"none"``, ``"all"``, or several of ``attendance``, ``hands``, ``talk``,
        ``polls``, ``reactions``, ``viewers`` and ``chat``. Participants are told before they join.
        Without it, the room's earlier choice stays. Other services keep nothing.
    records_days : int, optional
        Days after which that is deleted: 1 up to the server's own limit, which is the default.
    service : Service, optional
        What makes it. By default `services.current`: without configuration the embedded server, which
        is started if it does not run.

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
    maker = service or services.default()
    made = await maker.acreate_room(
        room,
        nbf=nbf,
        exp=exp,
        streamname=streamname,
        server=server,
        moderator=moderator,
        records=records,
        records_days=records_days,
    )
    return noted(made, maker)


def create_invite(
    token: str,
    *,
    moderator: bool = False,
    nbf: When | None = None,
    exp: When | None = None,
    service: Service | None = None,
) -> Invite:
    """Make an invite into the room of a moderator's token.

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
    service : Service, optional
        What makes it; by default what made `token`.

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
    token = SecretText(token)
    return (service or _maker(token)).create_invite(token, moderator=moderator, nbf=nbf, exp=exp)


async def acreate_invite(
    token: str,
    *,
    moderator: bool = False,
    nbf: When | None = None,
    exp: When | None = None,
    service: Service | None = None,
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
    service : Service, optional
        What makes it; by default what made `token`.

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
    token = SecretText(token)
    return await (service or _maker(token)).acreate_invite(
        token, moderator=moderator, nbf=nbf, exp=exp
    )


def noted(made: Room, maker: Service) -> Room:
    """Note which service made a room, and that its server gets tokens; return the room."""
    _trust.use(made.server)
    services.remember(made.server, maker)
    return made


def _maker(token: str) -> Service:
    return services.maker(_tokens.read(token).server)
