"""The recordings of a meeting, found by its token."""

from __future__ import annotations

from contextlib import suppress

from nanomeet_widget import _proof, _tokens, _trust, _validation, services
from nanomeet_widget._errors import InvalidInputError, PermissionDeniedError
from nanomeet_widget._http import Http
from nanomeet_widget._models import SecretText
from nanomeet_widget._recording import Recording, listing
from nanomeet_widget.services import LocalServer, Service


def of_token(token: str | None) -> list[Recording]:
    """Return the recordings of the stream of a moderator's token, the newest first.

    Raises
    ------
    PermissionDeniedError
        If it is a participant's.
    InvalidInputError
        If there is no token, or another service than the embedded server keeps the recordings.
    ServiceError
        If the server refuses or cannot be reached.
    """
    if token is None:
        raise InvalidInputError("there is no meeting whose recordings could be listed: set a token")
    claims = _tokens.read(token)
    if not claims.moderator:
        raise PermissionDeniedError("this token is a participant's: moderators see the recordings")
    service: Service | None = None
    with suppress(InvalidInputError):
        service = services.maker(claims.server)
    if isinstance(service, LocalServer) and service.uses(claims.server):
        # By its key: then it says where the files lie, too.
        return service.recordings(stream=claims.streamname)
    if not isinstance(service, LocalServer | None) or not _trust.is_known(claims.server):
        raise InvalidInputError(
            f"the recordings of {claims.server} are kept there, and listed by "
            f"{service.name if service else 'its administrator'}"
        )
    origin = _validation.origin(claims.server)
    http = Http("the meeting's server")
    if origin.startswith("http://") and _validation.on_loopback(origin):
        # On this machine no certificate says whose server listens there now.
        http.require_proof(origin, _proof.of_token(token))
    headers = {"x-bintu-token": SecretText(token)}
    return http.run(listing(http, origin, headers, page=origin))
