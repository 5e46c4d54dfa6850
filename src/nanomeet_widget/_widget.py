"""The meeting as a widget: NanoMeet."""

from __future__ import annotations

import difflib
import hashlib
import json
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar

import ipywidgets
import traitlets as t

from nanomeet_widget import (
    _library,
    _page_answers,
    _server_address,
    _texts,
    _tokens,
    _trust,
    _validation,
    services,
)
from nanomeet_widget._callbacks import Guard
from nanomeet_widget._command import Command, refused
from nanomeet_widget._commands import CONFIRM
from nanomeet_widget._errors import (
    CommandError,
    IllegalStepError,
    InvalidInputError,
    NotJoinedError,
)
from nanomeet_widget._meeting_state import ALIVE
from nanomeet_widget._models import SecretText, TileView
from nanomeet_widget._page_protocol import (
    Close,
    Failure,
    KernelMessage,
    Message,
    Notice,
    Retired,
    Status,
    Token,
    Trust,
    WantBrowser,
    WantInvite,
)
from nanomeet_widget._page_protocol import Event as EventMessage
from nanomeet_widget._page_sessions import PageSessions, SharedMeeting
from nanomeet_widget._presenting import Presenting
from nanomeet_widget._server_address import Address
from nanomeet_widget._states import MeetingStatus
from nanomeet_widget._static import STATIC
from nanomeet_widget._synced import Synced
from nanomeet_widget._validation import check_tile_view
from nanomeet_widget.events import Event
from nanomeet_widget.services import LocalServer, Service

if TYPE_CHECKING:
    from typing_extensions import Self

E = TypeVar("E", bound=Event)
T = TypeVar("T")

#: A trait that is set from outside.
_Option: TypeAlias = t.TraitType[T, T]

_logger = logging.getLogger("nanomeet_widget")
#: How the engine commands begin that no other engine has.
_OWN_COMMANDS = "nanomeet"
_AGAIN = "press the button in its cell to join again, or make another widget with a new token"

#: The options that a misspelt one may have meant.
_OPTIONS = (
    *("token", "width", "height", "branding", "tile_view", "prejoin", "service", "layout"),
    *("microphone", "camera", "script_url"),
)
_BRANDING_KEYS = frozenset(
    {
        *("backgroundColor", "backgroundImageUrl", "logoClickUrl", "logoImageUrl", "inviteDomain"),
        *("primaryColor", "textColor", "fontFamily", "waitingMessage"),
    }
)


class _SecretUnicode(t.Unicode[Any, Any]):
    """A text that tracebacks do not show."""

    def __set__(self, obj: t.HasTraits, value: object) -> None:
        value = SecretText(value) if isinstance(value, str) else value
        super().__set__(obj, value)


