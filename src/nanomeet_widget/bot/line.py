"""The connection to the server: it joins, stays alive, comes back after a drop, and knows when to end.

It does what a page does (`js/src/meeting/room/signalling.ts`); `docs/signalling.md` describes both.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import msgspec
from tornado import websocket

from nanomeet_widget import _json, _sockets
from nanomeet_widget._attempts import Attempts
from nanomeet_widget._errors import CommandError, failed
from nanomeet_widget.server.protocol import classroom, common, meeting

#: Seconds before each attempt to come back; the last repeats. Up to `_JITTER` of it is added.
_DELAYS = (0.0, 0.3, 1.0, 2.0, 3.0)
_JITTER = 0.3
#: Seconds between two pings, and to the answer of one.
_PING = 5.0
_PONG = 10.0
#: Seconds of trouble after which it gives up: before it was ever in the room, and afterwards.
_PATIENCE_NEW = 20.0
_PATIENCE_JOINED = 120.0
#: Rooms to which the server may send a bot on, one after the other, before it has entered one.
_MOVES = 5
#: Seconds for the answer to a request.
ANSWER = 10.0

#: Why no one enters at the moment: a person may try again, a loop must not.
_NOT_ADMITTED = frozenset({"room_full", "lobby_full", "room_closed"})

Answer = (
    meeting.Ack
    | meeting.InviteCreated
    | meeting.RemovalPlanned
    | meeting.ReadingOpened
    | classroom.PollOpened
    | classroom.PollVotes
    | classroom.HandCalled
)

_decode = _json.guarded(msgspec.json.Decoder(meeting.ServerMessage).decode)
_logger = logging.getLogger("nanomeet_widget")


class Connection(Enum):
    """Where the connection stands."""

    CONNECTING = "connecting"
    LOCKED = "locked"
    WAITING = "waiting"
    JOINED = "joined"
    MOVING = "moving"
    RECONNECTING = "reconnecting"


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Why the connection has ended for good.

    Attributes
    ----------
    kind : str
        A `ByeKind`, or ``server_unreachable``, ``password_required``, ``wrong_password``,
        ``too_many_attempts``.
    message : str
        In plain words.
    """

    kind: str
    message: str


