"""A bot's way through one meeting, from joining to its end, on one event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any

import msgspec

from nanomeet_widget import _page_protocol as page
from nanomeet_widget import _sockets
from nanomeet_widget._errors import not_joined
from nanomeet_widget._server_address import Address
from nanomeet_widget._states import MeetingStatus
from nanomeet_widget.bot.command_queue import CommandQueue, Given, verb
from nanomeet_widget.bot.line import ANSWER, Connection, Ending, Line
from nanomeet_widget.bot.requests import requests_for
from nanomeet_widget.bot.room import Room
from nanomeet_widget.server.protocol import classroom, common, meeting

#: Seconds for what takes a recording's last second, or other pages: as the pages have it.
_TIMES = {
    "stopBroadcast": 75.0,
    "nanomeetPauseBroadcast": 30.0,
    "muteEveryone": 20.0,
    # A participant has one minute to agree, and their page 20 seconds for its first picture.
    "nanomeetReadMedia": 85.0,
}
_LEFT = Ending(kind="left", message="The bot left the meeting.")
#: What commands wait for, and whether a person decides on it.
_WAITS = {
    Connection.CONNECTING: ("the bot is joining", False),
    Connection.LOCKED: ("the room requires a password", True),
    Connection.WAITING: ("the bot waits in the lobby for a moderator", True),
    Connection.MOVING: ("the bot is on the way to another room of the meeting", False),
    Connection.RECONNECTING: ("the connection was lost, and the bot is reconnecting", False),
}

_logger = logging.getLogger("nanomeet_widget")


class Session:
    """One bot in one meeting.

    Parameters
    ----------
    address : Address
        Where it joins.
    room : str
        The room's name.
    credentials : callable
        Returns the `Join` to begin with.
    tell : callable
        Gets what happens.
    overhear : callable, optional
        Gets each message of the server, before `tell` gets what it means.
    """

    def __init__(
        self,
        address: Address,
        *,
        room: str,
        credentials: Callable[[], meeting.Join],
        tell: Callable[[page.Message], None],
        overhear: Callable[[meeting.ServerMessage], None] | None = None,
    ) -> None:
        self.loop = asyncio.get_running_loop()
        #: Settles once the room is joined for the first time, or never will be.
        self.joined: Future[None] = Future()
        #: Settles once it is over.
        self.over: Future[None] = Future()
        self._tell_one = tell
        self._overhear = overhear
        self._room = Room(room, address.origin)
        self.queue = CommandQueue(self._carry_out)
        self._line = Line(
            url=address.url,
            origin=address.origin,
            trust=address.trusted(),
            credentials=credentials,
            hear=self._hear,
            moved=self._moved,
        )
        self._leaving: Given | None = None
        self._task = self.loop.create_task(self._run())

    @property
    def own_id(self) -> str:
        """The bot's id; empty outside of the room."""
        return self._room.own_id

    def add(self, given: Given) -> None:
        """Take a command.

        Parameters
        ----------
        given : Given
            The command.
        """
        if self.over.done():
            given.settle(not_joined("left", f"{given.command.name}: the meeting is over"))
            return
        if given.method == "leave":
            _, person = _WAITS.get(self._line.state, ("", False))
            if person or (self._line.state is not Connection.JOINED and not len(self.queue)):
                self._leave(given)
                return
        self.queue.add(given)

    async def ask(self, request: common.Request, *, timeout: float) -> None:
        """Send a request, and wait for its answer; no command waits for it.

        Parameters
        ----------
        request : Request
            The request, without its `ref`.
        timeout : float
            Seconds to wait.

        Raises
        ------
        CommandError
            If the server refuses it, does not answer in time, or the connection is lost.
        """
        await self._line.ask(request, timeout=timeout)

    def say(self, message: common.Message) -> None:
        """Send what has no answer, if the connection stands.

        Parameters
        ----------
        message : Message
            The message.
        """
        self._line.say(message)

    def _leave(self, given: Given) -> None:
        """Leave without having joined."""
        self.queue.refuse("left", "the meeting was left before it was joined")
        self._leaving = given
        self._task.cancel()

    def stop(self) -> None:
        """Leave at once; what waits fails."""
        self._task.cancel()

    async def _run(self) -> None:
        ending = _LEFT
        try:
            ending = await self._line.run()
        except asyncio.CancelledError:
            pass  # the line has said that it leaves
        except Exception as error:
            _logger.exception("a bot's meeting ended by a fault")
            ending = Ending(kind="failed", message=f"{type(error).__name__}: {error}")
        finally:
            self._end(ending)

    def _end(self, ending: Ending) -> None:
        if self._leaving is not None or ending.kind == _LEFT.kind:
            ending = _LEFT
        self.queue.hold("the meeting is over")
        self.queue.refuse(ending.kind, ending.message)
        self._tell(self._room.end(ending))
        if not self.joined.done():
            self.joined.set_exception(not_joined(ending.kind, ending.message))
        if self._leaving is not None:
            self._leaving.settle(None)
        self.over.set_result(None)

    async def _carry_out(self, method: str, args: tuple[Any, ...]) -> object:
        if method == "leave":
            await self._line.leave()
            await asyncio.wait({self._task}, timeout=_sockets.FAREWELL)
            self._task.cancel()
            await asyncio.wait({self._task})
            return None
        if method == "toggle" and args == ("hand",):
            args = ("hand", not self._room.hand)
        answer: object = None
        for request in requests_for(method, args):
            answer = await self._line.ask(request, timeout=_TIMES.get(verb(method, args), ANSWER))
        if isinstance(answer, meeting.ReadingOpened):
            return {"id": answer.id, "stream": answer.stream, "ticket": answer.ticket}
        if isinstance(answer, classroom.PollVotes):
            return {"votes": msgspec.to_builtins(answer.votes)}
        if isinstance(answer, classroom.PollOpened | classroom.HandCalled):
            return {"id": answer.id}
        if method == "setNanoMeetSubject":
            return {"subject": self._room.subject}
        return (
            {"setLobby": {"lobby": bool(args and args[0])}, "toggle": {"on": args[-1]}}.get(method)
            if args
            else None
        )

    def _hear(self, message: meeting.ServerMessage) -> None:
        if self._overhear is not None:
            self._overhear(message)
        self._tell(self._room.hear(message))
        if isinstance(message, meeting.Welcome):
            if not self.joined.done():
                self.joined.set_result(None)
            self.queue.release()
        elif isinstance(message, meeting.ReadingAsked):
            # A bot has no camera and no microphone: the reader need not wait for an answer.
            self._line.say(meeting.AnswerReading(id=message.reading.id, allowed=False, unable=True))

    def _moved(self, connection: Connection) -> None:
        if connection is Connection.JOINED:
            return  # commands begin once the state of the room is known
        waiting = connection is Connection.WAITING
        self.queue.hold(_WAITS[connection][0], kind="waiting" if waiting else "not_joined")
        if connection in {Connection.RECONNECTING, Connection.MOVING}:
            self._tell([page.Status(status=MeetingStatus.JOINING)])
            if self._room.own_id:
                state = {"state": connection.value}
                self._tell([page.Event(name="nanomeetConnection", data=state)])
        elif connection in {Connection.WAITING, Connection.LOCKED}:
            self._tell(self._room.lose())
            # Leaving waits for no person, although it was given earlier.
            if leaving := self.queue.take("leave"):
                self._leave(leaving)

    def _tell(self, told: Iterable[page.Message]) -> None:
        for one in told:
            self._tell_one(one)
