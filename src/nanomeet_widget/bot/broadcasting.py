"""A broadcast of what a program makes, without any page: broadcast and ProgramBroadcast."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from nanomeet_widget import _rooms, _tokens, _validation, services
from nanomeet_widget._command import Command
from nanomeet_widget._commands import check_broadcast
from nanomeet_widget._errors import CommandError, InvalidInputError, NanoMeetError
from nanomeet_widget._models import Codec, Playout
from nanomeet_widget._states import BroadcastStatus, MeetingStatus
from nanomeet_widget.bot.background import BackgroundLoop
from nanomeet_widget.bot.program import ProgramBot
from nanomeet_widget.media.sender import Sender, SendStats
from nanomeet_widget.server.protocol import common, meeting

if TYPE_CHECKING:
    from typing_extensions import Self

    from nanomeet_widget.services import BroadcastTarget, Service

#: Seconds for the server to finish a recording; and for another server to take the first picture.
_OFF, _TAKEN = 75.0, 45.0
_OVER = frozenset({BroadcastStatus.OFF, BroadcastStatus.FAILED})

_logger = logging.getLogger("nanomeet_widget")


def broadcast(
    source: Any,  # noqa: ANN401 - see below
    token: str | None = None,
    *,
    sound: Any = None,  # noqa: ANN401 - see below
    fps: float = 30,
    rate: int = 48_000,
    size: tuple[int, int] | None = None,
    loop: bool = False,
    is_vod: bool = True,
    private: bool = False,
    to: str | Sequence[str] = (),
    codec: Codec | None = None,
    paused: bool = False,
    title: str | None = None,
    display_name: str = "Broadcast",
    password: str | None = None,
    server: str | None = None,
    service: Service | None = None,
    verify: bool | str | None = None,
    on_end: Callable[[BaseException | None], object] | None = None,
) -> ProgramBroadcast:
    """Broadcast pictures and sound that a program makes, without any page.

    Viewers watch it as they watch every broadcast. Encoding runs in a process of its own: a busy cell does
    not stop it. Only the newest picture waits: where the machine or the line is too slow, pictures are
    left out, and none comes late.

    It takes ``pip install "nanomeet-widget[media]"``.

    Parameters
    ----------
    source : object
        What viewers see:

        - an iterator, an async iterator, or a callable, which is called `fps` times a second. Each gives
          a picture, or a pair of a picture and samples; None shows the last picture on. A picture is an
          array of ``uint8``: height by width (grey), by 3 (RGB), or by 4 (RGBA; alpha is ignored). An
          odd height or width grows by one, which repeats the last row or column. Its size may change.
        - an array, which stays as it is
        - a path or an address that FFmpeg reads, with its sound, as quickly as its own clock says
        - a matplotlib figure: viewers see each `draw_event`, drawn by Agg
    token : str, optional
        A moderator's token from `create_room`. Without one, a room is made for it.
    sound : object, optional
        What viewers hear: an iterator, an async iterator or a callable that gives samples, of shape (n,),
        (n, 1) or (n, 2), as ``float32`` from -1 to 1 or ``int16``. A block is taken when as much time has
        passed as the one before was long.
    fps : float, default 30
        At most so many pictures a second, from 1 to 60. A source with a pace of its own, such as a
        camera, keeps it.
    rate : int, default 48000
        Samples a second, in hertz.
    size : tuple of int, optional
        Width and height of what viewers get, both even; a picture of other proportions gets black
        borders. By default that of each picture.
    loop : bool, default False
        Whether a file begins again at its end.
    is_vod : bool, default True
        Whether it is recorded, too.
    private : bool, default False
        Whether viewers need the playout's link. Embedded server only.
    to : str or sequence of str, default ()
        Up to four RTMP addresses to push it to as well. Embedded server only.
    codec : {"h264", "vp9"}, optional
        By default H.264, or VP9 where PyAV has no H.264.
    paused : bool, default False
        Whether viewers first see a card, until `ProgramBroadcast.resume`.
    title : str, optional
        The room's subject, which viewers read above the picture. Embedded server only.
    display_name : str, default "Broadcast"
        What it is called in the room, where it is in the audience.
    password : str, optional
        The room's password, if it has one.
    server : str, optional
        The server that you expect the token to be for; see `Bot`.
    service : Service, optional
        What made the token, or what makes the room.
    verify : bool or str, optional
        Whether to check the server's certificate; see `Bot`.
    on_end : callable, optional
        Called at the end, in another thread, with the error or None.

    Returns
    -------
    ProgramBroadcast
        The broadcast, which begins now. Await it, or use it in a ``with`` or ``async with`` block, to
        wait until it is live.

    Raises
    ------
    InvalidInputError
        If an argument breaks its rule, or no address is known to send to.
    MissingPackageError
        If NumPy is not installed.
    MalformedTokenError
        If `token` is not a token.
    ServiceError
        If there is no token, and no room can be made.

    Notes
    -----
    With the embedded server, the broadcast is sent by a participant in the audience, and in place of the
    stage: the room's audience goes on watching the stage. No page takes it over.

    On nanoStream Cloud and Jitsi, it is sent by RTMP to the service's own ingest.

    Examples
    --------
    >>> def noise():
    ...     return np.random.randint(0, 255, (360, 640, 3), np.uint8)
    >>> with nm.broadcast(noise, room.token) as show:
    ...     print(show.playout.live)
    ...     time.sleep(60)
    """
    for name, flag in (("loop", loop), ("is_vod", is_vod)):
        _validation.check_flag(name, flag)
    targets = check_broadcast(to=to, codec=codec, private=private, paused=paused)
    if codec == "av1":
        raise InvalidInputError('codec: a program sends "h264" or "vp9", not "av1"')
    sender = Sender(
        source,
        sound=sound,
        fps=fps,
        rate=rate,
        size=size,
        loop=loop,
    )
    try:
        if token is None:
            name = f"Broadcast_{secrets.token_hex(4)}"
            token = _rooms.create_room(name, service=service).token
        claims = _tokens.read(token)
        if service is not None:
            services.remember(claims.server, service)
        target = _target(claims, is_vod=is_vod)
        if target is not None:
            _check_pushed({"private": private, "to": targets, "title": title}, codec)
            shows: common.Shows = "soon" if paused else "stage"
            made: ProgramBroadcast = _Pushed(sender, target, shows=shows, on_end=on_end)
        else:
            options = common.BroadcastOptions(
                record=is_vod, private=private, to=targets, codec=codec, paused=paused
            )
            joining = {"password": password, "server": server, "service": service, "verify": verify}
            made = _InRoom(
                sender,
                token,
                options,
                title=title,
                on_end=on_end,
                joining={"display_name": display_name, **joining},
            )
    except BaseException:
        sender.stop()
        raise
    made._begin()  # noqa: SLF001 - of this module
    return made


def _target(claims: _tokens.Claims, *, is_vod: bool) -> BroadcastTarget | None:
    """Return where the token's service is sent to by RTMP; None for the embedded server."""
    try:
        maker = services.maker(claims.server)
    except InvalidInputError:
        # The cloud's ingest is known without its key.
        return services.target(claims.server, claims.streamname, is_vod=is_vod)
    return maker.broadcast_target(claims.streamname, is_vod=is_vod)


