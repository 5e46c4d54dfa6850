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
    """Something that happened in a meeting. Fields that an engine leaves out are None.

    Attributes
    ----------
    at : float
        When the kernel received it, in seconds since the epoch.
    """

    #: Its name for `NanoMeet.on`.
    name: ClassVar[str] = ""
    #: Its name in the engine API; the class's own, unless it says another.
    wire: ClassVar[str] = ""
    at: float = field(default_factory=time.time, compare=False)


@dataclass(frozen=True, kw_only=True)
class VideoConferenceJoined(Event):
    """The meeting is joined.

    Attributes
    ----------
    room_name : str or None
        The room.
    id : str or None
        Your id.
    display_name : str or None
        Your name.
    """

    room_name: str | None = None
    id: str | None = None
    display_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class VideoConferenceLeft(Event):
    """The meeting was left, or its connection was lost.

    Attributes
    ----------
    room_name : str or None
        The room.
    """

    room_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class ParticipantJoined(Event):
    """A participant joined.

    Attributes
    ----------
    id : str or None
        The participant's id.
    display_name : str or None
        Their name.
    """

    id: str | None = None
    display_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class ParticipantLeft(Event):
    """A participant left.

    Attributes
    ----------
    id : str or None
        The participant's id.
    """

    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ParticipantKickedOut(Event):
    """A participant was removed.

    Attributes
    ----------
    kicked : dict or None
        Who was removed: ``id``, and ``local`` if that is you.
    kicker : dict or None
        The moderator: ``id``.
    """

    kicked: dict[str, Any] | None = None
    kicker: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class ParticipantRoleChanged(Event):
    """A participant became a moderator, or is one no longer.

    Attributes
    ----------
    id : str or None
        The participant's id.
    role : str or None
        ``moderator`` or another role of the engine.
    """

    id: str | None = None
    role: str | None = None


@dataclass(frozen=True, kw_only=True)
class ParticipantMuted(Event):
    """A participant's microphone or camera was switched.

    Attributes
    ----------
    id : str or None
        The participant's id.
    is_muted : bool or None
        Whether it is off.
    media_type : str or None
        ``audio`` or ``video``.
    """

    id: str | None = None
    is_muted: bool | None = None
    media_type: str | None = None


@dataclass(frozen=True, kw_only=True)
class DisplayNameChange(Event):
    """A participant changed their name.

    Attributes
    ----------
    id : str or None
        The participant's id.
    display_name : str or None
        The new name.
    """

    id: str | None = None
    display_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class AudioMuteStatusChanged(Event):
    """Your microphone was switched.

    Attributes
    ----------
    muted : bool or None
        Whether it is off.
    """

    muted: bool | None = None


@dataclass(frozen=True, kw_only=True)
class VideoMuteStatusChanged(Event):
    """Your camera was switched.

    Attributes
    ----------
    muted : bool or None
        Whether it is off.
    """

    muted: bool | None = None


@dataclass(frozen=True, kw_only=True)
class AudioAvailabilityChanged(Event):
    """A microphone became available, or unavailable.

    Attributes
    ----------
    available : bool or None
        Whether there is one.
    """

    available: bool | None = None


@dataclass(frozen=True, kw_only=True)
class VideoAvailabilityChanged(Event):
    """A camera became available, or unavailable.

    Attributes
    ----------
    available : bool or None
        Whether there is one.
    """

    available: bool | None = None


@dataclass(frozen=True, kw_only=True)
class RaiseHandUpdated(Event):
    """A participant raised or lowered their hand.

    Attributes
    ----------
    id : str or None
        The participant's id.
    hand_raised : float or None
        When it was raised, in milliseconds since the epoch; 0 if it was lowered.
    """

    id: str | None = None
    hand_raised: float | None = None