class Line:
    """A connection to a room, over as many WebSockets as it takes.

    Parameters
    ----------
    url : str
        The WebSocket's URL.
    origin : str
        What the `Origin` header says.
    trust : ssl.SSLContext or None
        What the server's certificate is checked with.
    credentials : callable
        Returns the `Join` to begin with; called at every attempt.
    hear : callable
        Gets every message of the server that is not for this class alone.
    moved : callable
        Gets the connection's new state, before the message that made it.
    """

    def __init__(
        self,
        *,
        url: str,
        origin: str,
        trust: ssl.SSLContext | None,
        credentials: Callable[[], meeting.Join],
        hear: Callable[[meeting.ServerMessage], None],
        moved: Callable[[Connection], None],
    ) -> None:
        self._url = url
        self._origin = origin
        self._trust = trust
        self._credentials = credentials
        self._hear_message = hear
        self._moved = moved
        self._state = Connection.CONNECTING
        self._socket: websocket.WebSocketClientConnection | None = None
        self._over: asyncio.Future[Ending | None] | None = None
        self._silence: asyncio.TimerHandle | None = None
        self._refs = itertools.count(1)
        self._pending: dict[int, asyncio.Future[Answer]] = {}
        self._resume: str | None = None
        #: The token of the group in which the bot is; None in the main room.
        self._ticket: str | None = None
        #: How often it was sent on since it entered a room.
        self._moves = 0
        self._ever_joined = False
        self._tried_password = False
        #: What went wrong with the last attempt, for the error when it gives up.
        self._trouble = ""
        #: Whether the current WebSocket has got as far as the room, its lobby, or its question.
        self._arrived = False

    @property
    def state(self) -> Connection:
        """Where the connection stands."""
        return self._state

    async def run(self) -> Ending:
        """Join and stay, until it ends for good.

        Returns
        -------
        Ending
            Why it ended.
        """
        attempts = Attempts(_DELAYS, jitter=_JITTER)
        while True:
            self._arrived = False
            ending = await self._attempt()
            self._fail_pending(
                "connection_lost", "The connection was lost: check what took effect."
            )
            if ending is not None:
                return ending
            if self._arrived:
                attempts.stood()
            patience = _PATIENCE_JOINED if self._ever_joined else _PATIENCE_NEW
            if attempts.trouble > patience:
                return self._unreachable()
            self._move(Connection.RECONNECTING)
            await attempts.pause()

    async def ask(self, request: common.Request, *, timeout: float = ANSWER) -> Answer:
        """Send a request, and wait for its answer.

        Parameters
        ----------
        request : Request
            The request, without its `ref`.
        timeout : float
            Seconds to wait.

        Returns
        -------
        Answer
            What the server answered.

        Raises
        ------
        CommandError
            If the server refuses it, does not answer in time, or the connection is lost.
        """
        ref = next(self._refs)
        text = common.encode(msgspec.structs.replace(request, ref=ref))
        if len(text) > common.MAX_TEXT_FRAME:
            raise failed("invalid", "This is too long to be sent.")
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._pending[ref] = answer
        self._write(text)
        try:
            return await asyncio.wait_for(answer, timeout)
        except asyncio.TimeoutError:
            words = f"The server did not answer in {timeout:g} s: check whether it took effect."
            raise failed("timeout", words) from None
        finally:
            self._pending.pop(ref, None)

    def say(self, message: common.Message) -> None:
        """Send what has no answer, if the connection stands.

        Parameters
        ----------
        message : Message
            The message.
        """
        self._write(common.encode(message))

    async def leave(self) -> None:
        """Give the place up, and wait a moment until the server has confirmed it."""
        over = self._over
        if over is not None and self._socket is not None:
            self._write(common.encode(meeting.Leave()))
            await asyncio.wait({over}, timeout=_sockets.FAREWELL)

    # --- one WebSocket ------------------------------------------------------------------------

    async def _attempt(self) -> Ending | None:
        """Connect, and stay connected; return why it ended, or None if the connection was lost."""
        loop = asyncio.get_running_loop()
        over: asyncio.Future[Ending | None] = loop.create_future()
        closed: asyncio.Future[None] = loop.create_future()
        self._over = over
        try:
            socket = await _sockets.connect(
                self._url,
                origin=self._origin,
                trust=self._trust,
                receive=lambda data: self._receive(over, closed, data),
            )
        except _sockets.UNREACHABLE as error:
            self._trouble = _sockets.words(error)
            # A certificate does not become trusted by waiting; one that was may be renewed.
            final = isinstance(error, ssl.SSLCertVerificationError) and not self._ever_joined
            return self._unreachable() if final else None
        pinging = asyncio.ensure_future(self._ping())
        ending: Ending | None = None
        try:
            self._socket = socket
            self._join()
            ending = await over
        except asyncio.CancelledError:
            ending = _LEFT
            self._write(common.encode(meeting.Leave()))
            raise
        finally:
            pinging.cancel()
            self._hush()
            self._socket = self._over = None
            await _sockets.end(socket, closed, within=0 if ending is None else _sockets.FAREWELL)
        return ending

    def _join(self) -> None:
        join = self._credentials()
        if self._ticket is not None:
            join.token = self._ticket
        self._tried_password = join.password is not None
        self._expect_word(_sockets.OPEN)
        self._write(common.encode(msgspec.structs.replace(join, resume=self._resume)))

    async def _ping(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(_PING)
            self._write(common.encode(common.Ping(t=clock())))
            if self._silence is None:
                self._expect_word(_PONG)

    def _receive(
        self,
        over: asyncio.Future[Ending | None],
        closed: asyncio.Future[None],
        data: str | bytes | None,
    ) -> None:
        if data is None and not closed.done():
            closed.set_result(None)
        if over is not self._over or over.done():
            return  # what comes after the end, or from a connection that was given up
        if data is None:
            self._trouble = self._trouble or "it closed the connection"
            self._end(None)
            return
        self._hush()
        try:
            message: meeting.ServerMessage = _decode(data)
        except _json.NotJsonError:
            # A newer server may say more. What this version cannot do without, it misses in time.
            _logger.debug("passed over a message of the meeting's server that cannot be read")
            if self._state in {Connection.CONNECTING, Connection.RECONNECTING}:
                self._trouble = "its answer to the join cannot be read: is it the same version?"
                self._expect_word(_sockets.OPEN)
            return
        try:
            self._take(message)
        except Exception:
            _logger.exception("a message of the meeting's server was not handled")

    def _take(self, message: meeting.ServerMessage) -> None:
        if isinstance(message, common.Pong):
            return
        if isinstance(message, Answer):
            self._settle(message.ref, message)
        elif isinstance(message, common.Error) and message.ref is not None:
            self._settle(message.ref, failed(message.kind, message.message))
        elif isinstance(message, classroom.Moved):
            self._go(message)
        elif isinstance(message, meeting.Bye):
            self._part(message)
        else:
            self._enter(message)

    def _part(self, message: meeting.Bye) -> None:
        self._trouble = message.message
        if message.kind == "token_rejected" and self._ticket is not None:
            # The group was closed: the way back begins with the bot's own token.
            self._ticket = self._resume = None
            self._hear_message(classroom.Moved(group=None, name="", token=""))
            self._end(None)
            return
        # A bot that is kept out by a full or locked room does not ask again and again.
        again = message.retry and message.kind not in _NOT_ADMITTED
        self._end(None if again else Ending(kind=message.kind, message=message.message))

    def _enter(self, message: meeting.ServerMessage) -> None:
        """Hear what is said of the room, or on the way into it."""
        if isinstance(message, meeting.Welcome):
            self._resume, self._ever_joined, self._moves = message.resume, True, 0
            self._arrive(Connection.JOINED)
        elif isinstance(message, meeting.Waiting):
            self._arrive(Connection.WAITING)
        elif isinstance(message, meeting.PasswordRequired):
            self._arrive(Connection.LOCKED)
            self._hear_message(message)
            self._end(_WRONG if message.wrong else _LOCKED)
            return
        elif isinstance(message, common.Error) and self._tried_password and not self._arrived:
            self._end(Ending(kind=message.kind, message=message.message))
            return
        self._hear_message(message)

    def _go(self, to: classroom.Moved) -> None:
        """Join another room of the meeting, over the same connection."""
        self._ticket = None if to.group is None else to.token
        self._resume = None
        self._moves += 1
        self._fail_pending("moved", "The bot was moved to another room of the meeting: ask again.")
        self._move(Connection.MOVING)
        self._hear_message(to)
        if self._moves > _MOVES:
            self._trouble = "it sends the bot from room to room"
            self._end(None)
        else:
            self._join()

    def _unreachable(self) -> Ending:
        return Ending(
            kind="server_unreachable",
            message=f"The meeting's server cannot be reached ({self._trouble}). Check your "
            "network and the server's address, then join again.",
        )

    def _arrive(self, state: Connection) -> None:
        self._arrived = True
        self._trouble = ""
        self._move(state)

    def _settle(self, ref: int, outcome: Answer | CommandError) -> None:
        answer = self._pending.get(ref)
        if answer is None or answer.done():
            return
        if isinstance(outcome, CommandError):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)

    def _fail_pending(self, kind: str, message: str) -> None:
        for ref in list(self._pending):
            self._settle(ref, failed(kind, message))

    def _expect_word(self, within: float) -> None:
        self._hush()
        self._silence = asyncio.get_running_loop().call_later(within, self._silent)

    def _hush(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _silent(self) -> None:
        self._silence = None
        self._trouble = self._trouble or "it does not answer"
        self._end(None)

    def _end(self, ending: Ending | None) -> None:
        if self._over is not None and not self._over.done():
            self._over.set_result(ending)

    def _write(self, text: bytes) -> None:
        if self._socket is not None:
            _sockets.write(self._socket, text)

    def _move(self, state: Connection) -> None:
        if state is not self._state:
            self._state = state
            self._moved(state)


_LEFT = Ending(kind="left", message="The bot left the meeting.")
_LOCKED = Ending(
    kind="password_required", message="The room requires a password: pass password=... to the bot."
)
_WRONG = Ending(
    kind="wrong_password", message="The room's password is another one: ask a moderator for it."
)
