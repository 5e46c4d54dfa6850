"""All rooms of the server, and the way of a page's message to the part that carries it out."""

from __future__ import annotations

import time
from collections.abc import Callable

from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.broadcast.broadcast import Broadcasts
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.protocol import messages
from nanomeet_widget.server.rooms.audience_feed import AudienceFeed
from nanomeet_widget.server.rooms.chat import Chat
from nanomeet_widget.server.rooms.cleaning import clean_name
from nanomeet_widget.server.rooms.hands import Hands
from nanomeet_widget.server.rooms.invites import Invites
from nanomeet_widget.server.rooms.link_news import LinkNews
from nanomeet_widget.server.rooms.moderation import Moderation
from nanomeet_widget.server.rooms.muting import Muting
from nanomeet_widget.server.rooms.participant import Connection, Participant
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_broadcast import RoomBroadcast
from nanomeet_widget.server.rooms.stage import Stage
from nanomeet_widget.server.rooms.viewer_count import ViewerCount
from nanomeet_widget.server.store.room_settings import Settings
from nanomeet_widget.server.store.store import Store
from nanomeet_widget.server.timers import Timers
from nanomeet_widget.server.tokens.issuer import Issuer

_MODERATORS_ONLY = (
    messages.SetSubject,
    messages.SetLobby,
    messages.SetPassword,
    messages.SetClosed,
    messages.SetMain,
    messages.Admit,
    messages.AdmitAll,
    messages.MessageLobby,
    messages.Mute,
    messages.MuteEveryone,
    messages.AskToUnmute,
    messages.LowerHand,
    messages.GrantModerator,
    messages.CreateInvite,
    messages.InviteToStage,
    messages.SendToAudience,
    messages.PlanRemoval,
    messages.Kick,
    messages.StartBroadcast,
    messages.StopBroadcast,
    messages.PauseBroadcast,
    messages.EndMeeting,
)


class RoomDispatcher:
    """A room with everything that happens in it.

    Parameters
    ----------
    room
        Who is in it.
    config
        Limits and patience.
    store
        Where the chat is kept.
    timers
        The event loop.
    broadcasts
        The server's broadcasts.
    issuer
        Makes the invites.
    """

    def __init__(
        self,
        room: Room,
        *,
        config: ServerConfig,
        store: Store,
        timers: Timers,
        broadcasts: Broadcasts,
        issuer: Issuer,
    ) -> None:
        self.room = room
        viewers = ViewerCount(room, timers)
        self._tokens = store.tokens
        self._broadcast = broadcast = RoomBroadcast(room, broadcasts, viewers)
        self._feed = AudienceFeed(
            room,
            public=broadcast,
            broadcasts=broadcasts,
            timers=timers,
            patience=config.patience,
        )
        self._moderation = moderation = Moderation(room, issuer=issuer, on_end=broadcast.end)
        LinkNews(room)
        muting = Muting(room, timers=timers, patience=config.patience.mute)
        chat = Chat(room, records=store.rooms, limits=config.limits, timers=timers)
        hands = Hands(room, limits=config.limits, timers=timers)
        stage = Stage(room)
        # Callable[..., None]: each takes the one type of message that it is listed under.
        self._handlers: dict[type, Callable[..., None]] = {
            messages.Signal: stage.signal,
            messages.Want: stage.want,
            messages.Media: stage.media,
            messages.EnterStage: stage.enter,
            messages.LeaveStage: stage.leave,
            messages.InviteToStage: stage.invite,
            messages.SendToAudience: stage.send_to_audience,
            messages.SendChat: chat.send,
            messages.MessageLobby: chat.message_lobby,
            messages.RaiseHand: hands.raise_hand,
            messages.LowerHand: hands.lower_hand,
            messages.React: hands.react,
            messages.Rename: self._rename,
            messages.SetSubject: self._set_subject,
            messages.SetLobby: moderation.set_lobby,
            messages.SetPassword: moderation.set_password,
            messages.SetClosed: moderation.set_closed,
            messages.SetMain: moderation.set_main,
            messages.Admit: moderation.admit,
            messages.AdmitAll: moderation.admit_all,
            messages.Mute: muting.mute,
            messages.MuteEveryone: muting.mute_everyone,
            messages.AskToUnmute: moderation.ask_to_unmute,
            messages.GrantModerator: moderation.grant_moderator,
            messages.CreateInvite: Invites(issuer).create_invite,
            messages.PlanRemoval: moderation.plan_removal,
            messages.Kick: moderation.kick,
            messages.EndMeeting: moderation.end_meeting,
            messages.StartBroadcast: broadcast.start,
            messages.StopBroadcast: broadcast.stop,
            messages.PauseBroadcast: broadcast.pause,
            messages.BroadcastShown: broadcast.shown,
        }

    def handle(self, who: Participant, message: messages.ClientMessage) -> None:
        """Carry out what a page of somebody in the room asks for, or say why not."""
        if isinstance(message, _MODERATORS_ONLY) and not who.moderator:
            refuse(who, message, "forbidden", "Only a moderator may do that.")
            return
        if isinstance(message, _MODERATORS_ONLY) and self._tokens.is_revoked(who.claims.jti):
            # Another server of the data folder revoked it, and `RevocationWatch` has yet to look.
            refuse(who, message, "forbidden", "Your token was revoked.")
            self.room.send_out(frozenset({who.claims.jti}))
            return
        handler = self._handlers.get(type(message))
        if handler is None:
            who.send(
                messages.Error(
                    kind="protocol",
                    message=f"{type(message).__name__} has no place here: you have joined already.",
                )
            )
            return
        handler(who, message)

    def _rename(self, who: Participant, message: messages.Rename) -> None:
        with self.room.changing(who):
            who.name = clean_name(message.name)
        acknowledge(who, message)

    def _set_subject(self, who: Participant, message: messages.SetSubject) -> None:
        self._moderation.set_subject(who, message)
        self._broadcast.retitle()
        self._feed.retitle()


