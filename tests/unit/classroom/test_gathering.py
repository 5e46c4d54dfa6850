"""Showing news: once for all that comes together, again when the time has come, and not after the end."""

from __future__ import annotations

import asyncio
import threading

from nanomeet_widget.classroom._gathering import Gathering

_LONG = 60


class Shown:
    """Notes how often it was called, and on which thread; says when it is to be called again."""

    def __init__(self, *again: float | None) -> None:
        self.times = 0
        self.threads: set[int] = set()
        self._again = list(again)
        self._enough: asyncio.Event | None = None

    def __call__(self) -> float | None:
        self.times += 1
        self.threads.add(threading.get_ident())
        again = self._again.pop(0) if self._again else None
        if self._enough is not None and not self._again:
            self._enough.set()
        return again

    async def enough(self) -> None:
        """Wait until it was called as often as it has answers."""
        self._enough = asyncio.Event()
        await asyncio.wait_for(self._enough.wait(), _LONG)


def test_news_of_any_thread_is_shown_once_on_the_loop() -> None:
    async def scenario() -> None:
        shown = Shown(None)
        gathering = Gathering(shown)
        threads = [threading.Thread(target=gathering.ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert shown.times == 0
        await shown.enough()
        assert shown.times == 1
        assert shown.threads == {threading.get_ident()}

    asyncio.run(scenario())


def test_it_is_shown_again_by_itself_and_news_does_not_wait_for_that() -> None:
    async def scenario() -> None:
        shown = Shown(0.01, 0.01, _LONG * 60)
        gathering = Gathering(shown)
        gathering.now()
        await shown.enough()
        assert shown.times == 3
        gathering.ask()
        await shown.enough()
        assert shown.times == 4

    asyncio.run(scenario())


def test_nothing_is_shown_after_the_end() -> None:
    async def scenario() -> None:
        shown, after = Shown(), Shown(None)
        gathering = Gathering(shown)
        gathering.ask()
        gathering.end()
        gathering.now()
        # One that was asked later is shown: the first one's time is over.
        Gathering(after).ask()
        await after.enough()
        assert shown.times == 0

    asyncio.run(scenario())


def test_without_a_loop_that_runs_news_is_shown_at_once() -> None:
    shown = Shown()
    Gathering(shown).ask()
    assert shown.times == 1

    async def made() -> Gathering:
        return Gathering(shown)

    asyncio.run(made()).ask()
    assert shown.times == 2
