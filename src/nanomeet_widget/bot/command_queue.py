"""A bot's commands: each waits for the room, and for those before it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from nanomeet_widget._command import Command
from nanomeet_widget._errors import CommandError, failed, not_joined

#: Seconds that a command waits for the room: a moderator may have to let the bot in.
PATIENCE = 300.0
#: Commands that wait at once.
_MOST = 1000
#: The others do not wait for these, which take long.
_SLOW = frozenset({"stopBroadcast", "muteEveryone", "nanomeetReadMedia"})


@dataclass(kw_only=True, eq=False)
class Given:
    """A command that was given.

    Attributes
    ----------
    command : Command
        What the caller has of it.
    method, args
        The method of the Web API that it is.
    parse : callable
        Turns the result into the command's.
    """

    command: Command[Any]
    method: str
    args: tuple[Any, ...]
    parse: Callable[[Any], Any]
    timer: asyncio.TimerHandle | None = field(default=None, repr=False)

    @property
    def verb(self) -> str:
        """What it does: its method, or the engine's command."""
        return verb(self.method, self.args)

    def settle(self, outcome: object) -> None:
        """Settle the command, with a result or an error."""
        if self.timer is not None:
            self.timer.cancel()
        if isinstance(outcome, BaseException):
            self.command.reject(outcome)
        else:
            self.command.resolve(self.parse(outcome))


class CommandQueue:
    """Carries commands out in the order in which they were given.

    Parameters
    ----------
    run : callable
        Carries one out and returns its result.
    """

    def __init__(self, run: Callable[[str, tuple[Any, ...]], Awaitable[Any]]) -> None:
        self._run = run
        self._waiting: deque[Given] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._busy = False
        self._why, self._kind = "the bot is joining", "not_joined"

    def __len__(self) -> int:
        return len(self._waiting) + len(self._running)

    def add(self, given: Given) -> None:
        """Take a command.

        Parameters
        ----------
        given : Given
            The command.
        """
        if len(self._waiting) >= _MOST:
            words = f"{_MOST} commands wait already: wait until some are done."
            given.settle(failed("too_many", words))
            return
        loop = asyncio.get_running_loop()
        given.timer = loop.call_later(PATIENCE, self._expire, given)
        given.command.held_by = self._why
        self._waiting.append(given)
        self._look()

    def withdraw(self, given: Given) -> bool:
        """Take a command back, from any thread; return whether it was still waiting."""
        try:
            self._waiting.remove(given)
        except ValueError:
            return False
        return True

    def take(self, method: str) -> Given | None:
        """Take the first waiting command of a method out of the queue."""
        given = next((one for one in self._waiting if one.method == method), None)
        return given if given is not None and self.withdraw(given) else None

    def hold(self, why: str, *, kind: str = "not_joined") -> None:
        """Begin no more commands.

        Parameters
        ----------
        why : str
            What they wait for.
        kind : str
            The same in a word, for those that wait too long.
        """
        self._why, self._kind = why, kind
        for given in self._waiting:
            given.command.held_by = why

    def release(self) -> None:
        """Begin the commands that wait."""
        self._why = ""
        self._look()

    def refuse(self, kind: str, message: str) -> None:
        """Fail the commands that wait, as the meeting is not joined."""
        while self._waiting:
            given = self._waiting.popleft()
            given.settle(not_joined(kind, f"{given.command.name}: {message}"))

    def _look(self) -> None:
        while self._waiting and not self._why and not self._busy:
            given = self._waiting.popleft()
            self._busy = given.verb not in _SLOW
            task = asyncio.ensure_future(self._carry_out(given))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _carry_out(self, given: Given) -> None:
        given.command.held_by = ""
        if given.timer is not None:
            given.timer.cancel()
        try:
            given.settle(await self._run(given.method, given.args))
        except CommandError as error:
            given.settle(error)
        except asyncio.CancelledError:
            given.settle(failed("connection_lost", "The bot was closed."))
            raise
        except Exception as error:  # noqa: BLE001 - a fault here must not leave a command pending
            given.settle(failed("failed", f"{type(error).__name__}: {error}"))
        finally:
            if given.verb not in _SLOW:
                self._busy = False
            self._look()

    def _expire(self, given: Given) -> None:
        if self.withdraw(given):
            words = f"the room is not joined after {PATIENCE / 60:g} minutes: {self._why}"
            given.settle(not_joined(self._kind, f"{given.command.name}: {words}"))


def verb(method: str, args: tuple[Any, ...]) -> str:
    """Return what a method of the Web API does: the method, or the engine's command that it carries out."""
    return str(args[0]) if method == "executeCommand" else method
