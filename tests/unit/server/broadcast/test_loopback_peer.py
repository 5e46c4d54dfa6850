"""Tests of `broadcast.loopback_peer`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from nanomeet_widget.server.broadcast import loopback_peer

CONNECT = (
    "import socket, sys; c = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); input()"
)

#: With /proc, and as other systems are asked.
WAYS = [
    pytest.param(
        loopback_peer.is_at, marks=pytest.mark.skipif(sys.platform != "linux", reason="no /proc")
    ),
    loopback_peer._is_at_elsewhere,
]


@contextmanager
def connected() -> Iterator[tuple[int, int, int]]:
    """Let another process connect; give its ID, and the ports of its end and of ours."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        near = listener.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-c", CONNECT, str(near)], stdin=subprocess.PIPE
        )
        try:
            connection, (_, far) = listener.accept()
            with connection:
                yield process.pid, far, near
        finally:
            process.communicate(b"\n")


@pytest.mark.parametrize("is_at", WAYS)
def test_a_connection_is_at_the_process_that_made_it_alone(is_at: Callable[..., bool]) -> None:
    with connected() as (pid, far, near), connected() as (other, others, _):
        assert is_at(pid, far=far, near=near)
        assert not is_at(other, far=far, near=near)
        assert not is_at(os.getpid(), far=far, near=near)
        # Our own end, the other way round, and other connections.
        assert not is_at(pid, far=near, near=far)
        assert not is_at(pid, far=others, near=near)
    assert not is_at(pid, far=far, near=near)
