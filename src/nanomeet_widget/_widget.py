"""The meeting as a widget: NanoMeet."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import anywidget
import traitlets as t

from nanomeet_widget import _states, _tokens
from nanomeet_widget._channel import Channel, Command
from nanomeet_widget._errors import (
    CommandError,
    CommandRefusedError,
    CommandTimeoutError,
    InvalidInputError,
    NoFrontEndError,
    NotJoinedError,
)
from nanomeet_widget._models import Playout
from nanomeet_widget._rules import check_flag
from nanomeet_widget._states import Broadcast, Status

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

STATIC = Path(__file__).parent / "static"

#: Seconds after which a command without an answer has failed. The page's own limits are shorter,
#: and say more precisely what was missing; these are for a page that has gone.
START_TIMEOUT = 75.0
STOP_TIMEOUT = 75.0
LEAVE_TIMEOUT = 15.0

_CSS_LENGTH = re.compile(r"\d+(\.\d+)?(px|em|rem|ch|%|vw|vh|vmin|vmax|dvw|dvh|svh|lvh|cm|mm|in|pt)")
_MAX_PIXELS = 10_000
_BRANDING_KEYS = frozenset(
    {"backgroundColor", "backgroundImageUrl", "logoClickUrl", "logoImageUrl", "inviteDomain"}
)


class NanoMeet(anywidget.AnyWidget):
    """A meeting in the cell that shows this.

    Parameters
    ----------
    token
        A token from `create_room` or `create_invite`. It is never part of the saved notebook.
        Setting another one moves to that meeting; None leaves.
    width, height
        Pixels, or a CSS length such as ``"100%"`` or ``"30em"``. Changes take effect live.
    branding
        The URL of a branding file, or its content as a dict (keys as in the nanoMeet Web API).

    Attributes
    ----------
    status, broadcast
        Where this meeting, and its broadcast, stand: as the engine confirmed it.
    playout
        Where the broadcast can be watched, once it is live.
    moderator, room
        What the token says.
    participants
        Everybody in the room: dicts of ``id, display_name, moderator, audio, video``.
    error
        Why it failed: a dict of ``kind`` and ``message``, or None.

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
    token = t.Unicode(default_value=None, allow_none=True)
    width = t.Union([t.Int(), t.Unicode()], default_value="100%").tag(sync=True)
    height = t.Union([t.Int(), t.Unicode()], default_value=480).tag(sync=True)
    branding = t.Union([t.Unicode(), t.Dict()], default_value=None, allow_none=True).tag(sync=True)

    # Not synced either: a saved "joined" would be untrue for whoever opens the notebook next.
    status = t.UseEnum(Status, default_value=Status.IDLE, read_only=True)
    broadcast = t.UseEnum(Broadcast, default_value=Broadcast.OFF, read_only=True)
    playout = t.Instance(Playout, allow_none=True, read_only=True)
    moderator = t.Bool(default_value=False, read_only=True)
    room = t.Unicode(default_value="", read_only=True).tag(sync=True)
    participants = t.List(t.Dict(), read_only=True)
    error = t.Dict(default_value=None, allow_none=True, read_only=True)

    # What the page may know of the token before it asks for it.
    _has_token = t.Bool(default_value=False).tag(sync=True)
    _fingerprint = t.Unicode("").tag(sync=True)

    def __init__(self, token: str | None = None, **options: Any) -> None:  # noqa: ANN401 - traits
        self._status = _states.Machine(Status.IDLE, _states.STATUS_STEPS)
        self._broadcast = _states.Machine(Broadcast.OFF, _states.BROADCAST_STEPS)
        self._client: str | None = None
        self._waiting: list[dict[str, Any]] = []
        self._channel = Channel(self._to_page)
        if unknown := sorted(set(options) - set(self.trait_names())):
            raise InvalidInputError(f"NanoMeet has no option {unknown[0]!r}")
        super().__init__(token=token, **options)
        self.on_msg(self._on_message)

    def start_broadcast(self, is_vod: bool = False) -> Command[Playout]:  # noqa: FBT001, FBT002 - the Web API's startBroadcast(isVOD)
        """Broadcast the meeting.

        Parameters
        ----------
        is_vod
            Whether it is recorded too.

        Returns
        -------
        Command
            Await it for the `Playout`, once the engine says that the broadcast is live. It fails
            with a `CommandError` if it does not come to that.
        """
        check_flag("is_vod", is_vod)
        return self._command(
            "start_broadcast", {"is_vod": is_vod}, _playout_of, START_TIMEOUT, moderator=True
        )

    def stop_broadcast(self) -> Command[None]:
        """End the broadcast; settled once the engine says that it is off."""
        return self._command("stop_broadcast", {}, lambda _: None, STOP_TIMEOUT, moderator=True)

    def leave(self) -> Command[None]:
        """Leave the meeting and free the camera; settled once that is done."""
        if self._status.state in {Status.IDLE, Status.LEFT, Status.FAILED}:
            command: Command[None] = Command("leave")
            command.resolve(None)
            return command
        return self._command("leave", {}, lambda _: None, LEAVE_TIMEOUT, moderator=False)

    def close(self) -> None:
        """Leave the meeting and remove the widget."""
        if self._client is not None and self.comm is not None:
            self.send({"type": "close", "client": self._client})
        self._channel.close(CommandError("the meeting's widget was closed"))
        super().close()

    def _command(
        self,
        name: str,
        args: dict[str, Any],
        parse: Callable[[Any], T],
        timeout: float,
        *,
        moderator: bool,
    ) -> Command[T]:
        refusal: CommandError | None = None
        if not self._has_token:
            refusal = NotJoinedError(f"{name}: there is no meeting: set a token first")
        elif moderator and not self.moderator:
            refusal = CommandRefusedError(
                f"{name} is for moderators: this token is a participant's"
            )
        elif self._status.state in {Status.LEFT, Status.FAILED}:
            refusal = NotJoinedError(
                f"{name}: the meeting is {self._status.state.value}: show the widget again to join"
            )
        if refusal is not None:
            command: Command[T] = Command(name)
            command.reject(refusal)
            return command

        def late() -> CommandError:
            if self._client is None:
                return NoFrontEndError(
                    f"{name}: no notebook page shows this meeting: display it in a cell, for "
                    "example by writing its name on the cell's last line"
                )
            return CommandTimeoutError(
                f"{name}: the meeting's page gave no answer in {timeout:g} s"
            )

        return self._channel.request(name, args, parse=parse, timeout=timeout, late=late)

    def _to_page(self, message: dict[str, Any]) -> None:
        if self._client is None:
            self._waiting.append(message)
        else:
            self.send({**message, "client": self._client})

    # --- what the page says ---------------------------------------------------------------

    def _on_message(self, _widget: object, message: object, _buffers: object) -> None:
        if not isinstance(message, dict):
            return
        kind, client = message.get("type"), message.get("client")
        if kind == "hello" and isinstance(client, str):
            self._greet(client)
        elif client == self._client and kind in self._HANDLERS:
            self._HANDLERS[kind](self, message)

    def _greet(self, client: str) -> None:
        if self._client not in (None, client):
            # A page that was reloaded, or a second one: the meeting moves there.
            self.send({"type": "moved", "client": self._client})
        self._client = client
        self._send_token()
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            self._to_page(message)

    def _send_token(self) -> None:
        if self._client is not None:
            self.send({"type": "token", "client": self._client, "token": self.token})

    def _on_status(self, message: dict[str, Any]) -> None:
        target = Status(message["status"])
        self._status.step(target)
        if target not in {Status.JOINED, Status.JOINING}:
            # From outside, nothing of the room can be known.
            self.set_trait("participants", [])
            self._set_broadcast(Broadcast.OFF, None)
        self.set_trait("error", _error_of(message.get("error")))
        self.set_trait("status", target)

    def _on_broadcast(self, message: dict[str, Any]) -> None:
        playout = message.get("playout")
        self._set_broadcast(
            Broadcast(message["state"]), _playout_of(playout) if playout else self.playout
        )

    def _set_broadcast(self, target: Broadcast, playout: Playout | None) -> None:
        self._broadcast.step(target)
        self.set_trait("playout", playout)
        self.set_trait("broadcast", target)

    def _on_participants(self, message: dict[str, Any]) -> None:
        self.set_trait("participants", [_participant_of(p) for p in message["participants"]])

    def _on_role(self, message: dict[str, Any]) -> None:
        self.set_trait("moderator", bool(message["moderator"]))

    def _on_reply(self, message: dict[str, Any]) -> None:
        self._channel.reply(message)

    _HANDLERS: ClassVar[dict[str, Callable[[NanoMeet, dict[str, Any]], None]]] = {
        "status": _on_status,
        "broadcast": _on_broadcast,
        "participants": _on_participants,
        "role": _on_role,
        "reply": _on_reply,
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
        name, value = proposal["trait"].name, proposal["value"]
        if isinstance(value, bool) or (isinstance(value, int) and not 0 < value <= _MAX_PIXELS):
            raise InvalidInputError(f"{name}={value!r}: pixels are from 1 to {_MAX_PIXELS}")
        if isinstance(value, str) and not _CSS_LENGTH.fullmatch(value):
            raise InvalidInputError(
                f"{name}={value!r} is not a CSS length: write pixels as a number, or a text such "
                'as "100%" or "30em"'
            )
        return value  # type: ignore[no-any-return]

    @t.validate("branding")
    def _valid_branding(self, proposal: dict[str, Any]) -> str | dict[str, Any] | None:
        value = proposal["value"]
        if isinstance(value, str) and not value.startswith(("https://", "http://")):
            raise InvalidInputError(f"branding={value[:80]!r} is not a URL")
        if isinstance(value, dict) and (unknown := set(value) - _BRANDING_KEYS):
            raise InvalidInputError(
                f"branding has no key {min(map(str, unknown))!r}; it has "
                + ", ".join(sorted(_BRANDING_KEYS))
            )
        return value  # type: ignore[no-any-return]

    @t.observe("token")
    def _token_changed(self, _change: object) -> None:
        token = self.token
        claims = _tokens.read(token) if token else None
        self._has_token = claims is not None
        self._fingerprint = hashlib.sha256(token.encode()).hexdigest()[:12] if token else ""
        self.set_trait("room", claims.room if claims else "")
        self.set_trait("moderator", claims.moderator if claims else False)
        self._send_token()


def _playout_of(value: dict[str, Any]) -> Playout:
    return Playout(live=str(value["live"]), vod=str(value["vod"]) if value.get("vod") else None)


def _error_of(value: dict[str, Any] | None) -> dict[str, str] | None:
    return None if value is None else {"kind": str(value["kind"]), "message": str(value["message"])}


def _participant_of(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(value["id"]),
        "display_name": str(value["display_name"]),
        "moderator": bool(value["moderator"]),
        "audio": bool(value["audio"]),
        "video": bool(value["video"]),
    }
