"""Other notebooks and versions, each in an environment of its own: `make hosts` sets them up."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PINS = Path(__file__).parent / "environments"


def python_of(name: str) -> str:
    """Return an environment's Python."""
    path = ROOT / ".hosts" / name / "bin/python"
    assert path.exists(), f"there is no {path}: run make hosts"
    return str(path)


def pins() -> dict[str, str]:
    """Return the versions of all environments, by package and first two parts."""
    lines = [line for file in PINS.glob("*.txt") for line in file.read_text().splitlines()]
    return dict(re.match(r"([\w-]+)==([\d.]+)", line).groups() for line in lines if line)  # type: ignore[union-attr,misc]


def offer_kernel(base: Path, name: str, python: str = sys.executable) -> None:
    """Let the Jupyter in a folder start kernels of another environment."""
    folder = base / "kernels" / name
    folder.mkdir(parents=True)
    spec = {
        "argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": f"Python ({name})",
        "language": "python",
    }
    (folder / "kernel.json").write_text(json.dumps(spec))
