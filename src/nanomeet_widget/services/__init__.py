"""Who mints rooms and invites, and the choice among them.

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
remember = _chooser.remember
maker = _chooser.maker
target = _chooser.target
library = _chooser.library


def default() -> Service:
    """Return the service that is used where none is named."""
    return current().service


def found_at(server: str, page: str) -> str | None:
    """Return where a notebook's page reaches a token's server that is part of its Jupyter server.

    None if it is not, or nobody here makes its tokens.

    Parameters
    ----------
    server
        As the token has it.
    page
        The Jupyter server's base address, as the page has it.
    """
    try:
        return maker(server).found_at(server, page)
    except InvalidInputError:
        return None


def obstacle(server: str) -> str | None:
    """Return why pages on other machines do not reach a token's server; None if nothing is known.

    Parameters
    ----------
    server
        As the token has it.
    """
    try:
        return maker(server).obstacle(server)
    except InvalidInputError:
        return None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_chooser.forget_in_child)
