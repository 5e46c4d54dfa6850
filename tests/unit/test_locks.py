"""The lock that works where the file system has none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import filelock
import pytest

from nanomeet_widget import _locks, _machine

HOLDER = """
import sys
from pathlib import Path
from nanomeet_widget._locks import SoftLock
SoftLock(Path(sys.argv[1])).acquire()
print("held", flush=True)
sys.stdin.read()
"""


def holder(path: Path) -> subprocess.Popen[str]:
    """Return a process that has the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_one_process_has_it_and_a_crashed_one_loses_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    process = holder(path)
    with pytest.raises(filelock.Timeout):
        _locks.SoftLock(path).acquire(blocking=False)
    with pytest.raises(filelock.Timeout):
        _locks.SoftLock(path).acquire(timeout=0.2)
    process.kill()
    # It is a zombie now: its parent has not waited for it yet.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    with _locks.SoftLock(path).acquire(blocking=False):
        assert path.exists()
    assert not path.exists()
    assert list(tmp_path.iterdir()) == []
    process.communicate()


@pytest.mark.parametrize("said", ["", "another-00000000 1 x", "no words", f"{_machine.name()} x y"])
def test_a_lock_that_cannot_be_judged_is_held(said: str, tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(said)
    with pytest.raises(filelock.Timeout):
        _locks.SoftLock(tmp_path / "lock").acquire(blocking=False)
    assert (tmp_path / "lock").read_text() == said


def test_a_folder_with_locks_uses_the_systems_lock(tmp_path: Path) -> None:
    assert isinstance(_locks.lock(tmp_path / "lock"), filelock.BaseFileLock)
    assert _locks.has_record_locks(tmp_path)
