"""Every message between the embedded server and a page, defined once.

Text frames carry JSON; the ``type`` field selects the struct. `scripts/generate_protocol.py`
renders the same definitions as TypeScript, and a test holds the two together.
Media travels in binary frames: see `frames`.
"""

from __future__ import annotations

import json
import typing
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from nanomeet_widget import _models, _texts
from nanomeet_widget._states import BroadcastStatus

VERSION: int = 1

#: Bounds of what a page may send; the largest text frame, in bytes, is checked before decoding. The
#: longest text of the chat fits into it with any characters, in each way that JSON writes them.
MAX_TEXT_FRAME: int = 96 * 1024


def _text(length: _texts.Length) -> Meta:
    """Say how many characters a text has; `decode_client` counts them, as msgspec counts others."""
    return Meta(extra={"length": length})


#: Cut where it is too long, and never refused: see `cleaning.clean_name`.
Name = str
ParticipantId = Annotated[str, _text(_texts.ID)]
Ref = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Password = Annotated[str, _text(_texts.PASSWORD)]
MediaKind = Literal["audio", "video"]
#: What a page may call the browser that it runs in, so that the same person is known again there.
Person = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{16,64}$")]
ChatText = Annotated[str, _text(_texts.MESSAGE)]
ReactionKind = Literal["thumbs_up", "clap", "heart", "laugh", "surprise", "party"]
#: Lines of a picture; 0 where it is not shown.
Lines = Annotated[int, Meta(ge=0, le=4320)]
#: Why a connection ends.
ByeKind = Literal[
    "left",
    "kicked",
    "refused",
    "replaced",
    "room_full",
    "lobby_full",
    "room_closed",
    "ended",
    "token_malformed",
    "token_rejected",
    "token_expired",
    "token_not_yet_valid",
    "protocol",
    "too_many_messages",
    "server_stopping",
]
PushUrl = Annotated[str, Meta(pattern="^rtmps?://[!-~]+$", max_length=_texts.PUSH_URL.most)]
PushPhase = Literal["connecting", "live", "retrying", "failed"]
#: A broadcast's picture by its lines, at 16:9; or none, and sound alone.
Quality: TypeAlias = _models.Quality
#: What its picture is encoded as.
Codec: TypeAlias = _models.Codec
#: What viewers are shown: the stage, or a card in its place, without any sound.
Shows = Literal["stage", "soon", "paused"]
StreamName = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]


class _Message(Struct, forbid_unknown_fields=True, omit_defaults=False):
    """What the messages of a page have in common."""


class _Request(_Message, kw_only=True):
    """A message that asks for something: `ref` comes back in `Ack` or `Error`."""

    ref: Ref | None = None


# --- a page of the meeting to the server ------------------------------------------------------


class Join(_Message, tag="join", kw_only=True):
    """The first message of a connection."""

    v: int
    #: Any text: one that is no token is refused as such.
    token: str
    name: Name = ""
    audio: bool = False
    video: bool = False
    #: The secret of `Welcome.resume`: this connection takes the place of a lost one.
    resume: Annotated[str, Meta(max_length=64)] | None = None
    #: One that is longer than any password is wrong, and no more than that.
    password: str | None = None
    #: Known to this browser and the server alone: who comes again takes his own place.
    person: Person | None = None
    #: Whether this page can compose the stage: encoding needs a browser that does it, and https.
    composes: bool = True


class Description(_Message):
    """A session description (RFC 8829)."""

    type: Literal["offer", "answer", "pranswer", "rollback"]
    sdp: Annotated[str, Meta(max_length=48 * 1024)] = ""


class Candidate(_Message, rename="camel"):
    """An ICE candidate as the browser writes it."""

    candidate: Annotated[str, Meta(max_length=2048)]
    sdp_mid: Annotated[str, Meta(max_length=64)] | None = None
    sdp_m_line_index: Annotated[int, Meta(ge=0, le=255)] | None = None
    username_fragment: Annotated[str, Meta(max_length=256)] | None = None


