"""The time of personal links for a roster: one request, and one request for each person.

What is measured
    Seconds from a list of 500 people to their 500 links, on a server of this machine: by `create_invites`, and
    by 500 calls of `create_invite` in the same run, one after the other. Each way is measured several times, in
    turn.

How to read it
    Both include the checks in Python, the HTTP requests, the signatures and the writes to the database. "one by
    one" is what a loop in a notebook takes; its links carry no names.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.report import Report, arguments
from tests.conftest import Servers

import nanomeet_widget as nm
from nanomeet_widget.services import LocalServer

PEOPLE, TURNS = 500, 5


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def measure(people: int, turns: int) -> dict[str, list[float]]:
    """Measure both ways in turn, each time in a room of its own."""
    rows = [{"id": f"s{number}", "name": f"Student {number}"} for number in range(people)]
    found: dict[str, list[float]] = {"one request": [], "one by one": []}
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(Path(folder))
        try:
            server = servers.start()
            service = LocalServer(server.url, api_key=server.api_key)
            for turn in range(turns):
                token = server.room(f"Roster{turn}")
                found["one request"].append(
                    seconds(lambda token=token: nm.create_invites(token, rows, service=service))  # type: ignore[misc]
                )
                other = server.room(f"Single{turn}")
                found["one by one"].append(
                    seconds(
                        lambda token=other: [  # type: ignore[misc]
                            nm.create_invite(token, service=service) for _ in rows
                        ]
                    )
                )
        finally:
            servers.close()
    return found


def main() -> None:
    """Measure, and write the section."""
    options = arguments(__doc__).parse_args()
    people, turns = (20, 1) if options.quick else (PEOPLE, TURNS)
    report = Report(f"Personal links for {PEOPLE} people", "invites")
    found = measure(people, turns)
    report.table(
        ["way", "median, s", "slowest, s", "links a second"],
        [
            [way, f"{median(times):.2f}", f"{max(times):.2f}", f"{people / median(times):.0f}"]
            for way, times in found.items()
        ],
    )
    report.finish(options)


if __name__ == "__main__":
    main()
