"""All open rooms of the server."""

from __future__ import annotations

import time
from collections.abc import Callable

from nanomeet_widget._tokens import Claims
from nanomeet_widget._validation import is_group_room
from nanomeet_widget.server.broadcast.broadcasts import Broadcasts
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.classroom.groups import CLOSED, Groups
from nanomeet_widget.server.rooms.classroom.polls import Polls
from nanomeet_widget.server.rooms.classroom.records import RoomRecorder, next_policy
from nanomeet_widget.server.rooms.participant import Connection, Participant
from nanomeet_widget.server.rooms.room import LEFT, Room
from nanomeet_widget.server.rooms.room_dispatcher import RoomDispatcher
from nanomeet_widget.server.store.group_records import GroupRecord
from nanomeet_widget.server.store.room_settings import Settings
from nanomeet_widget.server.store.session_records import Policy
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
        store.sessions.adopt()
        store.groups.adopt()
        found = dict(store.rooms.orphaned())
        #: The rooms of groups that a killed server left behind, while the main rooms are restored.
        self._orphaned = {name: found.pop(name) for name in tuple(found) if is_group_room(name)}
        for name, settings in found.items():
            self._restore(name, settings)
        for name in self._orphaned:
            store.rooms.forget(name)
        self._orphaned.clear()
        sessions = (dispatcher.recorder.session for dispatcher in self._dispatchers.values())
        store.sessions.end_others(session.id for session in sessions if session is not None)

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
        if is_group_room(claims.room):
            return self._enter_group(claims, connection, join, address=address)
        dispatcher = self._dispatchers.get(claims.room)
        if dispatcher is None:
            if self.draining:
                connection.close(_DRAINING)
                return None
            if self.free() < 1:
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

    def leave(self, claims: Claims, resume: str) -> bool:
        """Free the place of a page that has left the meeting.

        Parameters
        ----------
        claims : Claims
            The claims of the page's token, which was verified.
        resume : str
            The secret of its `Welcome.resume`.

        Returns
        -------
        bool
            Whether it still had a place.
        """
        dispatcher = self._dispatchers.get(claims.room)
        person = None if dispatcher is None else dispatcher.room.holder(claims, resume)
        if dispatcher is None or person is None:
            return False
        dispatcher.room.leave(person)
        person.connection.close(LEFT)
        return True

    def polls_for_viewers(self, stream: str, ticket: str) -> Polls | None:
        """Return the polls in which the viewers of a private broadcast take part.

        Parameters
        ----------
        stream : str
            The stream's name.
        ticket : str
            What a viewer presents.

        Returns
        -------
        Polls or None
            None if no meeting is broadcast there, or its watch ticket is another one.
        """
        for dispatcher in self._dispatchers.values():
            if dispatcher.is_watched_with(stream, ticket):
                return dispatcher.polls
        return None

    def lead_back(self, claims: Claims, connection: Connection, join: meeting.Join) -> bool:
        """Lead a person back to the main room with the token of a group that was closed.

        Parameters
        ----------
        claims : Claims
            The claims of the token, which was revoked.
        connection, join
            As `Room.enter` has them.

        Returns
        -------
        bool
            Whether it is such a token; the person was then led back, or told why not.
        """
        if not is_group_room(claims.room):
            return False
        self._enter_group(claims, connection, join, revoked=True)
        return True

    def _enter_group(
        self,
        claims: Claims,
        connection: Connection,
        join: meeting.Join,
        *,
        address: str = "",
        revoked: bool = False,
    ) -> tuple[RoomDispatcher, Participant] | None:
        own = self._store.tokens.find(claims.jti)
        parent = None if own is None else self._store.tokens.find(own.parent)
        main = None if parent is None else self._dispatchers.get(parent.room)
        if main is None:
            connection.close(CLOSED)
            return None
        place = main.groups.enter(claims, connection, join, revoked=revoked)
        if place is None:
            return None
        dispatcher, identity = self._dispatchers[place[0]], place[1]
        person = dispatcher.room.enter(claims, connection, join, address=address, identity=identity)
        return None if person is None else (dispatcher, person)

    def free(self) -> int:
        """Return how many more rooms may be opened."""
        return max(0, self._config.limits.rooms - len(self._dispatchers))

    def open_group(self, groups: Groups, record: GroupRecord) -> Room:
        """Open a group's room, or restore it after a crash.

        Parameters
        ----------
        groups : Groups
            The groups of the meeting.
        record : GroupRecord
            The group.

        Returns
        -------
        Room
            Its room.
        """
        main = self._dispatchers[groups.shown_as]
        saved = self._orphaned.pop(record.room, None)
        # With the key of the meeting, whose rules of removal count.
        settings = saved or Settings(subject=record.name, key=main.room.settings.key)
        settings.stopped_at = None
        room = self._open(record.room, settings, main=main, group=record.id).room
        if saved is not None:
            people = self._store.rooms.people(record.room)
            room.restore([p for p in people if groups.settled(p.identity, record.id)])
        return room

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

    def people_in(self, room: str) -> int:
        """Return how many people are in a room, and in its groups and its lobby.

        Parameters
        ----------
        room : str
            The room's name.
        """
        dispatcher = self._dispatchers.get(room)
        return 0 if dispatcher is None else len(dispatcher.room.everyone)

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
            for participant in dispatcher.room.everyone:
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

    def record_policy(self, room: str) -> Policy:
        """Return what is kept of a room's meeting.

        Parameters
        ----------
        room : str
            The room's name.

        Returns
        -------
        Policy
            Of the session that goes on, on this server or another one of the data folder, or of one that
            would begin now.
        """
        dispatcher = self._dispatchers.get(room)
        session = None if dispatcher is None else dispatcher.recorder.session
        session = session or self._store.session_rows.going_on(room)
        if session is not None:
            return Policy(kinds=session.kinds, days=session.days)
        return next_policy(self._store.sessions, room, self._config)

    def recorder_of(self, stream: str) -> RoomRecorder | None:
        """Return what keeps the records of the room that broadcasts a stream.

        Parameters
        ----------
        stream : str
            The stream's name.

        Returns
        -------
        RoomRecorder or None
            None if no room broadcasts it now.
        """
        for dispatcher in self._dispatchers.values():
            if dispatcher.streamname == stream:
                return dispatcher.recorder
        return None

    def forget(self, room: str, person: str) -> int:
        """Delete what is kept of a person in all sessions of a room, and in its chat.

        Parameters
        ----------
        room : str
            The room's name.
        person : str
            A participant's ID, or their ID in the roster.

        Returns
        -------
        int
            How many rows were deleted or emptied.
        """
        count, people = self._store.sessions.forget(room, person)
        if room in self._dispatchers:
            recorder = self._dispatchers[room].recorder
            for dispatcher in self._dispatchers.values():
                if dispatcher.recorder is recorder:
                    dispatcher.forget(people)
        self._store.sessions.clean()
        return count

    def close(self, farewell: meeting.Bye) -> None:
        """End all rooms, as the server stops.

        Parameters
        ----------
        farewell : Bye
            What all pages are told.
        """
        dispatchers = tuple(self._dispatchers.values())
        for dispatcher in dispatchers:
            dispatcher.groups.stop()
        for dispatcher in dispatchers:
            dispatcher.room.stop(farewell)

    def _restore(self, name: str, settings: Settings) -> None:
        stopped, settings.stopped_at = settings.stopped_at, None
        if stopped is not None and self._now() - stopped > self._config.patience.restored_room:
            self._store.rooms.forget(name)
            self._store.groups.forget(name)
            return
        dispatcher = self._open(name, settings)
        groups = dispatcher.groups
        groups.load()
        people = self._store.rooms.people(name)
        dispatcher.room.restore([p for p in people if groups.settled(p.identity, None)])
        groups.restore()
        dispatcher.recorder.resumed()

    def _open(
        self,
        name: str,
        settings: Settings,
        *,
        main: RoomDispatcher | None = None,
        group: str = "",
    ) -> RoomDispatcher:
        dispatcher = RoomDispatcher(
            name,
            config=self._config,
            store=self._store,
            timers=self._timers,
            broadcasts=self._broadcasts,
            issuer=self._issuer,
            settings=settings,
            on_end=self._ended,
            group_rooms=self,
            main=main,
            group=group,
            now=self._now,
        )
        dispatcher.room.open()
        self._dispatchers[name] = dispatcher
        return dispatcher

    def _ended(self, room: Room) -> None:
        if self._dispatchers[room.name].room is room:
            del self._dispatchers[room.name]
