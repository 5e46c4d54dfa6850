"""`make quick` finds the tests of what has changed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from scripts.touched_tests import BIOME, changed, python_tests

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("file", "test"),
    [
        ("src/nanomeet_widget/server/rooms/chat.py", "tests/unit/server/rooms/test_chat.py"),
        ("src/nanomeet_widget/_sealing.py", "tests/unit/test_sealing.py"),
        ("src/nanomeet_widget/services/jitsi.py", "tests/contract/test_jitsi.py"),
        ("src/nanomeet_widget/server/rooms/cleaning.py", "tests/unit/server/rooms/test_chat.py"),
        ("docs/server.md", "tests/unit/test_docs.py"),
        ("tests/contract/test_cli.py", "tests/contract/test_cli.py"),
    ],
)
def test_a_file_leads_to_the_tests_of_its_name_and_of_its_imports(file: str, test: str) -> None:
    assert (ROOT / file).exists()
    assert test in python_tests([file])


def test_what_no_test_is_about_leads_to_none() -> None:
    assert python_tests(["LICENSE", "js/src/widget/clock.ts", "tests/labs.py"]) == set()


def test_changes_are_those_since_a_branch_was_left_committed_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=A", "-c", "user.email=a@b.example"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def write(name: str) -> None:
        (tmp_path / name).write_text(name)

    git("init", "--initial-branch=main")
    write("before.py")
    git("add", ".")
    git("commit", "-m", "before")
    git("switch", "-c", "mine")
    for name in ("committed.py", "removed.py"):
        write(name)
    git("add", ".")
    git("commit", "-m", "mine")
    (tmp_path / "removed.py").unlink()
    write("new.py")
    monkeypatch.setattr("scripts.touched_tests.ROOT", tmp_path)
    assert changed("main") == ["committed.py", "new.py"]
    assert changed("HEAD") == ["new.py"]


def test_nothing_changed_is_said_and_no_failure(tmp_path: Path) -> None:
    script = (ROOT / "scripts/touched_tests.py").read_text()
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/touched_tests.py").write_text(script)
    for arguments in (
        ["init", "--initial-branch=main"],
        ["add", "."],
        ["-c", "user.name=A", "-c", "user.email=a@b.example", "commit", "-m", "all"],
    ):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True)
    command = [sys.executable, str(tmp_path / "scripts/touched_tests.py")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == "No module, test or document differs from main.\n"


def test_a_generated_file_is_no_failure() -> None:
    done = subprocess.run(
        [*BIOME, "src/shared/protocol.ts"],
        cwd=ROOT / "js",
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
