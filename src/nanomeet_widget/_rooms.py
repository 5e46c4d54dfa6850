"""Making rooms and invites: the functions of the public surface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nanomeet_widget import _tokens, _trust, services
from nanomeet_widget._models import SecretText

if TYPE_CHECKING:
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
    service: Service | None = None,
) -> Room:
    """Make a room and a token that opens it.

    Parameters
    ----------
    room
        The room's name: letters a-z and A-Z, digits and ``_``; 64 characters at most.
    nbf, exp
        From when and until when the token is valid: an aware datetime, a timedelta from now, or
        ISO 8601 text with an offset. By default from now, for 14 days; one year at most.
    streamname
        The name under which it is broadcast; by default the service makes one that nobody can
        guess.
    server
        The engine's host, for services that have several. The embedded server has one.
    moderator
        Whether the token is a moderator's: who may invite, broadcast, mute and send out.
    service
        Who makes it; by default `nanomeet_widget.services.current()`: without configuration the
        embedded server, which is started if it does not run.

    Returns
    -------
    Room
        It says what the token really holds.

    Raises
    ------
    InvalidInputError
        If an argument breaks a rule; nothing was sent then.
    ServiceError
        If the service refuses or cannot be reached.
    ServerStartError
        If the embedded server does not come up.
    """
    maker = service or services.default()
    made = maker.create_room(
        room, nbf=nbf, exp=exp, streamname=streamname, server=server, moderator=moderator
    )
    return _noted(made, maker)


async def acreate_room(
    room: str,
    *,
    nbf: When | None = None,
    exp: When | None = None,
    streamname: str | None = None,
    server: str | None = None,
    moderator: bool = True,
    service: Service | None = None,
) -> Room:
    """Make a room without blocking; see `create_room`."""
    maker = service or services.default()
    made = await maker.acreate_room(
        room, nbf=nbf, exp=exp, streamname=streamname, server=server, moderator=moderator
    )
    return _noted(made, maker)


def create_invite(
    token: str,
    *,
    moderator: bool = False,
    nbf: When | None = None,
    exp: When | None = None,
    service: Service | None = None,
) -> Invite:
    """Make an invitation into the room of a moderator's token.

    Parameters
    ----------
    token
        A moderator's token: `Room.token`.
    moderator
        Whether the guest shall be a moderator too.
    nbf, exp
        From when and until when the invitation is valid, as in `create_room`; by default as long
        as `token`, and never longer.
    service
        Who makes it; by default who made `token`.

    Returns
    -------
    Invite
        With the link to send. Whoever has the link can enter.

    Raises
    ------
    InvalidInputError
        If an argument breaks a rule; nothing was sent then.
    TokenError
        If `token` is not a token.
    PermissionDeniedError
        If it is a participant's.
    ServiceError
        If the service refuses or cannot be reached.
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
    """Make an invitation without blocking; see `create_invite`."""
    token = SecretText(token)
    return await (service or _maker(token)).acreate_invite(
        token, moderator=moderator, nbf=nbf, exp=exp
    )


def _noted(made: Room, maker: Service) -> Room:
    _trust.use(made.server)
    services.remember(made.server, maker)
    return made


def _maker(token: str) -> Service:
    return services.maker(_tokens.read(token).server)
