"""`nanomeet records`: what is kept of a room's meetings."""

from __future__ import annotations

import argparse

from nanomeet_widget.classroom.records import KINDS, records
from nanomeet_widget.cli._output import DONE, Output
from nanomeet_widget.cli._token import TOKEN, read_token


def add_records(parser: argparse.ArgumentParser) -> None:
    """Give a parser the options of `records`."""
    parser.description = (
        "Show what the embedded server keeps of a room's meetings, or forget a person. A moderator's "
        f"token of that room is read from standard input, from {TOKEN}, or from a prompt."
    )
    parser.add_argument(
        "kind", nargs="?", choices=KINDS, default="attendance", help="default: attendance"
    )
    parser.add_argument(
        "--session",
        metavar="ID",
        help="as `nanomeet records sessions` lists it, or all; default: the newest",
    )
    parser.add_argument(
        "--pseudonyms", action="store_true", help='"Person 1", "Person 2", … in place of names'
    )
    parser.add_argument("--csv", metavar="FILE", help="save it as a file that only you can read")
    parser.add_argument(
        "--forget",
        metavar="PERSON",
        help="delete what is kept of a person, by their id, in all sessions",
    )
    parser.set_defaults(run=show)


def show(options: argparse.Namespace, output: Output) -> int:
    """Show a table, save it, or forget a person."""
    found = records(read_token(), pseudonyms=options.pseudonyms)
    if options.forget is not None:
        count = found.forget(options.forget)
        output.facts({"forgotten": count}, {"forgotten": count})
        return DONE
    table = found.table(options.kind, options.session)
    if options.csv is not None:
        path = str(table.to_csv(options.csv))
        output.facts({"saved": path, "rows": len(table)}, {"saved": path, "rows": len(table)})
        return DONE
    output.line(repr(table))
    output.facts({}, {"kind": options.kind, "note": table.note, "rows": table})
    return DONE
