"""The TypeScript protocol is generated from the Python definitions, and up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[4] / "scripts" / "generate_protocol.py"


@pytest.mark.skipif(not SCRIPT.exists(), reason="not in a source tree")
def test_the_rendered_protocol_is_up_to_date() -> None:
    check = subprocess.run([sys.executable, str(SCRIPT), "--check"], check=False)
    assert check.returncode == 0, f"run {SCRIPT.name}, and commit what it writes"
