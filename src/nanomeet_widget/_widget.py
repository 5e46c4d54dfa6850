"""The meeting as a widget: NanoMeet."""

from __future__ import annotations

import difflib
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeAlias, TypeVar, overload

import anywidget
import ipywidgets
import traitlets as t

from nanomeet_widget import (
    _library,
    _pages,
    _payloads,
    _recordings,
    _states,
    _texts,
    _tokens,
    _trust,
    _validation,
    events,
    services,
)
from nanomeet_widget._attendance import Records
from nanomeet_widget._callbacks import Callbacks, Guard
from nanomeet_widget._channel import Command, PageChannel, refused
from nanomeet_widget._commands import CONFIRM, Commands, playout_of
from nanomeet_widget._errors import (
    CommandError,
    CommandRefusedError,
    InvalidInputError,
    NanoMeetError,
    NoFrontEndError,
    NotJoinedError,
    not_joined,
)
from nanomeet_widget._liveness import Watch
from nanomeet_widget._models import (
    BroadcastStats,
    Failure,
    Message,
    ParticipantInfo,
    Playout,
    SecretText,
    TileView,
    Waiting,
)
from nanomeet_widget._recording import Recording
from nanomeet_widget._rooms import create_invite
from nanomeet_widget._sealing import SealedLine
from nanomeet_widget._states import BroadcastStatus, MeetingStatus
from nanomeet_widget._told import Told
from nanomeet_widget._validation import check_tile_view
from nanomeet_widget.events import Event
from nanomeet_widget.services import BroadcastTarget, Service

if TYPE_CHECKING:
    from typing_extensions import Self

E = TypeVar("E", bound=Event)
T = TypeVar("T")

#: A trait that is set from outside, and one that only the meeting sets.
_Option: TypeAlias = t.TraitType[T, T]
_Told: TypeAlias = t.TraitType[T, NoReturn]


def _told(trait: t.TraitType[Any, Any]) -> Any:  # noqa: ANN401 - what it is called says it more exactly
    trait.read_only = True
    return trait


STATIC = Path(__file__).parent / "static"

#: What a misspelt option is compared with.
_OPTIONS = (
    *("token", "width", "height", "branding", "tile_view", "prejoin", "service", "layout"),
    "script_url",
)
#: The meeting goes on in a page.
_ALIVE = frozenset(
    {MeetingStatus.LOADING, MeetingStatus.JOINING, MeetingStatus.WAITING, MeetingStatus.JOINED}
)
#: Pages of one widget that are known at once; each reload is another one.
_MAX_PAGES = 64
#: Messages that are kept.
_MAX_CHAT = 500
_BRANDING_KEYS = frozenset(
    {
        *("backgroundColor", "backgroundImageUrl", "logoClickUrl", "logoImageUrl", "inviteDomain"),
        *("primaryColor", "textColor", "fontFamily", "waitingMessage"),
    }
)


class _SecretUnicode(t.Unicode[Any, Any]):
    """A text that no traceback shows."""

    def __set__(self, obj: t.HasTraits, value: object) -> None:
        value = SecretText(value) if isinstance(value, str) else value
        super().__set__(obj, value)


