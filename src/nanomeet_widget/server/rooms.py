"""All rooms of the server, and the way of a page's message to the part that carries it out."""

from __future__ import annotations

from collections.abc import Callable

from nanomeet_widget._tokens import Claims
from nanomeet_widget.server import messages
from nanomeet_widget.server.broadcast import Broadcasts
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.moderation import Moderation
from nanomeet_widget.server.participants import Connection, Participant, clean_name
from nanomeet_widget.server.replies import acknowledge, refuse
from nanomeet_widget.server.room import Room, Settings
from nanomeet_widget.server.room_broadcast import RoomBroadcast
from nanomeet_widget.server.store import RoomRecord, Store
from nanomeet_widget.server.timers import Timers

_MODERATORS_ONLY = (
    messages.SetSubject,
    messages.SetLobby,
    messages.SetPassword,
    messages.Admit,
    messages.MuteEveryone,
    messages.Kick,
    messages.StartBroadcast,
    messages.StopBroadcast,
)


class Meeting:
    """A room with everything that happens in it.

    Parameters
    ----------
    room
        Who is in it.
    moderation
        What its moderators do.
    broadcast
        Its broadcast.
    """

    def __init__(self, room: Room, moderation: Moderation, broadcast: RoomBroadcast) -> None:
        self.room = room
        self._moderation = moderation
        self._broadcast = broadcast
        # Callable[..., None]: each takes the one type of message that it is listed under.
        self._handlers: dict[type, Callable[..., None]] = {
            messages.Signal: self._signal,
            messages.Media: self._media,
            messages.Want: self._want,
            messages.Rename: self._rename,
            messages.SetSubject: self._set_subject,
            messages.SetLobby: moderation.set_lobby,
            messages.SetPassword: moderation.set_password,
            messages.Admit: moderation.admit,
            messages.MuteEveryone: moderation.mute_everyone,
            messages.Kick: moderation.kick,
            messages.StartBroadcast: broadcast.start,
            messages.StopBroadcast: broadcast.stop,
        }

    def handle(self, who: Participant, message: messages.ClientMessage) -> None:
        """Carry out what a page of somebody in the room asks for, or say why not."""
        if isinstance(message, _MODERATORS_ONLY) and not who.moderator:
            refuse(who, message, "forbidden", "Only a moderator may do that.")
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

    def _signal(self, who: Participant, message: messages.Signal) -> None:
        target = self.room.present(message.to)
        # Whoever has just left is no error: the sender will hear of it in a moment.
        if target is not None and target is not who:
            target.send(
                messages.Signalled(
                    sender=who.id, description=message.description, candidate=message.candidate
                )
            )

    def _media(self, who: Participant, message: messages.Media) -> None:
        self.room.change(who, audio=message.audio, video=message.video, screen=message.screen)

    def _want(self, who: Participant, message: messages.Want) -> None:
        target = self.room.present(message.to)
        if target is not None and target is not who:
            target.send(
                messages.Wanted(sender=who.id, camera=message.camera, screen=message.screen)
            )

    def _rename(self, who: Participant, message: messages.Rename) -> None:
        self.room.change(who, name=clean_name(message.name))
        acknowledge(who, message)

    def _set_subject(self, who: Participant, message: messages.SetSubject) -> None:
        self._moderation.set_subject(who, message)
        self._broadcast.retitle()


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
    """

    def __init__(
        self, *, config: ServerConfig, store: Store, timers: Timers, broadcasts: Broadcasts
    ) -> None:
        self._config = config
        self._store = store
        self._timers = timers
        self._broadcasts = broadcasts
        self._meetings: dict[str, Meeting] = {}
        for record in store.orphaned_rooms():
            self._open(record.name, _settings(record)).room.expect()

    def enter(
        self, claims: Claims, connection: Connection, join: messages.Join
    ) -> tuple[Meeting, Participant] | None:
        """Bring somebody into the room of his token; see `Room.enter`."""
        meeting = self._meetings.get(claims.room)
        if meeting is None:
            if len(self._meetings) >= self._config.limits.rooms:
                connection.close(
                    messages.Bye(
                        kind="room_full",
                        message="This server has as many meetings as it carries: try again later.",
                        retry=True,
                    )
                )
                return None
            meeting = self._open(claims.room, None)
        participant = meeting.room.enter(claims, connection, join)
        return None if participant is None else (meeting, participant)

    def close(self, farewell: messages.Bye) -> None:
        """End all rooms, as the server stops."""
        for meeting in tuple(self._meetings.values()):
            meeting.room.close(farewell)

    def _open(self, name: str, settings: Settings | None) -> Meeting:
        room = Room(
            name,
            config=self._config,
            store=self._store,
            timers=self._timers,
            on_end=self._ended,
            settings=settings,
        )
        meeting = Meeting(
            room,
            Moderation(room, timers=self._timers, mute_patience=self._config.patience.mute),
            RoomBroadcast(room, self._broadcasts),
        )
        self._meetings[name] = meeting
        return meeting

    def _ended(self, room: Room) -> None:
        if self._meetings[room.name].room is room:
            del self._meetings[room.name]


def _settings(record: RoomRecord) -> Settings:
    return Settings(
        subject=record.subject,
        lobby=record.lobby,
        password=record.password,
        kicked=set(record.kicked),
    )
