"""The addresses at which a Jupyter server is reachable: from its own machine, and for guests."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from nanomeet_widget import _validation
from nanomeet_widget.server.config import EVERY_ADDRESS, outward_address

#: A variable that a hub sets for each of its servers (JupyterHub's environment variable reference).
_HUB = "JUPYTERHUB_SERVICE_PREFIX"


@dataclass(frozen=True, kw_only=True)
class Listening:
    """A Jupyter server's settings about its address.

    Parameters
    ----------
    ip : str
        The address or name on which it listens.
    port : int
        The TCP port.
    tls : bool
        Whether it uses TLS itself.
    sock : str
        The Unix socket on which it listens instead; empty if it does not.
    shown : str
        The address that it shows to its user; empty if it is not set.
    """

    ip: str
    port: int
    tls: bool
    sock: str
    shown: str

    @property
    def scheme(self) -> str:
        """The scheme of its addresses."""
        return "https" if self.tls else "http"

    @property
    def on_loopback(self) -> str:
        """Its address for this machine; tokens name it if guests' address is not certain.

        Pages replace a loopback address by the one at which they were opened.
        """
        host = "::1" if ":" in self.ip else "127.0.0.1"
        if self.ip != "localhost" and _validation.is_loopback(self.ip):
            host = self.ip
        return f"{self.scheme}://{_bracketed(host)}:{self.port}"


def parts_of(app: Any) -> Listening:  # noqa: ANN401 - Jupyter's ServerApp, untyped here
    """Return a Jupyter server's settings about its address.

    Parameters
    ----------
    app : Any
        The `ServerApp`.

    Returns
    -------
    Listening
        The settings.
    """
    return Listening(
        ip="" if app.ip == "*" else app.ip,
        port=app.port,
        tls=bool(app.certfile),
        sock=getattr(app, "sock", ""),
        shown=app.custom_display_url,
    )


def outward(server: Listening, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the address at which others reach a Jupyter server, without a path.

    Parameters
    ----------
    server : Listening
        The server's settings.
    environment : mapping, optional
        The environment variables, in which a hub sets its own.

    Returns
    -------
    str or None
        None if only the notebook's page knows it: on a Unix socket, or behind a hub.
    """
    shown = urlsplit(server.shown)
    if shown.hostname:
        return f"{shown.scheme or server.scheme}://{shown.netloc.rpartition('@')[2]}"
    if server.sock or environment.get(_HUB):
        return None
    host = server.ip
    if host in EVERY_ADDRESS:
        # A certificate is for a name.
        host = socket.getfqdn() if server.tls else outward_address(host)
    elif _validation.is_loopback(host) and host != "localhost":
        return server.on_loopback
    return f"{server.scheme}://{_bracketed(host)}:{server.port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