@dataclass(frozen=True, kw_only=True)
class DominantSpeakerChanged(Event):
    """Another participant is speaking.

    Attributes
    ----------
    id : str or None
        The participant's id.
    """

    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class IncomingMessage(Event):
    """A chat message arrived.

    Attributes
    ----------
    from_ : str or None
        The writer's id.
    nick : str or None
        The writer's name.
    message : str or None
        The text.
    private_message : bool or None
        Whether it is for you alone.
    stamp : str or None
        When it was written, ISO 8601.
    message_id : str or None
        Its id.
    """

    from_: str | None = None
    nick: str | None = None
    message: str | None = None
    private_message: bool | None = None
    stamp: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class OutgoingMessage(Event):
    """Your chat message was sent.

    Attributes
    ----------
    message : str or None
        The text.
    private_message : bool or None
        Whether it is for one participant.
    message_id : str or None
        Its id.
    """

    message: str | None = None
    private_message: bool | None = None
    message_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChatUpdated(Event):
    """The number of unread messages changed, or the chat was opened or closed.

    Attributes
    ----------
    unread_count : int or None
        Unread messages.
    is_open : bool or None
        Whether the chat is open.
    """

    unread_count: int | None = None
    is_open: bool | None = None


@dataclass(frozen=True, kw_only=True)
class EndpointTextMessageReceived(Event):
    """The program of another participant sent a text.

    Attributes
    ----------
    sender_info : dict or None
        Its ``"id"`` is the sender's.
    event_data : dict or None
        Its ``"text"`` is the text.
    """

    sender_info: dict[str, Any] | None = None
    event_data: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class NoiseSuppressionChanged(Event):
    """The browser began or stopped suppressing noise on your microphone, or cannot say.

    Attributes
    ----------
    available : bool or None
        Whether the browser reports it, for an open microphone.
    enabled : bool or None
        Whether it suppresses noise.
    """

    wire = "nanomeetNoiseSuppression"
    available: bool | None = None
    enabled: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ReactionShown(Event):
    """A participant shows a reaction.

    Attributes
    ----------
    id : str or None
        The participant's id.
    reaction : str or None
        ``thumbs_up, clap, heart, laugh, surprise`` or ``party``.
    """

    wire = "nanomeetReaction"
    id: str | None = None
    reaction: str | None = None


@dataclass(frozen=True, kw_only=True)
class UnmuteAsked(Event):
    """A moderator asks you to switch your microphone or camera on.

    Attributes
    ----------
    media_type : str or None
        ``audio`` or ``video``.
    by : str or None
        The moderator's name.
    """

    wire = "nanomeetUnmuteAsked"
    media_type: str | None = None
    by: str | None = None


@dataclass(frozen=True, kw_only=True)
class StageInvited(Event):
    """A moderator invites you onto the stage.

    Attributes
    ----------
    by : str or None
        The moderator's name.
    """

    wire = "nanomeetStageInvited"
    by: str | None = None


