"""What a program shows in a meeting: its own pictures as a screen, or in place of the camera."""

from __future__ import annotations

import contextvars
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from nanomeet_widget._command import Command
from nanomeet_widget._errors import CommandError, NanoMeetError, StreamError
from nanomeet_widget._server_address import Address
from nanomeet_widget.media.sender import Sender, SendStats

if TYPE_CHECKING:
    from typing_extensions import Self


class Show:
    """What a program shows in a meeting: what `present` and `process_video` return.

    It begins by itself, and ends with its source. Leaving ``with`` or ``async with`` stops it, and so does
    `stop`. An error of the source ends it: its traceback appears below the cell, and `error` has it.

    Parameters
    ----------
    name : str
        The method that was called.
    sender : Sender
        What sends it.
    address : callable
        Returns where the meeting's server is reached.
    closes : callable
        Ends it in the meeting: gets this, and whether an error ended it.
    page_gone : callable
        Says what to do if the meeting's page is gone; None while it is there.

    Attributes
    ----------
    opened : Command
        Settles once the meeting's page has a place for it, or fails: with the reason, if it cannot be shown.
    """

    def __init__(
        self,
        *,
        name: str,
        sender: Sender | None,
        address: Callable[[], Address],
        closes: Callable[[Show, bool], object],
        page_gone: Callable[[], str | None],
    ) -> None:
        self._name = name
        self._sender = sender
        self._address = address
        self._closes = closes
        self._page_gone = page_gone
        self._lock = threading.Lock()
        self._over = False
        self._error: BaseException | None = None
        # Where errors appear: below the cell that began it, whichever runs meanwhile.
        self._cell = contextvars.copy_context()
        self.stream = ""
        self.opened: Command[None]
        if sender is not None:
            sender.ended.add_done_callback(lambda done: self._ended(done.exception()))

    @property
    def state(self) -> str:
        """``starting``, ``showing`` or ``ended``; ``asked`` once you are asked whether to show an output."""
        if self._over:
            return "ended"
        if self._sender is None and self.opened.done():
            return "asked"
        return "showing" if self.opened.done() else "starting"

    @property
    def error(self) -> BaseException | None:
        """What ended it; None while it goes on, and if nothing failed."""
        return self._error

    @property
    def stats(self) -> SendStats:
        """How sending goes: pictures sent and dropped, their rate, and what cannot keep up.

        All zero for an output of the notebook, which the browser captures itself.
        """
        return SendStats() if self._sender is None else self._sender.stats

    def stop(self) -> None:
        """Show it no longer. It takes effect at once, and is safe from any thread."""
        self._finish(None, failed=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.stop()
        if kind is None and self._error is not None:
            raise self._error

    async def __aenter__(self) -> Self:
        await self.opened
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.__exit__(kind)

    def __repr__(self) -> str:
        stats = self.stats
        picture = f" {stats.width}x{stats.height} at {stats.fps:.1f}/s" if stats.width else ""
        why = f": {self._error}" if self._error is not None else picture
        return f"<{self._name}: {self.state}{why}>"

    # --- what the meeting tells ----------------------------------------------------------------

    def begin(self, stream: str, ticket: str) -> None:
        """Begin to send, as the meeting has a place for it.

        Parameters
        ----------
        stream : str
            The stream's name.
        ticket : str
            What to send with.
        """
        self.stream = stream
        if self._over:
            self._closes(self, False)
            return
        if self._sender is None:
            return
        try:
            address = self._address().beside("ingest")
            self._sender.start(address.url, ticket, origin=address.origin, verify=address.verify)
        except (NanoMeetError, OSError) as error:
            self._finish(StreamError(f"{self._name}: {error}"), failed=True)

    def settled(self, asked: Command[None]) -> None:
        """End if the meeting has no place for it.

        Parameters
        ----------
        asked : Command
            The question to the meeting.
        """
        error = asked.exception()
        if error is not None:
            self._finish(error, failed=False, tell=False)

    def closed(self, message: str, *, failed: bool) -> None:
        """End, as the meeting shows it no longer.

        Parameters
        ----------
        message : str
            Why.
        failed : bool
            Whether that was an error.
        """
        error = StreamError(f"{self._name}: {message}") if failed else None
        self._finish(error, failed=failed, tell=False)

    def replaced(self) -> None:
        """End, as another one takes its place."""
        self._finish(None, failed=False, tell=False)

    def _ended(self, error: BaseException | None) -> None:
        failed = error is not None
        if error is None and (why := self._page_gone()):
            error = StreamError(f"{self._name}: {why}")
        self._finish(error, failed=failed)

    def _finish(self, error: BaseException | None, *, failed: bool, tell: bool = True) -> None:
        with self._lock:
            if self._over:
                return
            self._over, self._error = True, error
        if self._sender is not None:
            self._sender.stop()
        if error is not None and not isinstance(error, CommandError):
            self._cell.copy().run(self._print, error)
        if tell and self.stream:
            self._closes(self, failed)

    def _print(self, error: BaseException) -> None:
        """Show an error where the user reads: below the cell, or in the terminal."""
        if isinstance(error, NanoMeetError):
            words = f"{self._name} has ended: {type(error).__name__}: {error}\n"
        else:
            trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
            words = f"{self._name} has ended by an error of your program:\n{trace}"
        with suppress(Exception):
            sys.stderr.write(words)
            sys.stderr.flush()
