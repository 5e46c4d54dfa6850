"""Check dependencies for known vulnerabilities: Python's and the front end's.

Fails if it finds any. Databases that cannot be reached are reported and no failure: the project is also
built and tested without a network.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_PATIENCE = 120
#: Without what only builds and tests: no user runs that.
_NPM = ["npm", "audit", "--omit=dev", "--json"]
_PIP = [
    sys.executable,
    "-m",
    "pip_audit",
    "--format=json",
    "--progress-spinner=off",
    "--skip-editable",
]


def ask(command: list[str], folder: Path) -> dict[str, Any] | None:
    """Return what a tool found, as JSON; None if it could not ask."""
    try:
        done = subprocess.run(  # noqa: S603 - our own commands
            command, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return None if "error" in found or "message" in found else found


def python_weaknesses(found: dict[str, Any]) -> list[str]:
    """Return each vulnerability of a Python package as a line."""
    return [
        f"{package['name']} {package['version']}: {weakness['id']}"
        for package in found.get("dependencies", [])
        for weakness in package.get("vulns", [])
    ]


def npm_weaknesses(found: dict[str, Any]) -> list[str]:
    """Return each vulnerability of a front-end package as a line."""
    entries = found.get("vulnerabilities", {}).values()
    return [f"{entry['name']}: {entry['severity']}" for entry in entries]


def main() -> int:
    """Check both; return the exit status."""
    status = 0
    for name, command, folder, read in (
        ("Python", _PIP, ROOT, python_weaknesses),
        ("the front end", _NPM, ROOT / "js", npm_weaknesses),
    ):
        found = ask(command, folder)
        if found is None:
            print(f"{name}: not asked, no database of weaknesses can be reached from here")
            continue
        lines = read(found)
        print(f"{name}: {len(lines)} known weaknesses")
        print("".join(f"  {line}\n" for line in lines), end="")
        status = status or bool(lines)
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
