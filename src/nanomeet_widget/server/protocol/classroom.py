"""The messages of a class on `ws/meeting`: records, roster, polls, hands, check-ins and groups.

The state that they are about follows the welcome in messages of its own, for the participants who may know it.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from nanomeet_widget import _texts
from nanomeet_widget.server.protocol.common import (
    ChatText,
    FromServer,
    Message,
    ModeratorRequest,
    ParticipantId,
    Ref,
    Request,
    text,
)

#: What the server keeps of a meeting; see `RecordsKept`.
RecordKind: TypeAlias = Literal[
    "attendance", "hands", "talk", "polls", "reactions", "viewers", "chat"
]
#: Of a poll, a check-in or a group.
ClassId: TypeAlias = ParticipantId
#: Of a person in a roster: the organiser's own key, such as a student number.
RosterId = Annotated[str, text(_texts.ID)]
Question = Annotated[str, text(_texts.QUESTION)]
Option = Annotated[str, text(_texts.OPTION)]
GroupName = Annotated[str, text(_texts.GROUP)]
Choice = Annotated[int, Meta(ge=0, lt=_texts.OPTIONS)]
Choices = Annotated[list[Choice], Meta(max_length=_texts.OPTIONS)]
#: When everyone sees a poll's results: as votes come in, once it is closed, or never: then moderators only.
PollShow: TypeAlias = Literal["live", "after", "never"]
#: Seconds until a poll closes by itself.
PollSeconds = Annotated[int, Meta(ge=5, le=24 * 3600)]
GroupMinutes = Annotated[float, Meta(gt=0, le=24 * 60)]


# --- a page of the meeting to the server ------------------------------------------------------


class Speaking(Message, tag="speaking", kw_only=True):
    """Whether you are speaking, as your microphone hears it; sent only if talk time is kept."""

    speaking: bool


class OpenPoll(ModeratorRequest, tag="open_poll", kw_only=True):
    """Ask everyone a question; answered by `poll_opened`."""

    ref: Ref
    question: Question
    options: Annotated[list[Option], Meta(min_length=2, max_length=_texts.OPTIONS)]
    #: Whether a vote may have several options.
    multiple: bool = False
    #: Whether nothing is kept that says who voted for what.
    anonymous: bool = False
    #: The right options, which everyone learns once the poll is closed; empty for an opinion.
    correct: Choices = msgspec.field(default_factory=list)
    seconds: PollSeconds | None = None
    show: PollShow = "after"


class Vote(Request, tag="vote", kw_only=True):
    """Vote, or change your vote; no choices take it back."""

    poll: ClassId
    choices: Choices


class ClosePoll(ModeratorRequest, tag="close_poll", kw_only=True):
    """Close a poll: the votes are final."""

    poll: ClassId


class CallHand(ModeratorRequest, tag="call_hand", kw_only=True):
    """Call on a participant with a raised hand; answered by `hand_called`.

    Their hand goes down. They are invited to the stage, or asked to unmute if they are there; the choice is
    theirs.
    """

    ref: Ref
    #: None for the first in order.
    id: ParticipantId | None = None


class StartCheckIn(ModeratorRequest, tag="start_check_in", kw_only=True):
    """Ask everyone whether they are done; replaces a check-in that goes on."""

    question: Question


class AnswerCheckIn(Request, tag="answer_check_in", kw_only=True):
    """Say that you are done, or that you are not after all."""

    id: ClassId
    done: bool


class EndCheckIn(ModeratorRequest, tag="end_check_in", kw_only=True):
    """End the check-in."""


class GroupPlan(Message, kw_only=True):
    """A group to open, and who belongs to it."""

    name: GroupName
    people: Annotated[list[ParticipantId], Meta(max_length=1000)] = msgspec.field(
        default_factory=list
    )


class OpenGroups(ModeratorRequest, tag="open_groups", kw_only=True):
    """Send people into groups, each in a room of its own; replaces no groups that are open.

    People who have left meanwhile are passed over.
    """

    groups: Annotated[list[GroupPlan], Meta(min_length=1, max_length=_texts.GROUPS)]
    #: When everyone comes back by themselves; None for when a moderator closes the groups.
    minutes: GroupMinutes | None = None


class AddGroup(ModeratorRequest, tag="add_group", kw_only=True):
    """Open one more group; the first one opens the groups."""

    name: GroupName


class RenameGroup(ModeratorRequest, tag="rename_group", kw_only=True):
    """Give a group another name."""

    group: ClassId
    name: GroupName


class RemoveGroup(ModeratorRequest, tag="remove_group", kw_only=True):
    """Close one group: its people come back to the main room."""

    group: ClassId


class AssignGroup(ModeratorRequest, tag="assign_group", kw_only=True):
    """Move a participant into a group, or back to the main room for None."""

    id: ParticipantId
    group: ClassId | None = None


class EnterGroup(Request, tag="enter_group", kw_only=True):
    """Go into a group, or back to the main room for None.

    Moderators may visit every group; participants go into the one to which they belong.
    """

    group: ClassId | None = None


class SetGroupsEnd(ModeratorRequest, tag="set_groups_end", kw_only=True):
    """Change when everyone comes back: so many minutes from now; None for no end."""

    minutes: GroupMinutes | None = None


class AnnounceToGroups(ModeratorRequest, tag="announce_to_groups", kw_only=True):
    """Tell all groups something."""

    text: ChatText


class CloseGroups(ModeratorRequest, tag="close_groups", kw_only=True):
    """Close all groups: everyone comes back to the main room."""


FromPage: TypeAlias = (
    Speaking
    | OpenPoll
    | Vote
    | ClosePoll
    | CallHand
    | StartCheckIn
    | AnswerCheckIn
    | EndCheckIn
    | OpenGroups
    | AddGroup
    | RenameGroup
    | RemoveGroup
    | AssignGroup
    | EnterGroup
    | SetGroupsEnd
    | AnnounceToGroups
    | CloseGroups
)


# --- the server to a page of the meeting ------------------------------------------------------


class RecordsKept(FromServer, tag="records_kept", kw_only=True):
    """What the server keeps of this meeting, and for how long. Sent to everyone after the welcome."""

    kinds: list[RecordKind]
    #: Days after which it is deleted.
    days: int


class TalkTimes(FromServer, tag="talk_times", kw_only=True):
    """For how many seconds each participant has spoken in this meeting. Sent to moderators."""

    seconds: dict[ParticipantId, float]


class Rostered(FromServer, kw_only=True):
    """A person with a personal link."""

    id: RosterId
    name: str
    moderator: bool
    #: As which participants they are in the room: several, if their link is used in several browsers.
    here: list[ParticipantId]


class RosterChanged(FromServer, tag="roster_changed", kw_only=True):
    """The people with personal links to this room, and who of them is here. Sent to moderators."""

    people: list[Rostered]


class RosterHere(FromServer, tag="roster_here", kw_only=True):
    """A person with a personal link came or went. Sent to moderators."""

    id: RosterId
    here: list[ParticipantId]


class PollOpened(FromServer, tag="poll_opened", kw_only=True):
    """The poll that the request with this `ref` opened."""

    ref: Ref
    id: ClassId


class Poll(FromServer, kw_only=True):
    """A poll, as its recipient may know it."""

    id: ClassId
    question: str
    options: list[str]
    multiple: bool
    anonymous: bool
    show: PollShow
    open: bool
    #: When it closes by itself, in seconds since the epoch.
    ends: float | None
    #: Votes for each option; None for those who may not know them now.
    counts: list[int] | None
    #: How many people voted.
    voters: int
    #: The right options: for moderators; for everyone once it is closed.
    correct: list[int]
    #: The recipient's own vote; empty if they have not voted, or it was sent to everyone.
    own: list[int]


class PollChanged(FromServer, tag="poll_changed", kw_only=True):
    """A poll was opened or closed. Each poll of the meeting is sent after the welcome, oldest first."""

    poll: Poll


class PollCounts(FromServer, tag="poll_counts", kw_only=True):
    """The votes of an open poll, a few times a second; sent to those who may know them."""

    id: ClassId
    #: None for those who may only know how many voted.
    counts: list[int] | None
    voters: int


class HandCalled(FromServer, tag="hand_called", kw_only=True):
    """What the request with this `ref` chose: the participant, or None if no hand was up."""

    ref: Ref
    id: ParticipantId | None


class CheckInChanged(FromServer, tag="check_in_changed", kw_only=True):
    """The check-in, and who is done; participants are told of themselves alone."""

    #: None if there is none.
    id: ClassId | None
    question: str = ""
    #: When it began, in seconds since the epoch.
    since: float = 0.0
    done: list[ParticipantId] = msgspec.field(default_factory=list)


class GroupMember(FromServer, kw_only=True):
    """A person who belongs to a group."""

    #: Their ID in the main room.
    id: ParticipantId
    name: str
    #: Whether they are in the group's room now.
    here: bool


class Group(FromServer, kw_only=True):
    """A group."""

    id: ClassId
    name: str
    people: list[GroupMember]


class GroupsChanged(FromServer, tag="groups_changed", kw_only=True):
    """The groups, none if they are closed. Sent to everyone, in the main room and in the groups.

    It also follows each welcome, once the meeting has had groups.
    """

    groups: list[Group]
    #: When everyone comes back by themselves, in seconds since the epoch.
    ends: float | None
    #: The group whose room this is; None in the main room.
    here: ClassId | None
    #: The group to which the recipient belongs.
    own: ClassId | None


class Moved(FromServer, tag="moved", kw_only=True):
    """Join another room of this meeting with this token, as the same person.

    `Join` is sent over this connection, or over a new one: this one is closed ten seconds later, by a `Bye` of
    kind `left`. It may also be the answer to a `Join`, in place of the welcome: a page that reloads joins with
    the token that it was opened with, and is moved again; and a page that comes with the token of a group
    that was closed meanwhile is led back. The ID stays the same, in all rooms of the meeting; `Welcome.room` is
    the meeting's name, and its `session` the room's own.
    """

    #: None for the main room.
    group: ClassId | None
    name: str
    token: str

    def __repr__(self) -> str:
        return f"Moved(group={self.group!r}, name={self.name!r})"


class GroupNote(FromServer, tag="group_note", kw_only=True):
    """A moderator tells all groups something."""

    name: str
    text: str


FromRoom: TypeAlias = (
    RecordsKept
    | TalkTimes
    | RosterChanged
    | RosterHere
    | PollOpened
    | PollChanged
    | PollCounts
    | HandCalled
    | CheckInChanged
    | GroupsChanged
    | Moved
    | GroupNote
)
