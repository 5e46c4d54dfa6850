"""One person in a room or in its lobby."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from nanomeet_widget._errors import IllegalStepError
from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.protocol import classroom, common, meeting
from nanomeet_widget.server.protocol.messages import text_messages
from nanomeet_widget.server.rooms.cleaning import clean_name
from nanomeet_widget.server.rooms.identities import ID_LENGTH, browser_of, identity_of, network_of
from nanomeet_widget.server.store.room_records import PersonRecord
from nanomeet_widget.server.timers import Alarm, Timers

#: How many messages are kept for a lost connection, and of how many bytes; one that misses more was away
#: too long.
_MAX_BACKLOG = 200
_MAX_BACKLOG_BYTES = 1_000_000
#: Messages that are not kept: their content is repeated in or after `Welcome`, or they only matter for a
#: moment.
_NOT_KEPT = (
    meeting.Joined,
    meeting.Updated,
    meeting.Left,
    meeting.RoomChanged,
    meeting.BroadcastChanged,
    meeting.Knock,
    meeting.KnockEnded,
    meeting.ChatMessage,
    meeting.ViewersChanged,
    meeting.LinksChanged,
    meeting.StageFeed,
    meeting.StageInvited,
    meeting.Wanted,
    meeting.Reaction,
    meeting.AvatarChanged,
    meeting.ReadingAsked,
    meeting.ReadingQuestionEnded,
    meeting.ReadingGranted,
    meeting.ReadingMoved,
    meeting.ReadingsChanged,
    classroom.RecordsKept,
    classroom.TalkTimes,
    classroom.PollChanged,
    classroom.PollCounts,
    classroom.GroupsChanged,
    classroom.RosterChanged,
    classroom.RosterHere,
    classroom.CheckInChanged,
    common.Pong,
)
#: Messages for the person, or for their program. The others are for the lost page: about its connections
#: and requests.
_FOR_ANY_PAGE = (
    meeting.MuteRequested,
    meeting.UnmuteAsked,
    meeting.SourceClosed,
    meeting.ReadingEnded,
    classroom.GroupNote,
)


class Connection(Protocol):
    """The connection to one page. No call raises, even if the page is gone."""

    def send(self, message: meeting.ServerMessage) -> None:
        """Send a message.

        Parameters
        ----------
        message : ServerMessage
            The message.
        """

    def close(self, farewell: meeting.Bye) -> None:
        """Say why, and close the connection.

        Parameters
        ----------
        farewell : Bye
            The last message.
        """


class Presence(str, Enum):
    """Whether a person waits, is present, has lost their connection, or is gone."""

    WAITING = "waiting"
    PRESENT = "present"
    DROPPED = "dropped"
    GONE = "gone"


PRESENCE_STEPS: dict[Presence, frozenset[Presence]] = {
    Presence.WAITING: frozenset({Presence.PRESENT, Presence.GONE}),
    Presence.PRESENT: frozenset({Presence.DROPPED, Presence.GONE}),
    Presence.DROPPED: frozenset({Presence.PRESENT, Presence.GONE}),
    Presence.GONE: frozenset(),
}


class Participant:
    """One person with one verified token.

    Parameters
    ----------
    claims : Claims
        The token's claims. The role comes from here, or from a moderator of the room.
    connection : Connection
        The connection to the page.
    timers : Timers
        The event loop.
    identity : str
        What the room recognises them by; see `identity_of`.
    known : bool
        Whether they are recognised when they join with another connection.
    name, audio, video, composes, stage, watches
        How the page introduced itself.
    browser, address : str, optional
        Hashes of the browser ID and the network address; empty if unknown.
    """

    def __init__(
        self,
        claims: Claims,
        connection: Connection,
        *,
        timers: Timers,
        identity: str,
        known: bool,
        name: str,
        audio: bool,
        video: bool,
        browser: str = "",
        address: str = "",
        composes: bool = True,
        stage: bool = True,
        watches: bool = True,
    ) -> None:
        self.claims = claims
        self.connection = connection
        self.identity = identity
        self.known = known
        self.browser = browser
        self.address = address
        #: The same for one person until the meeting ends.
        self.id = identity[:ID_LENGTH]
        #: The secret by which its page returns to this place, or gives it up.
        self.resume: str
        self.renew_resume()
        self.granted = False
        self.name = name
        self.audio = audio
        self.video = video
        #: Whether the page can compose the stage.
        self.composes = composes
        #: Whether their page shows the stage to its audience.
        self.watches = watches
        self.screen = False
        self.screen_title = ""
        self.stage = stage
        #: When the hand was raised, in milliseconds since the epoch; None while it is down.
        self.hand: float | None = None
        #: The moderator who invited them to the stage, until they enter it.
        self.invited_by: str | None = None
        #: Timers: the token's expiry, and the time for which a lost connection keeps its place.
        self.expiry, self.grace = Alarm(timers), Alarm(timers)
        self._presence = Presence.WAITING
        self._backlog: list[meeting.ServerMessage] = []
        self._backlog_bytes = 0

    @classmethod
    def arriving(
        cls,
        claims: Claims,
        connection: Connection,
        join: meeting.Join,
        *,
        timers: Timers,
        key: str,
        address: str,
        identity: str | None = None,
    ) -> Participant:
        """Return a newcomer, who is not in the room yet.

        Parameters
        ----------
        claims, connection
            As `Participant` has them.
        join : Join
            How the page introduced itself.
        timers : Timers
            The event loop.
        key : str
            The room's key, in hexadecimal digits.
        address : str
            The network address; empty if unknown.
        identity : str, optional
            Who they are, if they come from another room of their meeting.

        Returns
        -------
        Participant
            The newcomer.
        """
        return cls(
            claims,
            connection,
            timers=timers,
            identity=identity or identity_of(claims, join.person, key=key),
            known=join.person is not None,
            name=clean_name(claims.name or join.name),
            audio=join.audio,
            video=join.video,
            browser=browser_of(join.person, key=key),
            address=network_of(address, key=key),
            composes=join.composes,
            stage=not join.audience,
            watches=join.watches,
        )

    @classmethod
    def restored(cls, record: PersonRecord, timers: Timers) -> Participant:
        """Return a person whose server was killed: they keep their place, and have no connection yet.

        Parameters
        ----------
        record : PersonRecord
            What the killed server saved.
        timers : Timers
            The event loop.

        Returns
        -------
        Participant
            The person, with a lost connection.
        """
        participant = cls(
            record.claims,
            _Nowhere(),
            timers=timers,
            identity=record.identity,
            known=True,
            name=record.name,
            audio=record.audio,
            video=record.video,
            browser=record.browser,
            address=record.address,
        )
        participant.screen = record.screen
        participant.stage = record.stage
        participant.hand = record.hand
        participant.invited_by = record.invited_by
        participant.step(Presence.PRESENT)
        participant.step(Presence.DROPPED)
        return participant

    def record(self) -> PersonRecord:
        """Return what keeps their place if the server is killed."""
        return PersonRecord(
            identity=self.identity,
            claims=self.claims,
            name=self.name,
            audio=self.audio,
            video=self.video,
            screen=self.screen,
            stage=self.stage,
            hand=self.hand,
            invited_by=self.invited_by,
            browser=self.browser,
            address=self.address,
        )

    @property
    def moderator(self) -> bool:
        """Whether the token is a moderator's, or a moderator made them one."""
        return self.claims.moderator or self.granted

    @property
    def presence(self) -> Presence:
        """Whether they wait, are present, have lost their connection, or are gone."""
        return self._presence

    def renew_resume(self) -> None:
        """Make another resume secret: what a page did with the present one, it does no longer."""
        self.resume = secrets.token_urlsafe(24)

    def step(self, target: Presence) -> None:
        """Change `presence`.

        Parameters
        ----------
        target : Presence
            The next state.

        Raises
        ------
        IllegalStepError
            If there is no such step, which is a bug in the caller.
        """
        if target not in PRESENCE_STEPS[self._presence]:
            raise IllegalStepError(self._presence.value, target.value)
        self._presence = target
        if target is not Presence.DROPPED:
            self.grace.cancel()
        if target is Presence.GONE:
            self.expiry.cancel()
            self._backlog.clear()

    def send(self, message: meeting.ServerMessage) -> None:
        """Send a message, or keep it until a lost connection is resumed.

        Parameters
        ----------
        message : ServerMessage
            The message.
        """
        if self._presence is Presence.DROPPED:
            if not isinstance(message, _NOT_KEPT) and len(self._backlog) < _MAX_BACKLOG:
                size = self._backlog_bytes + len(text_messages.encode(message))
                if size <= _MAX_BACKLOG_BYTES:
                    self._backlog.append(message)
                    self._backlog_bytes = size
        elif self._presence is not Presence.GONE:
            self.connection.send(message)

    def take_backlog(self, *, same_page: bool) -> Sequence[meeting.ServerMessage]:
        """Return the messages that were kept, and forget them.

        Parameters
        ----------
        same_page : bool
            Whether the lost page reconnected, rather than another page of the same person.

        Returns
        -------
        sequence of ServerMessage
            Oldest first; for another page, those for the person.
        """
        backlog, self._backlog, self._backlog_bytes = self._backlog, [], 0
        return [m for m in backlog if same_page or isinstance(m, _FOR_ANY_PAGE)]

    def step_down(self) -> None:
        """Move to the audience: no one sees or hears them, whatever their page sends."""
        self.stage = self.audio = self.video = self.screen = False

    def sends(self, media: meeting.MediaKind) -> bool:
        """Return whether they send audio, or any video.

        Parameters
        ----------
        media : MediaKind
            Audio or video.
        """
        return self.audio if media == "audio" else self.video or self.screen

    def describe(self) -> meeting.Participant:
        """Return the participant as the others see them."""
        return meeting.Participant(
            id=self.id,
            name=self.name,
            moderator=self.moderator,
            audio=self.audio,
            video=self.video,
            screen=self.screen,
            screen_title=self.screen_title if self.screen else "",
            stage=self.stage,
            hand=self.hand,
        )


class _Nowhere:
    """The connection of a person who has none."""

    def send(self, message: meeting.ServerMessage) -> None:
        """Do nothing."""

    def close(self, farewell: meeting.Bye) -> None:
        """Do nothing."""
