"""Use what is installed, from a folder with no checkout: the widget, the embedded server, and its pages.

It runs by the Python of the environment that is tried, so that it imports nothing but the package.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

PAGES = ("external_api.js", "js/nanomeet.js", "js/nanomeet.d.ts", "invite", "static/meeting.js")
#: Seconds for a command.
_PATIENCE = 120


def own_folders(folder: Path) -> None:
    """Give this process, and what it starts, a home and a server of their own."""
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    os.environ.update(
        HOME=str(folder), XDG_RUNTIME_DIR=str(runtime), XDG_DATA_HOME=str(folder / "data")
    )
    os.chdir(folder)


def meet() -> None:
    """Do what the README's first lines do."""
    import nanomeet_widget as nm  # noqa: PLC0415 - in the folders of its own

    assert Path(nm.__file__).is_relative_to(sys.prefix), nm.__file__
    room = nm.create_room("algebra_101")
    meeting = nm.NanoMeet(token=room.token)
    assert len(str(meeting._esm)) > 1000, "the front end is missing"
    meeting.close()
    for page in PAGES:
        with urllib.request.urlopen(f"{room.server}/{page}", timeout=_PATIENCE) as answer:  # noqa: S310 - our own server
            assert answer.status == 200, page
            assert len(answer.read()) > 200, page
    assert room.token not in repr(room)


def command_line() -> None:
    """Ask the command for its version and its diagnosis."""
    import nanomeet_widget as nm  # noqa: PLC0415 - in the folders of its own

    nanomeet = Path(sys.executable).with_name("nanomeet")
    for arguments in (["--version"], ["doctor"]):
        done = subprocess.run(
            [nanomeet, *arguments],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"nanomeet {arguments}: {done.stdout}{done.stderr}"
        assert nm.__version__ in done.stdout or arguments == ["doctor"], done.stdout


def extension() -> None:
    """Look for what enables the Jupyter Server extension."""
    file = Path(sys.prefix) / "etc/jupyter/jupyter_server_config.d/nanomeet-widget.json"
    enabled = json.loads(file.read_text("utf-8"))["ServerApp"]["jpserver_extensions"]
    assert enabled == {"nanomeet_widget.server.jupyter": True}, enabled


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        own_folders(Path(folder))
        meet()
        command_line()
        extension()
