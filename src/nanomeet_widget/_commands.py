"""What a meeting can be told: the methods of the Web API, in Python's spelling.

Each returns a `Command`: await it or do not, it takes effect either way. It settles when the engine
has confirmed, or fails with a `CommandError` in bounded time. A further one is a method here and a
line in `js/src/widget/commands.ts`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from nanomeet_widget._channel import Command
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget._models import Playout
from nanomeet_widget._rules import check_flag

T = TypeVar("T")

#: Seconds after which a command without an answer has failed. The page's own limits are shorter,
#: and say more precisely what was missing; these are for a page that has gone.
CONFIRM = 30.0
BROADCAST = 75.0
LEAVE = 15.0

_MAX_SUBJECT = 200
_MAX_PASSWORD = 128


@dataclass(frozen=True, kw_only=True)
class Device:
    """A camera, microphone or speaker of the browser."""

    id: str
    group_id: str
    kind: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Devices:
    """The browser's devices, by what they are for."""

    audio_input: tuple[Device, ...] = ()
    audio_output: tuple[Device, ...] = ()
    video_input: tuple[Device, ...] = ()


class Commands:
    """The commands of a meeting."""

    def _command(
        self,
        name: str,
        parse: Callable[[Any], T],
        *,
        timeout: float = CONFIRM,
        moderator: bool = False,
        **args: object,
    ) -> Command[T]:
        raise NotImplementedError

    def start_broadcast(self, is_vod: bool = False) -> Command[Playout]:  # noqa: FBT001, FBT002 - the Web API's startBroadcast(isVOD)
        """Broadcast the meeting. Moderators only.

        Parameters
        ----------
        is_vod
            Whether it is recorded too.

        Returns
        -------
        Command
            Gives the `Playout` once the broadcast is live.
        """
        check_flag("is_vod", is_vod)
        return self._command(
            "start_broadcast", playout_of, timeout=BROADCAST, moderator=True, is_vod=is_vod
        )

    def stop_broadcast(self) -> Command[None]:
        """End the broadcast; its recording is whole then. Moderators only."""
        return self._command("stop_broadcast", _nothing, timeout=BROADCAST, moderator=True)

    def set_subject(self, subject: str) -> Command[str]:
        """Say what the room is about: 1 to 200 characters. Moderators only."""
        text = _text("subject", subject, 1, _MAX_SUBJECT)
        return self._command("set_subject", str, moderator=True, subject=text)

    def set_lobby(self, active: bool) -> Command[bool]:  # noqa: FBT001 - the Web API's setLobby(active)
        """Make newcomers wait for a moderator, or stop that. Moderators only."""
        check_flag("active", active)
        return self._command("set_lobby", bool, moderator=True, active=active)

    def set_password(self, password: str) -> Command[None]:
        """Ask newcomers for a password of at most 128 characters; an empty one asks no more.

        Moderators only. An empty password turns the lobby off too, as in the Web API.
        """
        text = _text("password", password, 0, _MAX_PASSWORD)
        return self._command("set_password", _nothing, moderator=True, password=text)

    def mute_everyone(self) -> Command[None]:
        """Switch off everybody else's microphone. Moderators only."""
        return self._command("mute_everyone", _nothing, moderator=True)

    def pin_participant(self, participant_id: str | None = None) -> Command[None]:
        """Always show this participant large, in this browser; None shows all alike again."""
        if participant_id is not None:
            _text("participant_id", participant_id, 1, 64)
        return self._command("pin_participant", _nothing, id=participant_id)

    def set_main_participant(self, participant_id: str) -> Command[None]:
        """Show this participant large."""
        text = _text("participant_id", participant_id, 1, 64)
        return self._command("set_main_participant", _nothing, id=text)

    def available_devices(self) -> Command[Devices]:
        """List the browser's cameras, microphones and speakers."""
        return self._command("available_devices", _devices_of)

    def current_devices(self) -> Command[Devices]:
        """List the camera, microphone and speaker in use."""
        return self._command("current_devices", _devices_of)

    def set_audio_device(
        self, device_id: str, *, kind: Literal["input", "output"] = "input"
    ) -> Command[None]:
        """Use this microphone (``input``) or speaker (``output``): an id of `available_devices`."""
        if kind not in {"input", "output"}:
            raise InvalidInputError(f'kind must be "input" or "output", not {kind!r}')
        text = _text("device_id", device_id, 1, 1024)
        return self._command("set_audio_device", _nothing, id=text, kind=kind)

    def leave(self) -> Command[None]:
        """Leave the meeting and free the camera; settled once that is done."""
        return self._command("leave", _nothing, timeout=LEAVE)


def _text(name: str, value: object, least: int, most: int) -> str:
    if not isinstance(value, str) or not least <= len(value) <= most:
        found = f"{len(value)} characters" if isinstance(value, str) else type(value).__name__
        raise InvalidInputError(f"{name} must be text of {least} to {most} characters, not {found}")
    return value


def _nothing(_: object) -> None:
    return None


def playout_of(value: dict[str, Any]) -> Playout:
    """Return the playout that a page tells of."""
    return Playout(live=str(value["live"]), vod=str(value["vod"]) if value.get("vod") else None)


def _devices_of(value: dict[str, Any]) -> Devices:
    def listed(name: str) -> tuple[Device, ...]:
        # The engine gives a list where it was asked for all, and one where it was asked for the one
        # in use.
        found = value.get(name) or []
        return tuple(
            Device(
                id=str(device.get("deviceId") or ""),
                group_id=str(device.get("groupId") or ""),
                kind=str(device.get("kind") or ""),
                label=str(device.get("label") or ""),
            )
            for device in (found if isinstance(found, list) else [found])
        )

    return Devices(
        audio_input=listed("audioInput"),
        audio_output=listed("audioOutput"),
        video_input=listed("videoInput"),
    )
