"""The messages of `ws/meeting`: between a page of the meeting and the server."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from nanomeet_widget import _texts
from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget.server.protocol import classroom
from nanomeet_widget.server.protocol.common import (
    BroadcastOptions,
    ChatText,
    Codec,
    Error,
    FromServer,
    Language,
    Message,
    ModeratorRequest,
    ParticipantId,
    Ping,
    Pong,
    Quality,
    Ref,
    Request,
    Shows,
    StreamName,
    Trouble,
    text,
)

#: One that is too long is cut, and never refused: see `cleaning.clean_name`.
Name = str
#: Of what a participant shows; cut and cleaned like a name.
Title = str
Password = Annotated[str, text(_texts.PASSWORD)]
MediaKind = Literal["audio", "video"]
#: A browser's ID, which it keeps: by token and browser ID the server recognises a person.
Person = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{16,64}$")]
#: A picture as its bytes, never as an address that others would load; see `rooms.avatars`.
Avatar = Annotated[
    str,
    Meta(
        pattern="^data:image/(webp|png);base64,[A-Za-z0-9+/]+={0,2}$",
        max_length=_texts.AVATAR.most,
    ),
]
ReactionKind = Literal["thumbs_up", "clap", "heart", "laugh", "surprise", "party"]
#: Lines of a picture; 0 while it is not shown.
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
#: Where a page shows what a program of its participant sends: as a screen share, or as their camera.
SourceUse = Literal["screen", "camera"]
ReadingId = ParticipantId
#: Why a reading ended: its reader stopped it; the participant who is read, or a rule of the room, took it
#: back; one of the two has left the meeting, or went to the audience; or it failed.
ReadingEnding = Literal["stopped", "taken_back", "left", "audience", "failed"]
PushPhase = Literal["connecting", "live", "retrying", "failed"]


# --- a page of the meeting to the server ------------------------------------------------------


class Join(Message, tag="join", kw_only=True):
    """The first message of a connection."""

    v: int
    #: Any text; one that is not a token is refused as malformed.
    token: str
    name: Name = ""
    audio: bool = False
    video: bool = False
    #: The secret of `Welcome.resume`: this connection replaces a lost one.
    resume: Annotated[str, Meta(max_length=64)] | None = None
    #: Any text; one that is too long for a password is simply wrong.
    password: str | None = None
    #: Known to this browser and the server only: a person who joins again keeps their place.
    person: Person | None = None
    #: Whether this page can compose the stage: that takes a browser with encoders, and https.
    composes: bool = True
    #: Whether to join the audience although the stage may have room.
    audience: bool = False
    #: Whether this page shows the stage to its audience. No page composes the stage for those that do not.
    watches: bool = True

    def __repr__(self) -> str:
        return f"Join(v={self.v}, name={self.name!r})"


class Description(Message):
    """A session description (RFC 8829)."""

    type: Literal["offer", "answer", "pranswer", "rollback"]
    sdp: Annotated[str, Meta(max_length=48 * 1024)] = ""


class Candidate(Message, rename="camel"):
    """An ICE candidate, as browsers serialise it."""

    candidate: Annotated[str, Meta(max_length=2048)]
    sdp_mid: Annotated[str, Meta(max_length=64)] | None = None
    sdp_m_line_index: Annotated[int, Meta(ge=0, le=255)] | None = None
    username_fragment: Annotated[str, Meta(max_length=256)] | None = None


class Signal(Message, tag="signal", kw_only=True):
    """One step of perfect negotiation, for one other participant."""

    to: ParticipantId
    description: Description | None = None
    candidate: Candidate | None = None
    #: Request an offer with an ICE restart: of two pages, only one makes such offers.
    restart: bool = False


class Media(Message, tag="media", kw_only=True):
    """What this participant sends: microphone open, camera on, screen shared."""

    audio: bool
    video: bool
    screen: bool = False
    #: What the shared screen shows, as its tile is labelled; empty for the participant's name alone.
    screen_title: Title = ""


class Want(Message, tag="want", kw_only=True):
    """How large this page shows one other participant's video, who then sends no more than that."""

    to: ParticipantId
    camera: Lines
    screen: Lines