class Signal(_Message, tag="signal", kw_only=True):
    """One step of perfect negotiation, for one other participant."""

    to: ParticipantId
    description: Description | None = None
    candidate: Candidate | None = None
    #: Asks for an offer that looks for a new way: of two pages, one alone makes such offers.
    restart: bool = False


class Media(_Message, tag="media", kw_only=True):
    """What this participant sends: microphone open, camera on, screen shared."""

    audio: bool
    video: bool
    screen: bool = False


class Want(_Message, tag="want", kw_only=True):
    """How large this page shows the pictures of one other participant: nobody sends more."""

    to: ParticipantId
    camera: Lines
    screen: Lines


class SendChat(_Request, tag="send_chat", kw_only=True):
    """Write to everybody, or to one."""

    text: ChatText
    to: ParticipantId | None = None


class RaiseHand(_Request, tag="raise_hand", kw_only=True):
    """Raise the own hand, or take it down."""

    raised: bool


class React(_Request, tag="react", kw_only=True):
    """Show a feeling for a moment."""

    reaction: ReactionKind


class EnterStage(_Request, tag="enter_stage", kw_only=True):
    """Come up on the stage, as a moderator has invited one to; a moderator needs no invitation."""


class LeaveStage(_Request, tag="leave_stage", kw_only=True):
    """Step down into the audience."""


class Rename(_Request, tag="rename", kw_only=True):
    """Change the own display name."""

    name: Name


class SetSubject(_Request, tag="set_subject", kw_only=True):
    """Change what the room is about. Moderators only."""

    subject: Annotated[str, _text(_texts.SUBJECT)]


class SetLobby(_Request, tag="set_lobby", kw_only=True):
    """Make newcomers wait for a moderator, or stop that. Moderators only."""

    active: bool


class SetPassword(_Request, tag="set_password", kw_only=True):
    """Ask participants for a password; an empty one asks no more. Moderators only."""

    password: Password


class Admit(_Request, tag="admit", kw_only=True):
    """Let somebody in from the lobby, or refuse. Moderators only."""

    id: ParticipantId
    admitted: bool


class AdmitAll(_Request, tag="admit_all", kw_only=True):
    """Let in everybody who waits in the lobby. Moderators only."""


class MessageLobby(_Request, tag="message_lobby", kw_only=True):
    """Say something to one who waits in the lobby, or to all. Moderators only."""

    text: ChatText
    id: ParticipantId | None = None


class Mute(_Request, tag="mute", kw_only=True):
    """Switch off somebody's microphone or camera. Moderators only."""

    id: ParticipantId
    media: MediaKind = "audio"


class AskToUnmute(_Request, tag="ask_to_unmute", kw_only=True):
    """Ask somebody to switch microphone or camera on. Moderators only."""

    id: ParticipantId
    media: MediaKind = "audio"


class LowerHand(_Request, tag="lower_hand", kw_only=True):
    """Take somebody's hand down. Moderators only."""

    id: ParticipantId


class GrantModerator(_Request, tag="grant_moderator", kw_only=True):
    """Make somebody a moderator of this room, as long as it lives. Moderators only."""

    id: ParticipantId


class SetClosed(_Request, tag="set_closed", kw_only=True):
    """Lock the room for newcomers, or open it again. Moderators only."""

    closed: bool


class SetMain(_Request, tag="set_main", kw_only=True):
    """Show somebody large to everybody; None leaves it to each. Moderators only."""

    id: ParticipantId | None = None


class CreateInvite(_Request, tag="create_invite", kw_only=True):
    """Make a link for others, answered by `invite_created`. Moderators only."""

    ref: Ref
    moderator: bool = False
    #: The address by which this page reaches the server, as the others will.
    server: Annotated[str, Meta(min_length=1, max_length=512)]


class InviteToStage(_Request, tag="invite_to_stage", kw_only=True):
    """Invite somebody of the audience up. Moderators only."""

    id: ParticipantId


class SendToAudience(_Request, tag="send_to_audience", kw_only=True):
    """Send somebody from the stage into the audience. Moderators only."""

    id: ParticipantId


