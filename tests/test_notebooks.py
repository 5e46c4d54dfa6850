"""The example notebooks run from top to bottom, and keep no secret."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_it_runs_without_a_browser_and_saves_no_token(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setitem(os.environ, "XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setitem(os.environ, "XDG_DATA_HOME", str(tmp_path / "data"))
    notebook = nbformat.read(path, as_version=4)
    secrets = nbformat.v4.new_code_cell("assert room.token and invite.token")
    notebook.cells.append(secrets)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=300, startup_timeout=300, resources=resources).execute()
    saved = nbformat.writes(notebook)
    # Every JWT begins so: it is the start of a JSON object in base64.
    assert "eyJ" not in saved


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_it_is_kept_without_outputs(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert all(not c.outputs and c.execution_count is None for c in cells if c.cell_type == "code")
