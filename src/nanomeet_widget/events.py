"""What happens in a meeting, as `NanoMeet.on` hands it to callbacks and `NanoMeet.events` keeps it.

The names and fields are those of the Jitsi IFrame API's events, in Python's spelling.
"""

from __future__ import annotations

import dataclasses
import re
import time
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. Fields that an engine leaves out are None."""

    #: Its name for `NanoMeet.on`.
    name: ClassVar[str] = ""
    #: Its name in the engine API; the class's own, unless it says another.
    wire: ClassVar[str] = ""
    #: Seconds since the epoch at which the kernel heard of it.
    at: float = field(default_factory=time.time, compare=False)


@dataclass(frozen=True, kw_only=True)
class VideoConferenceJoined(Event):
    """The meeting is joined."""

    room_name: str | None = None
    id: str | None = None
    display_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class VideoConferenceLeft(Event):
    """The meeting is left, or lost."""

    room_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class ParticipantJoined(Event):
    """Somebody came."""

    id: str | None = None
    display_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class ParticipantLeft(Event):
    """Somebody went."""

    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ParticipantKickedOut(Event):
    """Somebody was sent out."""

    kicked: dict[str, Any] | None = None
    kicker: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class ParticipantRoleChanged(Event):
    """Somebody is a moderator now, or no more."""

    id: str | None = None
    role: str | None = None


@dataclass(frozen=True, kw_only=True)
class ParticipantMuted(Event):
    """Somebody's microphone or camera was switched."""

    id: str | None = None
    is_muted: bool | None = None
    media_type: str | None = None


@dataclass(frozen=True, kw_only=True)
class DisplayNameChange(Event):
    """Somebody has another name."""

    id: str | None = None
    display_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class AudioMuteStatusChanged(Event):
    """The own microphone was switched."""

    muted: bool | None = None


@dataclass(frozen=True, kw_only=True)
class VideoMuteStatusChanged(Event):
    """The own camera was switched."""

    muted: bool | None = None


@dataclass(frozen=True, kw_only=True)
class AudioAvailabilityChanged(Event):
    """A microphone can be used, or no more."""

    available: bool | None = None


@dataclass(frozen=True, kw_only=True)
class VideoAvailabilityChanged(Event):
    """A camera can be used, or no more."""

    available: bool | None = None


@dataclass(frozen=True, kw_only=True)
class RaiseHandUpdated(Event):
    """Somebody raised a hand (milliseconds since the epoch) or took it down (0)."""

    id: str | None = None
    hand_raised: float | None = None


@dataclass(frozen=True, kw_only=True)
class DominantSpeakerChanged(Event):
    """Somebody else speaks now."""

    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class IncomingMessage(Event):
    """Somebody wrote in the chat; `from_` is the writer's id, `stamp` when (ISO 8601)."""

    from_: str | None = None
    nick: str | None = None
    message: str | None = None
    private_message: bool | None = None
    stamp: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class OutgoingMessage(Event):
    """The own message went out."""

    message: str | None = None
    private_message: bool | None = None
    message_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChatUpdated(Event):
    """There is more or less to read in the chat, or it was opened or closed."""

    unread_count: int | None = None
    is_open: bool | None = None


@dataclass(frozen=True, kw_only=True)
class EndpointTextMessageReceived(Event):
    """The program of another participant sent ``event_data["text"]``; ``sender_info["id"]`` is theirs."""

    sender_info: dict[str, Any] | None = None
    event_data: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class ReactionShown(Event):
    """Somebody shows a feeling, such as ``thumbs_up``, ``clap`` or ``heart``."""

    wire = "nanomeetReaction"
    id: str | None = None
    reaction: str | None = None


@dataclass(frozen=True, kw_only=True)
class UnmuteAsked(Event):
    """A moderator asks for the own microphone (``audio``) or camera (``video``)."""

    wire = "nanomeetUnmuteAsked"
    media_type: str | None = None
    by: str | None = None


@dataclass(frozen=True, kw_only=True)
class StageInvited(Event):
    """A moderator invites onto the stage."""

    wire = "nanomeetStageInvited"
    by: str | None = None


