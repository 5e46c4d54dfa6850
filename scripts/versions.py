"""The version in each file that has it: `make version VERSION=0.2.0` writes it, a test compares.

`pyproject.toml` is the source. The others need a copy, as other programs read them.
"""

from __future__ import annotations

import re
import sys
from datetime import date, datetime, timezone

from scripts import changelog
from scripts.project import ROOT, version

_FRONT_END = r'^ *"name": "nanomeet-widget-frontend",\n *"version": "(.*)",$'
#: Where each file has the version: a pattern whose one group it is.
PLACES = {
    "pyproject.toml": r'^version = "(.*)"$',
    "js/package.json": _FRONT_END,
    "js/package-lock.json": _FRONT_END,
    "CITATION.cff": r"^version: (.*)$",
    "recipe/recipe.yaml": r'^  version: "(.*)"$',
}
#: As each of those files can have it.
_VERSION = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}")
_DATE = re.compile(r"^date-released: .*\n", re.MULTILINE)


def found(file: str) -> list[str]:
    """Return every version of the project that a file has."""
    text = (ROOT / file).read_text("utf-8")
    return re.findall(PLACES[file], text, re.MULTILINE)


def differences() -> list[str]:
    """Return each file whose version is not that of `pyproject.toml`."""
    wanted = version()
    return [
        f"{file} has version {' and '.join(there) or 'none'}, pyproject.toml {wanted}: "
        f"`make version VERSION={wanted}` writes it"
        for file in PLACES
        if set(there := found(file)) != {wanted}
    ]


def write(new: str) -> None:
    """Write a version into every file."""
    for file, pattern in PLACES.items():
        path = ROOT / file
        text = path.read_text("utf-8")
        for one in reversed(list(re.finditer(pattern, text, re.MULTILINE))):
            text = text[: one.start(1)] + new + text[one.end(1) :]
        path.write_text(text, "utf-8")


def release(new: str, today: date) -> None:
    """Write a version everywhere, and close the section of the changelog.

    Raises
    ------
    ValueError
        If it is no version, or the changelog says nothing of it.
    """
    if not _VERSION.fullmatch(new):
        raise ValueError(f"{new!r} is not a version of three numbers: `make version VERSION=0.2.0`")
    text = changelog.FILE.read_text("utf-8")
    if not changelog.released(text, new):
        changelog.FILE.write_text(changelog.closed(text, new, today), "utf-8")
    write(new)
    citation = ROOT / "CITATION.cff"
    undated = _DATE.sub("", citation.read_text("utf-8"))
    line = f"date-released: {today.isoformat()}"
    citation.write_text(
        re.sub(r"^(version: .*)$", rf"\1\n{line}", undated, flags=re.MULTILINE), "utf-8"
    )


def main() -> int:
    """Write the version that is given; return 1 if that is not possible."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the script and a version
        print("Which version? `make version VERSION=0.2.0`", file=sys.stderr)
        return 1
    try:
        release(sys.argv[1], datetime.now(timezone.utc).date())
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{version()} is in {', '.join(PLACES)} and CHANGELOG.md. Read `git diff`, then commit.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
