"""A broadcast as a widget: BroadcastPlayer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import traitlets as t

from nanomeet_widget import _page_protocol, _texts, _validation, services
from nanomeet_widget._callbacks import Guard
from nanomeet_widget._channel import PageChannel
from nanomeet_widget._command import Command, refused
from nanomeet_widget._errors import CommandError, InvalidInputError
from nanomeet_widget._models import Playout, SecretText
from nanomeet_widget._page_protocol import (
    CaptionsLink,
    CaptionsText,
    Facts,
    Notice,
    PlayerHello,
    PlayerToKernel,
    Reply,
    Source,
)
from nanomeet_widget._static import STATIC
from nanomeet_widget._synced import Synced
from nanomeet_widget._told import Told

if TYPE_CHECKING:
    from typing_extensions import Self

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
#: Seconds that the page has to accept a command.
_CONFIRM = 5.0
#: Bytes of a file of captions: a day of speech.
_LONGEST = 4 * 1024 * 1024
_WEBVTT = re.compile(r"WEBVTT(?:\s|$)")
#: What the embedded server's player tells, and what a recording does.
STATES = ("idle", "connecting", "waiting", "live", "ended", "recording", "failed", "unsupported")


class BroadcastPlayer(Told, Synced):
    """Shows a broadcast, or its recording, in the cell that shows this.

    Parameters
    ----------
    source : str or Playout, optional
        What to watch: the name of a stream, a `Playout` (its live side), or the URL of a live page or
        a recording. A name means the service in use, see `services.current`.
    captions : str or pathlib.Path, optional
        WebVTT that viewers of a recording can turn on, by the player's button or the key ``c``: a
        file of this machine of 4 MB at most, or a URL. A server other than the notebook's has to let
        other pages read it, as this project's does; see `Recording.captions`. A live broadcast has
        none.
    width : int or str, default "100%"
        Pixels, or a CSS length such as ``"30em"``. Changes take effect live.
    height : int or str, default 360
        Likewise.
    volume : float, default 1.0
        From 0 to 1.
    muted : bool, default False
        Whether it is silent. Browsers play no sound until the user has clicked on the page once.
    **options : dict
        Traits of every widget, such as ``layout``.

    Attributes
    ----------
    state : str
        ``idle, connecting, waiting, live, ended, recording, failed`` or ``unsupported``, as the player
        says. Of another vendor's page only ``connecting`` is known.
    paused : bool
        Whether playback is paused.
    latency : float or None
        Milliseconds from the server to the screen; None if unknown.
    behind : float
        Seconds behind the live edge, or before the end of a recording.
    title : str
        What the broadcast is about.
    vod : str or None
        Where its recording is, once it has ended.

    Raises
    ------
    InvalidInputError
        If an argument breaks its rule.
    """

    _esm = STATIC / "broadcast_player.js"
    _css = STATIC / "broadcast_player.css"

    # Not synced: an address may contain a ticket, and notebooks are shared.
    source = t.Unicode(default_value=None, allow_none=True)
    captions = t.Union([t.Unicode(), t.Instance(Path)], default_value=None, allow_none=True)
    width = t.Union([t.Int(), t.Unicode()], default_value="100%").tag(sync=True)
    height = t.Union([t.Int(), t.Unicode()], default_value=360).tag(sync=True)
    volume = t.Float(default_value=1.0, min=0.0, max=1.0).tag(sync=True)
    muted = t.Bool(default_value=False).tag(sync=True)

    state = t.Enum(STATES, default_value="idle", read_only=True)
    paused = t.Bool(default_value=False, read_only=True)
    latency = t.Float(default_value=None, allow_none=True, read_only=True)
    behind = t.Float(default_value=0.0, read_only=True)
    title = t.Unicode(default_value="", read_only=True)
    vod = t.Unicode(default_value=None, allow_none=True, read_only=True)

    def __init__(
        self,
        source: str | Playout | None = None,
        *,
        captions: str | Path | None = None,
        width: int | str = "100%",
        height: int | str = 360,
        volume: float = 1.0,
        muted: bool = False,
        **options: Any,  # noqa: ANN401 - traits of every widget
    ) -> None:
        self._channel = PageChannel(
            lambda _page, message: self.send(_page_protocol.encode(message))
        )
        self._guard = Guard(lambda words: self._channel.tell(Notice(message=words)))
        #: Where the last facts are from, and their number.
        self._told = ("", 0)
        #: As the page gets them.
        self._captions: CaptionsLink | CaptionsText | None = None
        if unknown := sorted(set(options) - set(self.trait_names())):
            raise InvalidInputError(f"BroadcastPlayer has no option {unknown[0]!r}")
        super().__init__(
            source=None if source is None else address_of(source),
            captions=captions,
            width=width,
            height=height,
            volume=volume,
            muted=muted,
            **options,
        )
        self.on_msg(self._on_message)

    def play(self) -> Command[None]:
        """Resume playback where it was paused.

        Returns
        -------
        Command[None]
            Settles once the page has taken it, within 5 s.
        """
        return self._command("play")

    def pause(self) -> Command[None]:
        """Pause playback. The player keeps two minutes of a live broadcast meanwhile.

        Returns
        -------
        Command[None]
            Settles once the page has taken it, within 5 s.
        """
        return self._command("pause")

    def seek(self, behind: float) -> Command[None]:
        """Go back in the broadcast or recording.

        Parameters
        ----------
        behind : float
            Seconds behind the live edge, or before the end of a recording; as far as it is kept.

        Returns
        -------
        Command[None]
            Settles once the page has taken it, within 5 s.

        Raises
        ------
        InvalidInputError
            If `behind` is negative or not a number.
        """
        if isinstance(behind, bool) or not isinstance(behind, (int, float)) or not behind >= 0:
            raise InvalidInputError(f"behind={_texts.quoted(behind)} must be seconds, from 0 on")
        return self._command("seek", behind=float(behind))

    def go_live(self) -> Command[None]:
        """Return to the live edge, or to the end of a recording.

        Returns
        -------
        Command[None]
            Settles once the page has taken it, within 5 s.
        """
        return self._command("seek", behind=0.0)

    def close(self) -> None:
        """Remove the widget."""
        self._channel.close(CommandError("the player was closed"))
        super().close()

    def _in_a_sentence(self) -> str:
        return "A broadcast"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _command(self, name: str, **args: object) -> Command[None]:
        if self.source is None:
            return refused(name, CommandError(f"{name}: there is nothing to watch: set `source`"))
        return self._channel.request(
            name, name, ({"name": name, **args},), parse=lambda _: None, timeout=_CONFIRM
        )

    # --- what the page says ---------------------------------------------------------------

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        message = _page_protocol.decode(content, PlayerToKernel)
        if message is None:
            return
        self._channel.heard()
        match message:
            case PlayerHello():
                self._channel.greet("", self._source_message())
            case Reply():
                self._channel.reply(message)
            case Facts(facts=facts, view=view, number=number):
                if view == self._told[0] and number < self._told[1]:
                    return  # newer ones have come
                self._told = (view, number)
                self._tell(
                    state=facts.state if facts.state in STATES else "failed",
                    paused=facts.paused,
                    latency=facts.latency,
                    behind=facts.behind,
                    title=facts.title,
                    vod=facts.vod or None,
                )

    def _source_message(self) -> Source:
        return Source(url=self.source or None, captions=self._captions)

    # --- traits ---------------------------------------------------------------------------

    @t.validate("source")
    def _valid_source(self, proposal: dict[str, Any]) -> str | None:
        value: str | None = proposal["value"]
        return None if value is None else SecretText(address_of(value))

    @t.validate("width", "height")
    def _valid_length(self, proposal: dict[str, Any]) -> int | str:
        return _validation.check_length(proposal["trait"].name, proposal["value"])

    @t.validate("captions")
    def _valid_captions(self, proposal: dict[str, Any]) -> str | Path | None:
        value: str | Path | None = proposal["value"]
        captions_of(value)
        return SecretText(value) if isinstance(value, str) else value

    @t.observe("source")
    def _source_changed(self, _change: object) -> None:
        try:
            self._tell(state="idle" if self.source is None else "connecting", vod=None)
        finally:
            self._tell_source()

    @t.observe("captions")
    def _captions_changed(self, _change: object) -> None:
        self._captions = captions_of(self.captions)
        self._tell_source()

    def _tell_source(self) -> None:
        if self._channel.page is not None:
            self._channel.tell(self._source_message())


def address_of(source: object) -> str:
    """Return the address of a source.

    Raises
    ------
    InvalidInputError
        If it is neither a URL nor the name of a stream, or this service has no live page.
    """
    if isinstance(source, Playout):
        return source.live
    if not isinstance(source, str) or not source:
        raise InvalidInputError(
            f"source must be a stream's name, a URL or a Playout, not {type(source).__name__}"
        )
    if not _ADDRESS.match(source):
        return services.current().service.live_url(_validation.check_streamname(source))
    _check_address("source", source)
    return source


def captions_of(source: str | Path | None) -> CaptionsLink | CaptionsText | None:
    """Return captions as a page gets them: their URL, or their text.

    Raises
    ------
    InvalidInputError
        If it is neither a URL nor a WebVTT file.
    """
    if source is None:
        return None
    if isinstance(source, str):
        if not _ADDRESS.match(source):
            raise InvalidInputError("captions must be a URL, or a pathlib.Path of a file")
        _check_address("captions", source)
        return CaptionsLink(url=source)
    try:
        with source.open("rb") as file:
            content = file.read(_LONGEST + 1)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"captions={source!r} cannot be read: {error}") from None
    if len(content) > _LONGEST or not _WEBVTT.match(text):
        raise InvalidInputError(
            f"captions={source!r} is not WebVTT: such a file begins with the line WEBVTT, and has 4 MB at most"
        )
    return CaptionsText(text=text)


def _check_address(name: str, address: str) -> None:
    parts = urlsplit(address)
    if not parts.hostname or parts.username or parts.password:
        raise InvalidInputError(
            f"{name} is not a URL that can be watched: it needs a host, and no user name"
        )
