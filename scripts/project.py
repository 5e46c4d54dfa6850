"""What the other scripts share: what `pyproject.toml` says, which alone has the version, and how a command is run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]


class FailedError(Exception):
    """A step of a script failed; the message is what to show of it."""


def run(
    words: tuple[str | Path, ...],
    *,
    patience: float,
    **options: Any,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, errors with the rest of what it says.

    Raises
    ------
    FailedError
        If it takes longer than `patience`, in seconds.
    """
    try:
        return subprocess.run(  # noqa: S603 - our own
            words,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=patience,
            check=False,
            **options,
        )
    except subprocess.TimeoutExpired as error:
        raise FailedError(
            f"not done after {error.timeout} s: {' '.join(map(str, words))}"
        ) from None


def pyproject() -> dict[str, Any]:
    """Return all of `pyproject.toml`."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def version() -> str:
    """Return the project's version."""
    return str(pyproject()["project"]["version"])


def supported() -> list[str]:
    """Return the Pythons that the classifiers name, such as "3.10", oldest first."""
    found = (
        re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", classifier)
        for classifier in pyproject()["project"]["classifiers"]
    )
    return sorted((one[1] for one in found if one), key=minor)


def minor(python: str) -> int:
    """Return the 12 of "3.12"."""
    return int(python.split(".")[1])
