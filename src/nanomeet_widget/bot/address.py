"""Where a bot joins: the server of its token, if that is an embedded server that the user knows."""

from __future__ import annotations

from contextlib import suppress

from nanomeet_widget import _server_address, _tokens, _trust, _validation, services
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget._server_address import Address
from nanomeet_widget._texts import quoted
from nanomeet_widget.services import LocalServer, Service


def of_token(
    token: str, *, service: Service | None, server: str | None, verify: bool | str | None
) -> Address:
    """Return where a token's meeting is.

    Parameters
    ----------
    token
        The token.
    service
        What made it, if it is given.
    server
        The server that the caller expects the token to be for, if they say.
    verify
        As the caller gave it; None for what the service has.

    Raises
    ------
    MalformedTokenError
        If `token` is not a token.
    InvalidInputError
        If the server is another than the caller expects, unknown, or no embedded server.
    """
    claimed = _tokens.read(token).server
    url = _validation.origin(claimed)
    if server is not None and _validation.origin(server) != url:
        raise InvalidInputError(f"this token is for {url}, not for server={quoted(server)}")
    maker = service
    if maker is None:
        with suppress(InvalidInputError):
            maker = services.maker(claimed)
    if maker is None and services.target(claimed, "any", is_vod=False) is None:
        if server is None and not _trust.is_known(claimed):
            raise InvalidInputError(
                f"this token is for {url}, which nothing here uses: a bot would send the token there. "
                f"If that is right, pass server={url!r}"
            )
    elif not isinstance(maker, LocalServer):
        raise InvalidInputError(
            f"{maker.name if maker else 'nanoStream Cloud'} carries the meetings of {url}: a bot speaks "
            "the embedded server's signalling, and not XMPP as that engine does. Make the room on the "
            "embedded server, or show the meeting with NanoMeet"
        )
    if service is not None:
        services.remember(claimed, service)
    known = maker.verify if isinstance(maker, LocalServer) else True
    return _server_address.at(url, verify=known if verify is None else verify)
