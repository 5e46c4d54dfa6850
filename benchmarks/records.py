"""How exact the records of a meeting are, and what it costs to keep them.

What is measured
    Attendance: 60 participants, each with a connection of their own, join, leave, drop, reload and reconnect by a
    script; then the server is killed without warning and started again. Those who return are the same as before;
    some never return. Each stay that the server tells of is compared with the script's own clock: the largest
    difference of any time of joining or leaving. One stay too many or too few ends the benchmark.

    Cost: in each round the same number of participants join two rooms in turns, one that keeps everything and one that
    keeps nothing: from the request to the `welcome`.

How to read it
    Participants and server share the machine and its clock. A participant who never returns left when the server was
    killed; the server knows that only to the half second.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from pathlib import Path

from benchmarks.figures import percentile
from benchmarks.report import Report, arguments
from tests.conftest import RunningServer, Servers
from tests.contract.attending import Meeting, attend, script
from tests.contract.sockets import Client, connect, run

PEOPLE = 60
ROUNDS = 10
POLICIES = ("none", "all")


async def join(server: RunningServer, token: str, name: str) -> tuple[Client, float]:
    """Join; return the connection, and the milliseconds until the welcome."""
    client = await connect(server, "ws/meeting")
    began = time.perf_counter()
    await client.send("join", v=1, token=token, name=name, person=f"browser-of-{name:->16}")
    await client.expect("welcome")
    return client, 1000 * (time.perf_counter() - began)


async def cost(server: RunningServer, people: int, rounds: int) -> dict[str, list[float]]:
    """Let people join rooms of both kinds, one after the other; return how long each took."""
    found: dict[str, list[float]] = {policy: [] for policy in POLICIES}
    for number in range(rounds):
        tokens = {
            policy: server.invite(server.room(f"Cost_{policy}_{number}", records=policy))
            for policy in POLICIES
        }
        clients: list[Client] = []
        for person in range(people):
            # Neither is always the first.
            for policy in POLICIES if (person + number) % 2 else reversed(POLICIES):
                client, took = await join(server, tokens[policy], f"p{person}")
                found[policy].append(took)
                clients.append(client)
        for client in clients:
            client.close(1001)
        await asyncio.sleep(0.5)
    return found


def main() -> None:
    """Run the benchmark."""
    options = arguments(__doc__).parse_args()
    people, rounds = (14, 1) if options.quick else (PEOPLE, ROUNDS)
    report = Report("Records of meetings", "records")
    errors: list[float] = []
    costs: dict[str, list[float]] = {}
    with contextlib.ExitStack() as stack:
        servers = Servers(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        stack.callback(servers.close)

        async def scenario() -> None:
            meeting = Meeting(servers, servers.start(), "Attended", script(people))
            errors.append(await attend(meeting))
            costs.update(await cost(servers.start(), people // 2, rounds))

        run(scenario())
    report.say(
        f"Largest error of any of {2 * people} times of {people} stays, through a killed server: "
        f"{errors[0]:.2f} s."
    )
    report.table(
        ["records", "joins", "join, median ms", "p95 ms"],
        [
            [policy, str(len(took)), *(f"{percentile(took, part):.1f}" for part in (50, 95))]
            for policy, took in costs.items()
        ],
    )
    report.finish(options)


if __name__ == "__main__":
    main()