class SendChat(Request, tag="send_chat", kw_only=True):
    """Write to everyone, or to one participant."""

    text: ChatText
    to: ParticipantId | None = None


class RaiseHand(Request, tag="raise_hand", kw_only=True):
    """Raise or lower your hand."""

    raised: bool


class React(Request, tag="react", kw_only=True):
    """Show a reaction for a moment."""

    reaction: ReactionKind


class SendEndpointText(Request, tag="send_endpoint_text", kw_only=True):
    """Send text from one program to another: to one participant on the stage, or to all of them."""

    text: ChatText
    to: ParticipantId | None = None


class SetAvatar(Request, tag="set_avatar", kw_only=True):
    """Show this picture in place of the sender's initials; None shows the initials again."""

    avatar: Avatar | None


class EnterStage(Request, tag="enter_stage", kw_only=True):
    """Enter the stage. Participants need a moderator's invitation; moderators do not."""


class LeaveStage(Request, tag="leave_stage", kw_only=True):
    """Leave the stage for the audience."""


class Rename(Request, tag="rename", kw_only=True):
    """Change your display name."""

    name: Name


class OpenSource(Request, tag="open_source", kw_only=True):
    """Ask for a stream that a program of yours sends to this page; answered by `source_opened`.

    The page shows it to the others. A source for the same use is replaced.
    """

    ref: Ref
    use: SourceUse
    #: What it shows, as the tile of a screen is labelled.
    title: Title = ""


class CloseSource(Request, tag="close_source", kw_only=True):
    """Close a source."""

    use: SourceUse


class ReadMedia(Request, tag="read_media", kw_only=True):
    """Ask to read pictures or sound with a program; answered by `reading_opened`.

    A participant has to agree first, unless they are you; for the stage, you have to be a moderator.
    """

    ref: Ref
    media: MediaKind
    #: The participant; None for the stage as the audience sees it.
    of: ParticipantId | None = None
    #: At most so many lines a picture, and pictures a second; the stage's stream has its own.
    lines: Annotated[int, Meta(ge=90, le=720)] = 360
    fps: Annotated[int, Meta(ge=1, le=30)] = 10


class AnswerReading(Request, tag="answer_reading", kw_only=True):
    """Agree that another participant reads your picture or sound, or refuse it; a no always ends it."""

    id: ReadingId
    allowed: bool
    #: Whether this page cannot send it, whatever the participant answered.
    unable: bool = False


class StopReading(Request, tag="stop_reading", kw_only=True):
    """End a reading: as its reader, or as the participant who is read."""

    id: ReadingId


class SetSubject(ModeratorRequest, tag="set_subject", kw_only=True):
    """Change the room's subject."""

    subject: Annotated[str, text(_texts.SUBJECT)]


class SetLobby(ModeratorRequest, tag="set_lobby", kw_only=True):
    """Turn the lobby on or off: newcomers wait there for a moderator."""

    active: bool


class SetPassword(ModeratorRequest, tag="set_password", kw_only=True):
    """Set the room's password; an empty one removes it."""

    password: Password


class Admit(ModeratorRequest, tag="admit", kw_only=True):
    """Admit or refuse a person in the lobby."""

    id: ParticipantId
    admitted: bool


class AdmitAll(ModeratorRequest, tag="admit_all", kw_only=True):
    """Admit everyone in the lobby."""


class MessageLobby(ModeratorRequest, tag="message_lobby", kw_only=True):
    """Write to one person in the lobby, or to all of them."""

    text: ChatText
    id: ParticipantId | None = None


class Mute(ModeratorRequest, tag="mute", kw_only=True):
    """Mute a participant's microphone or camera."""

    id: ParticipantId
    media: MediaKind = "audio"


class AskToUnmute(ModeratorRequest, tag="ask_to_unmute", kw_only=True):
    """Ask a participant to unmute."""

    id: ParticipantId
    media: MediaKind = "audio"


class LowerHand(ModeratorRequest, tag="lower_hand", kw_only=True):
    """Lower a participant's hand."""

    id: ParticipantId