class EndMeeting(_Request, tag="end_meeting", kw_only=True):
    """End the meeting for everybody. Moderators only."""


class MuteEveryone(_Request, tag="mute_everyone", kw_only=True):
    """Switch off everybody else's microphone or camera. Moderators only."""

    media: MediaKind = "audio"


class PlanRemoval(_Request, tag="plan_removal", kw_only=True):
    """Ask what a `Kick` would mean, answered by `removal_planned`. Moderators only."""

    ref: Ref
    id: ParticipantId


class Kick(_Request, tag="kick", kw_only=True):
    """Send a person out of the room, and keep them out of it. Moderators only."""

    id: ParticipantId
    #: Whether their link is revoked, too: everyone who came by it goes, and it opens nothing more.
    revoke: bool = False
    #: Whether their network address is kept out, too.
    address: bool = False
    #: Whether others have the link, too, and keep it, though one person has come by it so far.
    shared: bool = False


class StartBroadcast(_Request, tag="start_broadcast", kw_only=True):
    """Broadcast the stage from this page. Moderators only."""

    record: bool = False
    #: Whether it takes its link to watch: no stream's name is enough.
    private: bool = False
    #: Where it is pushed to besides, by RTMP; the end of each address is a secret.
    to: Annotated[list[PushUrl], Meta(max_length=_texts.PUSHES)] = []
    quality: Quality = "360p"
    #: None for what the page chooses.
    codec: Codec | None = None
    #: Whether viewers are shown that it starts soon, until a `PauseBroadcast` that ends it.
    paused: bool = False

    def __repr__(self) -> str:
        return f"StartBroadcast(record={self.record}, private={self.private}, to=<{len(self.to)}>)"


class StopBroadcast(_Request, tag="stop_broadcast", kw_only=True):
    """End the broadcast. Moderators only."""

    #: This page can send it no longer; another one may.
    unable: bool = False


class PauseBroadcast(_Request, tag="pause_broadcast", kw_only=True):
    """Show viewers a card in place of the stage, and let them hear nothing; or the stage again.

    Moderators only.
    """

    paused: bool


class BroadcastShown(_Message, tag="broadcast_shown", kw_only=True):
    """The broadcaster's page alone: what viewers are shown from now on."""

    shows: Shows


class Leave(_Message, tag="leave"):
    """Leave for good: the place is given up at once."""


class Ping(_Message, tag="ping", kw_only=True):
    """Ask for a sign of life."""

    t: float


ClientMessage = (
    Join
    | Signal
    | Media
    | Want
    | Rename
    | SendChat
    | RaiseHand
    | React
    | EnterStage
    | LeaveStage
    | SetSubject
    | SetLobby
    | SetPassword
    | Admit
    | AdmitAll
    | MessageLobby
    | Mute
    | AskToUnmute
    | LowerHand
    | GrantModerator
    | SetClosed
    | SetMain
    | CreateInvite
    | InviteToStage
    | SendToAudience
    | EndMeeting
    | MuteEveryone
    | PlanRemoval
    | Kick
    | StartBroadcast
    | StopBroadcast
    | PauseBroadcast
    | BroadcastShown
    | Leave
    | Ping
)


# --- the server to a page of the meeting ------------------------------------------------------


class Participant(_Message, kw_only=True):
    """Somebody in the room, as everybody sees him."""

    id: ParticipantId
    name: str
    moderator: bool
    audio: bool
    video: bool
    screen: bool
    #: Whether he is on the stage, and not in the audience.
    stage: bool
    #: Milliseconds since the epoch at which he raised his hand; None while it is down.
    hand: float | None


class Playout(_Message, kw_only=True):
    """Where a broadcast can be watched."""

    live: str
    #: Only where it is recorded.
    vod: str | None = None


class PushState(_Message, kw_only=True):
    """How pushing a broadcast to another server fares."""

    #: Whose server; the rest of the address is a secret.
    host: str
    state: PushPhase
    #: What went wrong last, in plain words.
    error: str | None = None


