"""No tool that runs a notebook or exports it writes a token down.

Each is run with a widget whose token is an ordinary synced trait, too: there the token has to be found,
or the test would prove nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.leaks import found

WIDGETS = {
    "ours": "Meet = nm.NanoMeet",
    "leaky": (
        "import traitlets\n"
        "class Meet(nm.NanoMeet):\n"
        "    token = traitlets.Unicode(None, allow_none=True).tag(sync=True)"
    ),
}
CELLS = (
    "import json, logging, nanomeet_widget as nm",
    "room = nm.create_room('saved_101')",
    "invite = nm.create_invite(room.token)",
    "people = [{'id': 's1', 'name': 'Ada'}, {'id': 's2', 'name': 'Bo', 'moderator': True}]",
    "invites = nm.create_invites(room.token, people)",
    "tokens = [room.token, invite.token, *(one.token for one in invites)]",
    "json.dump(tokens, open('secrets.json', 'w'))",
    "meet = Meet(token=room.token)\nmeet",
    "nm.ClassPanel(meet)",
    "invites",
    "invites[0]",
    "list(invites), invites['s2'].invite_link, nm.roster(room.token)",
    "room, invite, meet, room.token, invite.invite_link",
    "logging.basicConfig(level='DEBUG')\nnm.create_invite(room.token)",
    "meet.start_broadcast()",
    "print(room, invite, meet, meet.events)",
)
RUN = ["--ExecutePreprocessor.timeout=300", "--log-level=DEBUG"]


class Desk:
    """A folder with a notebook, and a user of its own: nothing is shared with who runs the tests."""

    def __init__(self, folder: Path, widget: str) -> None:
        self.folder = folder
        self.said = ""
        cells = [CELLS[0], WIDGETS[widget], *CELLS[1:]]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata=kernel
        )
        nbformat.write(notebook, folder / "notebook.ipynb")
        self._run = folder / "run"
        self._run.mkdir(mode=0o700)

    def run(self, module: str, *arguments: str) -> None:
        """Run a tool, and keep what it says."""
        homes = {
            "XDG_RUNTIME_DIR": str(self._run),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "IPYTHONDIR": str(self.folder / "ipython"),
            "JUPYTER_RUNTIME_DIR": str(self.folder / "jupyter"),
        }
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.folder,
            env={**os.environ, **homes},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=500,
            check=False,
        )
        self.said += done.stdout
        assert done.returncode == 0, done.stdout

    @property
    def secrets(self) -> list[str]:
        tokens: list[str] = json.loads((self.folder / "secrets.json").read_text())
        # The file that says where the server is goes with it, and that is soon after the kernel.
        key = self.folder / "data/nanomeet-widget/api-key"
        return [*tokens, key.read_text().strip()]

    def leaks(self, name: str) -> list[str]:
        """What is found in a file that a tool wrote, and in what it said meanwhile."""
        text = (self.folder / name).read_text()
        assert "saved_101" in text  # it is the notebook's result, and not something empty
        return found(text, *self.secrets) + found(self.said, *self.secrets)


@pytest.fixture(params=WIDGETS)
def leaky(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "leaky")


@pytest.fixture
def desk(leaky: bool, tmp_path: Path) -> Desk:  # noqa: FBT001 - a fixture
    return Desk(tmp_path, "leaky" if leaky else "ours")


def test_nbconvert_saves_no_token_in_the_notebook_nor_in_html(desk: Desk, leaky: bool) -> None:  # noqa: FBT001
    desk.run("nbconvert", "--to=notebook", "--execute", *RUN, "--output=done", "notebook.ipynb")
    assert bool(desk.leaks("done.ipynb")) == leaky
    desk.run("nbconvert", "--to=html", "--log-level=DEBUG", "--output=page", "done.ipynb")
    assert bool(desk.leaks("page.html")) == leaky


def test_jupyter_execute_saves_no_token(desk: Desk, leaky: bool) -> None:  # noqa: FBT001
    desk.run("jupyter", "execute", "--inplace", "notebook.ipynb")
    assert bool(desk.leaks("notebook.ipynb")) == leaky


def test_papermill_saves_no_token(desk: Desk, leaky: bool) -> None:  # noqa: FBT001
    tool = ["--log-output", "--log-level=DEBUG", "--no-progress-bar"]
    desk.run("papermill", *tool, "notebook.ipynb", "done.ipynb")
    assert bool(desk.leaks("done.ipynb")) == leaky
