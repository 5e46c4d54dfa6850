"""The least that such a server can do: `websockets.broadcast` sends each message to all viewers.

The baseline of `fan_out`, and the server for MediaRecorder in `broadcast_latency`. Run as a module, it prints
its port.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from websockets.asyncio.server import ServerConnection, broadcast, serve

#: All messages of the benchmarks are smaller.
_LARGEST = 4 * 1024 * 1024


async def _serve() -> None:
    viewers: set[ServerConnection] = set()

    async def handle(line: ServerConnection) -> None:
        if line.request is not None and line.request.path == "/publish":
            async for message in line:
                broadcast(viewers, message)
            return
        viewers.add(line)
        await line.wait_closed()
        viewers.discard(line)

    async with serve(handle, "127.0.0.1", 0, compression=None, max_size=_LARGEST) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


@contextmanager
def running_bare_broadcast() -> Iterator[tuple[int, int]]:
    """Run it in a process of its own; yield its port and the process id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bare_broadcast"], stdout=subprocess.PIPE, text=True
    )
    try:
        port = process.stdout.readline() if process.stdout is not None else ""
        yield int(port), process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


if __name__ == "__main__":
    # Ignore viewers who left while messages were queued for them.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    asyncio.run(_serve())
