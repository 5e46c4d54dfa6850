"""Where a program reaches a meeting's server, and what it trusts there."""

from __future__ import annotations

import ssl
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from nanomeet_widget import _environment, _tokens, _validation, services
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.services import LocalServer


@dataclass(frozen=True, kw_only=True)
class Address:
    """A server's WebSocket.

    Attributes
    ----------
    url : str
        The WebSocket's URL.
    origin : str
        The origin of the server's own pages.
    verify : bool or str
        Whether the server's certificate is checked, or the path of its authority's.
    """

    url: str
    origin: str
    verify: bool | str

    def beside(self, socket: str) -> Address:
        """Return the address of another WebSocket of the same server.

        Parameters
        ----------
        socket : str
            Its name: ``watch`` or ``ingest``.

        Returns
        -------
        Address
            The address.
        """
        return replace(self, url=f"{self.url.rpartition('/')[0]}/{socket}")

    def trusted(self) -> ssl.SSLContext | None:
        """Return what the server's certificate is checked with; None without TLS.

        Raises
        ------
        InvalidInputError
            If `verify` is no certificate.
        ServiceUnavailableError
            If the environment names one that cannot be read.
        """
        return _environment.trust_for(self.url, self.verify)


def at(server: str, *, verify: bool | str) -> Address:
    """Return the address of a server's meetings.

    Parameters
    ----------
    server
        The server's URL.
    verify
        As `Address` has it.
    """
    parts = urlsplit(server)
    return Address(
        url=f"ws{server.removeprefix('http')}/ws/meeting",
        origin=f"{parts.scheme}://{parts.netloc}",
        verify=verify,
    )


def of_meeting(token: str) -> Address:
    """Return where the kernel of a meeting's page reaches the meeting's server.

    Parameters
    ----------
    token
        The token that the page has joined with.

    Raises
    ------
    TokenError
        If it is not a token.
    """
    claimed = _tokens.read(token).server
    url, verify = _validation.origin(claimed), True
    with suppress(InvalidInputError):
        maker = services.maker(claimed)
        if isinstance(maker, LocalServer):
            # The server of this kernel's Jupyter server may have a public address that a kernel
            # does not reach.
            return at(maker.reached_at(claimed) or url, verify=maker.verify)
    return at(url, verify=verify)
