"""A participant without a browser: Bot."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import traitlets as t

from nanomeet_widget import _page_protocol, _texts, _tokens
from nanomeet_widget._callbacks import Guard
from nanomeet_widget._command import Command, refused
from nanomeet_widget._commands import CONFIRM
from nanomeet_widget._errors import (
    IllegalStepError,
    NotJoinedError,
    not_joined,
)
from nanomeet_widget._meeting_state import State, state
from nanomeet_widget._models import SecretText
from nanomeet_widget._page_protocol import Status
from nanomeet_widget._participation import Participation
from nanomeet_widget._progress import progress
from nanomeet_widget._server_address import Address
from nanomeet_widget._states import MeetingStatus
from nanomeet_widget.bot import address
from nanomeet_widget.bot.background import BackgroundLoop
from nanomeet_widget.bot.command_queue import PATIENCE, Given
from nanomeet_widget.bot.session import Session
from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.services import Service

if TYPE_CHECKING:
    from typing_extensions import Self

T = TypeVar("T")

_AGAIN = "call join() to join again"
#: Bytes of the name by which a server recognises a bot that comes back.
_PERSON = 16
_OVER = frozenset({MeetingStatus.LEFT, MeetingStatus.FAILED})

_logger = logging.getLogger("nanomeet_widget")


class Bot(Participation):
    """A participant without a browser: it sees who is there, reads and writes the chat, and moderates.

    It joins the audience, and sends neither picture nor sound. It has the commands, the state and
    the events of `NanoMeet`; what takes a browser fails with a `CommandRefusedError` of the kind
    ``"unsupported"``. It needs the embedded server.

    In a coroutine or a notebook, use ``async with`` and await its commands. In a script, use ``with``:
    the bot runs in a thread of its own, and `Command.wait` waits for a command. Both join, and leave at
    the end. Callbacks run on the bot's event loop: one that takes long delays the bot.

    Parameters
    ----------
    token : str
        A token from `create_room` or `create_invite`. Several bots may use one: each is a
        participant of its own.
    display_name : str, optional
        The name that the others see; one of more than 64 characters is cut. Without one the server
        chooses.
    password : str, optional
        The room's password, if it has one.
    server : str, optional
        The server that you expect the token to be for. Required if nothing here uses that server yet:
        the bot sends it the token.
    service : Service, optional
        What made the token, if it is not `services.current()`.
    verify : bool or str, optional
        Whether to check the certificate of the server, or the path of its authority's; by default what
        the service has.

    Attributes
    ----------
    own_id : str
        Your id, as `participants` has it; empty while the room is not joined.
    status : MeetingStatus
        Where the bot stands. It is ``joining`` while a lost connection may come back, and ``joined``
        exactly while commands work.
    broadcast : BroadcastStatus
        Where the room's broadcast stands.
    playout : Playout or None
        Where the broadcast can be watched, once it is live.
    broadcast_shows : str
        What its viewers see: ``"stage"``, or a card in its place, ``"soon"`` or ``"paused"``.
    moderator : bool
        Whether the bot is a moderator.
    room : str
        The room's name, as the token says.
    participants : list of dict
        Everyone in the room, as for `NanoMeet`; the bot itself, too.
    subject : str
        The room's subject; empty if there is none.
    hands : list of str
        The ids of participants with a raised hand, the first one first.
    lobby : list of dict
        Participants who wait to be let in: ``id`` and ``display_name``. Known to moderators.
    chat : list of dict
        The newest 500 messages that the bot can read, oldest first, as for `NanoMeet`.
    groups : list of dict
        The groups of the meeting, none if they are closed: ``id, name`` and ``people``, dicts of ``id,
        display_name`` and ``here``, whether they are in the group's room. Embedded server only.
    groups_end : datetime.datetime or None
        When everyone comes back from the groups by themselves (UTC).
    group, own_group : str or None
        The name of the group in whose room you are, and of the one to which you belong; None for the main
        room, and for no group.
    polls : list of dict
        The polls of the meeting, oldest first, as for `NanoMeet`.
    roster : list of dict
        The people with personal links to the room: ``id, name, moderator`` and ``here``, the ids of
        `participants` who they are now; several, if their link is used in several browsers. Known to
        moderators; embedded server only.
    check_in : dict or None
        The check-in that goes on: ``id, question, since`` (seconds since the epoch) and ``done``, the ids of
        `participants` who are done. Others than moderators know only of themselves. Embedded server only.
    readers : list of dict
        The programs that read pictures or sound of the meeting, as for `NanoMeet`.
    talk_times : dict of str to float
        For how many seconds each participant has spoken in this meeting, by their ids. Known to moderators,
        if the room keeps it: ``create_room(records="all")``.
    broadcast_stats : None
        No page composes a broadcast here.
    error : dict or None
        Why it failed: ``kind``, ``message`` and ``help``, the address that explains it.

    Raises
    ------
    MalformedTokenError
        If `token` is not a token.
    InvalidInputError
        If the token's server is no embedded server, or unknown, or another argument breaks its rule.

    Examples
    --------
    >>> async with nm.Bot(room.token, display_name="Helper") as bot:
    ...     bot.on("participant_joined", lambda event: bot.send_chat(f"Hello {event.display_name}!"))
    ...     await bot.ended()
    """

    own_id: State[str] = state(t.Unicode(default_value=""))

    def __init__(
        self,
        token: str,
        *,
        display_name: str | None = None,
        password: str | None = None,
        server: str | None = None,
        service: Service | None = None,
        verify: bool | str | None = None,
    ) -> None:
        claims = _tokens.read(token)
        self._token = SecretText(token)
        self._name = (
            "" if display_name is None else _texts.check("display_name", display_name, _ANY)
        )
        self._password: SecretText | None = None
        if password is not None:
            self._password = SecretText(_texts.check("password", password, _texts.PASSWORD))
        self._address = address.of_token(token, service=service, server=server, verify=verify)
        self._guard = Guard(lambda _words: None)
        # The same in every meeting of this bot: the server gives it its place back.
        self._person = secrets.token_urlsafe(_PERSON)
        self._session: Session | None = None
        self._background: BackgroundLoop | None = None
        super().__init__()
        self._tell(room=claims.room, moderator=claims.moderator)

    def join(self) -> Command[None]:
        """Join the meeting, on the event loop that runs here; ``with`` and ``async with`` do it.

        Commands that are given afterwards wait for it.

        Returns
        -------
        Command[None]
            Settles once the bot is in the room. It fails with a `NotJoinedError` if it cannot join, and
            after five minutes in the lobby, where it goes on waiting.
        """
        session = self._session
        if session is None or session.over.done():
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                return refused(
                    "join",
                    NotJoinedError("join: no event loop runs here: use `with Bot(...) as bot:`"),
                )
            session = self._begin()
        command: Command[None] = Command("join", None, why_await=self._why_await)
        late = session.loop.call_later(PATIENCE, self._late, command)
        command.add_done_callback(lambda _: _cancel(session.loop, late))
        session.joined.add_done_callback(lambda done: _pass_on(done, command))
        return command

    def ended(self) -> Command[MeetingStatus]:
        """Wait until the bot has left, or the meeting has ended for it.

        Returns
        -------
        Command[MeetingStatus]
            Gives the status: ``left``, or ``failed``, as `error` explains. At the latest, it settles when
            the token expires.
        """
        session = self._session
        command: Command[MeetingStatus] = Command("ended", None, why_await=self._why_await)
        if session is None:
            return refused("ended", self._why_not_begun("ended"))
        session.over.add_done_callback(lambda _: command.resolve(self.status))
        return command

    def leave(self) -> Command[None]:
        """Leave the meeting.

        Earlier commands are carried out first, unless they wait for a moderator who lets the bot in.

        Returns
        -------
        Command[None]
            Settles once the server has confirmed it, or two seconds later.
        """
        session = self._session
        if session is None or session.over.done():
            command: Command[None] = Command("leave")
            command.resolve(None)
            return command
        return super().leave()

    def close(self) -> None:
        """Leave at once; commands that wait fail. From any thread."""
        session = self._session
        if session is not None and not session.over.done():
            with suppress(RuntimeError):  # its loop has ended
                session.loop.call_soon_threadsafe(session.stop)

    async def __aenter__(self) -> Self:
        try:
            await self.join()
        except BaseException:
            await self._finish()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                await self.leave()
        finally:
            await self._finish()

    def __enter__(self) -> Self:
        self._background = background = BackgroundLoop()
        try:
            with progress(f"Joining {self.room}…"):
                background.run(self.__aenter__())
        except BaseException:
            background.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        background, self._background = self._background, None
        if background is not None:
            try:
                background.run(self.__aexit__(kind))
            finally:
                background.close()

    def __repr__(self) -> str:
        name = f" {self._name!r}" if self._name else ""
        return f"<Bot{name} in {self.room}: {self.status}>"

    # --- how it works -------------------------------------------------------------------------

    def _begin(self) -> Session:
        self._follow(Status(status=MeetingStatus.LOADING))
        self._follow(Status(status=MeetingStatus.JOINING))
        self._session = Session(
            self._address,
            room=self.room,
            credentials=self._join,
            tell=self._follow,
            overhear=self._overhear,
        )
        return self._session

    def _overhear(self, message: meeting.ServerMessage) -> None:
        """Get each message of the server, for what `ProgramBot` adds."""

    async def _finish(self) -> None:
        """Leave at once, and wait until nothing of it is left."""
        session = self._session
        if session is not None and not session.over.done():
            session.stop()
            await asyncio.wrap_future(session.over)
        # The socket's own callbacks run in the loop's next turns.
        await asyncio.sleep(0)

    def _join(self) -> meeting.Join:
        return meeting.Join(
            v=common.VERSION,
            token=str(self._token),
            name=self._name,
            password=None if self._password is None else str(self._password),
            person=self._person,
            composes=False,
            audience=True,
            watches=False,
        )

    def _follow(self, told: _page_protocol.Message) -> None:
        try:
            self.FOLLOWS[type(told)](self, told)
        except IllegalStepError as error:
            _logger.warning("ignored what the meeting's server told: %s", error)
        own_id = self._session.own_id if self._session is not None else ""
        if own_id != self.own_id:
            self._tell(own_id=own_id)

    def _watch(self, *, alive: bool) -> None:
        """Do nothing: the connection itself notices when the server is gone."""

    def _own_token(self) -> str | None:
        return self._token

    def _server_address(self) -> Address:
        return self._address

    def _awaited(self, name: str) -> Command[Any]:
        return Command(name, None, why_await=self._why_await)

    def _other_engine(self) -> str | None:
        return None

    def _command(
        self,
        name: str,
        parse: Callable[[Any], T],
        method: str,
        *args: object,
        timeout: float = CONFIRM,
        moderator: bool = False,
    ) -> Command[T]:
        del timeout  # `Session` has its own, which are shorter
        session = self._session
        if session is None:
            return refused(name, self._why_not_begun(name))
        if self.status in _OVER or session.over.done():
            return refused(name, self._why_over(name, _AGAIN))
        if moderator and (refusal := self._why_no_moderator(name, "the bot is")):
            return refused(name, refusal)
        command: Command[T] = Command(
            name, None, lambda: session.queue.withdraw(given), self._why_await
        )
        given = Given(command=command, method=method, args=args, parse=parse)
        try:
            if _running() is session.loop:
                session.add(given)
            else:
                session.loop.call_soon_threadsafe(session.add, given)
        except RuntimeError:
            return refused(name, NotJoinedError(f"{name}: the bot's event loop has ended"))
        return command

    def _late(self, command: Command[None]) -> None:
        waiting = self.status is MeetingStatus.WAITING
        where = ": it waits in the lobby for a moderator" if waiting else ""
        words = f"join: the room is not joined after {PATIENCE / 60:g} minutes{where}"
        command.reject(not_joined("waiting" if waiting else "not_joined", words))

    def _why_not_begun(self, name: str) -> NotJoinedError:
        words = "use `async with Bot(...) as bot:`, `with` in a script, or call join() first"
        return NotJoinedError(f"{name}: the bot has not joined: {words}")

    def _why_await(self) -> str | None:
        session = self._session
        if session is None or _running() is not session.loop:
            return None
        return (
            "the bot runs on this thread's event loop, which waiting would stop: await the command"
        )


#: A name that is too long is cut by the server.
_ANY = _texts.Length(most=10_000)


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _cancel(loop: asyncio.AbstractEventLoop, timer: asyncio.TimerHandle) -> None:
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(timer.cancel)


def _pass_on(done: Future[None], command: Command[None]) -> None:
    error = done.exception()
    if error is None:
        command.resolve(None)
    else:
        command.reject(error)
