"""A hostile guest in a process of its own, run by `hostile`: starts at once, and ends with its input."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from contextlib import ExitStack, suppress

from tests.contract.hostile import BEGUN, SilentPage, attack, flood, half_sent

#: Messages per second on a connection that stays: slightly less than would end it.
RATE = 90.0
STAYING, COMING, UNREAD = 3, 2, 2
HALF_SENT = 50


async def run(url: str, link: str, password: str) -> None:
    """Attack until the input ends."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        silent = [SilentPage(url, link, password=password) for _ in range(UNREAD)]
        for page in silent:
            stack.callback(page.close)
        for begun in BEGUN:
            stack.enter_context(half_sent(url, HALF_SENT, begun))
        work = [
            *(flood(url, link, over, rate=RATE, password=password) for _ in range(STAYING)),
            *(attack(url, link, over, password=password) for _ in range(COMING)),
            _seem_alive(silent, over),
        ]
        tasks = [asyncio.create_task(one) for one in work]
        await loop.run_in_executor(None, sys.stdin.readline)
        over.set()
        await asyncio.gather(*tasks)


async def _seem_alive(silent: list[SilentPage], over: asyncio.Event) -> None:
    while not over.is_set():
        for page in silent:
            with suppress(OSError):
                page.seem_alive()
        await asyncio.sleep(1.0)


def main() -> None:
    """Parse the target."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    options = parser.parse_args()
    # In reality it would not share the server's machine.
    os.nice(19)
    link, password = sys.stdin.readline().split()
    asyncio.run(run(options.url, link, password))


if __name__ == "__main__":
    main()
