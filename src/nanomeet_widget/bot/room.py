"""A room as a bot sees it: what each message of the server tells, as a page tells it to the kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any, ClassVar
from urllib.parse import urljoin

import msgspec

from nanomeet_widget import _page_protocol as page
from nanomeet_widget._states import BroadcastStatus, MeetingStatus
from nanomeet_widget.bot.line import Ending
from nanomeet_widget.server.protocol import classroom, common, meeting

#: Chat messages that are known by their number, so that a return repeats none.
_KNOWN = 500

_NO_GROUPS = classroom.GroupsChanged(groups=[], ends=None, here=None, own=None)

#: What happened, in the order in which it is told.
Told = Iterator[page.Message]


class Room:
    """The room of one bot. Each method returns what there is to tell.

    Parameters
    ----------
    name : str
        The room's name.
    origin : str
        The server's origin: inside a Jupyter server, its links are paths.
    """

    def __init__(self, name: str, origin: str) -> None:
        self._name, self._origin = name, origin
        self.own_id = ""
        self._people: dict[str, meeting.Participant] = {}
        self._persons: dict[str, page.Person] = {}
        self._knocking: dict[str, str] = {}
        self._state: meeting.RoomState | None = None
        self._broadcast: meeting.BroadcastState | None = None
        self._chat: dict[tuple[int, float], None] = {}
        #: The group in whose room the bot is, and the one where it goes; None for the main room.
        self._place: str | None = None
        self._going: str | None = None
        #: Whether the meeting has groups.
        self._grouped = False
        #: People with personal links, by their IDs in the roster.
        self._roster: dict[str, classroom.Rostered] = {}
        #: Whether a check-in goes on.
        self._checking = False

    @property
    def subject(self) -> str:
        """The room's subject."""
        return self._state.subject if self._state else ""

    @property
    def hand(self) -> bool:
        """Whether the bot's hand is up."""
        own = self._people.get(self.own_id)
        return own is not None and own.hand is not None

    def hear(self, message: meeting.ServerMessage) -> Told:
        """Return what a message of the server tells.

        Parameters
        ----------
        message : ServerMessage
            The message.
        """
        handle = self._HANDLERS.get(type(message))
        return handle(self, message) if handle else iter(())

    def lose(self) -> Told:
        """Return what to tell when the server has not kept the bot's place."""
        inside, self.own_id = bool(self.own_id), ""
        if self._grouped:
            yield from self._groups_changed(_NO_GROUPS)
        self._people.clear()
        self._persons.clear()
        self._knocking.clear()
        self._state = self._broadcast = None
        if self._roster:
            self._roster.clear()
            yield self._rostered()
        if self._checking:
            yield from self._check_in(classroom.CheckInChanged(id=None))
        if inside:
            yield page.Participants(participants=[])
            yield _event("videoConferenceLeft", roomName=self._place or self._name)
        self._place = self._going = None
        yield page.Status(status=MeetingStatus.JOINING)

    def end(self, ending: Ending) -> Told:
        """Return what to tell when the meeting is over for the bot.

        Parameters
        ----------
        ending : Ending
            Why.
        """
        own, self.own_id = self.own_id, ""
        kind, message = ending.kind, ending.message
        failure = page.Failure(kind=kind, message=message)
        left = kind == "left"
        status = MeetingStatus.LEFT if left else MeetingStatus.FAILED
        yield page.Status(status=status, error=None if left else failure)
        if own:
            if kind == "kicked":
                kicked = {"id": own, "local": True}
                yield _event("participantKickedOut", kicked=kicked, kicker={"id": None})
            yield _event("videoConferenceLeft", roomName=self._place or self._name)
        if left:
            yield _event("readyToClose")
        else:
            error = {"name": kind, "type": "CONFERENCE", "message": message, "isFatal": True}
            yield _event("errorOccurred", error=error)

    # --- the server's messages ----------------------------------------------------------------

    def _welcome(self, message: meeting.Welcome) -> Told:
        if self.own_id and self._place != self._going:
            yield from self._part()
        self._place = self._going
        before, inside = self._people, bool(self.own_id)
        self.own_id = message.own.id
        self._people = {one.id: one for one in (message.own, *message.participants)}
        self._persons = {who: _person(one) for who, one in self._people.items()}
        self._knocking = {one.id: one.name for one in message.knocking}
        yield page.Role(moderator=message.own.moderator)
        yield self._everyone()
        yield from self._room(message.state)
        yield self._lobby()
        yield from self._sent(message.chat)
        yield from self._show(message.broadcast)
        yield self._readings(message.readings)
        # They follow, if there still are any.
        if self._roster:
            self._roster.clear()
            yield self._rostered()
        if self._checking:
            yield from self._check_in(classroom.CheckInChanged(id=None))
        yield page.Status(status=MeetingStatus.JOINED)
        yield _event("nanomeetConnection", state="connected")
        if not inside:
            name = message.own.name
            yield _event(
                "videoConferenceJoined",
                roomName=self._place or self._name,
                id=self.own_id,
                displayName=name,
            )
            role = "moderator" if message.own.moderator else "participant"
            yield _event("participantRoleChanged", id=self.own_id, role=role)
        for who in before.keys() - self._people.keys():
            yield _event("participantLeft", id=who)
        for who, one in self._people.items():
            if who in before:
                yield from _differences(before[who], one)
            elif who != self.own_id:
                yield from _arrival(one)

    def _part(self) -> Told:
        """Return what to tell when the bot goes to another room of the meeting, which it does not leave."""
        self.own_id = ""
        self._people = {}
        self._state = self._broadcast = None
        # The chat is another one, too.
        self._chat.clear()
        yield _event("nanomeetChat", whole=True, messages=[])

    def _moved(self, message: classroom.Moved) -> Told:
        self._going = message.group
        return iter(())

    def _groups_changed(self, message: classroom.GroupsChanged) -> Told:
        self._grouped = bool(message.groups)
        self._place = self._going = message.here
        said = msgspec.to_builtins(message)
        del said["type"]
        yield _event("nanomeetGroupsChanged", **said)

    def _group_note(self, message: classroom.GroupNote) -> Told:
        yield _event("nanomeetGroupNote", name=message.name, text=message.text)

    def _joined(self, message: meeting.Joined) -> Told:
        return self._put(message.participant)

    def _updated(self, message: meeting.Updated) -> Told:
        return self._put(message.participant)

    def _put(self, one: meeting.Participant) -> Told:
        before = self._people.get(one.id)
        self._people[one.id], self._persons[one.id] = one, _person(one)
        if one.id == self.own_id and before is not None and before.moderator != one.moderator:
            yield page.Role(moderator=one.moderator)
        yield self._everyone()
        yield from _arrival(one) if before is None else _differences(before, one)

    def _left(self, message: meeting.Left) -> Told:
        if self._people.pop(message.id, None) is None:
            return
        self._persons.pop(message.id, None)
        yield self._everyone()
        yield _event("participantLeft", id=message.id)
        if message.reason == "kicked":
            kicked = {"id": message.id, "local": False}
            yield _event("participantKickedOut", kicked=kicked, kicker={"id": message.by})

    def _everyone(self) -> page.Participants:
        return page.Participants(participants=list(self._persons.values()))

    def _changed(self, message: meeting.RoomChanged) -> Told:
        return self._room(message.state)

    def _room(self, state: meeting.RoomState) -> Told:
        before, self._state = self._state, state
        if before is None or before.subject != state.subject:
            yield _event("subjectChange", subject=state.subject)
        if before != state:
            yield _event("nanomeetRoomChanged", **msgspec.structs.asdict(state))

    def _knock(self, message: meeting.Knock) -> Told:
        self._knocking[message.id] = message.name
        yield self._lobby()
        participant = {"id": message.id, "name": message.name}
        yield _event("knockingParticipant", participant=participant)

    def _knock_ended(self, message: meeting.KnockEnded) -> Told:
        self._knocking.pop(message.id, None)
        yield self._lobby()

    def _lobby(self) -> page.Event:
        waiting = [{"id": who, "name": name} for who, name in self._knocking.items()]
        return _event("nanomeetLobby", waiting=waiting)

    def _written(self, message: meeting.ChatMessage) -> Told:
        if (message.id, message.at) in self._chat:
            return
        yield from self._sent([message])
        said = {"message": message.text, "privateMessage": message.to is not None}
        said["messageId"] = str(message.id)
        if message.sender == self.own_id:
            yield _event("outgoingMessage", **said)
            return
        at = datetime.fromtimestamp(message.at, timezone.utc)
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield _event(
            "incomingMessage", nick=message.name, stamp=stamp, **{"from": message.sender}, **said
        )

    def _sent(self, messages: list[meeting.ChatMessage]) -> Told:
        fresh = [one for one in messages if (one.id, one.at) not in self._chat]
        if not fresh:
            return
        whole = not self._chat
        self._chat |= dict.fromkeys((one.id, one.at) for one in fresh)
        while len(self._chat) > _KNOWN:
            del self._chat[next(iter(self._chat))]
        yield _event("nanomeetChat", whole=whole, messages=[_message(one) for one in fresh])

    def _broadcast_changed(self, message: meeting.BroadcastChanged) -> Told:
        return self._show(message.broadcast)

    def _show(self, now: meeting.BroadcastState) -> Told:
        now = self._whole(now)
        before, self._broadcast = self._broadcast, now
        found = now.playout
        playout = None if found is None else page.Playout(live=found.live, vod=found.vod)
        error = now.trouble.message if now.trouble else None
        was = before.state if before else BroadcastStatus.OFF
        if now.state is BroadcastStatus.STOPPING and was is BroadcastStatus.OFF:
            # A newcomer finds it live first, whichever step it is at.
            yield page.Broadcast(state=BroadcastStatus.LIVE, playout=playout)
        yield page.Broadcast(state=now.state, playout=playout, error=error)
        described = None if playout is None else {"live": playout.live, "vod": playout.vod}
        yield _event(
            "nanomeetBroadcastChanged",
            state=now.state.value,
            playout=described,
            since=now.since,
            error=error,
            quality=now.quality,
            shows=now.shows,
        )
        if now.state is not was:
            yield from _recording(was, now, before)

    def _readings(self, readings: list[meeting.Reading]) -> page.Event:
        said = [msgspec.structs.asdict(one) for one in readings]
        return _event("nanomeetReadingsChanged", readings=said)

    def _readings_changed(self, message: meeting.ReadingsChanged) -> Told:
        yield self._readings(message.readings)

    def _talk_times(self, message: classroom.TalkTimes) -> Told:
        yield _event("nanomeetTalkTimes", seconds=message.seconds)

    def _reading_moved(self, message: meeting.ReadingMoved) -> Told:
        yield _event("nanomeetReadingMoved", **msgspec.structs.asdict(message))

    def _reading_ended(self, message: meeting.ReadingEnded) -> Told:
        yield _event("nanomeetReadingEnded", **msgspec.structs.asdict(message))

    def _poll_changed(self, message: classroom.PollChanged) -> Told:
        yield _event("nanomeetPollChanged", poll=msgspec.structs.asdict(message.poll))

    def _poll_counts(self, message: classroom.PollCounts) -> Told:
        yield _event("nanomeetPollCounts", **msgspec.structs.asdict(message))

    def _roster_changed(self, message: classroom.RosterChanged) -> Told:
        self._roster = {person.id: person for person in message.people}
        yield self._rostered()

    def _roster_here(self, message: classroom.RosterHere) -> Told:
        known = self._roster.get(message.id)
        if known is not None:
            self._roster[message.id] = msgspec.structs.replace(known, here=message.here)
            yield self._rostered()

    def _rostered(self) -> page.Event:
        people = [msgspec.structs.asdict(person) for person in self._roster.values()]
        return _event("nanomeetRosterChanged", people=people)

    def _check_in(self, message: classroom.CheckInChanged) -> Told:
        self._checking = message.id is not None
        yield _event("nanomeetCheckInChanged", **msgspec.structs.asdict(message))

    def _whole(self, state: meeting.BroadcastState) -> meeting.BroadcastState:
        """Return a broadcast with whole addresses."""
        found = state.playout
        if found is None:
            return state
        vod = found.vod and urljoin(self._origin, found.vod)
        playout = meeting.Playout(live=urljoin(self._origin, found.live), vod=vod)
        return msgspec.structs.replace(state, playout=playout)

    def _reaction(self, message: meeting.Reaction) -> Told:
        yield _event("nanomeetReaction", id=message.sender, reaction=message.reaction)

    def _text(self, message: meeting.EndpointText) -> Told:
        sender = {"jid": message.sender, "id": message.sender}
        data = {"name": "endpoint-text-message", "text": message.text}
        yield _event("endpointTextMessageReceived", senderInfo=sender, eventData=data)

    def _unmute(self, message: meeting.UnmuteAsked) -> Told:
        yield _event("nanomeetUnmuteAsked", mediaType=message.media, by=message.by)

    def _invited(self, message: meeting.StageInvited) -> Told:
        yield _event("nanomeetStageInvited", by=message.by)

    def _locked(self, _message: meeting.PasswordRequired) -> Told:
        yield _event("passwordRequired")

    def _waiting(self, _message: meeting.Waiting) -> Told:
        yield page.Status(status=MeetingStatus.WAITING)

    def _error(self, message: common.Error) -> Told:
        error = {"name": message.kind, "message": message.message, "isFatal": False}
        yield _event("errorOccurred", error=error)

    _HANDLERS: ClassVar[dict[type, Callable[[Room, Any], Told]]] = {
        meeting.Welcome: _welcome,
        meeting.Waiting: _waiting,
        meeting.PasswordRequired: _locked,
        meeting.Joined: _joined,
        meeting.Updated: _updated,
        meeting.Left: _left,
        meeting.Knock: _knock,
        meeting.KnockEnded: _knock_ended,
        meeting.RoomChanged: _changed,
        meeting.ChatMessage: _written,
        meeting.ReadingsChanged: _readings_changed,
        classroom.TalkTimes: _talk_times,
        meeting.ReadingMoved: _reading_moved,
        meeting.ReadingEnded: _reading_ended,
        classroom.PollChanged: _poll_changed,
        classroom.PollCounts: _poll_counts,
        classroom.Moved: _moved,
        classroom.GroupsChanged: _groups_changed,
        classroom.GroupNote: _group_note,
        classroom.RosterChanged: _roster_changed,
        classroom.RosterHere: _roster_here,
        classroom.CheckInChanged: _check_in,
        meeting.Reaction: _reaction,
        meeting.EndpointText: _text,
        meeting.UnmuteAsked: _unmute,
        meeting.StageInvited: _invited,
        meeting.BroadcastChanged: _broadcast_changed,
        common.Error: _error,
    }