TroubleKind = Literal[
    "broadcast_silent",
    "broadcast_lost",
    "broadcast_left",
    "broadcast_unable",
    "broadcast_interrupted",
    "broadcast_slow_encoder",
    "broadcast_slow_line",
    "broadcast_overflow",
    "broadcast_data",
    "broadcast_server",
    "recording_disk",
    "recording_size",
    "recording_failed",
]


class Trouble(_Message):
    """What is wrong with the broadcast or its recording."""

    kind: TroubleKind
    #: In plain words.
    message: str


class BroadcastState(_Message, kw_only=True):
    """The broadcast of the room."""

    state: BroadcastStatus
    #: Who composes and sends it.
    broadcaster: ParticipantId | None = None
    playout: Playout | None = None
    #: Seconds since the epoch at which it went live.
    since: float | None = None
    #: Why it ended or failed, or what it lacks; for moderators.
    trouble: Trouble | None = None
    #: Where it is pushed to; for moderators.
    targets: list[PushState] = []
    quality: Quality = "360p"
    #: What viewers are shown, as the page that sends it has said.
    shows: Shows = "stage"


class RoomState(_Message, kw_only=True):
    """What everybody in the room may know of it."""

    subject: str
    lobby: bool
    #: Whether a password is asked for.
    locked: bool
    #: Whether no newcomer is let in.
    closed: bool
    #: Who is shown large to everybody.
    main: ParticipantId | None


class ChatMessage(_Message, tag="chat_message", kw_only=True):
    """Something that somebody wrote. Sent to whom it is for, the writer too."""

    #: Grows with every message of the room.
    id: int
    sender: ParticipantId
    name: str
    text: str
    #: Seconds since the epoch.
    at: float
    #: The one whom it is for alone, and his name.
    to: ParticipantId | None = None
    to_name: str | None = None


class StageFeed(_Message, tag="stage_feed", kw_only=True):
    """For the audience: the stream that shows the stage, and what opens it."""

    stream: StreamName | None
    ticket: str | None = None
    #: Whether a page on the stage can send it. Without one, waiting does not help.
    possible: bool = True


class IceServer(_Message, kw_only=True):
    """A STUN or TURN server, as RTCPeerConnection takes it."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class Welcome(_Message, tag="welcome", kw_only=True):
    """You are in. Everything a page needs to draw the room."""

    v: int
    #: Oneself, as the others see one.
    own: Participant
    #: Whether the place was one's own already, and the others did not hear that one was away.
    kept: bool
    resume: str
    room: str
    #: This meeting, from its first participant to its last.
    session: str
    streamname: str
    #: The others.
    participants: list[Participant]
    state: RoomState
    broadcast: BroadcastState
    #: Who waits in the lobby; empty for participants.
    knocking: list[Knock]
    ice_servers: list[IceServer]
    #: Seconds since the epoch at which the token ends.
    expires: float
    #: What time it is by this server's clock, likewise: a page's own may be wrong.
    now: float
    #: The most people on the stage.
    max_stage: int
    #: What was written, oldest first.
    chat: list[ChatMessage]
    #: Who watches the broadcast; for moderators, else 0.
    viewers: int
    feed: StageFeed


class Waiting(_Message, tag="waiting", kw_only=True):
    """You are in the lobby, under this id."""

    id: ParticipantId


class PasswordRequired(_Message, tag="password_required", kw_only=True):
    """Join again with the password. The connection stays open for it."""

    #: Whether one was given and was wrong.
    wrong: bool


class Joined(_Message, tag="joined", kw_only=True):
    """Somebody came."""

    participant: Participant


class Updated(_Message, tag="updated", kw_only=True):
    """Somebody's name, media or role changed. Sent to everybody, the one concerned too."""

    participant: Participant


class Left(_Message, tag="left", kw_only=True):
    """Somebody went."""

    id: ParticipantId
    reason: Literal["left", "dropped", "kicked"]
    #: Who sent him out, where he was.
    by: ParticipantId | None = None


class Signalled(_Message, tag="signalled", kw_only=True):
    """A `Signal` from somebody."""

    sender: ParticipantId
    description: Description | None = None
    candidate: Candidate | None = None
    restart: bool = False


