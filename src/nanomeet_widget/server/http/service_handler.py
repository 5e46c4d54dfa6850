"""The base of the handlers that web pages call with a key or token of their own.

The requests and answers are those of nanoStream Cloud, so that its own browser library and this
project's work with this server unchanged.
"""

from __future__ import annotations

from typing import Any

import msgspec

from nanomeet_widget import _json
from nanomeet_widget._errors import AuthenticationError, InvalidInputError, TokenError
from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.http.handlers import API_KEY_HEADER, TOKEN_HEADER, Handler

_MAX_BODY = 64 * 1024
_read_object = _json.guarded(msgspec.json.Decoder(dict[str, Any]).decode)


class ServiceHandler(Handler):
    """The base of the service's handlers, which any web page may call."""

    def set_default_headers(self) -> None:
        """Allow every origin, as the key in the request authorises, never a cookie."""
        super().set_default_headers()
        self.set_header("Access-Control-Allow-Origin", "*")
        self.set_header("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
        self.set_header(
            "Access-Control-Allow-Headers",
            "content-type, accept, authorization, x-bintu-apikey, x-bintu-token",
        )
        self.set_header("Access-Control-Max-Age", "600")
        # Chromium requires this before a public page may reach a private address.
        self.set_header("Access-Control-Allow-Private-Network", "true")

    def options(self) -> None:
        """Answer a preflight request."""
        self.set_status(204)

    def check_key(self) -> None:
        """Check the request's API key.

        Raises
        ------
        AuthenticationError
            If it is missing or unknown.
        QuotaExceededError
            If it is unknown, and so were too many before.
        """
        self.authorise(self.request.headers.get(API_KEY_HEADER))

    def moderator(self) -> Claims | None:
        """Check that the request has a moderator's token or an API key.

        Returns
        -------
        Claims or None
            The token's claims; None for an API key, which may do more.

        Raises
        ------
        AuthenticationError
            If the token or key is not valid.
        PermissionDeniedError
            If the token is a participant's, or that of a removed moderator.
        """
        token = self.request.headers.get(TOKEN_HEADER)
        if token is None:
            self.check_key()
            return None
        return self.core.issuer.moderator(token)

    def room_moderator(self) -> Claims:
        """Check that the request has a moderator's token: an API key is not of one room.

        Returns
        -------
        Claims
            The token's claims.

        Raises
        ------
        AuthenticationError
            If there is none, or it is not valid.
        PermissionDeniedError
            If it is a participant's, or that of a removed moderator.
        """
        return self.core.issuer.moderator(self.token_of("a moderator"))

    def token_of(self, whose: str) -> str:
        """Return the token in the request's header.

        Parameters
        ----------
        whose : str
            Whose token it has to be, for the message: such as "a moderator".

        Returns
        -------
        str
            The token, unchecked.

        Raises
        ------
        AuthenticationError
            If there is none.
        """
        token = self.request.headers.get(TOKEN_HEADER)
        if token is None:
            raise AuthenticationError(
                f"this request needs {whose}'s token in the header {TOKEN_HEADER}", status=401
            )
        return token

    def verified(self, token: str, *, early: bool = False) -> Claims:
        """Check a token of any role.

        Parameters
        ----------
        token : str
            The token.
        early : bool
            Whether it need not be valid yet.

        Returns
        -------
        Claims
            Its claims.

        Raises
        ------
        AuthenticationError
            If it is not valid.
        """
        issuer = self.core.issuer
        try:
            return issuer.verify_early(token) if early else issuer.verify(token)
        except TokenError as error:
            raise AuthenticationError(str(error), status=401) from None

    def moderated_room(self) -> str | None:
        """Return the room that the request may manage.

        Returns
        -------
        str or None
            The room of a moderator's token; None for an API key, which may manage all rooms.

        Raises
        ------
        AuthenticationError, PermissionDeniedError
            As `moderator` raises them.
        """
        claims = self.moderator()
        return None if claims is None else claims.room

    def body(self, most: int = _MAX_BODY) -> dict[str, Any]:
        """Return the request's JSON object.

        Parameters
        ----------
        most : int, default 65536
            How many bytes it may have.

        Returns
        -------
        dict
            The object; empty for an empty body.

        Raises
        ------
        InvalidInputError
            If the body is too long, or not a JSON object.
        """
        if len(self.request.body) > most:
            raise InvalidInputError(f"the request's body is longer than {most} bytes")
        try:
            return _read_object(self.request.body or b"{}")
        except _json.NotJsonError as error:
            raise InvalidInputError(f"the request is not a JSON object: {error}") from None

    def answer(self, content: object) -> None:
        """Send JSON.

        Parameters
        ----------
        content : object
            What is sent as JSON.
        """
        self.set_header("Content-Type", "application/json")
        self.finish(msgspec.json.encode(content))
