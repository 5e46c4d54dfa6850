"""`nanomeet explain`: what an error means and what to do, without a network."""

from __future__ import annotations

import argparse
import difflib

from nanomeet_widget import _documentation, _texts
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.cli._output import DONE, Output


def add_explain(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `explain`."""
    parser.description = (
        "Explain an error: what it means, why it happens, and what to do. Without an argument, list what "
        "there is. The texts come with the package."
    )
    parser.add_argument(
        "error",
        nargs="?",
        metavar="ERROR",
        help="its kind, such as frame-blocked, its class, such as ServerStartError, or its address",
    )
    parser.set_defaults(run=explain)


def explain(options: argparse.Namespace, output: Output) -> int:
    """Print a section of the page of errors, or the names of all."""
    sections = _documentation.sections()
    if options.error is None:
        output.facts({}, {"errors": sorted(sections)})
        for anchor in sorted(sections):
            output.line(anchor)
        return DONE
    # What is copied may be the whole address.
    anchor = _documentation.anchor_of(str(options.error).rpartition("#")[2].strip())
    if anchor not in sections:
        near = difflib.get_close_matches(anchor, sections, n=1)
        hint = f"did you mean {near[0]}?" if near else "`nanomeet explain` lists all there are"
        raise InvalidInputError(f"there is no error {_texts.quoted(options.error)}: {hint}")
    address = _documentation.page("errors.md", anchor)
    output.facts({}, {"error": anchor, "text": sections[anchor], "address": address})
    output.line(f"{sections[anchor]}\n{address}")
    return DONE
