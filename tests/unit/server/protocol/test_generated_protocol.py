"""The TypeScript protocol is generated from the Python definitions, and up to date."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import types
from pathlib import Path

import msgspec
import pytest
from scripts import generate_protocol as generator

from nanomeet_widget.server.protocol.common import ModeratorRequest

SCRIPT = Path(__file__).parents[4] / "scripts" / "generate_protocol.py"


@pytest.mark.skipif(not SCRIPT.exists(), reason="not in a source tree")
def test_the_rendered_protocol_is_up_to_date() -> None:
    check = subprocess.run([sys.executable, str(SCRIPT), "--check"], check=False)
    assert check.returncode == 0, f"run {SCRIPT.name}, and commit what it writes"


class Silent(ModeratorRequest, tag="silent", kw_only=True):
    id: str


class Odd(msgspec.Struct, tag="odd", kw_only=True):
    """A message with a type of its own."""

    at: dt.datetime


def test_a_message_without_a_docstring_is_named() -> None:
    with pytest.raises(generator.UnreadableError, match=r"^Silent in .* has no docstring"):
        generator._table([Silent], from_client=True)


def test_a_type_that_cannot_be_rendered_is_named_with_those_that_can() -> None:
    with pytest.raises(
        generator.UnreadableError, match=r"datetime.* has no TypeScript .*str, bool"
    ):
        generator._interface(Odd, from_page=True)


def test_a_message_that_nothing_accepts_is_named() -> None:
    module = types.ModuleType(__name__)
    vars(module).update(Odd=Odd)
    with pytest.raises(generator.UnreadableError, match=r"^Odd in .* is in none of ClientMessage"):
        generator.check_unions([module], ["ClientMessage"])


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_what_is_stale_is_named_or_written(
    options: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fresh, stale = tmp_path / "fresh.ts", tmp_path / "stale.ts"
    fresh.write_text("new")
    stale.write_text("old")
    monkeypatch.setattr(generator, "FILES", dict.fromkeys([fresh, stale], lambda: "new"))
    monkeypatch.setattr("sys.argv", ["generate_protocol.py", *options])
    assert generator.main() == len(options)
    told = capsys.readouterr()
    assert stale.read_text() == ("old" if options else "new")
    assert (told.err if options else told.out).startswith(
        f"{stale} is not up to date" if options else f"wrote {stale}"
    )
