"""Out of reach, because Jupyter's environment is not the kernel's: the cell says so, and what to do."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import expect

from nanomeet_widget import __version__
from tests.labs import Lab, running_lab
from tests.proxy import HOST, free_port, tls_proxy
from tests.waiting import until

from .browsers import ELSEWHERE
from .conftest import OpenPage
from .media import frame_of
from .notebook import SLOW, Notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

CELLS = [
    """
import nanomeet_widget as nm
room = nm.create_room("Apart")
meet = nm.NanoMeet(token=room.token, camera=False, microphone=False)
meet
""",
    "print(meet.status.value, '|', meet.error)",
    "link = nm.create_invite(room.token).invite_link",
    """
import subprocess, sys
code = "import sys; from nanomeet_widget.cli import main; sys.exit(main(['doctor']))"
print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
""",
]
SHOW, STATE, INVITE, DOCTOR = range(4)
REMEDY = re.compile(r"restart Jupyter|-m pip install nanomeet-widget==")


def without(base: Path, how: Literal["missing", "another version"], lab: Lab | None = None) -> str:
    """Set up a lab without the package, or with another version of it; return the expected message."""
    if how == "missing":
        (base / "config").mkdir(exist_ok=True)
        settings = {"ServerApp": {"jpserver_extensions": {"nanomeet_widget.server.jupyter": False}}}
        (base / "config/jupyter_server_config.json").write_text(json.dumps(settings))
        return f"does not run nanomeet-widget {__version__}"
    if lab is not None:
        folder = base / "jupyter-run"
        until(lambda: len(list(folder.glob("nanomeet-*.json"))), to_be=1)
        (file,) = folder.glob("nanomeet-*.json")
        file.write_text(json.dumps({**json.loads(file.read_text()), "version": "0.0.9"}))
    return f"runs nanomeet-widget 0.0.9, where {__version__} is needed"


@pytest.mark.parametrize("how", ["missing", "another version"])
def test_a_page_from_elsewhere_is_told_the_cause_and_the_remedy(
    how: Literal["missing", "another version"], open_page: OpenPage, tmp_path: Path
) -> None:
    base = tmp_path / "lab"
    base.mkdir()
    cause = without(base, how)
    with (
        running_lab(base, "--ServerApp.allow_remote_access=True") as lab,
        tls_proxy(tmp_path / "nginx", lab.url, port=free_port()) as public,
    ):
        without(base, how, lab)
        lab.write("apart.ipynb", *CELLS)
        away = Notebook(
            open_page(ignore_https_errors=True),
            dataclasses.replace(lab, url=public.replace(HOST, ELSEWHERE)),
            "apart.ipynb",
        )
        away.run(SHOW)
        card = away.meeting.locator(".nanomeet-card")
        expect(card).to_contain_text(f"This notebook's Jupyter server {cause}", timeout=SLOW)
        expect(card).to_contain_text("restart Jupyter")
        assert away.page.locator("iframe[src*='/local/Apart']").count() == 0
        away.begins(STATE, "failed | ")
        assert cause in away.evaluate(STATE)
        # An invite link would lead nowhere: creating it says so.
        away.run(INVITE)
        expect(away.output(INVITE)).to_contain_text("invites work on this machine only")
        expect(away.output(INVITE)).to_contain_text(cause)
        said = away.evaluate(DOCTOR)
        assert f"✗ Jupyter at {lab.url}" in said
        assert cause in said
        assert REMEDY.search(said)

        # On the machine itself it works, and the invite says how far it reaches.
        near = Notebook(open_page(), lab, "apart.ipynb")
        near.run(SHOW)
        expect(near.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
        assert frame_of(near.page).url.startswith("http://127.0.0.1:")
        near.meeting.get_by_role("button", name="Copy invite").click()
        alert = near.meeting.get_by_role("alert")
        expect(alert).to_contain_text("works on this machine only", timeout=SLOW)
        expect(alert).to_contain_text(cause)


def test_who_insists_may_try(open_page: OpenPage, tmp_path: Path) -> None:
    """The page may be on the same machine under another of its names, as it is here."""
    base = tmp_path / "lab"
    base.mkdir()
    without(base, "missing")
    with (
        running_lab(base, "--ServerApp.allow_remote_access=True") as lab,
        tls_proxy(tmp_path / "nginx", lab.url, port=free_port()) as public,
    ):
        lab.write("apart.ipynb", *CELLS)
        there = dataclasses.replace(lab, url=public.replace(HOST, ELSEWHERE))
        notebook = Notebook(open_page(ignore_https_errors=True), there, "apart.ipynb")
        notebook.run(SHOW)
        notebook.meeting.locator(".nanomeet-card").get_by_role("button").click(timeout=SLOW)
        expect(notebook.meeting).to_have_attribute("data-status", "joined", timeout=SLOW)
