"""Writes a benchmark's result as a section of `RESULTS.md`, with the machine and its load."""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from tests.browser.browsers import CHROMIUM

RESULTS = Path(__file__).with_name("RESULTS.md")
_INTRODUCTION = """# Results

`make bench` writes this file, each benchmark its own section. The top of each benchmark says what is
measured, and how. Figures of one section are from one run and can be compared; the load average shows
how busy the machine was, with this and anything else.
"""


def arguments(doc: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options of every benchmark.

    Parameters
    ----------
    doc
        The benchmark's docstring.
    """
    parser = argparse.ArgumentParser(description=(doc or "").split("\n", 1)[0])
    parser.add_argument(
        "--quick", action="store_true", help="see that it works: short, and RESULTS.md stays"
    )
    return parser


class Report:
    """One section of the results. It records the load from its creation on.

    Parameters
    ----------
    title
        The section's heading; an existing section with this heading is replaced.
    module
        The benchmark's module.
    """

    def __init__(self, title: str, module: str) -> None:
        self._title = title
        self._module = module
        self._began = datetime.now(timezone.utc)
        self._load = os.getloadavg()[0]
        self._parts: list[str] = []

    def say(self, text: str) -> None:
        """Add a paragraph."""
        self._add(text)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Add a table."""
        self._add(table(head, rows))

    def finish(self, options: argparse.Namespace) -> None:
        """Write the section, unless the run was a quick one."""
        facts = (
            f"{machine()}. Load average {self._load:.1f} before, {os.getloadavg()[0]:.1f} after."
        )
        print(f"\n{facts}")
        if options.quick:
            return
        command = " ".join(["python -m", f"benchmarks.{self._module}", *sys.argv[1:]])
        how = f"`{command}`, {self._began:%Y-%m-%d %H:%M} UTC. {facts}"
        body = "\n\n".join([*self._parts, how])
        before = RESULTS.read_text() if RESULTS.exists() else _INTRODUCTION
        RESULTS.write_text(with_section(before, self._title, body))

    def _add(self, part: str) -> None:
        self._parts.append(part)
        print(f"\n{part}", flush=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def with_section(document: str, title: str, body: str) -> str:
    """Return a document in Markdown with a section replaced, or added at the end.

    Parameters
    ----------
    document
        The text before its first second-level heading stays unchanged.
    title, body
        The section's heading and text.
    """
    introduction, *sections = re.split(r"^(?=## )", document, flags=re.MULTILINE)
    kept = [section.strip() for section in sections]
    titles = [section.splitlines()[0] for section in kept]
    heading = f"## {title}"
    section = f"{heading}\n\n{body.strip()}"
    if heading in titles:
        kept[titles.index(heading)] = section
    else:
        kept.append(section)
    return "\n\n".join([introduction.strip(), *kept]) + "\n"


def machine() -> str:
    """Describe the machine that a benchmark runs on."""
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    command = [CHROMIUM, "--version"]
    chromium = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    return (
        f"{os.cpu_count()} cores ({_processor()}), {pages * page / 2**30:.0f} GB, "
        f"{platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, {chromium.stdout.split(' built')[0].strip()}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()
