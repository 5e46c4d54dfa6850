"""A bad connection to a network namespace: packets are delayed and dropped on the way.

It consists of two TUN devices, one on this machine's side and one in the namespace, and a thread that carries
packets between them. The kernel's netem would do the same, but not every kernel has it. Requires root.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

_TUNSETIFF = 0x400454CA
#: TUN without packet information (linux/if_tun.h).
_FLAGS = 0x0001 | 0x1000
_LARGEST = 65536
#: The most packets in transit in each direction, which is netem's default; more are dropped.
_HELD = 1000


class Line:
    """A namespace whose only connection is this one, with the given delay and loss.

    Use it as a context manager.

    Parameters
    ----------
    name
        The name of the namespace and of the devices.
    """

    #: The two ends.
    HERE, THERE = "10.213.0.1", "10.213.0.2"

    def __init__(self, name: str = "nmbench") -> None:
        self._name = name
        self._ends = [_tun(f"{name}{number}") for number in range(2)]
        #: The delay in seconds in each direction, and the share of lost packets.
        self.delay = 0.0
        self.loss = 0.0
        self._chance = random.Random(1)  # noqa: S311 - to be repeated
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._carry, daemon=True)

    def __enter__(self) -> Line:  # noqa: PYI034 - typing.Self needs Python 3.11
        here, there = f"{self._name}0", f"{self._name}1"
        _ip("netns", "add", self._name)
        _ip("link", "set", there, "netns", self._name)
        _ip("address", "add", self.HERE, "peer", self.THERE, "dev", here)
        _ip("link", "set", here, "up")
        inside = ["-n", self._name]
        _ip(*inside, "address", "add", self.THERE, "peer", self.HERE, "dev", there)
        for device in ("lo", there):
            _ip(*inside, "link", "set", device, "up")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for end in self._ends:
            os.close(end)
        _ip("netns", "delete", self._name)

    def program(self, folder: Path, command: str) -> Path:
        """Return a program that runs a command at the far end."""
        path = folder / "there"
        path.write_text(f'#!/bin/sh\nexec ip netns exec {self._name} {command} "$@"\n')
        path.chmod(0o700)
        return path

    def _carry(self) -> None:
        held: list[tuple[float, int, int, bytes]] = []
        count = 0
        while not self._over.is_set():
            wait = max(0.0, held[0][0] - time.monotonic()) if held else 0.1
            for end in select.select(self._ends, [], [], wait)[0]:
                packet = os.read(end, _LARGEST)
                lost = len(held) >= 2 * _HELD or self._chance.random() < self.loss
                if not lost:
                    count += 1
                    target = self._ends[1 - self._ends.index(end)]
                    heapq.heappush(held, (time.monotonic() + self.delay, count, target, packet))
            while held and held[0][0] <= time.monotonic():
                *_, target, packet = heapq.heappop(held)
                # What the other end does not accept is lost, as in every network.
                with suppress(OSError):
                    os.write(target, packet)


def _tun(name: str) -> int:
    end = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(end, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _FLAGS))
    return end


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)  # noqa: S603, S607