class GrantModerator(ModeratorRequest, tag="grant_moderator", kw_only=True):
    """Make a participant a moderator until the meeting ends."""

    id: ParticipantId


class SetClosed(ModeratorRequest, tag="set_closed", kw_only=True):
    """Lock the room to newcomers, or unlock it."""

    closed: bool


class SetMain(ModeratorRequest, tag="set_main", kw_only=True):
    """Spotlight a participant for everyone; None leaves the choice to each page."""

    id: ParticipantId | None = None


class CreateInvite(ModeratorRequest, tag="create_invite", kw_only=True):
    """Create an invite link; answered by `invite_created`."""

    ref: Ref
    moderator: bool = False
    #: The address at which this page, and those invited, reach the server.
    server: Annotated[str, Meta(min_length=1, max_length=512)]


class InviteToStage(ModeratorRequest, tag="invite_to_stage", kw_only=True):
    """Invite a participant from the audience to the stage."""

    id: ParticipantId


class SendToAudience(ModeratorRequest, tag="send_to_audience", kw_only=True):
    """Move a participant from the stage to the audience."""

    id: ParticipantId


class EndMeeting(ModeratorRequest, tag="end_meeting", kw_only=True):
    """End the meeting for everyone."""


class MuteEveryone(ModeratorRequest, tag="mute_everyone", kw_only=True):
    """Mute everyone else's microphone or camera."""

    media: MediaKind = "audio"


class PlanRemoval(ModeratorRequest, tag="plan_removal", kw_only=True):
    """Ask what a `Kick` would do; answered by `removal_planned`."""

    ref: Ref
    id: ParticipantId


class Kick(ModeratorRequest, tag="kick", kw_only=True):
    """Remove a person from the room, and keep them out."""

    id: ParticipantId
    #: Whether to revoke their link: everyone who joined with it is removed, and it stops working.
    revoke: bool = False
    #: Whether to keep out their network address as well.
    address: bool = False
    #: Whether others have the link and keep it, though only one person has joined with it so far.
    shared: bool = False


class StartBroadcast(ModeratorRequest, tag="start_broadcast", kw_only=True):
    """Broadcast the stage from this page."""

    options: BroadcastOptions = msgspec.field(default_factory=BroadcastOptions)
    #: Of the page; the titles of the recording's chapters are written in it.
    language: Language = "en"
    #: Whether a program sends pictures of its own in place of the stage. No other page takes over then.
    program: bool = False


class StopBroadcast(ModeratorRequest, tag="stop_broadcast", kw_only=True):
    """End the broadcast."""

    #: Whether only this page is unable to send it, and another one may take over.
    unable: bool = False


class PauseBroadcast(ModeratorRequest, tag="pause_broadcast", kw_only=True):
    """Show viewers a card without sound in place of the stage, or the stage again."""

    paused: bool


class BroadcastShown(Message, tag="broadcast_shown", kw_only=True):
    """What viewers see from now on; only the broadcaster's page sends it."""

    shows: Shows


class Leave(Message, tag="leave"):
    """Leave the meeting; the place is free at once."""


ClientMessage = (
    Join
    | Signal
    | Media
    | Want
    | Rename
    | SendChat
    | RaiseHand
    | React
    | SendEndpointText
    | SetAvatar
    | EnterStage
    | LeaveStage
    | OpenSource
    | CloseSource
    | ReadMedia
    | AnswerReading
    | StopReading
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
    | classroom.FromPage
    | Ping
)


# --- the server to a page of the meeting ------------------------------------------------------


class Participant(FromServer, kw_only=True):
    """A participant, as everyone sees them."""

    id: ParticipantId
    name: str
    moderator: bool
    audio: bool
    video: bool
    screen: bool
    screen_title: str
    #: Whether they are on the stage, rather than in the audience.
    stage: bool
    #: When they raised their hand, in milliseconds since the epoch; None while it is down.
    hand: float | None


class Playout(FromServer, kw_only=True):
    """Where a broadcast can be watched."""

    live: str
    #: None if it is not recorded.
    vod: str | None = None


