"""Somebody in a room, or at its door."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from nanomeet_widget._errors import IllegalStepError
from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.server.rooms.cleaning import clean_name
from nanomeet_widget.server.store.room_records import PersonRecord
from nanomeet_widget.server.timers import Handle

#: Messages that a resumed connection must not miss; beyond this it has been away too long.
_MAX_BACKLOG = 200
#: `Welcome` and what follows it tell of this anew, or it was worth something at its moment alone.
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
    common.Pong,
)
#: What is for the person. The rest is for the page that was lost: its connections, its requests.
_FOR_ANY_PAGE = (meeting.MuteRequested, meeting.UnmuteAsked)
#: Hexadecimal digits of an identity that everybody may see.
_ID_LENGTH = 16
#: Bits that the addresses of one subscriber of IPv6 have in common.
_SUBSCRIBER = 64


class Connection(Protocol):
    """The way to one page. Neither call raises, whatever has become of the page."""

    def send(self, message: meeting.ServerMessage) -> None:
        """Send a message."""

    def close(self, farewell: meeting.Bye) -> None:
        """Say why, and close."""


class Presence(str, Enum):
    """Where somebody stands."""

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
    claims
        What the token says. The role comes from here, or from a moderator of the room.
    connection
        The way to the page.
    identity
        What the room knows him by; see `identity_of`.
    known
        Whether he is known again when he comes with another connection.
    name, audio, video, composes
        How the page introduced itself.
    browser, address
        Hashes of the browser and of the network address; empty where they are not known.
    """

    def __init__(
        self,
        claims: Claims,
        connection: Connection,
        *,
        identity: str,
        known: bool,
        name: str,
        audio: bool,
        video: bool,
        browser: str = "",
        address: str = "",
        composes: bool = True,
    ) -> None:
        self.claims = claims
        self.connection = connection
        self.identity = identity
        self.known = known
        self.browser = browser
        self.address = address
        #: The same person has the same one as long as the room lives.
        self.id = identity[:_ID_LENGTH]
        self.resume = secrets.token_urlsafe(24)
        self.granted = False
        self.name = name
        self.audio = audio
        self.video = video
        #: Whether the page can compose the stage.
        self.composes = composes
        self.screen = False
        self.stage = True
        #: Milliseconds since the epoch at which the hand went up.
        self.hand: float | None = None
        #: The moderator who invited him up on the stage, as long as he has not come.
        self.invited_by: str | None = None
        #: What is due later: the end of the token, the end of patience with a lost connection.
        self.expiry: Handle | None = None
        self.grace: Handle | None = None
        self._presence = Presence.WAITING
        self._backlog: list[meeting.ServerMessage] = []

    @classmethod
    def arriving(
        cls,
        claims: Claims,
        connection: Connection,
        join: meeting.Join,
        *,
        key: str,
        address: str,
    ) -> Participant:
        """Return who comes to the door of the room with this key."""
        return cls(
            claims,
            connection,
            identity=identity_of(claims, join.person, key=key),
            known=join.person is not None,
            name=clean_name(join.name),
            audio=join.audio,
            video=join.video,
            browser=_hashed(f"browser\n{join.person}", key=key) if join.person else "",
            address=_network_of(address, key=key),
            composes=join.composes,
        )

    @classmethod
    def restored(cls, record: PersonRecord) -> Participant:
        """Return somebody of a server that is gone: he has his place, but no connection yet."""
        participant = cls(
            record.claims,
            _Nowhere(),
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
        """Return what keeps his place when the server is killed."""
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
        """Whether the token is a moderator's, or one of them made him one."""
        return self.claims.moderator or self.granted

    @property
    def presence(self) -> Presence:
        """Where he stands."""
        return self._presence

    def step(self, target: Presence) -> None:
        """Move on.

        Raises
        ------
        IllegalStepError
            If there is no such step: a bug in the caller.
        """
        if target not in PRESENCE_STEPS[self._presence]:
            raise IllegalStepError(self._presence.value, target.value)
        self._presence = target
        if target is not Presence.DROPPED:
            _cancel(self.grace)
            self.grace = None
        if target is Presence.GONE:
            _cancel(self.expiry)
            self.expiry = None
            self._backlog.clear()

    def send(self, message: meeting.ServerMessage) -> None:
        """Send a message, or keep it until the lost connection is back."""
        if self._presence is Presence.DROPPED:
            if not isinstance(message, _NOT_KEPT) and len(self._backlog) < _MAX_BACKLOG:
                self._backlog.append(message)
        elif self._presence is not Presence.GONE:
            self.connection.send(message)

    def take_backlog(self, *, same_page: bool) -> Sequence[meeting.ServerMessage]:
        """Return what was kept, once.

        Parameters
        ----------
        same_page
            Whether it is the lost page that is back, and not another of the same person.
        """
        backlog, self._backlog = self._backlog, []
        return [m for m in backlog if same_page or isinstance(m, _FOR_ANY_PAGE)]

    def step_down(self) -> None:
        """Be in the audience: nobody sees or hears him, whatever his page sends."""
        self.stage = self.audio = self.video = self.screen = False

    def sends(self, media: meeting.MediaKind) -> bool:
        """Whether sound, or any picture, comes from him."""
        return self.audio if media == "audio" else self.video or self.screen

    def describe(self) -> meeting.Participant:
        """Return how the others see him."""
        return meeting.Participant(
            id=self.id,
            name=self.name,
            moderator=self.moderator,
            audio=self.audio,
            video=self.video,
            screen=self.screen,
            stage=self.stage,
            hand=self.hand,
        )


class _Nowhere:
    """The connection of somebody who has none."""

    def send(self, message: meeting.ServerMessage) -> None:
        """Do nothing."""

    def close(self, farewell: meeting.Bye) -> None:
        """Do nothing."""


def identity_of(claims: Claims, person: str | None, *, key: str) -> str:
    """Return what the room knows a person by: his token's name and his browser's secret, hashed.

    Parameters
    ----------
    claims
        What the token says. An invite may be many people's.
    person
        What the browser calls its person; None for one who is never known again.
    key
        The room's: what was an identity in one says nothing in another.
    """
    if person is None:
        return secrets.token_hex(32)
    return _hashed(f"{claims.jti}\n{person}", key=key)


def link_of(claims: Claims, *, key: str) -> str:
    """Return what moderators know a link by: it opens nothing, and is no token's name."""
    return _hashed(f"link\n{claims.jti}", key=key)[:_ID_LENGTH]


def _network_of(address: str, *, key: str) -> str:
    """Return the hash of the network that an address is of; empty where it says nothing.

    One subscriber has one address of IPv4, and of IPv6 a whole network (RFC 6177).
    """
    # A Unix socket has none.
    if not address or (found := ipaddress.ip_address(address)).is_unspecified:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        net = found.ipv4_mapped or ipaddress.IPv6Network((int(found), _SUBSCRIBER), strict=False)
        return _hashed(f"network\n{net}", key=key)
    return _hashed(f"network\n{found}", key=key)


def _hashed(text: str, *, key: str) -> str:
    return hmac.new(bytes.fromhex(key), text.encode(), hashlib.sha256).hexdigest()


def _cancel(handle: Handle | None) -> None:
    if handle is not None:
        handle.cancel()