class NanoMeet(Commands, Told, anywidget.AnyWidget):
    """A meeting in the cell that shows this.

    Parameters
    ----------
    token
        A token from `create_room` or `create_invite`. It is never part of the saved notebook.
        Setting another one moves to that meeting; None leaves.
    width, height
        Pixels, or a CSS length such as ``"100%"`` or ``"30em"``. Changes take effect live.
    branding
        The URL of a branding file, or its content as a dict: keys as in the nanoMeet Web API, and
        ``primaryColor``, ``textColor``, ``fontFamily``, ``waitingMessage`` on the embedded server.
    tile_view
        How the tiles are laid out, a dict of ``size`` (the greatest height of a tile in pixels),
        ``maxColumns`` (1 to 5) and ``vertical``, each optional, as in the Web API's `init`.
    prejoin
        Whether name and devices are chosen before the meeting is joined. None joins at once here,
        and asks in a browser's tab; False never asks.
    service
        Who made the token, if that was in another process and is not `services.current()`: it
        makes the invites, and knows where a broadcast goes.
    script_url, script_integrity
        The address of another nanoMeet library, the vendor's for one, to join with instead of this
        package's own client; by default what `service` says. It runs in a frame of its own whose
        origin is nobody's, never in the notebook's page, and gets the token. The integrity is its
        hash as a ``<script>`` tag has it: a library that is anything else is not run, and the
        meeting fails saying so. Changes take effect with the next join.

    Attributes
    ----------
    status, broadcast
        Where this meeting, and its broadcast, stand: as the engine confirmed it.
    playout
        Where the broadcast can be watched, once it is live.
    broadcast_shows
        What its viewers are shown: ``"stage"``, or a card in its place, ``"soon"`` or ``"paused"``.
    moderator, room
        What the token says.
    participants
        Everybody in the room: dicts of ``id, display_name, moderator, audio, video, screen, stage,
        hand``. All but the first two are None where the engine does not tell; ``hand`` is None while
        it is down, and else when it went up, in milliseconds since the epoch.
    subject
        What the room is about; empty if nobody said.
    hands
        The ids of those whose hand is up, the first one first.
    lobby
        Who waits to be let in: dicts of ``id`` and ``display_name``. Known to moderators; an engine
        of somebody else tells it only by the event ``knocking_participant``.
    chat
        The newest 500 messages that one may read, oldest first: dicts of ``id, sender,
        display_name, text, at, private``; ``at`` is in seconds since the epoch.
    broadcast_stats
        How the broadcast fares, told once a second by the page that composes it; None while this
        one does not: a dict of ``fps, skipped, bitrate`` (bits a second) ``, encode_ms, queue,
        backlog`` (bytes) ``, quality`` (of the full bit rate, from 0 to 1) ``, codec, width, height,
        shows, viewers``.
    error
        Why it failed, or was left because its page is gone (``page_closed``, ``page_silent``): a dict
        of ``kind`` and ``message``, or None.

    Raises
    ------
    MalformedTokenError
        If `token` is not a token.
    InvalidInputError
        If another argument breaks its rule.
    """

    _esm = STATIC / "widget.js"
    _css = STATIC / "widget.css"

    # Not synced: a synced trait is written into the saved notebook. The page asks for it.
    token: _Option[str | None] = _SecretUnicode(default_value=None, allow_none=True)
    width: _Option[int | str] = t.Union([t.Int(), t.Unicode()], default_value="100%").tag(sync=True)
    height: _Option[int | str] = t.Union([t.Int(), t.Unicode()], default_value=480).tag(sync=True)
    branding: _Option[str | dict[str, Any] | None] = t.Union(
        [t.Unicode(), t.Dict()], default_value=None, allow_none=True
    ).tag(sync=True)

    tile_view: _Option[TileView | None] = t.Union(
        [t.Dict()], default_value=None, allow_none=True
    ).tag(sync=True)
    prejoin: _Option[bool | None] = t.Union([t.Bool()], default_value=None, allow_none=True).tag(
        sync=True
    )

    # Not synced either: the page is told when it joins.
    script_url = t.Unicode(default_value=None, allow_none=True)
    script_integrity = t.Unicode(default_value=None, allow_none=True)

    # Nor these: a saved "joined" would be untrue for whoever opens the notebook next.
    status: _Told[MeetingStatus] = _told(t.UseEnum(MeetingStatus, default_value=MeetingStatus.IDLE))
    broadcast: _Told[BroadcastStatus] = _told(
        t.UseEnum(BroadcastStatus, default_value=BroadcastStatus.OFF)
    )
    playout: _Told[Playout | None] = _told(t.Instance(Playout, allow_none=True))
    broadcast_shows: _Told[str] = _told(t.Unicode(default_value="stage"))
    moderator: _Told[bool] = _told(t.Bool(default_value=False))
    room: _Told[str] = _told(t.Unicode(default_value="").tag(sync=True))
    participants: _Told[list[ParticipantInfo]] = _told(t.List(t.Dict()))
    subject: _Told[str] = _told(t.Unicode(default_value=""))
    hands: _Told[list[str]] = _told(t.List(t.Unicode()))
    lobby: _Told[list[Waiting]] = _told(t.List(t.Dict()))
    chat: _Told[list[Message]] = _told(t.List(t.Dict()))
    broadcast_stats: _Told[BroadcastStats | None] = _told(
        t.Dict(default_value=None, allow_none=True)
    )
    error: _Told[Failure | None] = _told(t.Dict(default_value=None, allow_none=True))

    # What the page may know of the token before it asks for it.
    _has_token = t.Bool(default_value=False).tag(sync=True)
    _fingerprint = t.Unicode("").tag(sync=True)

    def __init__(
        self,
        token: str | None = None,
        *,
        width: int | str = "100%",
        height: int | str = 480,
        branding: str | dict[str, Any] | None = None,
        tile_view: TileView | None = None,
        prejoin: bool | None = None,
        script_url: str | None = None,
        script_integrity: str | None = None,
        service: Service | None = None,
        **options: Any,  # noqa: ANN401 - traits of every widget
    ) -> None:
        if service is not None and token is not None:
            services.remember(_tokens.read(token).server, service)
        token = None if token is None else SecretText(token)
        self._status = _states.Machine(MeetingStatus.IDLE, _states.STATUS_STEPS)
        self._broadcast = _states.Machine(BroadcastStatus.OFF, _states.BROADCAST_STEPS)
        self._lines: dict[str, SealedLine] = {}
        self._channel = PageChannel(self._say)
        # The session whose cell made or showed it last, and the page that has the meeting.
        self._runner = _pages.acting_session()
        self._owner: _pages.Page | None = None
        self._visitors: dict[str, _pages.Page] = {}
        self._watch = Watch(self._channel.ask, self._page_is_silent)
        # The Jupyter server's address, as the page has it.
        self._base: str | None = None
        # Whether a cell was given it to show.
        self._shown = False
        self._guard = Guard(lambda words: self._channel.tell({"type": "notice", "message": words}))
        self._callbacks = Callbacks(self._guard)
        self._records = Records()
        if unknown := sorted(set(options) - set(self.trait_names())):
            near = difflib.get_close_matches(unknown[0], _OPTIONS, n=1)
            hint = f": did you mean {near[0]!r}?" if near else ""
            raise InvalidInputError(f"NanoMeet has no option {unknown[0]!r}{hint}")
        super().__init__(
            token=token,
            width=width,
            height=height,
            branding=branding,
            tile_view=tile_view,
            prejoin=prejoin,
            script_url=script_url,
            script_integrity=script_integrity,
            **options,
        )
        self.on_msg(self._on_message)

    @overload
    def on(self, event: type[E], callback: Callable[[E], object]) -> None: ...
    @overload
    def on(self, event: str, callback: Callable[[Any], object]) -> None: ...
    def on(self, event: str | type[Event], callback: Callable[[Any], object]) -> None:
        """Call `callback` with every event of a kind.

        Parameters
        ----------
        event
            A name such as ``"participant_joined"``, or a class of `nanomeet_widget.events`.
        callback
            Gets the event. If it raises, the meeting's cell shows that, and nothing else stops.

        Raises
        ------
        InvalidInputError
            If there is no such event.
        """
        self._callbacks.add(event, callback)

    def off(self, event: str | type[Event], callback: Callable[[Any], object]) -> None:
        """Call `callback` no more; one that was not registered is ignored."""
        self._callbacks.remove(event, callback)

    @property
    def events(self) -> list[Event]:
        """The newest events, at most a thousand, oldest first."""
        return self._callbacks.log

    def attendance(self) -> list[dict[str, Any]]:
        """Return who was in the room, and when, as far as this meeting saw it.

        Returns
        -------
        list of dict
            A row for each stay, the first one first: ``id, display_name, moderator``, ``joined`` and
            ``left`` (aware times, UTC; None for who is there still) and ``seconds``.
            ``pandas.DataFrame`` takes it as it is.
        """
        return self._records.attendance()

    def raised_hands(self) -> list[dict[str, Any]]:
        """Return whose hand was up, and when.

        Returns
        -------
        list of dict
            As `attendance` has it, with ``raised`` and ``lowered`` in place of ``joined`` and ``left``.
        """
        return self._records.raised_hands()

    def recordings(self) -> list[Recording]:
        """Return the recordings of this meeting's broadcasts, the newest first. Moderators only.

        Raises
        ------
        PermissionDeniedError
            If this is a participant's meeting.
        InvalidInputError
            If there is no token, or another service than the embedded server keeps the recordings.
        ServiceError
            If the server refuses or cannot be reached.
        """
        return _recordings.of_token(self.token)

    def leave(self) -> Command[None]:
        """Leave the meeting and free the camera; settled once that is done.

        What was commanded before it is carried out first, unless that waits for a person: for a
        moderator who lets you in, for a password, or on the page before the meeting.
        """
        status = self._status.state
        never_shown = status is MeetingStatus.IDLE and not (self._shown or self._channel.expected)
        if never_shown or status in {MeetingStatus.LEFT, MeetingStatus.FAILED}:
            command: Command[None] = Command("leave")
            command.resolve(None)
            return command
        return super().leave()

    def close(self) -> None:
        """Leave the meeting and remove the widget."""
        self._watch.stop()
        if self._channel.page is not None and self.comm is not None:
            self._channel.tell({"type": "close"})
        self._channel.close(CommandError("the meeting's widget was closed"))
        super().close()

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:  # noqa: ANN401 - as the base has it
        if self.comm is None:
            self.layout.open()
            self.open()
        self._shown = True
        self._runner = _pages.acting_session()
        return super()._repr_mimebundle_(**options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _command(
        self,
        name: str,
        parse: Callable[[Any], T],
        method: str,
        *args: object,
        timeout: float = CONFIRM,
        moderator: bool = False,
    ) -> Command[T]:
        if not self._has_token:
            return refused(name, NotJoinedError(f"{name}: there is no meeting: set a token first"))
        status = self._status.state
        if status in {MeetingStatus.LEFT, MeetingStatus.FAILED}:
            return refused(name, self._why_over(name))
        # Before it is joined, the token's role may not be the one that a moderator has granted since.
        if moderator and not self.moderator and status is MeetingStatus.JOINED:
            return refused(
                name,
                CommandRefusedError(f"{name} is for moderators: you are a participant here"),
            )
        return self._channel.request(name, method, args, parse=parse, timeout=timeout)

    def _why_over(self, name: str) -> NotJoinedError:
        again = (
            "press the button in its cell to join again, or make another widget with a new token"
        )
        if self.error is None:
            return not_joined("left", f"{name}: the meeting was left: {again}")
        kind, words = self.error["kind"], self.error["message"].rstrip(".")
        return not_joined(kind, f"{name}: the meeting failed ({kind}): {words}: {again}")

    # --- what the page says ---------------------------------------------------------------

    def _on_message(self, _widget: object, message: object, _buffers: object) -> None:
        if not isinstance(message, dict):
            return
        kind, client = message.get("type"), message.get("client")
        if not isinstance(client, str):
            return
        if kind == "hello":
            self._greet(client, message)
        elif client in self._lines and kind in self._FROM_ANY_PAGE:
            self._lines[client].refill(message.get("pad"))
            self._FROM_ANY_PAGE[kind](self, message)
        elif client == self._channel.page and kind in self._HANDLERS:
            self._watch.heard()
            self._channel.heard()
            self._lines[client].refill(message.get("pad"))
            self._HANDLERS[kind](self, message)
        elif self._owner is not None and client == self._owner.client:
            # It was taken for gone, and is there: what it said meanwhile it says again.
            self._attach(self._owner, {"type": "report"})

    def _say(self, page: str, message: dict[str, Any]) -> None:
        if page in self._lines:
            self._lines[page].send(message)

    def _greet(self, client: str, message: dict[str, Any]) -> None:
        page = _pages.Page(
            client=client,
            browser=str(message.get("browser") or client),
            session=_pages.sender(),
        )
        _pages.note(page)
        if client not in self._lines:
            while len(self._lines) >= _MAX_PAGES:
                oldest = next(one for one in self._lines if one != self._channel.page)
                del self._lines[oldest]
                self._visitors.pop(oldest, None)
            self._lines[client] = SealedLine(lambda said: self.send({**said, "client": client}))
        self._lines[client].refill(message.get("pad"))
        base = message.get("base")
        if message.get("asked") or self._may_have(page):
            self._base = base if isinstance(base, str) else None
            self._visitors.pop(client, None)
            self._move_to(page)
        else:
            self._visitors[client] = page
            self._turn_away(page)

    def _may_have(self, page: _pages.Page) -> bool:
        """Return whether a page gets the meeting without a click of its user's."""
        holder = self._holder()
        if holder is not None:
            # It goes on where it is, even if another browser runs its cell.
            return page.browser == holder.browser
        if page.session is not None and page.session == self._runner:
            return True
        if page.browser == _pages.browser_of(self._runner):
            return True
        if self._owner is not None:
            return page.browser == self._owner.browser
        return self._runner is None

    def _holder(self) -> _pages.Page | None:
        """Return the page where the meeting of this room and role goes on, by whichever widget."""
        on = [widget for widget in self._alike() if widget._status.state in _ALIVE]  # noqa: SLF001
        return on[0]._owner if on else None  # noqa: SLF001

    def _alike(self) -> list[NanoMeet]:
        """Return the widgets of this room and role, this one first."""
        others = [w for w in _live_widgets() if isinstance(w, NanoMeet) and w is not self]
        return [self, *(w for w in others if self.token and w._room_key() == self._room_key())]  # noqa: SLF001

    def _room_key(self) -> tuple[str, ...]:
        if not self.token:
            return ()
        claims = _tokens.read(self.token)
        return (claims.server, claims.sub, claims.room, str(claims.moderator))

    def _move_to(self, page: _pages.Page) -> None:
        for widget in self._alike():
            widget._let_go(page, here=widget is self)  # noqa: SLF001
        self._owner = page
        self._attach(page, self._token_message())

    def _let_go(self, page: _pages.Page, *, here: bool) -> None:
        """Tell the page that has the meeting, if that is another one, that it has it no more."""
        old = self._owner
        if old is None or self._channel.page is None or old.client == page.client:
            return
        elsewhere = old.browser != page.browser
        if elsewhere or here:
            self._channel.tell({"type": "moved", "browser": elsewhere})

    def _attach(self, page: _pages.Page, first: dict[str, Any]) -> None:
        self._channel.greet(page.client, first)
        self._watch.heard()

    def _turn_away(self, page: _pages.Page) -> None:
        """Answer a page that has to ask: with its guest's token, if it has one, or with what it may do."""
        guest = _pages.guests_of(self._room_key()).get(page.browser)
        if guest is not None:
            self._say(page.client, {**self._token_message(guest), "guest": True})
        elif not self.token:
            self._say(page.client, self._token_message())
        else:
            self._say(page.client, {"type": "shared", "invites": self.moderator})

    def _on_guest(self, message: dict[str, Any]) -> None:
        page = self._visitors.get(message["client"])
        if page is not None and self.token:
            threading.Thread(target=self._admit, args=(page, self.token), daemon=True).start()

    def _admit(self, page: _pages.Page, token: str) -> None:
        try:
            invite = create_invite(token)
        except NanoMeetError as error:
            self._say(page.client, {"type": "notice", "message": str(error)})
            self._turn_away(page)
            return
        _pages.guests_of(self._room_key())[page.browser] = invite.token
        self._turn_away(page)

    def _on_guest_left(self, message: dict[str, Any]) -> None:
        page = self._visitors.get(message["client"])
        if page is not None:
            _pages.guests_of(self._room_key()).pop(page.browser, None)

    def _on_pad(self, _message: dict[str, Any]) -> None:
        """Do nothing: every message may bring a pad, and this one does nothing else."""

    def _on_knocked(self, _message: dict[str, Any]) -> None:
        """Do nothing: that it was heard is all that it says."""

    def _on_goodbye(self, _message: dict[str, Any]) -> None:
        if self._owner is not None:
            # It comes back with a hello, if at all: nothing else of it counts from now on.
            self._owner = replace(self._owner, client="")
        words = "the page that showed the meeting was closed or reloaded"
        self._page_is_gone("page_closed", words)

    def _page_is_silent(self, at: datetime) -> None:
        words = "the page that showed the meeting does not answer any more"
        self._page_is_gone("page_silent", words, at)

    def _page_is_gone(self, kind: str, words: str, at: datetime | None = None) -> None:
        self._channel.part()
        self._channel.close(NoFrontEndError(words))
        if self._status.state in _ALIVE:
            room = {"roomName": self.room}
            error = {"kind": kind, "message": words}
            self._on_status({"status": MeetingStatus.LEFT, "error": error}, at)
            self._on_event({"name": "videoConferenceLeft", "data": room})

    def _send_token(self) -> None:
        if self._channel.page is not None:
            self._channel.tell(self._token_message())
        for page in list(self._visitors.values()):
            self._turn_away(page)

    def _token_message(self, guest: str | None = None) -> dict[str, Any]:
        token = guest or self.token
        message: dict[str, Any] = {"type": "token", "token": None, "ask": None}
        message |= {"server": None, "broadcast": None, "library": None}
        if not token:
            return message
        server = _tokens.read(token).server
        if not _trust.is_known(server):
            return {**message, "ask": server}
        library = _library.library(self.script_url, self.script_integrity)
        library = library or services.library(server)
        found = self._base and services.found_at(server, self._base)
        if self._base and not found and (obstacle := services.obstacle(server)):
            message["obstacle"] = obstacle
        return {
            **message,
            # A plain text: a host's own serialiser may write what it does not know as its repr.
            "token": str(token),
            "server": found,
            "broadcast": None if guest else self._targets(),
            "library": library.page() if library else None,
        }

    def _targets(self) -> dict[str, Any] | None:
        """Return where the page has a broadcast sent; a participant's is told nothing."""
        if not self.token or not self.moderator:
            return None
        claims = _tokens.read(self.token)
        found = {
            "live": services.target(claims.server, claims.streamname, is_vod=False),
            "rec": services.target(claims.server, claims.streamname, is_vod=True),
        }
        told = {kind: _target(target) for kind, target in found.items() if target is not None}
        return told if len(told) == len(found) else None

    def _on_trust(self, message: dict[str, Any]) -> None:
        # What the user said yes to is what the card named, should the token have changed meanwhile.
        if self.token and message.get("server") == _tokens.read(self.token).server:
            _trust.trust(str(message["server"]))
            self._send_token()

    def _on_invite(self, _message: dict[str, Any]) -> None:
        # In a thread: a service far away takes its time, and the kernel must not wait for it.
        threading.Thread(target=self._invite, args=(self.token,), daemon=True).start()

    def _invite(self, token: str) -> None:
        answer: dict[str, Any] = {"type": "invite", "link": None, "error": None}
        try:
            answer["link"] = link = str(create_invite(token).invite_link)
            if note := services.obstacle(link.partition("/invite#")[0]):
                answer["note"] = f"The invite works on this machine alone: {note}."
        except NanoMeetError as error:
            answer["error"] = str(error)
        self._channel.tell(answer)

    def _on_browser(self, _message: dict[str, Any]) -> None:
        threading.Thread(target=self._browser_link, args=(self.token,), daemon=True).start()

    def _browser_link(self, token: str) -> None:
        answer: dict[str, Any] = {"type": "browser", "link": None, "error": None}
        try:
            answer["link"] = str(
                services.maker(_tokens.read(token).server).browser_link(token).reveal()
            )
        except NanoMeetError as error:
            answer["error"] = str(error)
        self._channel.tell(answer)

    def _on_retired(self, _message: dict[str, Any]) -> None:
        """Close the line to a page that shows another widget instead: showing this one opens it again."""
        others = [widget for widget in _live_widgets() if widget is not self]
        if any(self in getattr(widget, "children", ()) for widget in others):
            return  # the box that it is in may be shown again
        self._channel.part()
        super().close()
        self.__dict__.pop("_repr_mimebundle_", None)  # which the base has put out of use
        if not any(getattr(widget, "layout", None) is self.layout for widget in others):
            self.layout.close()

    def _on_event(self, message: dict[str, Any]) -> None:
        name, data = str(message.get("name")), message.get("data") or {}
        if name in self._TOLD:
            self._TOLD[name](self, data)
        event = events.parse(name, data)
        if event is not None:
            self._callbacks.emit(event)

    def _on_status(self, message: dict[str, Any], at: datetime | None = None) -> None:
        target, error = MeetingStatus(message["status"]), _payloads.error_of(message.get("error"))
        self._status.step(target)
        if target in _ALIVE:
            self._watch.start()
        else:
            self._watch.stop()
        outside: dict[str, object] = {}
        if target not in {MeetingStatus.JOINED, MeetingStatus.JOINING}:
            # From outside, nothing of the room can be known.
            self._broadcast.step(BroadcastStatus.OFF)
            self._records.update([], at)
            outside = {name: [] for name in ("participants", "hands", "lobby")}
            outside |= {"subject": "", "broadcast_stats": None, "broadcast_shows": "stage"}
            outside |= {"broadcast": BroadcastStatus.OFF, "playout": None}
        self._tell(status=target, error=error, **outside)

    def _on_broadcast(self, message: dict[str, Any]) -> None:
        target, told = BroadcastStatus(message["state"]), message.get("playout")
        playout = playout_of(told) if told else self.playout
        self._broadcast.step(target)
        self._tell(broadcast=target, playout=playout)

    def _on_participants(self, message: dict[str, Any]) -> None:
        people = [_payloads.person_of(person) for person in message["participants"]]
        raised = sorted((p for p in people if p["hand"] is not None), key=itemgetter("hand"))
        self._records.update(people)
        self._tell(participants=people, hands=[person["id"] for person in raised])

    def _on_subject(self, data: dict[str, Any]) -> None:
        self._tell(subject=str(data.get("subject") or ""))

    def _on_lobby(self, data: dict[str, Any]) -> None:
        self._tell(lobby=[_payloads.waiting_of(person) for person in data["waiting"]])

    def _on_chat(self, data: dict[str, Any]) -> None:
        before = [] if data.get("whole") else self.chat
        written = [_payloads.message_of(message) for message in data["messages"]]
        self._tell(chat=[*before, *written][-_MAX_CHAT:])

    def _on_stats(self, data: dict[str, Any]) -> None:
        stats = data.get("stats")
        self._tell(broadcast_stats=None if stats is None else _payloads.stats_of(stats))

    def _on_shows(self, data: dict[str, Any]) -> None:
        # Another engine has no cards.
        self._tell(broadcast_shows=str(data.get("shows") or "stage"))

    def _on_role(self, message: dict[str, Any]) -> None:
        self._tell(moderator=bool(message["moderator"]))

    def _on_held(self, message: dict[str, Any]) -> None:
        self._channel.held(message["id"], str(message["why"]))

    def _on_begun(self, message: dict[str, Any]) -> None:
        self._channel.begun(message["id"])

    def _on_reply(self, message: dict[str, Any]) -> None:
        self._channel.reply(message)

    _TOLD: ClassVar[dict[str, Callable[[NanoMeet, dict[str, Any]], None]]] = {
        "subjectChange": _on_subject,
        "nanomeetLobby": _on_lobby,
        "nanomeetChat": _on_chat,
        "nanomeetBroadcastStats": _on_stats,
        "nanomeetBroadcastChanged": _on_shows,
    }

    _FROM_ANY_PAGE: ClassVar[dict[str, Callable[[NanoMeet, dict[str, Any]], None]]] = {
        "guest": _on_guest,
        "guest_left": _on_guest_left,
        "pad": _on_pad,
    }

    _HANDLERS: ClassVar[dict[str, Callable[[NanoMeet, dict[str, Any]], None]]] = {
        "status": _on_status,
        "broadcast": _on_broadcast,
        "participants": _on_participants,
        "role": _on_role,
        "held": _on_held,
        "begun": _on_begun,
        "reply": _on_reply,
        "event": _on_event,
        "invite": _on_invite,
        "browser": _on_browser,
        "knocked": _on_knocked,
        "goodbye": _on_goodbye,
        "trust": _on_trust,
        "retired": _on_retired,
    }

    # --- traits ---------------------------------------------------------------------------

    @t.validate("token")
    def _valid_token(self, proposal: dict[str, Any]) -> str | None:
        token: str | None = proposal["value"]
        if token is not None:
            _tokens.read(token)
        return token

    @t.validate("width", "height")
    def _valid_length(self, proposal: dict[str, Any]) -> int | str:
        return _validation.check_length(proposal["trait"].name, proposal["value"])

    @t.validate("branding")
    def _valid_branding(self, proposal: dict[str, Any]) -> str | dict[str, Any] | None:
        value = proposal["value"]
        if isinstance(value, str) and not value.startswith(("https://", "http://")):
            raise InvalidInputError(f"branding={_texts.quoted(value)} is not a URL")
        if isinstance(value, dict) and (unknown := set(value) - _BRANDING_KEYS):
            raise InvalidInputError(
                f"branding has no key {_texts.quoted(min(map(str, unknown)))}; it has "
                + ", ".join(sorted(_BRANDING_KEYS))
            )
        if not _texts.is_whole(json.dumps(value, ensure_ascii=False, default=str)):
            raise InvalidInputError("branding has half of a character in it (a lone surrogate)")
        return value  # type: ignore[no-any-return]

    @t.validate("script_url")
    def _valid_script_url(self, proposal: dict[str, Any]) -> str | None:
        url: str | None = proposal["value"]
        if url is not None:
            _library.library(url, None)
        return url

    @t.validate("script_integrity")
    def _valid_script_integrity(self, proposal: dict[str, Any]) -> str | None:
        integrity: str | None = proposal["value"]
        if integrity is not None:
            _library.library(self.script_url, integrity)
        return integrity

    @t.observe("script_url", "script_integrity")
    def _library_changed(self, _change: object) -> None:
        if self.script_url is None and self.script_integrity is not None:
            self.script_integrity = None  # which was that library's
        else:
            self._send_token()

    @t.validate("tile_view")
    def _valid_tile_view(self, proposal: dict[str, Any]) -> TileView | None:
        value: TileView | None = proposal["value"]
        if value is not None:
            check_tile_view(value)
        return value

    @t.observe("token")
    def _token_changed(self, _change: object) -> None:
        token = self.token
        claims = _tokens.read(token) if token else None
        self._channel.drop(
            NotJoinedError("the token was changed before the meeting of the former one was joined")
        )
        try:
            self._tell(
                _has_token=claims is not None,
                _fingerprint=hashlib.sha256(token.encode()).hexdigest()[:12] if token else "",
                room=claims.room if claims else "",
                moderator=claims.moderator if claims else False,
                chat=[],
            )
        finally:
            self._send_token()


def _live_widgets() -> list[Any]:
    # ipywidgets keeps the list, and has no public way to read it.
    return list(ipywidgets.widgets.widget._instances.values())  # noqa: SLF001


def _target(target: BroadcastTarget) -> dict[str, Any]:
    playout = target.playout
    return {
        "ingest": str(target.ingest.reveal()),
        "playout": None if playout is None else {"live": playout.live, "vod": playout.vod},
    }