class NanoMeet(Presenting, Synced):
    """A meeting in the cell that shows this.

    Parameters
    ----------
    token : str, optional
        A token from `create_room` or `create_invite`. It is never part of the saved notebook. Set
        another one to move to that meeting; None leaves.
    width : int or str, default "100%"
        Pixels from 1 to 10000, or a CSS length such as ``"100%"`` or ``"30em"``. Changes take effect
        live.
    height : int or str, default 480
        Likewise.
    branding : str or dict, optional
        The URL of a branding file, or its content as a dict: keys as in the nanoMeet Web API, and
        ``primaryColor``, ``textColor``, ``fontFamily``, ``waitingMessage`` on the embedded server.
    tile_view : dict, optional
        How tiles are laid out, a dict of ``size`` (the greatest height of a tile in pixels),
        ``maxColumns`` (1 to 5) and ``vertical`` (bool), each optional, as in the Web API's `init`.
    prejoin : bool, optional
        Whether to choose name and devices before joining. None joins at once here, and asks in a
        browser's tab; False never asks.
    microphone, camera : bool, default True
        Whether to join with it on. It can be turned on and off in the meeting, and by `toggle_audio` and
        `toggle_video`; changes here take effect
        with the next join.
    script_url : str, optional
        The address of another nanoMeet library, such as the vendor's, to join with instead of this
        package's own client; by default what `service` says. It runs in a frame with an opaque
        origin, never in the notebook's page, and gets the token. Changes take effect with the next
        join.
    script_integrity : str, optional
        The library's hash, as a ``<script>`` tag has it: any other library is not run, and the
        meeting fails saying so.
    service : Service, optional
        What made the token, if that was in another process and is not `services.current()`: it makes
        the invites, and knows where a broadcast goes.
    **options : dict
        Traits of every widget, such as ``layout``.

    Attributes
    ----------
    status : MeetingStatus
        Where this meeting stands, as the engine confirmed it.
    broadcast : BroadcastStatus
        Where its broadcast stands, likewise.
    playout : Playout or None
        Where the broadcast can be watched, once it is live.
    broadcast_shows : str
        What its viewers see: ``"stage"``, or a card in its place, ``"soon"`` or ``"paused"``.
    moderator : bool
        Whether you are a moderator.
    room : str
        The room's name, as the token says.
    participants : list of dict
        Everyone in the room: ``id, display_name, moderator, audio, video, screen, stage, hand``. All but
        the first two are None if the engine does not tell. ``hand`` is None while it is down, else
        when it was raised, in milliseconds since the epoch.
    subject : str
        The room's subject; empty if there is none.
    hands : list of str
        The ids of participants with a raised hand, the first one first.
    lobby : list of dict
        Participants who wait to be let in: ``id`` and ``display_name``. Known to moderators; another
        vendor's engine tells only the event ``knocking_participant``.
    chat : list of dict
        The newest 500 messages that you can read, oldest first: ``id, sender, display_name, text, at,
        private``; ``at`` is in seconds since the epoch.
    groups : list of dict
        The groups of the meeting, none if they are closed: ``id, name`` and ``people``, dicts of ``id,
        display_name`` and ``here``, whether they are in the group's room. Embedded server only.
    groups_end : datetime.datetime or None
        When everyone comes back from the groups by themselves (UTC).
    group, own_group : str or None
        The name of the group in whose room you are, and of the one to which you belong; None for the main
        room, and for no group.
    polls : list of dict
        The polls of the meeting, oldest first: ``id, question, options, multiple, anonymous, show, open,
        ends`` (seconds since the epoch, or None), ``counts`` (votes for each option; None while you may
        not know them), ``voters, correct`` (right options; known to moderators, and to everyone once it
        is closed) and ``own`` (your vote). Options are numbered from 0. Embedded server only.
    roster : list of dict
        The people with personal links to the room: ``id, name, moderator`` and ``here``, the ids of
        `participants` who they are now; several, if their link is used in several browsers. Known to
        moderators; embedded server only.
    check_in : dict or None
        The check-in that goes on: ``id, question, since`` (seconds since the epoch) and ``done``, the ids of
        `participants` who are done. Others than moderators know only of themselves. Embedded server only.
    readers : list of dict
        The programs that read pictures or sound of the meeting: ``id``, ``reader`` (whose program it is), ``of``
        (who is read; None for the stage) and ``media``, ``"video"`` or ``"audio"``.
    talk_times : dict of str to float
        For how many seconds each participant has spoken in this meeting, by their ids. Known to moderators,
        if the room keeps it: ``create_room(records="all")``.
    broadcast_stats : dict or None
        How composing the broadcast went, told once a second by the page that composes it; None if
        this page does not: ``fps, skipped, bitrate`` (bits a second), ``encode_ms, queue, backlog``
        (bytes), ``quality`` (of the full bitrate, from 0 to 1), ``codec, width, height, shows,
        viewers``.
    error : dict or None
        Why it failed, or was left because its page is gone (``page_closed``, ``page_silent``): ``kind``,
        ``message`` and ``help``, the address that explains it.

    Raises
    ------
    MalformedTokenError
        If `token` is not a token.
    InvalidInputError
        If another argument breaks its rule.
    """

    _esm = STATIC / "widget.js"
    _css = STATIC / "widget.css"

    # Not synced: synced traits are saved in the notebook. The page asks for it.
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
    microphone: _Option[bool] = t.Union([t.Bool()], default_value=True).tag(sync=True)
    camera: _Option[bool] = t.Union([t.Bool()], default_value=True).tag(sync=True)

    # Not synced either: the page gets them when it joins.
    script_url = t.Unicode(default_value=None, allow_none=True)
    script_integrity = t.Unicode(default_value=None, allow_none=True)

    # What the page knows of the token before it asks for it.
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
        microphone: bool = True,
        camera: bool = True,
        script_url: str | None = None,
        script_integrity: str | None = None,
        service: Service | None = None,
        **options: Any,  # noqa: ANN401 - traits of every widget
    ) -> None:
        if service is not None and token is not None:
            services.remember(_tokens.read(token).server, service)
        token = None if token is None else SecretText(token)
        # The server of the token.
        self._host = ""
        # Whether a cell has shown it.
        self._shown = False
        meeting = SharedMeeting(
            token=lambda: self.token,
            moderator=lambda: self.moderator,
            alive=lambda: self._status.state in ALIVE,
            entrance=self._entrance,
            hear=self._hear,
            lost=self._page_is_lost,
            others=lambda: [one._sessions for one in self._beside() if one is not self],  # noqa: SLF001
        )
        self._sessions = PageSessions(meeting, self.send)
        self._channel = self._sessions.channel
        self._guard = Guard(lambda words: self._channel.tell(Notice(message=words)))
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
            microphone=microphone,
            camera=camera,
            script_url=script_url,
            script_integrity=script_integrity,
            **options,
        )
        self.on_msg(lambda _widget, content, _buffers: self._sessions.receive(content))

    def leave(self) -> Command[None]:
        """Leave the meeting and free the camera.

        Earlier commands are carried out first, unless they wait for a person: for a moderator who lets you
        in, for a password, or on the page before the meeting.

        Returns
        -------
        Command[None]
            Settles once that is done.
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
        self._watch(alive=False)
        if self.comm is not None:
            self._end_media("the meeting's widget was closed")
            replaced = self._app is not None and self._app.replaces
            if self._channel.page is not None and not replaced:
                self._channel.tell(Close())
        self._channel.close(CommandError("the meeting's widget was closed"))
        if self.comm is not None:
            self._is_left(None)
        super().close()

    def _repr_mimebundle_(self, **options: Any) -> Any:  # noqa: ANN401 - as the base has it
        if self.comm is None:
            self.layout.open()
            self.open()
        self._shown = True
        self._sessions.shown()
        return super()._repr_mimebundle_(**options)

    def _in_a_sentence(self) -> str:
        return f"The meeting {self.room}" if self.room else "A meeting"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _own_token(self) -> str | None:
        return self.token

    def _server_address(self) -> Address:
        return _server_address.of_meeting(self.token or "")

    def _awaited(self, name: str) -> Command[Any]:
        return Command(name, self._channel.probe())

    def _other_engine(self) -> str | None:
        if self.script_url is not None:
            return "another library"
        with suppress(InvalidInputError):
            maker = services.maker(self._host)
            return None if isinstance(maker, LocalServer) else maker.name
        # It is from another notebook: of a server of this kind, as long as nothing here says otherwise.
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
        if not self._has_token:
            return refused(name, NotJoinedError(f"{name}: there is no meeting: set a token first"))
        own = bool(args) and isinstance(args[0], str) and args[0].startswith(_OWN_COMMANDS)
        if own and (other := self._why_other_engine(name)):
            return refused(name, other)
        status = self._status.state
        if status in {MeetingStatus.LEFT, MeetingStatus.FAILED}:
            return refused(name, self._why_over(name, _AGAIN))
        if moderator and (refusal := self._why_no_moderator(name, "you are")):
            return refused(name, refusal)
        return self._channel.request(name, method, args, parse=parse, timeout=timeout)

    # --- what the page says ---------------------------------------------------------------

    def _hear(self, message: Message) -> bool:
        try:
            self._HANDLERS[type(message)](self, message)
        except IllegalStepError as error:
            _logger.warning("ignored what the meeting's page told: %s", error)
            return False
        return True

    def _watch(self, *, alive: bool) -> None:
        self._sessions.watch(alive=alive)

    def _entrance(self, guest: str | None) -> Token:
        return _page_answers.entrance(
            guest or self.token,
            base=self._sessions.base,
            library=_library.library(self.script_url, self.script_integrity),
            moderator=self.moderator,
            guest=guest is not None,
        )

    def _page_is_lost(self, why: Failure, at: datetime | None) -> None:
        if self._app is None:
            self._is_left(why, at)
        else:
            self._app.call(lambda: self._is_left(why, at))

    def _is_left(self, why: Failure | None, at: datetime | None = None) -> None:
        if self._status.state in ALIVE:
            self._on_status(Status(status=MeetingStatus.LEFT, error=why), at)
            self._on_event(EventMessage(name="videoConferenceLeft", data={"roomName": self.room}))

    def _beside(self) -> list[NanoMeet]:
        """Return the meetings of its notebook, or of its session of a web app."""
        key = self._app and self._app.key
        return [one for one in _live_meetings() if (one._app and one._app.key) is key]  # noqa: SLF001 - of the same class

    def _on_trust(self, told: Trust) -> None:
        # The user trusts the server that the card named; the token may have changed meanwhile.
        if self.token and told.server == _tokens.read(self.token).server:
            _trust.trust(told.server)
            self._sessions.offer()

    def _on_invite(self, _told: WantInvite) -> None:
        self._answer(_page_answers.invite)

    def _on_browser(self, _told: WantBrowser) -> None:
        self._answer(_page_answers.browser_link)

    def _answer(self, make: Callable[[str], KernelMessage]) -> None:
        """Answer the page. In a thread: the kernel must not wait for a service that is slow."""
        token = self.token or ""
        threading.Thread(target=lambda: self._channel.tell(make(token)), daemon=True).start()

    def _on_retired(self, _told: Retired) -> None:
        """Close the line to a page that shows another widget instead; showing this one opens it again."""
        if self._app is not None and self._app.keeps:
            return  # a web app may show it again without saying so, and its session's end closes it
        others = [widget for widget in _live_widgets() if widget is not self]
        if any(self in getattr(widget, "children", ()) for widget in others):
            return  # the box that it is in may be shown again
        self._channel.part()
        super().close()
        self.__dict__.pop("_repr_mimebundle_", None)  # which the base has disabled
        if not any(getattr(widget, "layout", None) is self.layout for widget in others):
            self.layout.close()

    _HANDLERS: ClassVar[dict[type[Message], Callable[[NanoMeet, Any], None]]] = {
        **Presenting.FOLLOWS,
        WantInvite: _on_invite,
        WantBrowser: _on_browser,
        Trust: _on_trust,
        Retired: _on_retired,
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
            self.script_integrity = None  # it was that library's
        else:
            self._sessions.offer()

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
        self._host = claims.server if claims else ""
        self._channel.drop(NotJoinedError("the token was changed before its meeting was joined"))
        try:
            self._tell(
                _has_token=claims is not None,
                _fingerprint=hashlib.sha256(token.encode()).hexdigest()[:12] if token else "",
                room=claims.room if claims else "",
                moderator=claims.moderator if claims else False,
                chat=[],
            )
        finally:
            self._sessions.offer()


def _live_widgets() -> list[Any]:
    # ipywidgets keeps the list, and has no public way to read it.
    return list(ipywidgets.widgets.widget._instances.values())  # noqa: SLF001


def _live_meetings() -> list[NanoMeet]:
    return [widget for widget in _live_widgets() if isinstance(widget, NanoMeet)]