def _check_pushed(only: dict[str, object], codec: str | None) -> None:
    """Check what goes by RTMP, which knows no rooms."""
    for name, value in only.items():
        if value:
            raise InvalidInputError(f"{name}: only the embedded server has that")
    if codec not in {None, "h264"}:
        raise InvalidInputError(f'codec: RTMP takes only "h264", not "{codec}"')


class ProgramBroadcast(ABC):
    """A broadcast of what a program makes; `broadcast` returns it.

    Use it in a coroutine and in a notebook with ``await`` and ``async with``; in a script with ``with``,
    and `Command.wait`. It ends by itself when its source does.

    Parameters
    ----------
    sender : Sender
        What sends it.
    on_end : callable, optional
        Called at the end, with the error or None.
    """

    def __init__(
        self, sender: Sender, *, on_end: Callable[[BaseException | None], object] | None
    ) -> None:
        self._sender = sender
        self._on_end = on_end
        self._state = BroadcastStatus.STARTING
        self._playout: Playout | None = None
        self._live: Command[Playout | None] = Command("broadcast", why_await=self._why_await)
        self._ended: Command[None] = Command("broadcast", why_await=self._why_await)
        self._background: BackgroundLoop | None = None
        self._stopping = asyncio.Event()

    @property
    def state(self) -> BroadcastStatus:
        """Where it stands: ``starting``, ``live``, ``stopping``, ``off``, or ``failed`` after an error."""
        return self._state

    @property
    def playout(self) -> Playout | None:
        """Where it can be watched, once it is live; None if the service does not tell."""
        return self._playout

    @property
    def stats(self) -> SendStats:
        """How sending goes: pictures sent and dropped, their rate, and what cannot keep up."""
        return self._sender.stats

    def live(self) -> Command[Playout | None]:
        """Wait until it is live.

        Returns
        -------
        Command[Playout or None]
            Gives where it can be watched. It fails if the source or the server refuses.
        """
        return self._live

    def ended(self) -> Command[None]:
        """Wait until it has ended by itself.

        Returns
        -------
        Command[None]
            Settles once it is off and its recording is complete. It fails with the source's own error if
            that is why.
        """
        return self._ended

    def stop(self) -> Command[None]:
        """End it.

        Returns
        -------
        Command[None]
            As `ended` returns it.
        """
        background = self._background
        if background is not None and not self._ended.done():
            with suppress(RuntimeError):  # it has ended meanwhile
                background.loop.call_soon_threadsafe(self._stopping.set)
        return self._ended

    def pause(self) -> Command[None]:
        """Show viewers a plain card instead, without sound.

        Returns
        -------
        Command[None]
            Settles once viewers see it.
        """
        return self._pause(paused=True)

    def resume(self) -> Command[None]:
        """Show viewers the source, again or for the first time.

        Returns
        -------
        Command[None]
            Settles once viewers see it.
        """
        return self._pause(paused=False)

    def __await__(self) -> Generator[Any, None, Self]:
        yield from self._live.__await__()
        return self

    async def __aenter__(self) -> Self:
        try:
            await self._live
        except BaseException:
            with suppress(Exception):
                await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def __enter__(self) -> Self:
        try:
            self._live.wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop().wait()

    def __repr__(self) -> str:
        stats = self.stats
        picture = f" {stats.width}x{stats.height} at {stats.fps:.1f}/s" if stats.width else ""
        return f"<broadcast: {self._state.value}{picture}>"

    # --- how it works -------------------------------------------------------------------------

    @abstractmethod
    async def _carry(self) -> None:
        """Go live, and return once it has ended or `_stopping` is set."""

    @abstractmethod
    async def _close(self) -> None:
        """End what `_carry` has begun, once nothing is sent any longer."""

    @abstractmethod
    def _pause(self, *, paused: bool) -> Command[None]: ...

    def _begin(self) -> None:
        self._background = BackgroundLoop()
        asyncio.run_coroutine_threadsafe(self._run(), self._background.loop)

    async def _run(self) -> None:
        error: BaseException | None = None
        try:
            await self._carry()
        except Exception as found:  # noqa: BLE001 - the user gets it
            error = found
        self._state = BroadcastStatus.STOPPING
        try:
            error = await self._sent() or error
            await self._close()
        except Exception as found:  # noqa: BLE001 - likewise
            error = error or found
        self._finish(error)
        asyncio.get_running_loop().call_soon(asyncio.get_running_loop().stop)

    async def _sent(self) -> BaseException | None:
        """End the sender, and return its error."""
        self._sender.stop()
        await _done(self._sender.ended)
        return self._sender.ended.exception()

    def _finish(self, error: BaseException | None) -> None:
        self._state = BroadcastStatus.OFF if error is None else BroadcastStatus.FAILED
        if error is not None:
            _show(error)
        if self._on_end is not None:
            try:
                self._on_end(error)
            except Exception:
                _logger.exception("on_end of a broadcast failed")
        if error is None:
            self._live.reject(CommandError("broadcast: it was stopped before it was live"))
            self._ended.resolve(None)
        else:
            self._live.reject(error)
            self._ended.reject(error)

    def _went_live(self, playout: Playout | None) -> None:
        self._state, self._playout = BroadcastStatus.LIVE, playout
        self._live.resolve(playout)

    async def _first_of(self, *events: asyncio.Future[Any], timeout: float | None = None) -> None:
        """Wait for one of these, the sender's end, or a request to stop."""
        stopping = asyncio.ensure_future(self._stopping.wait())
        awaited: set[asyncio.Future[Any]] = {stopping, _done(self._sender.ended), *events}
        await asyncio.wait(awaited, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()

    def _why_await(self) -> str | None:
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            return None
        if here is not self._sender.loop:
            return None
        return "its source runs on this thread's event loop, which waiting would stop: await it"


class _InRoom(ProgramBroadcast):
    """A broadcast of a room of the embedded server, by a bot."""

    def __init__(
        self,
        sender: Sender,
        token: str,
        options: common.BroadcastOptions,
        *,
        title: str | None,
        on_end: Callable[[BaseException | None], object] | None,
        joining: dict[str, Any],
    ) -> None:
        super().__init__(sender, on_end=on_end)
        sender.on_shown = self._say_shown
        self._options, self._title = options, title
        self._granted = False
        self._bot = ProgramBot(token, on_granted=self._send, on_show=self._sender.show, **joining)

    async def _carry(self) -> None:
        bot = self._bot
        off = self._until("broadcast", *_OVER)
        await bot.join()
        if self._title is not None:
            await bot.set_subject(self._title)
        starting = asyncio.ensure_future(bot.begin_broadcast(self._options))
        await self._first_of(starting)
        if not starting.done():
            # The source has ended, or the user has: the server answers once it is stopped.
            starting.add_done_callback(lambda done: done.cancelled() or done.exception())
            return
        await starting
        off.clear()
        self._went_live(bot.playout)
        over = asyncio.ensure_future(off.wait())
        gone = asyncio.ensure_future(bot.ended())
        await self._first_of(over, gone)
        if gone.done() and not self._stopping.is_set() and bot.error is not None:
            raise _left(bot)

    async def _close(self) -> None:
        bot = self._bot
        if self._granted and bot.status is MeetingStatus.JOINED and bot.broadcast not in _OVER:
            await self._switch_off()
        self._playout = bot.playout or self._playout
        if bot.status is MeetingStatus.JOINED:
            await bot.leave()
        else:
            # The server ends what it hears nothing of.
            bot.close()
            await bot.ended()

    def _until(self, trait: str, *values: object) -> asyncio.Event:
        """Return what is set once a trait of the bot has one of these values, or another one, if there are none."""
        event, before = asyncio.Event(), getattr(self._bot, trait)

        def follow(change: dict[str, Any]) -> None:
            new = change["new"]
            if new in values if values else new != before:
                event.set()

        self._bot.observe(follow, trait)
        return event

    async def _switch_off(self) -> None:
        """End it on the server, which finishes its recording; in vain if the connection is lost."""
        bot = self._bot
        off, lost = self._until("broadcast", *_OVER), self._until("status")
        stopping = asyncio.ensure_future(bot.stop_broadcast())
        stopping.add_done_callback(lambda done: done.cancelled() or done.exception())
        waits = [asyncio.ensure_future(event.wait()) for event in (off, lost)]
        await asyncio.wait(waits, timeout=_OFF, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    def _pause(self, *, paused: bool) -> Command[None]:
        return self._bot.pause_broadcast() if paused else self._bot.resume_broadcast()

    def _say_shown(self, shows: common.Shows) -> None:
        self._bot.say_shown(shows)

    def _send(self, granted: meeting.IngestGranted) -> None:
        if self._granted:
            return  # the sender comes back by itself
        self._granted = True
        ingest = self._bot.ingest
        self._sender.start(
            ingest.url,
            granted.ticket,
            origin=ingest.origin,
            verify=ingest.verify,
            codec=granted.codec,
            shows=granted.shows,
        )


class _Pushed(ProgramBroadcast):
    """A broadcast that goes to another server by RTMP."""

    def __init__(
        self,
        sender: Sender,
        target: BroadcastTarget,
        *,
        shows: common.Shows,
        on_end: Callable[[BaseException | None], object] | None,
    ) -> None:
        super().__init__(sender, on_end=on_end)
        self._target, self._shows = target, shows

    async def _carry(self) -> None:
        self._sender.start(self._target.ingest.reveal(), "", codec="h264", shows=self._shows)
        opened = _done(self._sender.opened)
        await self._first_of(opened, timeout=_TAKEN)
        if not opened.done():
            if not self._stopping.is_set() and not self._sender.ended.done():
                raise CommandError(
                    f"broadcast: the service's ingest has taken nothing within {_TAKEN:g} s"
                )
            return
        if not self._sender.opened.result():
            # Why, its end says.
            await _done(self._sender.ended)
            return
        self._went_live(self._target.playout)
        await self._first_of()

    async def _close(self) -> None:
        pass

    def _pause(self, *, paused: bool) -> Command[None]:
        self._sender.show("paused" if paused else "stage")
        command: Command[None] = Command("pause_broadcast" if paused else "resume_broadcast")
        command.resolve(None)
        return command


def _done(future: Future[Any]) -> asyncio.Future[None]:
    """Return what settles once a future of another thread has, whatever its outcome."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle() -> None:
        if not done.done():
            done.set_result(None)

    def tell(_: object) -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle)

    future.add_done_callback(tell)
    return done


def _show(error: BaseException) -> None:
    """Show an error where the user reads: in the cell, or in the terminal."""
    if isinstance(error, NanoMeetError):
        words = f"The broadcast has ended: {type(error).__name__}: {error}\n"
    else:
        trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        words = f"The broadcast has ended, as its source failed:\n{trace}"
    with suppress(Exception):
        sys.stderr.write(words)
        sys.stderr.flush()


def _left(bot: ProgramBot) -> CommandError:
    told = bot.error or {"kind": "left", "message": "it has left the room"}
    return CommandError(f"broadcast: {told['message']}")