class PushState(FromServer, kw_only=True):
    """The state of a broadcast's push to another server."""

    #: The other server; the rest of the address is secret.
    host: str
    state: PushPhase
    #: The last error, in plain words.
    error: str | None = None


class BroadcastState(FromServer, kw_only=True):
    """The broadcast of the room."""

    state: BroadcastStatus
    #: The participant whose page composes and sends it.
    broadcaster: ParticipantId | None = None
    playout: Playout | None = None
    #: When it went live, in seconds since the epoch.
    since: float | None = None
    #: Why it ended, failed or is interrupted; for moderators.
    trouble: Trouble | None = None
    #: The servers that it is pushed to; for moderators.
    targets: list[PushState] = msgspec.field(default_factory=list)
    quality: Quality = "360p"
    #: What viewers see, as the broadcaster's page reports it.
    shows: Shows = "stage"
    #: Whether a program of the broadcaster sends pictures of its own in place of the stage.
    program: bool = False


class RoomState(FromServer, kw_only=True):
    """The room's state that every participant may know."""

    subject: str
    lobby: bool
    #: Whether a password is required.
    locked: bool
    #: Whether newcomers are refused.
    closed: bool
    #: The participant who is spotlighted for everyone.
    main: ParticipantId | None


class ChatMessage(FromServer, tag="chat_message", kw_only=True):
    """A chat message; its sender gets it, too."""

    #: Increases with every message of the room.
    id: int
    sender: ParticipantId
    name: str
    text: str
    #: In seconds since the epoch.
    at: float
    #: The only recipient and their name; None if it is for everyone.
    to: ParticipantId | None = None
    to_name: str | None = None


class StageFeed(FromServer, tag="stage_feed", kw_only=True):
    """For the audience: the stream of the stage, and the audience ticket for it."""

    stream: StreamName | None
    ticket: str | None = None
    #: Whether a page on the stage can send it. If none can, there is nothing to wait for.
    possible: bool = True


class Reading(FromServer, kw_only=True):
    """A program that reads pictures or sound of the meeting."""

    id: ReadingId
    #: The participant whose program it is.
    reader: ParticipantId
    #: The participant who is read; None for the stage.
    of: ParticipantId | None
    media: MediaKind


class IceServer(FromServer, kw_only=True):
    """A STUN or TURN server, as RTCPeerConnection takes it."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class Welcome(FromServer, tag="welcome", kw_only=True):
    """You have joined. Everything that a page needs to show the room."""

    v: int
    #: You, as the others see you.
    own: Participant
    #: Whether you kept your place, and the others did not notice that you were away.
    kept: bool
    resume: str
    room: str
    #: This meeting, from its first participant to its last.
    session: str
    streamname: str
    #: The other participants.
    participants: list[Participant]
    state: RoomState
    broadcast: BroadcastState
    #: The people in the lobby; for moderators, otherwise empty.
    knocking: list[Knock]
    ice_servers: list[IceServer]
    #: When the token expires, in seconds since the epoch.
    expires: float
    #: The server's time, likewise, as the page's clock may be wrong.
    now: float
    #: How many people the stage holds.
    max_stage: int
    #: The chat so far, oldest first.
    chat: list[ChatMessage]
    #: How many people watch the broadcast; for moderators, otherwise 0.
    viewers: int
    feed: StageFeed
    #: The readings that go on; likewise in `readings_changed`.
    readings: list[Reading] = msgspec.field(default_factory=list)


class Waiting(FromServer, tag="waiting", kw_only=True):
    """You are in the lobby, under this ID."""

    id: ParticipantId


class PasswordRequired(FromServer, tag="password_required", kw_only=True):
    """A password is required: send `Join` again with it, on the same connection."""

    #: Whether the one given was wrong.
    wrong: bool


class Joined(FromServer, tag="joined", kw_only=True):
    """A participant joined."""

    participant: Participant


class Updated(FromServer, tag="updated", kw_only=True):
    """A participant's name, media or role changed. Sent to everyone, including them."""

    participant: Participant


class Left(FromServer, tag="left", kw_only=True):
    """A participant left."""

    id: ParticipantId
    #: `moved`: into another room of this meeting, a group or the main room.
    reason: Literal["left", "dropped", "kicked", "moved"]
    #: The moderator who removed them, if one did.
    by: ParticipantId | None = None


