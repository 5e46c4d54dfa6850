"""`nanomeet_widget.doctor()`: what `nanomeet doctor` finds, as the kernel of a notebook sees it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from html import escape
from pathlib import Path

from nanomeet_widget import _kernel
from nanomeet_widget._progress import progress
from nanomeet_widget.cli import doctor as checks
from nanomeet_widget.cli._finding import Finding, Fix, State

#: The notebook of this kernel, as Jupyter Server says.
_NOTEBOOK = "JPY_SESSION_NAME"
_WORDS: dict[State, str] = {"wrong": "wrong", "warning": "warning", "ok": "fine"}
# The notebook's own colours, in light and dark; the state is a word as well as a sign. In a narrow cell the
# table scrolls: words stay whole.
_CELL = "padding:4px 8px;text-align:start;vertical-align:top;border-bottom:1px solid;max-width:40ch;overflow-wrap:break-word"
_TABLE = (
    "border-collapse:collapse;color:inherit;background:transparent;width:100%;table-layout:auto"
)


class Diagnosis:
    """What the doctor found: a table in a notebook, lines in a terminal.

    Attributes
    ----------
    findings : list of dict
        Each check, what is wrong first: ``name``, ``state`` (``"ok"``, ``"warning"`` or ``"wrong"``),
        ``found``, ``remedy``, and in ``fixable`` and ``fix`` what `nanomeet doctor --fix` can do.
    ok : bool
        Whether nothing is wrong.
    """

    def __init__(self, findings: list[Finding]) -> None:
        order = list(_WORDS)
        worst_first = sorted(findings, key=lambda finding: order.index(finding.state))
        self.findings = [finding.facts() for finding in worst_first]
        self.ok = not any(finding.state == "wrong" for finding in findings)
        self._findings = worst_first

    @property
    def _summary(self) -> str:
        wrong = [finding.name for finding in self._findings if finding.state == "wrong"]
        return f"Something is wrong: {', '.join(wrong)}." if wrong else "All is well."

    @property
    def _hint(self) -> str:
        fixable = [finding.name for finding in self._findings if finding.fix is not None]
        if not fixable:
            return ""
        return f"`!nanomeet doctor --fix --yes` in a cell, or in a terminal, mends: {', '.join(fixable)}."

    def __repr__(self) -> str:
        lines = []
        for finding in self._findings:
            lines.append(f"{checks.SIGNS[finding.state]} {finding.name}: {finding.found}")
            if finding.remedy:
                lines.append(f"    {finding.remedy}")
        return "\n".join([*lines, "", self._summary, *filter(None, [self._hint])])

    def _repr_html_(self) -> str:
        heads = "".join(
            f'<th scope="col" style="{_CELL}">{words}</th>'
            for words in ("Check", "State", "Found", "What to do")
        )
        caption = escape(self._summary)
        hint = f"<p>{escape(self._hint)}</p>" if self._hint else ""
        return (
            f'<div role="region" aria-label="{caption}" tabindex="0" '
            f'style="max-width:100%;overflow-x:auto;color:inherit"><table style="{_TABLE}">'
            f'<caption style="text-align:start;font-weight:bold;color:inherit;padding:4px 0">{caption}'
            f"</caption><thead><tr>{heads}</tr></thead>"
            f"<tbody>{''.join(map(_row, self._findings))}</tbody></table></div>{hint}"
        )


def _row(finding: Finding) -> str:
    sign = f'<span aria-hidden="true">{checks.SIGNS[finding.state]} </span>'
    return (
        f'<tr><th scope="row" style="{_CELL};font-weight:normal">{escape(finding.name)}</th>'
        f'<td style="{_CELL};white-space:nowrap">{sign}{_WORDS[finding.state]}</td>'
        f'<td style="{_CELL}">{escape(finding.found)}</td>'
        f'<td style="{_CELL}">{escape(finding.remedy)}</td></tr>'
    )


def doctor() -> Diagnosis:
    """Check what meetings need, from where this kernel is, and say what to do.

    It looks at packages, the front end, this kernel and its Jupyter server, the machine, the service with its
    clock and certificate, and the token of the variable ``NANOMEET_TOKEN``. It changes nothing, but for
    starting the embedded server if that is what is used. `nanomeet doctor --fix` in a terminal mends what it
    can.

    Returns
    -------
    Diagnosis
        The findings: a table in a notebook, lines elsewhere.

    Examples
    --------
    >>> nm.doctor()
    """
    found = []
    with progress("Checking…") as told:
        for finding in (*_of_the_kernel(), *checks.look()):
            found.append(finding)
            told.say(f"Checking… {finding.name}: {finding.state}")
    return Diagnosis(found)


def _of_the_kernel() -> Iterator[Finding]:
    if _kernel.ipykernel_version() is None:
        return
    yield Finding(name="this kernel", state="ok", found=f"{sys.executable}, process {os.getpid()}")
    if (notebook := os.environ.get(_NOTEBOOK)) and notebook.endswith(".ipynb"):
        yield from _trusted(Path(notebook))


def _trusted(notebook: Path) -> Iterator[Finding]:
    """Check whether Jupyter shows the saved outputs of this notebook: an untrusted one's widgets are hidden."""
    with suppress(Exception):  # a notebook that is not saved yet, another format, no Jupyter here
        import nbformat  # noqa: PLC0415 - Jupyter has it
        from nbformat.sign import NotebookNotary  # noqa: PLC0415 - likewise

        trusted = NotebookNotary().check_signature(nbformat.read(notebook, as_version=4))
        if trusted:
            yield Finding(name="trust", state="ok", found="the notebook is trusted")
            return
        command = (sys.executable, "-m", "jupyter", "trust", str(notebook))
        yield Finding(
            name="trust",
            state="warning",
            found="the notebook as it is saved is not trusted: its saved outputs are not shown until their "
            "cells run again",
            remedy="run its cells, or trust it: View > Activate Command Palette > Trust Notebook",
            fix=Fix(shown=" ".join(command), command=command, afterwards="reload the page"),
        )