@dataclass(frozen=True, kw_only=True)
class LobbyChanged(Event):
    """Others wait in the lobby now: dicts of ``id`` and ``name``. Moderators only."""

    wire = "nanomeetLobby"
    waiting: list[dict[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True)
class RoomChanged(Event):
    """The room has another subject, lobby, lock or main participant (an id, or None)."""

    wire = "nanomeetRoomChanged"
    subject: str | None = None
    lobby: bool | None = None
    #: Whether a password is asked for.
    locked: bool | None = None
    #: Whether no newcomer is let in.
    closed: bool | None = None
    main: str | None = None


@dataclass(frozen=True, kw_only=True)
class BroadcastChanged(Event):
    """The broadcast is at another step: ``off, starting, live, stopping`` or ``failed``."""

    wire = "nanomeetBroadcastChanged"
    state: str | None = None
    playout: dict[str, Any] | None = None
    since: float | None = None
    error: str | None = None
    #: As `start_broadcast` names it, and what viewers are shown: ``stage, soon`` or ``paused``.
    quality: str | None = None
    shows: str | None = None


@dataclass(frozen=True, kw_only=True)
class ConnectionChanged(Event):
    """The connection to the room was lost (``reconnecting``) or is back (``connected``)."""

    wire = "nanomeetConnection"
    state: str | None = None


@dataclass(frozen=True, kw_only=True)
class KnockingParticipant(Event):
    """Somebody waits in the lobby."""

    participant: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class PasswordRequired(Event):
    """The room asks for its password."""


@dataclass(frozen=True, kw_only=True)
class RecordingStatusChanged(Event):
    """The broadcast began or ended."""

    on: bool | None = None
    mode: str | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecordingLinkAvailable(Event):
    """A recording can be fetched."""

    link: str | None = None
    ttl: float | None = None


@dataclass(frozen=True, kw_only=True)
class ScreenSharingStatusChanged(Event):
    """The own screen is shared, or no more."""

    on: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ContentSharingParticipantsChanged(Event):
    """Others share a screen now: their ids."""

    data: list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class LargeVideoChanged(Event):
    """Somebody else is shown large; None where all are alike."""

    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ParticipantsPaneToggled(Event):
    """The list of people was opened or closed."""

    open: bool | None = None


@dataclass(frozen=True, kw_only=True)
class VideoQualityChanged(Event):
    """Pictures of at most so many lines are wanted."""

    video_quality: int | None = None


@dataclass(frozen=True, kw_only=True)
class NotificationTriggered(Event):
    """A notification was shown."""

    title: str | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class PrejoinScreenLoaded(Event):
    """Name and devices can be chosen before the meeting is joined."""

    display_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class SubjectChange(Event):
    """The room is about something else."""

    subject: str | None = None


@dataclass(frozen=True, kw_only=True)
class TileViewChanged(Event):
    """The tiles are shown, or one large picture."""

    enabled: bool | None = None


@dataclass(frozen=True, kw_only=True)
class DeviceListChanged(Event):
    """A camera, microphone or speaker came or went."""

    devices: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class CameraError(Event):
    """The camera cannot be used."""

    type: str | None = None
    message: str | None = None


@dataclass(frozen=True, kw_only=True)
class MicError(Event):
    """The microphone cannot be used."""

    type: str | None = None
    message: str | None = None


@dataclass(frozen=True, kw_only=True)
class ErrorOccurred(Event):
    """Something went wrong; if `is_fatal`, the meeting ended by it."""

    error: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class PeerConnectionFailure(Event):
    """A direct connection to somebody was lost or never came about."""

    id: str | None = None
    is_p2p: bool | None = None
    was_connected: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ReadyToClose(Event):
    """The meeting was left."""


def _camel(name: str) -> str:
    head, *tail = name.rstrip("_").split("_")
    return head + "".join("P2P" if part == "p2p" else part.title() for part in tail)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


#: Every kind of event, by its name for `NanoMeet.on`.
KINDS: dict[str, type[Event]] = {}
_BY_WIRE: dict[str, type[Event]] = {}
for _kind in Event.__subclasses__():
    _kind.name = _snake(_kind.__name__)
    _kind.wire = _kind.wire or _kind.__name__[0].lower() + _kind.__name__[1:]
    KINDS[_kind.name] = _kind
    _BY_WIRE[_kind.wire] = _kind


def parse(wire: str, data: dict[str, Any]) -> Event | None:
    """Return the event that an engine's message tells of, or None if it is of no known kind."""
    kind = _BY_WIRE.get(wire)
    if kind is None:
        return None
    names = [f.name for f in dataclasses.fields(kind) if f.name != "at"]
    values: dict[str, Any] = {name: data.get(_camel(name)) for name in names}
    return kind(**values)