class Signalled(FromServer, tag="signalled", kw_only=True):
    """A `Signal` from another participant."""

    sender: ParticipantId
    description: Description | None = None
    candidate: Candidate | None = None
    restart: bool = False


class Knock(FromServer, tag="knock", kw_only=True):
    """A person waits in the lobby. Sent to moderators."""

    id: ParticipantId
    name: str


class KnockEnded(FromServer, tag="knock_ended", kw_only=True):
    """The person in the lobby was admitted, was refused, or left. Sent to moderators."""

    id: ParticipantId


class LobbyNote(FromServer, tag="lobby_note", kw_only=True):
    """For people in the lobby: a message from a moderator."""

    name: str
    text: str


class Wanted(FromServer, tag="wanted", kw_only=True):
    """How large another participant shows your video."""

    sender: ParticipantId
    camera: Lines
    screen: Lines


class Reaction(FromServer, tag="reaction", kw_only=True):
    """A participant's reaction. Sent to everyone, including them."""

    sender: ParticipantId
    reaction: ReactionKind


class EndpointText(FromServer, tag="endpoint_text", kw_only=True):
    """A program of another participant sent this text."""

    sender: ParticipantId
    text: str


class AvatarChanged(FromServer, tag="avatar_changed", kw_only=True):
    """A participant's picture changed; None shows their initials. Sent to everyone, including them."""

    id: ParticipantId
    avatar: str | None


class UnmuteAsked(FromServer, tag="unmute_asked", kw_only=True):
    """A moderator asks you to unmute; the choice is yours."""

    media: MediaKind
    by: ParticipantId


class StageInvited(FromServer, tag="stage_invited", kw_only=True):
    """A moderator invites you to the stage; the choice is yours."""

    by: ParticipantId


class ViewersChanged(FromServer, tag="viewers_changed", kw_only=True):
    """How many people watch the broadcast. Sent to moderators."""

    viewers: int


class RoomChanged(FromServer, tag="room_changed", kw_only=True):
    """The room's state changed."""

    state: RoomState


class MuteRequested(FromServer, tag="mute_requested", kw_only=True):
    """A moderator muted your microphone or camera: switch it off."""

    media: MediaKind
    by: ParticipantId


class BroadcastChanged(FromServer, tag="broadcast_changed", kw_only=True):
    """The broadcast's state changed."""

    broadcast: BroadcastState


class IngestGranted(FromServer, tag="ingest_granted", kw_only=True):
    """For the broadcaster only: send the stage to the ingest socket, with this ingest ticket."""

    stream: StreamName
    ticket: str
    #: Who watches it: the broadcast's viewers, or the room's audience.
    purpose: Literal["broadcast", "stage"] = "broadcast"
    quality: Quality = "360p"
    #: None lets the page choose.
    codec: Codec | None = None
    shows: Shows = "stage"


class SourceOpened(FromServer, tag="source_opened", kw_only=True):
    """The stream of the source that the request with this `ref` asked for.

    Sent again after every welcome, as the page may have reloaded.
    """

    #: None if it is sent again.
    ref: Ref | None
    use: SourceUse
    stream: StreamName
    #: What the program sends with, to `ws/ingest`.
    ingest_ticket: str
    #: What the page watches with, on `ws/watch`.
    watch_ticket: str
    #: Of the request, cleaned.
    title: str

    def __repr__(self) -> str:
        return f"SourceOpened(ref={self.ref}, use={self.use!r})"


class SourceClosed(FromServer, tag="source_closed", kw_only=True):
    """A source of yours has ended, and why."""

    use: SourceUse
    #: The closed one: another of the same use may be open by now.
    stream: StreamName
    message: str
    #: Whether an error ended it, rather than a request.
    failed: bool


class ReadingAsked(FromServer, tag="reading_asked", kw_only=True):
    """A participant asks to read your picture or sound; the choice is yours: `answer_reading`.

    A welcome ends the questions that a page knows; those that still wait are sent again after it.
    """

    reading: Reading
    #: The reader's name.
    name: str


