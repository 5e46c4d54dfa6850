"""CHANGELOG.md in the form of Keep a Changelog 1.1: read, checked, and closed for a release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from packaging.version import InvalidVersion, Version
from scripts.project import ROOT

FILE = ROOT / "CHANGELOG.md"
UNRELEASED = "Unreleased"
#: In this order.
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
_SECTION = re.compile(r"\[(?P<version>[^\]]+)\](?: - (?P<date>\S+))?(?P<yanked> \[YANKED\])?")


def sections(text: str) -> dict[str, str]:
    """Return each section below its heading, by its version, the newest first."""
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    headings = [_SECTION.fullmatch(heading) for heading in parts[1::2]]
    return {
        heading["version"] if heading else words: body
        for words, heading, body in zip(parts[1::2], headings, parts[2::2], strict=True)
    }


def problems(text: str) -> Iterator[str]:
    """Yield what is not in form."""
    if not text.startswith("# Changelog\n"):
        yield "the first line is not '# Changelog'"
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    if headings[:1] != [f"[{UNRELEASED}]"]:
        yield f"the first section is not '## [{UNRELEASED}]'"
    yield from _wrong_versions(headings[1:])
    for name, body in sections(text).items():
        yield from (f"[{name}] {problem}" for problem in _wrong_kinds(body))


def _wrong_versions(headings: list[str]) -> Iterator[str]:
    versions: list[Version] = []
    for heading in headings:
        found = _SECTION.fullmatch(heading)
        try:
            versions.append(Version(found["version"] if found else heading))
            date.fromisoformat((found and found["date"]) or "")
        except (InvalidVersion, ValueError):
            yield f"'## {heading}' is not '## [version] - YYYY-MM-DD'"
    if versions != sorted(set(versions), reverse=True):
        yield "the versions are not in order, the newest first, each once"


def _wrong_kinds(body: str) -> Iterator[str]:
    before, *parts = re.split(r"^### (.*)$", body, flags=re.MULTILINE)
    kinds, entries = parts[::2], parts[1::2]
    known = [KINDS.index(kind) for kind in kinds if kind in KINDS]
    if len(known) < len(kinds) or known != sorted(set(known)):
        yield f"has the kinds {', '.join(kinds)}, and not some of {', '.join(KINDS)} in this order, each once"
    if re.search(r"^- ", before, re.MULTILINE):
        yield "has an entry above its first kind"
    for kind, text in zip(kinds, entries, strict=True):
        if not re.search(r"^- \S", text, re.MULTILINE):
            yield f"has no entry of '### {kind}'"


def released(text: str, version: str) -> bool:
    """Return whether a version has a section with a date and at least one entry."""
    heading = re.search(rf"^## \[{re.escape(version)}\] - \S+$", text, re.MULTILINE)
    return heading is not None and "\n- " in sections(text)[version]


def closed(text: str, version: str, today: date) -> str:
    """Return the text with what is unreleased as the section of a version.

    Raises
    ------
    ValueError
        If nothing is unreleased, or the version has a section.
    """
    found = sections(text)
    if version in found:
        raise ValueError(f"CHANGELOG.md has a section [{version}] already")
    if "\n- " not in found.get(UNRELEASED, ""):
        raise ValueError(
            f"CHANGELOG.md has nothing under [{UNRELEASED}]: say what {version} changes"
        )
    return text.replace(
        f"## [{UNRELEASED}]\n", f"## [{UNRELEASED}]\n\n## [{version}] - {today.isoformat()}\n", 1
    )
