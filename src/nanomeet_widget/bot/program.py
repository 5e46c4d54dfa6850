"""The participant that a program broadcasts with: ProgramBot."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from nanomeet_widget._errors import not_joined
from nanomeet_widget._server_address import Address
from nanomeet_widget.bot.bot import Bot
from nanomeet_widget.server.protocol import common, meeting

#: Seconds: the server confirms a start with the first picture, for which it waits 20.
_START = 25.0


class ProgramBot(Bot):
    """A bot in the audience that may broadcast what a program sends.

    Parameters
    ----------
    token : str
        A moderator's token.
    on_granted : callable
        Gets what the program sends with.
    on_show : callable
        Gets what viewers are to see.
    **joining : object
        As `Bot` has it.
    """

    def __init__(
        self,
        token: str,
        *,
        on_granted: Callable[[meeting.IngestGranted], None],
        on_show: Callable[[common.Shows], None],
        **joining: Any,  # noqa: ANN401 - as `Bot` has them
    ) -> None:
        super().__init__(token, **joining)
        self._on_granted, self._on_show = on_granted, on_show

    @property
    def ingest(self) -> Address:
        """The server's ingest socket."""
        return self._address.beside("ingest")

    async def begin_broadcast(self, options: common.BroadcastOptions) -> None:
        """Begin a broadcast of this program, on the bot's event loop.

        Parameters
        ----------
        options : BroadcastOptions
            How to broadcast.

        Raises
        ------
        CommandError
            If the server refuses it, or it is not live in time.
        """
        session = self._session
        if session is None:
            raise not_joined("not_joined", "broadcast: the bot has not joined")
        request = meeting.StartBroadcast(options=options, program=True)
        await session.ask(request, timeout=_START)

    def say_shown(self, shows: common.Shows) -> None:
        """Tell the server what viewers see from now on; from any thread.

        Parameters
        ----------
        shows : Shows
            What they see.
        """
        session = self._session
        if session is not None:
            with suppress(RuntimeError):  # its loop has ended
                session.loop.call_soon_threadsafe(session.say, meeting.BroadcastShown(shows=shows))

    def _overhear(self, message: meeting.ServerMessage) -> None:
        if isinstance(message, meeting.IngestGranted) and message.purpose == "broadcast":
            self._on_granted(message)
        elif isinstance(message, meeting.ShowBroadcast):
            self._on_show(message.shows)
