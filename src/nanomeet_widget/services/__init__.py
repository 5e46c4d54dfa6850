"""The services that make rooms and invites, and the choice between them.

One API, three engines: `LocalServer` (the embedded server), `NanoStreamCloud` and `Jitsi`. Which one
is used: the ``service=`` argument of a call; else what `configure` was given; else the environment
(``NANOMEET_API_KEY``, ``NANOMEET_JITSI_*``, ``NANOMEET_SERVER``); else the embedded server on this
machine. `current` says which, and why.
"""

from __future__ import annotations

import os

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.services._choice import Choice, Chooser
from nanomeet_widget.services._service import BroadcastTarget, Service
from nanomeet_widget.services.cloud import NanoStreamCloud
from nanomeet_widget.services.jitsi import Jitsi
from nanomeet_widget.services.local import LocalServer

__all__ = [
    "BroadcastTarget",
    "Choice",
    "Jitsi",
    "LocalServer",
    "NanoStreamCloud",
    "Service",
    "configure",
    "current",
    "default",
    "found_at",
    "library",
    "maker",
    "obstacle",
    "remember",
    "target",
]

_chooser = Chooser()
configure = _chooser.configure
current = _chooser.current
own = _chooser.own
remember = _chooser.remember
maker = _chooser.maker
target = _chooser.target
library = _chooser.library


def default() -> Service:
    """Return the service that is used where none is named.

    Returns
    -------
    Service
        The service of `current`.

    Raises
    ------
    InvalidInputError
        If the environment's settings are incomplete or contradict each other.
    """
    return current().service


def found_at(server: str, page: str) -> str | None:
    """Return where a notebook's page reaches a token's server that is part of its Jupyter server.

    Parameters
    ----------
    server : str
        The token's `server` claim.
    page : str
        The Jupyter server's base URL, as the page has it.

    Returns
    -------
    str or None
        None if the server is no part of it, or no service here makes its tokens.
    """
    try:
        return maker(server).found_at(server, page)
    except InvalidInputError:
        return None


def obstacle(server: str) -> str | None:
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
    try:
        return maker(server).obstacle(server)
    except InvalidInputError:
        return None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_chooser.forget_in_child)