class Knock(_Message, tag="knock", kw_only=True):
    """Somebody waits in the lobby. Moderators only."""

    id: ParticipantId
    name: str


class KnockEnded(_Message, tag="knock_ended", kw_only=True):
    """He was admitted, refused, or went away. Moderators only."""

    id: ParticipantId


class LobbyNote(_Message, tag="lobby_note", kw_only=True):
    """For those who wait in the lobby: a moderator says something."""

    name: str
    text: str


class Wanted(_Message, tag="wanted", kw_only=True):
    """How large somebody shows your pictures."""

    sender: ParticipantId
    camera: Lines
    screen: Lines


class Reaction(_Message, tag="reaction", kw_only=True):
    """Somebody shows a feeling. Sent to everybody, the one concerned too."""

    sender: ParticipantId
    reaction: ReactionKind


class UnmuteAsked(_Message, tag="unmute_asked", kw_only=True):
    """A moderator asks you to switch microphone or camera on: it is for you to decide."""

    media: MediaKind
    by: ParticipantId


class StageInvited(_Message, tag="stage_invited", kw_only=True):
    """A moderator invites you up on the stage: enter it, or do not."""

    by: ParticipantId


class ViewersChanged(_Message, tag="viewers_changed", kw_only=True):
    """How many watch the broadcast. Moderators only."""

    viewers: int


class RoomChanged(_Message, tag="room_changed", kw_only=True):
    """The room's own state changed."""

    state: RoomState


class MuteRequested(_Message, tag="mute_requested", kw_only=True):
    """A moderator switched your microphone or camera off: do it."""

    media: MediaKind
    by: ParticipantId


class BroadcastChanged(_Message, tag="broadcast_changed", kw_only=True):
    """The broadcast's state changed."""

    broadcast: BroadcastState


class IngestGranted(_Message, tag="ingest_granted", kw_only=True):
    """For the broadcaster alone: send the stage to the ingest socket with this ticket."""

    stream: StreamName
    ticket: str
    #: For whom: the viewers of the broadcast, or the room's own audience.
    purpose: Literal["broadcast", "stage"] = "broadcast"
    quality: Quality = "360p"
    #: None for what the page chooses.
    codec: Codec | None = None
    shows: Shows = "stage"


class ShowBroadcast(_Message, tag="show_broadcast", kw_only=True):
    """For the broadcaster alone: show the viewers this, and say so once they are shown it."""

    shows: Shows


class Link(_Message, kw_only=True):
    """A link that several people came by."""

    #: Names it in this room; it is neither the token nor its name.
    id: ParticipantId
    #: How many people came by it, to this meeting or an earlier one.
    people: int
    #: Those of them who are here.
    here: list[ParticipantId]


class LinksChanged(_Message, tag="links_changed", kw_only=True):
    """The shared links by which people in the room came. Moderators only."""

    links: list[Link]


class RemovalPlanned(_Message, tag="removal_planned", kw_only=True):
    """What a `Kick` of this person would mean now."""

    ref: Ref
    #: How many people came by the same link.
    people: int
    #: Whether it is a moderator's link.
    moderator: bool
    #: Whether you came by it, too: then it stays, and their browser alone is kept out.
    own_link: bool
    #: How many others here would go, too.
    goes: int
    #: Whether you may revoke the link, and how many others here would go then.
    revocable: bool
    goes_revoked: int
    #: How many others here have the same network address; None where it is not known.
    same_address: int | None


class InviteCreated(_Message, tag="invite_created", kw_only=True):
    """The request with this `ref` was carried out: the invite's token."""

    ref: Ref
    token: str

    def __repr__(self) -> str:
        return f"InviteCreated(ref={self.ref})"


class Ack(_Message, tag="ack", kw_only=True):
    """The request with this `ref` was carried out."""

    ref: Ref


class Error(_Message, tag="error", kw_only=True):
    """A request was refused, or a message was wrong."""

    kind: str
    message: str
    ref: Ref | None = None


