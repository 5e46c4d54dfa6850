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


def pins() -> set[tuple[str, str]]:
    """Return the packages and versions of all environments."""
    text = "\n".join(file.read_text() for file in PINS.glob("*.txt"))
    return set(re.findall(r"^([\w-]+)==([\d.]+)", text, re.MULTILINE))


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