@dataclass(frozen=True, kw_only=True)
class LobbyChanged(Event):
    """The participants in the lobby changed. Moderators only.

    Attributes
    ----------
    waiting : list of dict or None
        Everyone who waits: dicts of ``id`` and ``name``.
    """

    wire = "nanomeetLobby"
    waiting: list[dict[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True)
class RoomChanged(Event):
    """The room's subject, lobby, password, lock or main participant changed.

    Attributes
    ----------
    subject : str or None
        The subject.
    lobby : bool or None
        Whether the lobby is on.
    locked : bool or None
        Whether a password is required.
    closed : bool or None
        Whether newcomers are kept out.
    main : str or None
        The id of the participant that everyone sees large.
    """

    wire = "nanomeetRoomChanged"
    subject: str | None = None
    lobby: bool | None = None
    locked: bool | None = None
    closed: bool | None = None
    main: str | None = None


@dataclass(frozen=True, kw_only=True)
class BroadcastChanged(Event):
    """The broadcast is at another step.

    Attributes
    ----------
    state : str or None
        ``off, starting, live, stopping`` or ``failed``.
    playout : dict or None
        Where it can be watched: ``live`` and ``vod``.
    since : float or None
        When it went live, in seconds since the epoch.
    error : str or None
        Why it failed.
    quality : str or None
        As `start_broadcast` names it.
    shows : str or None
        What viewers see: ``stage, soon`` or ``paused``.
    """

    wire = "nanomeetBroadcastChanged"
    state: str | None = None
    playout: dict[str, Any] | None = None
    since: float | None = None
    error: str | None = None
    quality: str | None = None
    shows: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReadingsChanged(Event):
    """A program began to read pictures or sound of the meeting, or stopped.

    Attributes
    ----------
    readings : list of dict or None
        All that go on, as `NanoMeet.readers` has them: dicts of ``id, reader, of`` and ``media``.
    """

    wire = "nanomeetReadingsChanged"
    readings: list[dict[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True)
class TalkTimesChanged(Event):
    """Participants have spoken; for moderators, if the room keeps talk time.

    Attributes
    ----------
    seconds : dict of str to float or None
        For how many seconds each participant has spoken, by their ids.
    """

    wire = "nanomeetTalkTimes"
    seconds: dict[str, float] | None = None


@dataclass(frozen=True, kw_only=True)
class GroupsChanged(Event):
    """The groups of the meeting changed, or you went to another room of it.

    Attributes
    ----------
    groups : list of dict or None
        The groups, none if they are closed: dicts of ``id, name`` and ``people``, dicts of ``id, name`` and
        ``here``.
    ends : float or None
        When everyone comes back by themselves, in seconds since the epoch.
    here : str or None
        The id of the group in whose room you are; None in the main room.
    own : str or None
        The id of the group to which you belong.
    """

    wire = "nanomeetGroupsChanged"
    groups: list[dict[str, Any]] | None = None
    ends: float | None = None
    here: str | None = None
    own: str | None = None


@dataclass(frozen=True, kw_only=True)
class GroupNote(Event):
    """A moderator tells all groups something.

    Attributes
    ----------
    name_ : str or None
        The moderator's name.
    text : str or None
        What they tell.
    """

    wire = "nanomeetGroupNote"
    name_: str | None = None
    text: str | None = None


@dataclass(frozen=True, kw_only=True)
class RosterChanged(Event):
    """A person with a personal link came or went, or such links were made or revoked. Moderators only.

    Attributes
    ----------
    people : list of dict or None
        All of them, as `NanoMeet.roster` has them: dicts of ``id, name, moderator`` and ``here``.
    """

    wire = "nanomeetRosterChanged"
    people: list[dict[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True)
class CheckInChanged(Event):
    """A check-in began or ended, or a participant is done, or is not after all.

    Attributes
    ----------
    id : str or None
        The check-in; None if none goes on.
    question : str or None
        What is asked.
    since : float or None
        When it began, in seconds since the epoch.
    done : list of str or None
        The ids of the participants who are done: for moderators; others learn only of themselves.
    """

    wire = "nanomeetCheckInChanged"
    id: str | None = None
    question: str | None = None
    since: float | None = None
    done: list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class ConnectionChanged(Event):
    """The connection to the room was lost, or is back.

    Attributes
    ----------
    state : str or None
        ``reconnecting``, ``moving`` (on the way to another room of the meeting) or ``connected``.
    """

    wire = "nanomeetConnection"
    state: str | None = None


@dataclass(frozen=True, kw_only=True)
class KnockingParticipant(Event):
    """A participant waits in the lobby. Moderators only.

    Attributes
    ----------
    participant : dict or None
        Who waits: ``id`` and ``name``.
    """

    participant: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class PasswordRequired(Event):
    """The room requires its password."""


@dataclass(frozen=True, kw_only=True)
class RecordingStatusChanged(Event):
    """The broadcast began or ended.

    Attributes
    ----------
    on : bool or None
        Whether it is on.
    mode : str or None
        ``stream``.
    error : str or None
        Why it failed.
    """

    on: bool | None = None
    mode: str | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecordingLinkAvailable(Event):
    """A recording can be downloaded.

    Attributes
    ----------
    link : str or None
        Its URL.
    ttl : float or None
        Seconds that the URL is valid.
    """

    link: str | None = None
    ttl: float | None = None


@dataclass(frozen=True, kw_only=True)
class ScreenSharingStatusChanged(Event):
    """Your screen is shared, or no longer.

    Attributes
    ----------
    on : bool or None
        Whether it is shared.
    """

    on: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ContentSharingParticipantsChanged(Event):
    """Other participants share their screen.

    Attributes
    ----------
    data : list of str or None
        Their ids.
    """

    data: list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class LargeVideoChanged(Event):
    """Another participant is shown large.

    Attributes
    ----------
    id : str or None
        The participant's id; None where all have the same size.
    """

    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ParticipantsPaneToggled(Event):
    """The list of participants was opened or closed.

    Attributes
    ----------
    open : bool or None
        Whether it is open.
    """

    open: bool | None = None


@dataclass(frozen=True, kw_only=True)
class VideoQualityChanged(Event):
    """The largest picture that is wanted changed.

    Attributes
    ----------
    video_quality : int or None
        Its height in lines.
    """

    video_quality: int | None = None


@dataclass(frozen=True, kw_only=True)
class NotificationTriggered(Event):
    """A notification was shown.

    Attributes
    ----------
    title : str or None
        Its title.
    description : str or None
        Its text.
    """

    title: str | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class PrejoinScreenLoaded(Event):
    """The page before the meeting is shown: choose name and devices there.

    Attributes
    ----------
    display_name : str or None
        Your name, if it is known.
    """

    display_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class SubjectChange(Event):
    """The room's subject changed.

    Attributes
    ----------
    subject : str or None
        The subject.
    """

    subject: str | None = None


@dataclass(frozen=True, kw_only=True)
class TileViewChanged(Event):
    """Participants are shown in the same size, or one of them large.

    Attributes
    ----------
    enabled : bool or None
        Whether all have the same size.
    """

    enabled: bool | None = None


@dataclass(frozen=True, kw_only=True)
class DeviceListChanged(Event):
    """A camera, microphone or speaker was plugged in or removed.

    Attributes
    ----------
    devices : dict or None
        All devices, by what they are for.
    """

    devices: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class PollOpened(Event):
    """A poll was opened, or is open as you join.

    Attributes
    ----------
    poll : dict or None
        The poll, as `NanoMeet.polls` has it.
    """

    poll: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class PollClosed(Event):
    """A poll was closed: its votes are final.

    Attributes
    ----------
    poll : dict or None
        The poll, as `NanoMeet.polls` has it, with its results if you may know them.
    """

    poll: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class CameraError(Event):
    """The camera cannot be used.

    Attributes
    ----------
    type : str or None
        The kind of error.
    message : str or None
        What is wrong.
    """

    type: str | None = None
    message: str | None = None


@dataclass(frozen=True, kw_only=True)
class MicError(Event):
    """The microphone cannot be used.

    Attributes
    ----------
    type : str or None
        The kind of error.
    message : str or None
        What is wrong.
    """

    type: str | None = None
    message: str | None = None


@dataclass(frozen=True, kw_only=True)
class ErrorOccurred(Event):
    """An error occurred; it ended the meeting if it is fatal.

    Attributes
    ----------
    error : dict or None
        ``name, message`` and ``isFatal``.
    """

    error: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class PeerConnectionFailure(Event):
    """A direct connection to a participant was lost or was never made.

    Attributes
    ----------
    id : str or None
        The participant's id.
    is_p2p : bool or None
        Whether it was direct.
    was_connected : bool or None
        Whether it had been made.
    """

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
#: The names of each kind's fields, here and in the engine API.
_FIELDS = {
    kind: tuple(
        (one.name, _camel(one.name)) for one in dataclasses.fields(kind) if one.name != "at"
    )
    for kind in KINDS.values()
}


def parse(wire: str, data: dict[str, Any]) -> Event | None:
    """Return the event that an engine's message tells of.

    Parameters
    ----------
    wire : str
        The engine API's name of the event.
    data : dict
        The engine's data.

    Returns
    -------
    Event or None
        None if it is of no known kind.
    """
    kind = _BY_WIRE.get(wire)
    if kind is None:
        return None
    values: dict[str, Any] = {name: data.get(camel) for name, camel in _FIELDS[kind]}
    return kind(**values)
