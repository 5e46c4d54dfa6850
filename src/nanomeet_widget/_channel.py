"""Requests to the page that shows a widget, and their replies.

Nothing here ever blocks.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from nanomeet_widget import _page_protocol
from nanomeet_widget._command import Command
from nanomeet_widget._errors import (
    CommandError,
    CommandTimeoutError,
    NoFrontEndError,
    NotJoinedError,
    failed,
    not_joined,
)
from nanomeet_widget._page_protocol import KernelMessage, Reply, Withdrawn

T = TypeVar("T")

#: Seconds that a page has to appear, from when it is first needed.
HANDSHAKE = 10.0
#: Seconds in which a page that is there answers a probe. On a busy machine a page may hang for seconds
#: without being gone.
PROBE = 10.0
#: Seconds without a sign of a page that holds a command: it gives one every ten seconds, or every minute
#: in a hidden tab that the browser throttles.
HELD = 90.0

_PROBE_MESSAGE = _page_protocol.Probe()


@dataclass(kw_only=True)
class _Pending:
    """A command that was sent, or waits for a page."""

    number: int
    command: Command[Any]
    parse: Callable[[Any], Any]
    message: KernelMessage
    #: Seconds that it has once it can be carried out.
    timeout: float
    timer: threading.Timer
    #: The page that has it, if one has.
    page: str | None = None
    #: Whether the page is carrying it out: no other page gets it then.
    begun: bool = False


class PageChannel:
    """Sends commands to the page, and settles them by its replies.

    Parameters
    ----------
    send
        Hands a message to a page: its address, and the message.
    """

    def __init__(self, send: Callable[[str, KernelMessage], object]) -> None:
        self._send = send
        self._page: str | None = None
        self._waiting: list[KernelMessage] = []
        self._ids = itertools.count(1)
        self._pending: dict[int, _Pending] = {}
        self._probes: list[tuple[Future[bool], threading.Timer]] = []

    @property
    def page(self) -> str | None:
        """The address of the page that shows the meeting."""
        return self._page

    @property
    def expected(self) -> bool:
        """Whether there is a page, or commands wait for one."""
        return self._page is not None or bool(self._pending)

    def greet(self, page: str, first: KernelMessage) -> None:
        """Send to `page` from now on: `first`, then what waited for a page."""
        self._page = page
        waiting, self._waiting = self._waiting, []
        probe = [_PROBE_MESSAGE] if self._probes else []
        for message in (first, *probe, *waiting):
            self._send(page, message)
        # And commands that another page had and did not begin: that page may be gone.
        for entry in [one for one in self._pending.values() if one.page != page]:
            if not entry.begun:
                self._hand_over(entry, page)
            elif self._pending.pop(entry.number, None) is not None:
                entry.timer.cancel()
                entry.command.reject(
                    CommandError(
                        f"{entry.command.name}: another page took the meeting over while this one was "
                        "carrying it out: check whether it took effect"
                    )
                )

    def part(self) -> None:
        """Send to no page until one says hello."""
        self._page = None

    def tell(self, message: KernelMessage) -> None:
        """Send a message to the page, or keep it for the page that comes."""
        if self._page is None:
            self._waiting.append(message)
        else:
            self._send(self._page, message)

    def ask(self) -> None:
        """Ask the page, if there is one, for a sign of life."""
        if self._page is not None:
            self._send(self._page, _PROBE_MESSAGE)

    def request(
        self,
        name: str,
        method: str,
        args: tuple[object, ...],
        *,
        parse: Callable[[Any], T],
        timeout: float,
    ) -> Command[T]:
        """Send a command.

        Parameters
        ----------
        name
            The method's name here.
        method, args
            The method that the page calls, and its arguments.
        parse
            Turns the page's result into the command's.
        timeout
            Seconds after which the command fails.
        """
        number = next(self._ids)
        command: Command[T] = Command(name, self.probe(), lambda: self._withdraw(number))
        entry = _Pending(
            number=number,
            command=command,
            parse=parse,
            message=_page_protocol.Command(id=number, name=method, args=list(args)),
            timeout=timeout,
            timer=_timer(HANDSHAKE, self._expire, number),
        )
        self._pending[number] = entry
        if self._page is None:
            entry.timer.start()
        else:
            self._hand_over(entry, self._page)
        return command

    def held(self, number: int, why: str) -> None:
        """Note that a page has a command, and cannot carry it out yet."""
        entry = self._pending.get(number)
        if entry is not None and not entry.begun:
            entry.command.held_by = why
            self._arm(entry, HELD)

    def begun(self, number: int) -> None:
        """Note that a page carries a command out: its time runs from now on."""
        entry = self._pending.get(number)
        if entry is not None:
            entry.begun, entry.command.held_by = True, ""
            self._arm(entry, entry.timeout)

    def reply(self, reply: Reply) -> None:
        """Settle the command of a reply; the reply to an unknown one came too late."""
        entry = self._pending.pop(reply.id, None)
        if entry is None:
            return
        command, error = entry.command, reply.error
        entry.timer.cancel()
        if error is None:
            try:
                command.resolve(entry.parse(reply.result))
            except (AttributeError, KeyError, TypeError, ValueError) as problem:
                command.reject(
                    CommandError(f"{command.name}: the page's answer is malformed: {problem}")
                )
            return
        words = error.message or "the page gave no reason"
        if error.kind == NotJoinedError.kind:
            command.reject(not_joined(error.cause or error.kind, words))
            return
        refusal = failed(error.kind, words)
        # The page says that it was refused, and the server why.
        refusal.kind = error.cause or error.kind
        command.reject(refusal)

    def heard(self) -> None:
        """Note that a message of the page has arrived: its replies arrive, too."""
        probes, self._probes = self._probes, []
        for probe, timer in probes:
            timer.cancel()
            with suppress(InvalidStateError):
                probe.set_result(True)

    def close(self, error: CommandError) -> None:
        """Fail all commands."""
        self.heard()
        self._waiting.clear()
        while self._pending:
            _, entry = self._pending.popitem()
            entry.timer.cancel()
            entry.command.reject(error)

    def drop(self, error: CommandError) -> None:
        """Fail the commands that no page has begun."""
        for entry in [one for one in self._pending.values() if not one.begun]:
            if self._pending.pop(entry.number, None) is not None:
                entry.timer.cancel()
                entry.command.reject(error)
                if entry.page is not None:
                    self._send(entry.page, Withdrawn(id=entry.number))

    def _withdraw(self, number: int) -> bool:
        entry = self._pending.get(number)
        if entry is None or entry.page is not None:
            return False
        del self._pending[number]
        entry.timer.cancel()
        return True

    def _hand_over(self, entry: _Pending, page: str) -> None:
        entry.page = page
        self._arm(entry, entry.timeout)
        self._send(page, entry.message)

    def _arm(self, entry: _Pending, seconds: float) -> None:
        entry.timer.cancel()
        entry.timer = _timer(seconds, self._expire, entry.number)
        entry.timer.start()

    def probe(self) -> Future[bool]:
        probe: Future[bool] = Future()
        # A page that is still to come has time to appear, and then to answer. Without a page it is the
        # command that fails, with the better reason.
        patience = PROBE if self._page is not None else HANDSHAKE + PROBE
        timer = _timer(patience, self._unheard, probe)
        self._probes.append((probe, timer))
        timer.start()
        self.ask()
        return probe

    def _unheard(self, probe: Future[bool]) -> None:
        self._probes = [entry for entry in self._probes if entry[0] is not probe]
        with suppress(InvalidStateError):
            probe.set_result(False)

    def _expire(self, number: int) -> None:
        entry = self._pending.get(number)
        # It may have got a newer timer meanwhile.
        if entry is None or entry.timer is not threading.current_thread():
            return
        del self._pending[number]
        command = entry.command
        if entry.page is None:
            command.reject(
                NoFrontEndError(
                    f"{command.name}: no notebook page shows this meeting: display it in a cell, for "
                    "example by writing its name on the cell's last line"
                )
            )
            return
        seconds = entry.timer.interval
        last = f" Before that, {command.held_by}." if command.held_by else ""
        command.reject(
            CommandTimeoutError(
                f"{command.name}: the meeting's page gave no answer in {seconds:g} s.{last}"
            )
        )


def _timer(seconds: float, function: Callable[..., None], *args: object) -> threading.Timer:
    timer = threading.Timer(seconds, function, args)
    timer.daemon = True
    return timer
