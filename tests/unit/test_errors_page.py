"""Every error leads to a section that explains it: in the traceback, on the web, and in the terminal."""

from __future__ import annotations

import copy
import io
import pickle
import re
import traceback
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import get_args

import pytest
from IPython.core.interactiveshell import InteractiveShell

import nanomeet_widget as nm
from nanomeet_widget import _documentation, _errors
from nanomeet_widget.cli import main
from nanomeet_widget.server.protocol.common import TroubleKind
from nanomeet_widget.server.protocol.meeting import ByeKind, ReadingEnding
from tests.documents import ROOT, anchors

PAGE = "docs/errors.md"
CLASSES = [
    found
    for name in sorted(nm.__all__)
    if isinstance(found := getattr(nm, name), type) and issubclass(found, nm.NanoMeetError)
]
#: How the sources name a kind: where they raise it, end a meeting with it, or have words for it.
_KINDS = {
    "js/src": (
        r'\b(?:RefusedError|#fail|fail|#refuse|#end)\(\s*"([a-z_]+)"',
        r'\bkind: "([a-z_]+)",\s+(?:message|why)\b',
    ),
    "src/nanomeet_widget": (
        r'\b(?:Refused|RefusedError|Ending|failed|not_joined|Failure|Trouble)\(\s*(?:kind=)?"([a-z_]+)"',
        r'\b_?refuse\(\s*(?:\w+,\s*\w+,\s*)?"([a-z_]+)"',
        r'\bWatchRefusedError\(\s*"([a-z_]+)"',
        r'"(page_[a-z]+)"',
        r'^class \w+Error\(.*\n(?:.*\n){2,9}?    kind(?:: str)? = "([a-z_]+)"',
    ),
}


def _sources(folder: str) -> Iterator[Path]:
    for path in sorted((ROOT / folder).rglob("*")):
        tested = ".test." in path.name or "fake" in path.name or "testing" in path.parts
        if path.suffix in {".py", ".ts", ".tsx"} and not tested:
            yield path


def kinds() -> set[str]:
    """Every kind that the sources name."""
    found: set[str] = {*get_args(ByeKind), *get_args(TroubleKind), *get_args(ReadingEnding)}
    # What becomes of a question that is not answered with yes.
    found |= {f"reading_{ending}" for ending in get_args(ReadingEnding) if ending != "stopped"}
    for folder, patterns in _KINDS.items():
        for path in _sources(folder):
            text = path.read_text("utf-8")
            for pattern in patterns:
                found.update(re.findall(pattern, text, re.MULTILINE))
    words = (ROOT / "js/src/widget/strings/en.ts").read_text("utf-8")
    table = words[words.index("  failures: {") : words.index("  header: {")]
    found.update(re.findall(r"^    ([a-z_]+): \[", table, re.MULTILINE))
    words = (ROOT / "js/src/meeting/strings/en.ts").read_text("utf-8")
    for name in ("errors", "endings"):
        table = words[words.index(f"\n  {name}: {{") :]
        table = table[: table.index("\n  }")]
        found.update(re.findall(r"^    ([a-z_]+):", table, re.MULTILINE))
    return found


def test_every_class_has_a_section() -> None:
    here = anchors(PAGE)
    assert len(CLASSES) > 25
    assert [one.__name__ for one in CLASSES if one.__name__.lower() not in here] == []


def test_every_kind_has_a_section_that_names_it() -> None:
    found = kinds()
    assert {"frame_blocked", "page_silent", "broadcast_silent", "reading_failed", "kicked"} <= found
    sections = _documentation.sections()
    missing = [kind for kind in sorted(found) if kind.replace("_", "-") not in sections]
    assert missing == []
    for kind in found:
        assert re.search(rf"^{kind}: ", sections[kind.replace("_", "-")], re.MULTILINE), kind


def test_the_package_and_the_site_have_the_same_anchors() -> None:
    assert set(_documentation.sections()) <= anchors(PAGE)


def test_an_error_leads_to_its_kind_and_else_to_its_class() -> None:
    assert nm.ServerStartError("x").help.endswith("/errors.html#serverstarterror")
    assert nm.RoomFullError("x").help.endswith("/errors.html#room-full")
    assert _errors.failed("broadcast_running", "x").help.endswith("#broadcast-running")
    # What another vendor's engine calls it.
    assert _errors.failed("conference.odd", "x").help.endswith("#commanderror")

    class OwnError(nm.ServiceError):
        pass

    assert OwnError("x").help.endswith("#serviceerror")


def shown(error: BaseException) -> str:
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    try:
        if cause is not None:
            try:
                raise cause
            except type(cause) as found:
                raise error from found
        raise error
    except type(error) as found:
        return found


def test_a_traceback_in_a_notebook_ends_with_the_address() -> None:
    shell = InteractiveShell()
    for mode in ("Context", "Plain", "Minimal", "Verbose"):
        shell.InteractiveTB.set_mode(mode)
        output = io.StringIO()
        with redirect_stdout(output), redirect_stderr(output):
            shell.run_cell("import nanomeet_widget as nm; nm.create_room('a b')")
        last = output.getvalue().strip().splitlines()[-1]
        assert last == f"See {_documentation.SITE}errors.html#invalidinputerror", mode


def test_str_is_the_message_alone() -> None:
    # Errors quote each other, and programs match their words.
    assert str(nm.StreamError("It broke.")) == "It broke."


@pytest.mark.skipif(not hasattr(BaseException, "add_note"), reason="PEP 678: Python 3.11")
class TestNotes:
    def test_a_plain_traceback_has_the_address(self) -> None:
        assert shown(raised(nm.RoomFullError("Full."))).endswith(
            f"RoomFullError: Full.\nSee {_documentation.SITE}errors.html#room-full\n"
        )

    def test_notes_of_others_stay(self) -> None:
        error = nm.StreamError("x")
        error.add_note("In the third lesson.")
        error.add_note("See also the log.")
        assert error.__notes__[1:] == ["In the third lesson.", "See also the log."]
        for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - our own
            assert twin.__notes__ == error.__notes__

    def test_a_wrapped_error_repeats_no_address(self) -> None:
        text = shown(raised(nm.StreamError("present: no"), nm.StreamError("no")))
        assert text.count("#streamerror") == 1
        # Another one is worth saying.
        text = shown(raised(nm.StreamError("present: no"), nm.InvalidInputError("no")))
        assert (text.count("#streamerror"), text.count("#invalidinputerror")) == (1, 1)


@pytest.mark.parametrize(
    "asked", ["frame-blocked", "frame_blocked", f"{_documentation.SITE}errors.html#frame-blocked"]
)
def test_explain_prints_the_section(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", asked]) == 0
    said = capsys.readouterr().out
    assert "Open in a tab" in said
    assert f"{_documentation.SITE}errors.html#frame-blocked" in said
    assert "](" not in said
    assert "**" not in said


def test_explain_knows_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    assert {"frame-blocked", "serverstarterror"} <= set(capsys.readouterr().out.split())
    assert main(["explain", "frame-bloked"]) == 1
    assert "did you mean frame-blocked?" in capsys.readouterr().err