class Bye(_Message, tag="bye", kw_only=True):
    """The connection ends now, and why. `retry` says whether coming back makes sense."""

    kind: ByeKind
    message: str
    retry: bool = False


class Pong(_Message, tag="pong", kw_only=True):
    """The sign of life, with the `t` of its `Ping`."""

    t: float


ServerMessage = (
    Welcome
    | Waiting
    | PasswordRequired
    | Joined
    | Updated
    | Left
    | Signalled
    | Knock
    | KnockEnded
    | LobbyNote
    | RoomChanged
    | ChatMessage
    | Wanted
    | Reaction
    | MuteRequested
    | UnmuteAsked
    | StageInvited
    | StageFeed
    | ViewersChanged
    | BroadcastChanged
    | IngestGranted
    | LinksChanged
    | RemovalPlanned
    | InviteCreated
    | ShowBroadcast
    | Ack
    | Error
    | Bye
    | Pong
)


# --- the broadcast: its sender to the server --------------------------------------------------


class IngestOpen(_Message, tag="ingest_open", kw_only=True):
    """The first message on the ingest socket."""

    v: int
    ticket: Annotated[str, Meta(min_length=1, max_length=64)]
    #: What the clock shows at this moment that stamps the frames, in microseconds: then what was captured
    #: at one moment plays at one moment, however long encoding takes. None leaves it to what comes first.
    clock: Annotated[int, Meta(ge=-(2**53), le=2**53)] | None = None


#: What a sender cannot keep up with.
Behind = Literal["encoder", "line"]


class IngestBehind(_Message, tag="ingest_behind", kw_only=True):
    """What the sender cannot keep up with, and has not for some seconds; None when that is over."""

    behind: Behind | None


IngestClientMessage = IngestOpen | IngestBehind


class IngestReady(_Message, tag="ingest_ready"):
    """Send set-up frames for every track, then media, pictures from a keyframe on."""


class IngestLate(_Message, tag="ingest_late", kw_only=True):
    """How much longer than at best everything takes to arrive; sent each second in which it is notable."""

    seconds: float


class KeyframeWanted(_Message, tag="keyframe_wanted"):
    """Make the next picture a keyframe."""


class IngestEnded(_Message, tag="ingest_ended", kw_only=True):
    """Stop sending; the socket closes."""

    reason: str
    #: Whether it is an error, and not the end that was asked for.
    failed: bool


IngestServerMessage = IngestReady | KeyframeWanted | IngestLate | IngestEnded


# --- the broadcast: the server to a viewer ----------------------------------------------------


#: Bare frames, for viewers with WebCodecs, or fragments of MP4, for Media Source Extensions.
WatchFormat = Literal["frames", "fmp4", "state"]


class Watch(_Message, tag="watch", kw_only=True):
    """The first message on the viewers' socket."""

    v: int
    stream: StreamName
    #: What opens a stream that is not public.
    ticket: Annotated[str, Meta(max_length=64)] | None = None
    #: What the viewer plays; see `frames`. With "state" he plays HLS, and wants to know when.
    format: WatchFormat = "frames"


WatchClientMessage = Watch | Ping


class StreamState(_Message, tag="stream_state", kw_only=True):
    """Where the stream stands: binary frames follow while it is live."""

    state: Literal["waiting", "live", "ended"]
    #: The room's subject, or its name.
    title: str
    since: float | None = None
    vod: str | None = None
    #: Whether there is a picture, and not sound alone.
    picture: bool = True
    shows: Shows = "stage"


WatchServerMessage = StreamState | Pong | Error


