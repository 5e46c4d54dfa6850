"""By which address a Jupyter server is reached: by its own machine, and by guests."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from nanomeet_widget import _validation
from nanomeet_widget.server.config import EVERY_ADDRESS, outward_address

#: What a hub sets for each of its servers (JupyterHub's reference of environment variables).
_HUB = "JUPYTERHUB_SERVICE_PREFIX"


@dataclass(frozen=True, kw_only=True)
class Listening:
    """What a Jupyter server was told of its address.

    Parameters
    ----------
    ip
        The address or name that it listens on.
    port
        The TCP port.
    tls
        Whether it speaks TLS itself.
    sock
        The Unix socket that it listens on instead, if it does.
    shown
        The address that it shows to its user, if that was set.
    """

    ip: str
    port: int
    tls: bool
    sock: str
    shown: str

    @property
    def scheme(self) -> str:
        """How it is spoken to."""
        return "https" if self.tls else "http"

    @property
    def on_loopback(self) -> str:
        """Its address for this machine, as tokens name it where guests' is not known for certain.

        Pages take a loopback address for the one by which they came.
        """
        host = "::1" if ":" in self.ip else "127.0.0.1"
        if self.ip != "localhost" and _validation.is_loopback(self.ip):
            host = self.ip
        return f"{self.scheme}://{_bracketed(host)}:{self.port}"


def parts_of(app: Any) -> Listening:  # noqa: ANN401 - Jupyter's ServerApp, untyped here
    """Return what a Jupyter server was told of its address."""
    return Listening(
        ip="" if app.ip == "*" else app.ip,
        port=app.port,
        tls=bool(app.certfile),
        sock=getattr(app, "sock", ""),
        shown=app.custom_display_url,
    )


def outward(server: Listening, environment: Mapping[str, str] = os.environ) -> str | None:
    """Return the address by which others reach a Jupyter server, without a path.

    Parameters
    ----------
    server
        What it was told.
    environment
        A hub's variables are in it.

    Returns
    -------
    str or None
        None where only the page that shows a notebook knows: on a Unix socket, or behind a hub.
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
