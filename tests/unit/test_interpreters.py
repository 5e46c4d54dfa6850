"""`make pythons` finds the Pythons of a machine, and takes lower bounds at their word."""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path

import pytest
from scripts import interpreters
from scripts.pythons import too_high

HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"


def told(version: tuple[int, int, int], *, usable: bool = True, path: str = "/python") -> str:
    return json.dumps({"version": version, "usable": usable, "path": path})


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of its own, with an empty PATH and an empty pyenv."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    return tmp_path


def add(path: Path, says: str, *, status: int = 0) -> Path:
    """Add a program that answers as a Python does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n")
    path.chmod(0o755)
    return path


def test_a_real_python_is_found_on_path_and_says_its_version(machine: Path) -> None:
    (machine / "bin").mkdir()
    (machine / f"bin/python{HERE}").symlink_to(sys.executable)
    found = interpreters.find([HERE, "3.99"])
    usable = platform.python_implementation() == "CPython"
    assert [str(one) for one in found.values()] == [platform.python_version()] * usable


def test_the_newest_release_of_each_is_taken_wherever_it_is(machine: Path) -> None:
    add(machine / "bin/python3.12", told((3, 12, 3)))
    add(machine / "bin/python3", told((3, 11, 2)))
    newest = machine / "pyenv/versions/3.12.9/bin/python3.12"
    add(newest.with_name("python3"), told((3, 12, 9), path=str(newest)))
    add(machine / "pyenv/versions/3.12.1/bin/python3", told((3, 12, 1)))
    add(machine / "uv/cpython-3.14/bin/python3", told((3, 14, 0)))
    add(machine / "bin/uv", str(machine / "uv"))
    found = interpreters.find(["3.10", "3.11", "3.12", "3.14"])
    assert {name: (str(one), one.path) for name, one in found.items()} == {
        "3.11": ("3.11.2", Path("/python")),
        "3.12": ("3.12.9", newest),
        "3.14": ("3.14.0", Path("/python")),
    }


@pytest.mark.parametrize(
    ("says", "status"),
    [
        ("pyenv: python3.12: command not found", 127),
        ("", 0),
        (told((3, 12, 3), usable=False), 0),
        (told((3, 11, 3)), 0),
    ],
    ids=["pyenv's shim", "no answer", "a pre-release, or no CPython", "another one"],
)
def test_what_is_not_that_python_is_passed_over(machine: Path, says: str, status: int) -> None:
    add(machine / "bin/python3.12", says, status=status)
    assert interpreters.find(["3.12"]) == {}


LOCKED = """anywidget==0.9.18
traitlets==5.14.0
ipywidgets==8.1.4
httpx==0.27.0
pyjwt==2.12.0
tornado==6.5
av==17.0.1
msgspec==0.20.0
regex==2025.7.34
filelock==3.16.0
tenacity==9.0.0
platformdirs==4.2.0
narwhals==1.20.0
numpy==1.26.0
prometheus-client==0.20.0
psutil==6.0.0
"""


def test_the_lower_bounds_are_what_the_lowest_resolution_has() -> None:
    assert list(too_high(LOCKED, "3.10")) == []


def test_a_bound_that_does_not_install_is_named() -> None:
    (wrong,) = too_high(LOCKED.replace("numpy==1.26.0", "numpy==1.26.4"), "3.12")
    assert wrong.startswith("numpy>=1.26 in pyproject.toml: on Python 3.12 the lowest")


def test_a_newer_python_has_bounds_of_its_own() -> None:
    wrong = {line.split(" ")[0] for line in too_high(LOCKED, "3.15")}
    assert wrong == {"msgspec>=0.22", "regex>=2026.9.3", "numpy>=2.5.2"}
