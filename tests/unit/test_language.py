"""Plain English: nothing that a person reads here says "whoever", "somebody" or "he"."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Say who does what: the server, the page, the viewer, the participant, you; and *they* of a person.
WORDS = ("whoever", "whom", "somebody", "nobody", "anybody", "anew", "he", "him", "his")
#: In names, too, whose words have underscores between them.
_WORD = re.compile(rf"(?<![A-Za-z])({'|'.join(WORDS)})(?![A-Za-z])", re.IGNORECASE)
_KINDS = {".py", ".ts", ".tsx", ".mjs", ".js", ".css", ".html", ".md", ".ipynb", ".sh", ".toml"}

#: Each part of the project, and the parts of it that are listed by themselves.
PARTS: dict[str, tuple[str, ...]] = {
    "src/nanomeet_widget": ("server", "static"),
    "src/nanomeet_widget/server": (),
    "js/src": (),
    "docs": (),
    "notebooks": (),
    "tests": ("unit", "browser", "contract"),
    "tests/unit": ("server",),
    "tests/unit/server": (),
    "tests/browser": (),
    "tests/contract": (),
    "benchmarks": (),
    "scripts": (),
    ".": ("*",),
}
#: Files that quote such a word, each with the reason.
QUOTED = {"tests/unit/test_language.py": "it lists them"}


def files(part: str) -> Iterator[Path]:
    folder = ROOT / part
    found = folder.iterdir() if part == "." else folder.rglob("*")
    apart = [folder / name for name in PARTS[part]]
    for file in sorted(found):
        inside = any(file.is_relative_to(one) for one in apart)
        built = {"node_modules", "__pycache__"} & set(file.parts)
        if file.is_file() and file.suffix in _KINDS and not inside and not built:
            yield file


def text_of(file: Path) -> str:
    text = file.read_text("utf-8")
    if file.suffix != ".ipynb":
        return text
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])


def found_in(text: str) -> list[str]:
    return [
        f"{number}: {line.strip()[:120]}"
        for number, line in enumerate(text.splitlines(), start=1)
        if _WORD.search(line)
    ]


@pytest.mark.parametrize("part", PARTS)
def test_it_says_who_does_what(part: str) -> None:
    found = [
        f"{name}:{line}"
        for file in files(part)
        if (name := file.relative_to(ROOT).as_posix()) not in QUOTED
        for line in found_in(text_of(file))
    ]
    assert found == [], "\n".join(found)


def test_every_part_has_files() -> None:
    for part in PARTS:
        assert any(files(part)), part
    assert set(QUOTED) <= {
        file.relative_to(ROOT).as_posix() for part in PARTS for file in files(part)
    }


@pytest.mark.parametrize(
    "line",
    ["Whoever comes", "def test_nobody_waits():", "// his page", "somebody's", "Loads anew."],
)
def test_a_word_is_found_wherever_it_stands(line: str) -> None:
    assert found_in(f"fine\n{line}\n") == [f"2: {line}"]


@pytest.mark.parametrize("line", ["the history of a shell", "hello", "this", "anewsletter", "Ahe"])
def test_other_words_are_not(line: str) -> None:
    assert found_in(line) == []
