"""Where a server keeps its data that was told no folder: the user's own, if this machine may have it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from nanomeet_widget import _folders, _machine
from nanomeet_widget.server.instances import Instances
from nanomeet_widget.server.tokens import secrets_folder


def choose(*, lasting: bool, remedy: str, say: Callable[[str], object]) -> Path:
    """Return the folder.

    Parameters
    ----------
    lasting
        Whether it has to outlive the machine's temporary files.
    remedy
        How another one is named where the server runs, for errors.
    say
        Is told in what way the folder is not the usual one.

    Raises
    ------
    ServerStartError
        If no folder can be written to.
    """
    folder = _folders.data(lasting=lasting, remedy=remedy)
    if _folders.is_temporary(folder):
        say(
            f"{_folders.default_data()} cannot be written to: recordings and keys are kept in {folder} "
            f"only until this machine restarts; {remedy}"
        )
    hosts = []
    # A folder that cannot be used is said when it is opened.
    with contextlib.suppress(OSError):
        hosts = Instances(folder).elsewhere()
    if not hosts:
        return folder
    own = secrets_folder.open_folder(folder / "machines" / _machine.host())
    say(
        f"a server on {', '.join(hosts)} uses {folder}: this machine's rooms, keys and recordings are "
        f"its own, in {own}"
    )
    return own
