"""The example notebooks run from top to bottom, and keep no secret."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
#: Its teacher waits for what the others do: without a page, a bot is the teacher.
LESSON = next(path for path in NOTEBOOKS if path.name == "lesson.ipynb")
IN_A_PAGE = "meet = nm.NanoMeet(token=room.token)\n"
A_BOT = "meet = nm.Bot(room.token, display_name='Teacher')\nawait meet.join()\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of their own for a notebook, its kernel and its server."""
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setitem(os.environ, "XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setitem(os.environ, "XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def run(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run a notebook from top to bottom; what is saved of it has no token."""
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=300, startup_timeout=300, resources=resources).execute()
    # Every JWT begins so: it is the start of a JSON object in base64.
    assert "eyJ" not in nbformat.writes(notebook)


def shown(notebook: nbformat.NotebookNode, begins: str) -> str:
    """Return what the cell shows that begins with a line, as text."""
    (cell,) = (one for one in notebook.cells if one.source.startswith(begins))
    return "\n".join(
        one.text if one.output_type == "stream" else one.data["text/plain"] for one in cell.outputs
    )


@pytest.mark.parametrize(
    "path", [path for path in NOTEBOOKS if path != LESSON], ids=lambda path: path.name
)
def test_it_runs_without_a_browser_and_saves_no_token(path: Path, folder: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    secrets = nbformat.v4.new_code_cell("assert room.token and invite.token")
    notebook.cells.append(secrets)
    run(notebook, folder)


def test_the_lesson_runs_with_a_bot_as_its_teacher(folder: Path) -> None:
    notebook = nbformat.read(LESSON, as_version=4)
    (begin,) = (cell for cell in notebook.cells if cell.source.startswith(IN_A_PAGE))
    begin.source = begin.source.replace(IN_A_PAGE, A_BOT)
    notebook.cells.append(
        nbformat.v4.new_code_cell("assert room.token and all(one.token for one in invites)")
    )
    assert "@" not in nbformat.writes(notebook)
    run(notebook, folder)
    assert shown(notebook, "[person.name for person in invites") == "['Gia', 'Hugo']"
    assert shown(notebook, 'await students["s7"]').strip() == "absent: Hugo"
    for begins, *lines in (
        ("await meet.start_check_in", "Eva is done", "Gia is not done yet"),
        ('for person in ["s5", "s2"]', "hands: Eva, Ben", "called on: Eva", "then: Ben"),
        ("answers = ", "2           5   71.4  yes", "7 people voted"),
        ("first = quiz.next()", "Scores (6 rows)"),
        ("await until(lambda: sum", "Group 1: 3 people", "Group 2: 3 people"),
        ("await groups.close()", "8 people in the main room"),
        ("meet.records.hands()", "Raised hands (2 rows)"),
        ("votes = ", "18 votes in 3 polls", "Votes (7 rows)"),
        ("scores.to_csv", "Ben 2 of 2", "Gia 0 of 2"),
        ("nm.records(room.token)", "Sessions (1 row)"),
    ):
        for line in lines:
            assert line in shown(notebook, begins)
    forgotten = shown(notebook, "meet.records.forget")
    assert forgotten == "['Ada', 'Ben', 'Dora', 'Eva', 'Finn', 'Gia', 'Teacher']"
    rows = (folder / "attendance.csv").read_text().splitlines()
    assert {"s1", "s7"} <= {row.split(",")[3] for row in rows}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_it_is_kept_without_outputs(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert all(not c.outputs and c.execution_count is None for c in cells if c.cell_type == "code")