def _event(name: str, /, **data: Any) -> page.Event:  # noqa: ANN401 - the engine API's data
    return page.Event(name=name, data=data)


def _person(one: meeting.Participant) -> page.Person:
    return page.Person(
        id=one.id,
        display_name=one.name,
        moderator=one.moderator,
        audio=one.audio,
        video=one.video,
        screen=one.screen,
        stage=one.stage,
        hand=one.hand,
    )


def _message(one: meeting.ChatMessage) -> dict[str, Any]:
    return {
        "id": one.id,
        "sender": one.sender,
        "display_name": one.name,
        "text": one.text,
        "at": one.at,
        "private": one.to is not None,
    }


def _arrival(one: meeting.Participant) -> Told:
    yield _event("participantJoined", id=one.id, displayName=one.name)
    for media, on in (("audio", one.audio), ("video", one.video)):
        if not on:
            yield _event("participantMuted", id=one.id, isMuted=True, mediaType=media)
    if one.hand is not None:
        yield _event("raiseHandUpdated", id=one.id, handRaised=one.hand)


def _differences(before: meeting.Participant, now: meeting.Participant) -> Told:
    if now.name != before.name:
        yield _event("displayNameChange", id=now.id, displayName=now.name)
    for media in ("audio", "video"):
        if (on := getattr(now, media)) != getattr(before, media):
            yield _event("participantMuted", id=now.id, isMuted=not on, mediaType=media)
    if now.moderator != before.moderator:
        role = "moderator" if now.moderator else "participant"
        yield _event("participantRoleChanged", id=now.id, role=role)
    if now.hand != before.hand:
        yield _event("raiseHandUpdated", id=now.id, handRaised=now.hand or 0)


def _recording(
    was: BroadcastStatus, now: meeting.BroadcastState, before: meeting.BroadcastState | None
) -> Told:
    error = now.trouble.message if now.trouble else None
    status = {"mode": "stream", "transcription": False, **({"error": error} if error else {})}
    if now.state is BroadcastStatus.LIVE:
        yield _event("recordingStatusChanged", on=True, **status)
    elif now.state is BroadcastStatus.FAILED:
        yield _event("recordingStatusChanged", on=False, **status)
    elif now.state is BroadcastStatus.OFF and was is not BroadcastStatus.FAILED:
        yield _event("recordingStatusChanged", on=False, **status)
        playouts = [one.playout for one in (now, before) if one is not None and one.playout]
        link = next((one.vod for one in playouts if one.vod), None)
        if link:
            yield _event("recordingLinkAvailable", link=link, ttl=None)
