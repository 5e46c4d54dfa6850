"""A whole class: whether everything is kept right through groups and a killed server, and how soon all are moved.

What is measured
    A teacher and sixty students with personal links, all bots, and two more who are pages: one reloads, one is lost.
    They join, raise hands, vote in a named and an anonymous poll (some twice, some while their connection is lost),
    answer a check-in, and go into four groups. There, one leaves; the server is killed without warning, and started
    again; all come back, change votes and leave. Then what the server kept is compared with what was done, by the
    same clock: `tests/contract/lesson.py` is the script.

How to read it
    Bots, server and everything else share the machine and its clock, and the bots one process. The times into groups
    begin with the moderator's request, and end when a bot is in its room and knows it; `benchmarks/groups.py` measures
    that with the bots in a process of their own.
"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from benchmarks.figures import percentile
from benchmarks.report import Report, arguments
from tests.conftest import Servers
from tests.contract.lesson import Class, Found
from tests.contract.sockets import run

STUDENTS = 60


def main() -> None:
    """Run the benchmark."""
    options = arguments(__doc__).parse_args()
    students = 10 if options.quick else STUDENTS
    report = Report(f"A whole class of {STUDENTS}", "whole_class")
    results: list[Found] = []
    with contextlib.ExitStack() as stack:
        servers = Servers(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        stack.callback(servers.close)

        async def scenario() -> None:
            results.append(await Class(servers, "WholeClass", students).carry_out())

        run(scenario())
    (found,) = results
    report.table(
        ["", "measured"],
        [
            ["people", str(found.people)],
            ["largest error of any time of a stay", f"{found.error:.2f} s"],
            ["stays too many or too few", str(found.wrong_stays)],
            ["votes counted", str(found.votes)],
            ["votes lost", str(found.lost_votes)],
            ["votes counted twice", str(found.double_votes)],
            ["hands", str(found.hands)],
            ["hands out of order", str(found.hands_out_of_order)],
            ["people lost between groups", str(found.lost_people)],
            ["people wrong in the roster or the check-in", str(found.wrong_lists)],
            ["into groups, p95", f"{percentile(found.there, 95):.0f} ms"],
            ["back, after the kill, p95", f"{percentile(found.back, 95):.0f} ms"],
        ],
    )
    report.finish(options)


if __name__ == "__main__":
    main()
