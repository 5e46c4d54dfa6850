"""A server for one benchmark, whose counters are printed at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from tests.conftest import RunningServer, Servers


@contextmanager
def serving(*options: str) -> Iterator[RunningServer]:
    """Run a server of its own, and print its counters once the benchmark is done.

    Parameters
    ----------
    *options
        Of the command line.
    """
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(Path(folder))
        try:
            server = servers.start(*options)
            yield server
            figures = httpx.get(f"{server.url}/metrics", trust_env=False).text.splitlines()
            print("\n".join(line for line in figures if line.startswith("nanomeet_")))
        finally:
            servers.close()