class ReadingQuestionEnded(FromServer, tag="reading_question_ended", kw_only=True):
    """`reading_asked` needs no answer any more."""

    id: ReadingId


class ReadingGranted(FromServer, tag="reading_granted", kw_only=True):
    """For the participant who is read: send this to `ws/ingest`, with this ingest ticket.

    It ends with `ingest_ended` there. Sent again after every welcome, as the page may have reloaded; a page
    that sends it already goes on.
    """

    id: ReadingId
    stream: StreamName
    ticket: str
    media: MediaKind
    lines: int
    fps: int
    #: Whether the program is their own: it may see the camera before the page changes the picture.
    own: bool

    def __repr__(self) -> str:
        return f"ReadingGranted(id={self.id!r}, media={self.media!r})"


class ReadingOpened(FromServer, tag="reading_opened", kw_only=True):
    """For the reader: the stream, and the ticket with which its program watches it.

    Sent when there is a picture or sound.
    """

    ref: Ref
    id: ReadingId
    stream: StreamName
    ticket: str

    def __repr__(self) -> str:
        return f"ReadingOpened(ref={self.ref}, id={self.id!r})"


class ReadingMoved(FromServer, tag="reading_moved", kw_only=True):
    """For the reader of the stage: another stream shows it from now on."""

    id: ReadingId
    #: None while no page sends it.
    stream: StreamName | None
    ticket: str | None

    def __repr__(self) -> str:
        return f"ReadingMoved(id={self.id!r})"


class ReadingEnded(FromServer, tag="reading_ended", kw_only=True):
    """For the reader: the reading has ended, and why."""

    id: ReadingId
    kind: ReadingEnding
    message: str


class ReadingsChanged(FromServer, tag="readings_changed", kw_only=True):
    """The readings that go on, but for those of one's own media. Sent to everyone."""

    readings: list[Reading]


class ShowBroadcast(FromServer, tag="show_broadcast", kw_only=True):
    """For the broadcaster only: show this to viewers, and confirm with `BroadcastShown`."""

    shows: Shows


class Link(FromServer, kw_only=True):
    """An invite link with which several people joined."""

    #: Identifies it in this room; neither the token nor the token's ID.
    id: ParticipantId
    #: How many people joined with it, in this meeting or an earlier one.
    people: int
    #: Those of them who are present.
    here: list[ParticipantId]


class LinksChanged(FromServer, tag="links_changed", kw_only=True):
    """The shared links of people in the room. Sent to moderators."""

    links: list[Link]


class RemovalPlanned(FromServer, tag="removal_planned", kw_only=True):
    """What a `Kick` of this person would do now."""

    ref: Ref
    #: How many people joined with the same link.
    people: int
    #: Whether it is a moderator's link.
    moderator: bool
    #: Whether it is your link, too: then it keeps working, and only their browser is kept out.
    own_link: bool
    #: How many others here would be removed, too.
    goes: int
    #: Whether you may revoke the link, and how many others here would be removed by that.
    revocable: bool
    goes_revoked: int
    #: How many others here have the same network address; None if it is unknown.
    same_address: int | None


class InviteCreated(FromServer, tag="invite_created", kw_only=True):
    """The token of the invite that the request with this `ref` created."""

    ref: Ref
    token: str

    def __repr__(self) -> str:
        return f"InviteCreated(ref={self.ref})"


class Ack(FromServer, tag="ack", kw_only=True):
    """The request with this `ref` succeeded."""

    ref: Ref


class Bye(FromServer, tag="bye", kw_only=True):
    """The connection ends, and why; `retry` says whether reconnecting makes sense."""

    kind: ByeKind
    message: str
    retry: bool = False


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
    | EndpointText
    | AvatarChanged
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
    | SourceOpened
    | SourceClosed
    | ReadingAsked
    | ReadingQuestionEnded
    | ReadingGranted
    | ReadingOpened
    | ReadingMoved
    | ReadingEnded
    | ReadingsChanged
    | classroom.FromRoom
    | Ack
    | Error
    | Bye
    | Pong
)
