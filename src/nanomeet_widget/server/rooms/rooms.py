"""All open rooms of the server."""

from __future__ import annotations

import time
from collections.abc import Callable

from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.broadcast.broadcasts import Broadcasts
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.participant import Connection, Participant
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_dispatcher import RoomDispatcher
from nanomeet_widget.server.store.room_settings import Settings
from nanomeet_widget.server.store.store import Store
from nanomeet_widget.server.timers import Timers
from nanomeet_widget.server.tokens.issuer import Issuer

_DRAINING = meeting.Bye(
    kind="server_stopping",
    message="This server is about to stop and begins no new meetings. Try again later.",
    retry=True,
)


class Rooms:
    """The open rooms.

    Parameters
    ----------
    config : ServerConfig
        Limits and patience.
    store : Store
        Where rooms are kept.
    timers : Timers
        The event loop.
    broadcasts : Broadcasts
        The server's broadcasts.
    issuer : Issuer
        Issues the invites.
    now : callable, optional
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
        self._dispatchers: dict[str, RoomDispatcher] = {}
        #: Whether the server is about to stop: meetings continue, and no new one begins.
        self.draining = False
        for name, settings in store.rooms.orphaned():
            self._restore(name, settings)

    def census(self) -> tuple[int, int, int]:
        """Return how many rooms are open, and how many people are in them and in their lobbies."""
        rooms = [dispatcher.room for dispatcher in self._dispatchers.values()]
        present = sum(len(room.participants) for room in rooms)
        return len(rooms), present, sum(len(room.everybody_waiting()) for room in rooms)

    @property
    def occupied(self) -> bool:
        """Whether any room is open, including those whose people lost their connections."""
        return bool(self._dispatchers)

    def enter(
        self, claims: Claims, connection: Connection, join: meeting.Join, *, address: str = ""
    ) -> tuple[RoomDispatcher, Participant] | None:
        """Bring a person into the room of their token, which is opened if necessary.

        Parameters
        ----------
        claims, connection, join, address
            As `Room.enter` has them.

        Returns
        -------
        tuple or None
            The room, and the person in it or in its lobby; None if they were refused, or need to
            send a password.
        """
        dispatcher = self._dispatchers.get(claims.room)
        if dispatcher is None:
            if self.draining:
                connection.close(_DRAINING)
                return None
            if len(self._dispatchers) >= self._config.limits.rooms:
                connection.close(
                    meeting.Bye(
                        kind="room_full",
                        message="This server has reached its limit of meetings. Try again later.",
                        retry=True,
                    )
                )
                return None
            dispatcher = self._open(claims.room, Settings())
        participant = dispatcher.room.enter(claims, connection, join, address=address)
        return None if participant is None else (dispatcher, participant)

    def send_out(self, tokens: frozenset[str]) -> None:
        """End the connections of revoked tokens.

        Parameters
        ----------
        tokens : frozenset of str
            The tokens' IDs, their `jti`.
        """
        for dispatcher in tuple(self._dispatchers.values()):
            dispatcher.room.send_out(tokens)
            if tokens:
                dispatcher.roster_changed()

    def roster_changed(self, room: str) -> None:
        """Hear that personal links to a room were made.

        Parameters
        ----------
        room : str
            The room's name.
        """
        if room in self._dispatchers:
            self._dispatchers[room].roster_changed()

    def roster(self, room: str) -> dict[str, object]:
        """Return who has a personal link to a room, and who of them is there.

        Parameters
        ----------
        room : str
            The room's name.

        Returns
        -------
        dict
            `open`: whether the room is; `people`: dicts of `id`, `name`, `moderator`, `here` (the IDs of the
            participants who they are now), and `came` (whether they have been in the open room).
        """
        dispatcher = self._dispatchers.get(room)
        here: dict[str, list[str]] = {}
        came: frozenset[str] = frozenset()
        if dispatcher is not None:
            came = frozenset(dispatcher.room.settings.came)
            for participant in dispatcher.room.participants:
                here.setdefault(participant.claims.roster, []).append(participant.id)
        people = [
            {
                "id": person.id,
                "name": person.name,
                "moderator": person.moderator,
                "here": here.get(person.id, []),
                "came": person.id in came,
            }
            for person in self._issuer.roster(room)
        ]
        return {"open": dispatcher is not None, "people": people}

    def close(self, farewell: meeting.Bye) -> None:
        """End all rooms, as the server stops.

        Parameters
        ----------
        farewell : Bye
            What all pages are told.
        """
        for dispatcher in tuple(self._dispatchers.values()):
            dispatcher.room.stop(farewell)

    def _restore(self, name: str, settings: Settings) -> None:
        stopped, settings.stopped_at = settings.stopped_at, None
        if stopped is not None and self._now() - stopped > self._config.patience.restored_room:
            self._store.rooms.forget(name)
            return
        self._open(name, settings).room.restore(self._store.rooms.people(name))

    def _open(self, name: str, settings: Settings) -> RoomDispatcher:
        dispatcher = RoomDispatcher(
            name,
            config=self._config,
            store=self._store,
            timers=self._timers,
            broadcasts=self._broadcasts,
            issuer=self._issuer,
            settings=settings,
            on_end=self._ended,
            now=self._now,
        )
        dispatcher.room.open()
        self._dispatchers[name] = dispatcher
        return dispatcher

    def _ended(self, room: Room) -> None:
        if self._dispatchers[room.name].room is room:
            del self._dispatchers[room.name]