class TrackSetup(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The payload (JSON) of a set-up frame: all that a decoder needs to begin."""

    #: As WebCodecs writes it: ``avc1.42001f``, ``vp09.00.31.08``, ``opus``.
    codec: Annotated[str, Meta(pattern=r"^[A-Za-z0-9.]{2,32}$")]
    #: Codec-private bytes (avcC, OpusHead) in base64, where the codec has any.
    description: Annotated[str, Meta(max_length=8192)] | None = None
    width: Annotated[int, Meta(ge=16, le=7680)] | None = None
    height: Annotated[int, Meta(ge=16, le=4320)] | None = None
    #: Pictures a second.
    framerate: Annotated[float, Meta(gt=0, le=240)] | None = None
    #: Hertz.
    sample_rate: Annotated[int, Meta(ge=8000, le=192000)] | None = None
    channels: Annotated[int, Meta(ge=1, le=8)] | None = None


class InvalidMessageError(Exception):
    """A page's message of a known type breaks a rule of it.

    Parameters
    ----------
    message
        Which rule, and of which field.
    ref
        That of the message, if it can be read.
    """

    def __init__(self, message: str, *, ref: int | None) -> None:
        super().__init__(message)
        self.ref = ref


encode = msgspec.json.Encoder().encode
decode_ingest = msgspec.json.Decoder(IngestClientMessage).decode
decode_watch = msgspec.json.Decoder(WatchClientMessage).decode
decode_setup = msgspec.json.Decoder(TrackSetup).decode
_decode_client = msgspec.json.Decoder(ClientMessage).decode

_TAGS = frozenset(str(kind.__struct_config__.tag) for kind in typing.get_args(ClientMessage))
#: Characters of a decoder's words that are passed on: they may quote what was sent.
_MOST_WORDS = 200
_MOST_DIGITS = 20
#: What brings a name, which keeps no person outside.
_MENDED = frozenset({"join", "rename"})


def _lengths(kind: type[Struct]) -> tuple[tuple[str, _texts.Length], ...]:
    """Return the fields of a message that have an own `length`."""
    return tuple(
        (name, meta.extra["length"])
        for name, hint in typing.get_type_hints(kind, include_extras=True).items()
        # Of `ChatText`, and of the one in `ParticipantId | None`.
        for one in {hint, *typing.get_args(hint)}
        for meta in getattr(one, "__metadata__", ())
        if isinstance(meta, Meta) and meta.extra
    )


_LENGTHS = {kind: _lengths(kind) for kind in typing.get_args(ClientMessage)}


def decode_client(text: str) -> ClientMessage:
    """Return a page's message.

    Raises
    ------
    InvalidMessageError
        If it is a message of a known type, and something in it breaks a rule.
    msgspec.DecodeError
        If it is no message at all: no JSON object, or of no known type.
    """
    try:
        message: ClientMessage = _decode_client(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return _decode_again(text, error)
    for name, length in _LENGTHS[type(message)]:
        value = getattr(message, name)
        flaw = None if value is None else _texts.flaw(value, length)
        if flaw is not None:
            raise InvalidMessageError(f"{name} {flaw}.", ref=getattr(message, "ref", None))
    return message


def _decode_again(text: str, error: Exception) -> ClientMessage:
    """Find out what is wrong with a message; a name that has half a character in it is mended."""
    try:
        raw = json.loads(text, parse_int=_number)
        written = json.dumps(raw, ensure_ascii=False)
    except RecursionError:
        raise InvalidMessageError("It is nested too deeply.", ref=None) from None
    except ValueError:
        raise msgspec.DecodeError(str(error)) from None
    kind = raw.get("type") if isinstance(raw, dict) else None
    if not isinstance(kind, str) or kind not in _TAGS:
        raise msgspec.DecodeError("it is of no known type")
    words = str(error)
    if not _texts.is_whole(written):
        if kind in _MENDED:
            return decode_client(_texts.whole(written))
        words = "It has half of a character in it (a lone surrogate)"
    raise InvalidMessageError(f"{_texts.cut(words, _MOST_WORDS)}.", ref=_ref(raw))


def _number(digits: str) -> int | float:
    """Read a whole number; one with more digits than any of ours has is not worth its time."""
    return int(digits) if len(digits) < _MOST_DIGITS else float(digits)


def _ref(raw: dict[str, Any]) -> int | None:
    """Return by what a spoiled message is answered, if it has that."""
    ref = raw.get("ref")
    right = isinstance(ref, int) and not isinstance(ref, bool) and 0 <= ref < 2**53
    return ref if right else None