_DRAINING = messages.Bye(
    kind="server_stopping",
    message="This server is about to stop, and begins no new meetings: try again in a while.",
    retry=True,
)


class Rooms:
    """The rooms that are open now.

    Parameters
    ----------
    config
        Limits and patience.
    store
        Where rooms are kept.
    timers
        The event loop.
    broadcasts
        The server's broadcasts.
    issuer
        Makes the invites.
    now
        Wall-clock seconds since the epoch.
    """

    def __init__(
        self,
        *,
        config: ServerConfig,
        store: Store,
        timers: Timers,
        broadcasts: Broadcasts,
        issuer: Issuer,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._now = now
        self._config = config
        self._store = store
        self._timers = timers
        self._broadcasts = broadcasts
        self._issuer = issuer
        self._meetings: dict[str, RoomDispatcher] = {}
        #: Whether the server is about to stop: meetings go on, and no new one begins.
        self.draining = False
        for name, settings in store.rooms.orphaned():
            self._restore(name, settings)

    def census(self) -> tuple[int, int, int]:
        """Return how many rooms are open, and how many people are in them and in their lobbies."""
        rooms = [meeting.room for meeting in self._meetings.values()]
        present = sum(len(room.participants) for room in rooms)
        return len(rooms), present, sum(len(room.everybody_waiting()) for room in rooms)

    @property
    def occupied(self) -> bool:
        """Whether anybody meets here, those with a lost connection included."""
        return bool(self._meetings)

    def enter(
        self, claims: Claims, connection: Connection, join: messages.Join, *, address: str = ""
    ) -> tuple[RoomDispatcher, Participant] | None:
        """Bring somebody into the room of his token; see `Room.enter`."""
        meeting = self._meetings.get(claims.room)
        if meeting is None:
            if self.draining:
                connection.close(_DRAINING)
                return None
            if len(self._meetings) >= self._config.limits.rooms:
                connection.close(
                    messages.Bye(
                        kind="room_full",
                        message="This server carries no more meetings: try again later.",
                        retry=True,
                    )
                )
                return None
            meeting = self._open(claims.room, Settings())
        participant = meeting.room.enter(claims, connection, join, address=address)
        return None if participant is None else (meeting, participant)

    def send_out(self, tokens: frozenset[str]) -> None:
        """End the connections of tokens that were revoked; they are named by their `jti`."""
        for meeting in tuple(self._meetings.values()):
            meeting.room.send_out(tokens)

    def close(self, farewell: messages.Bye) -> None:
        """End all rooms, as the server stops."""
        for meeting in tuple(self._meetings.values()):
            meeting.room.stop(farewell)

    def _restore(self, name: str, settings: Settings) -> None:
        stopped, settings.stopped_at = settings.stopped_at, None
        if stopped is not None and self._now() - stopped > self._config.patience.restored_room:
            self._store.rooms.forget(name)
            return
        self._open(name, settings).room.restore(self._store.rooms.people(name))

    def _open(self, name: str, settings: Settings) -> RoomDispatcher:
        room = Room(
            name,
            config=self._config,
            store=self._store,
            timers=self._timers,
            on_end=self._ended,
            settings=settings,
            now=self._now,
        )
        room.open()
        meeting = RoomDispatcher(
            room,
            config=self._config,
            store=self._store,
            timers=self._timers,
            broadcasts=self._broadcasts,
            issuer=self._issuer,
        )
        self._meetings[name] = meeting
        return meeting

    def _ended(self, room: Room) -> None:
        if self._meetings[room.name].room is room:
            del self._meetings[room.name]
