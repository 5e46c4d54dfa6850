"""The data folder of a server that was given none: the user's, unless another machine uses that."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from nanomeet_widget import _folders, _machine
from nanomeet_widget.server.instances import Instances
from nanomeet_widget.server.tokens import secrets_folder


def choose(*, lasting: bool, remedy: str, say: Callable[[str], object]) -> Path:
    """Choose the data folder.

    Parameters
    ----------
    lasting : bool
        Whether it must outlive the machine's temporary files.
    remedy : str
        How to choose another folder, for errors.
    say : callable
        Called with a warning if the folder is not the usual one.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ServerStartError
        If no folder is writable.
    """
    folder = _folders.data(lasting=lasting, remedy=remedy)
    if _folders.is_temporary(folder):
        say(
            f"{_folders.default_data()} is not writable: recordings and keys are kept in {folder} "
            f"until this machine restarts. To keep them longer, {remedy}"
        )
    hosts = []
    # An unusable folder is reported when it is opened.
    with contextlib.suppress(OSError):
        hosts = Instances(folder).elsewhere()
    if not hosts:
        return folder
    own = secrets_folder.open_folder(folder / "machines" / _machine.host())
    say(
        f"a server on {', '.join(hosts)} uses {folder}: this machine keeps its rooms, keys and "
        f"recordings in {own}"
    )
    return own
