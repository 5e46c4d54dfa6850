"""One room: the people in it and in its lobby, and its settings. It has no sockets and no clock."""

from __future__ import annotations

import contextlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from nanomeet_widget import _texts
from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget._tokens import Claims
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.server.rooms import crowding
from nanomeet_widget.server.rooms.admission import REMOVED, REMOVED_WITH_LINK, Admission, Verdict
from nanomeet_widget.server.rooms.cleaning import clean_name
from nanomeet_widget.server.rooms.links import Links
from nanomeet_widget.server.rooms.lost_connections import LostConnections
from nanomeet_widget.server.rooms.participant import Connection, Participant, Presence
from nanomeet_widget.server.rooms.removals import Removals
from nanomeet_widget.server.rooms.room_parts import RoomParts
from nanomeet_widget.server.rooms.token_expiry import TokenExpiry
from nanomeet_widget.server.rooms.turn import ice_servers
from nanomeet_widget.server.store.room_records import PersonRecord
from nanomeet_widget.server.store.room_settings import Settings
from nanomeet_widget.server.store.store import Store
from nanomeet_widget.server.timers import Alarm, Timers

_REPLACED = meeting.Bye(kind="replaced", message="This meeting is now open in another place.")
#: The answer to a page that leaves.
LEFT = meeting.Bye(kind="left", message="You have left the meeting.")
_FULL = meeting.Bye(
    kind="room_full",
    message="This room is full. Try again when a participant has left.",
    retry=True,
)
_LOBBY_FULL = meeting.Bye(
    kind="lobby_full",
    message="This room's lobby is full. Try again when a moderator has admitted people.",
    retry=True,
)

#: People of the roster who are noted as having been here; some may have been revoked since.
_CAME = 5 * _texts.ROSTER

_TOO_OFTEN = meeting.Bye(
    kind="too_many_messages",
    message="You, or people with your link, have joined too often in a short time. Wait a moment.",
    retry=True,
)


class Room:
    """A room from its first participant to its last.

    Parameters
    ----------
    name : str
        The `room` claim.
    config : ServerConfig
        Limits and patience.
    store : Store
        Where settings are kept and events logged.
    timers : Timers
        The event loop.
    on_end : callable
        Called once, when the room ends.
    settings : Settings
        The room's settings; those that a killed server left behind, if it restores that room.
    parts : callable
        Builds the room's parts, given the room.
    now : callable, optional
        Wall-clock seconds since the epoch.
    """

    def __init__(
        self,
        name: str,
        *,
        config: ServerConfig,
        store: Store,
        timers: Timers,
        on_end: Callable[[Room], None],
        settings: Settings,
        parts: Callable[[Room], RoomParts],
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self._session = secrets.token_hex(8)
        self.settings = settings
        self.broadcast = meeting.BroadcastState(state=BroadcastStatus.OFF)
        #: How many people watch the broadcast.
        self.viewers = 0
        self._config = config
        self._store = store
        self._timers = timers
        self._on_end = on_end
        self._now = now
        self._present: dict[str, Participant] = {}
        self._waiting: dict[str, Participant] = {}
        #: Who joined with which link.
        self.links = Links(
            name,
            key=settings.key,
            records=store.rooms,
            tokens=store.tokens,
            present=lambda: (*self.participants, *self.everybody_waiting()),
        )
        self.removals = Removals(settings, store.tokens, self.links)
        self._admission = Admission(settings, self.removals, timers)
        self._arrivals = crowding.Arrivals(timers)
        self._ended = False
        #: Whether the next server restores the room.
        self._kept = False
        #: Runs while a room without people waits for them to come back.
        self._unclaimed = Alarm(timers)
        self._lost = LostConnections(
            timers,
            config.patience,
            on_dropped=lambda person: self._go(person, "dropped"),
            on_unloaded=self._go,
        )
        self._expiry = TokenExpiry(now=now, on_expired=self._expired)
        self.parts = parts(self)

    # --- who is here ---------------------------------------------------------------------------

    @property
    def participants(self) -> tuple[Participant, ...]:
        """Everyone in the room, including those with a lost connection."""
        return tuple(self._present.values())

    @property
    def everyone(self) -> tuple[Participant, ...]:
        """Everyone in the meeting: in this room, or with a place in it while they are in another one."""
        return (*self.participants, *self.parts.elsewhere.away())

    @property
    def reached(self) -> tuple[Participant, ...]:
        """Everyone who gets a message to the whole meeting: in this room, and in its groups."""
        return (*self.participants, *self.parts.elsewhere.inside())

    @property
    def moderators(self) -> tuple[Participant, ...]:
        """The participants who are moderators."""
        return tuple(p for p in self._present.values() if p.moderator)

    @property
    def continues(self) -> bool:
        """Whether the server stops, and the next one restores the room."""
        return self._kept

    @property
    def stage_has_room(self) -> bool:
        """Whether another participant can enter the stage."""
        return sum(p.stage for p in self._present.values()) < self._config.limits.stage

    def present(self, participant_id: str) -> Participant | None:
        """Return the participant with this ID.

        Parameters
        ----------
        participant_id : str
            The ID.

        Returns
        -------
        Participant or None
            None if they are not in the room.
        """
        return self._present.get(participant_id)

    def member(self, participant_id: str) -> Participant | None:
        """Return the person with this ID who is in the room, or in another one of the meeting.

        Parameters
        ----------
        participant_id : str
            The ID.

        Returns
        -------
        Participant or None
            None if they are not in the meeting.
        """
        return next((p for p in self.everyone if p.id == participant_id), None)

    def waiting(self, participant_id: str) -> Participant | None:
        """Return the person in the lobby with this ID.

        Parameters
        ----------
        participant_id : str
            The ID.

        Returns
        -------
        Participant or None
            None if they are not in the lobby.
        """
        return self._waiting.get(participant_id)

    def everybody_waiting(self) -> tuple[Participant, ...]:
        """Return the people in the lobby."""
        return tuple(self._waiting.values())

    def tell(self, people: Iterable[Participant], message: meeting.ServerMessage) -> None:
        """Send a message to several people.

        Parameters
        ----------
        people : iterable of Participant
            The recipients.
        message : ServerMessage
            The message.
        """
        for participant in people:
            participant.send(message)

    def state(self) -> meeting.RoomState:
        """Return the room's state that every participant may know."""
        return meeting.RoomState(
            subject=self.settings.subject,
            lobby=self.settings.lobby,
            locked=bool(self.settings.password),
            closed=self.settings.closed,
            main=self.settings.main,
        )

    def time(self) -> float:
        """Return seconds since the epoch."""
        return self._now()

    # --- entering ------------------------------------------------------------------------------

    def enter(
        self,
        claims: Claims,
        connection: Connection,
        join: meeting.Join,
        *,
        address: str = "",
        identity: str | None = None,
    ) -> Participant | None:
        """Admit a person, have them wait in the lobby, or refuse them.

        Parameters
        ----------
        claims : Claims
            The claims of their token.
        connection : Connection
            The connection to their page.
        join : Join
            How the page introduced itself.
        address : str, optional
            The network address of the connection; empty if unknown.
        identity : str, optional
            Who they are, if they come from another room of the meeting.

        Returns
        -------
        Participant or None
            None if they are neither in the room nor in the lobby. They were then told why; the
            connection is closed, or open for another `Join` with the password.
        """
        newcomer = Participant.arriving(
            claims,
            connection,
            join,
            timers=self._timers,
            key=self.settings.key,
            address=address,
            identity=identity,
        )
        elsewhere = self.parts.elsewhere
        resumed = self.holder(claims, join.resume)
        place = resumed or self._present.get(newcomer.id)
        if place is not None:
            if not self._may_come(place, connection, back=True):
                return None
            if resumed is None:
                # With the secret that it has, the page that is replaced no longer gives this place up.
                place.renew_resume()
            self._take(place, newcomer, join)
            return place
        newcomer.granted = newcomer.identity in self.settings.granted or elsewhere.grants(newcomer)
        if elsewhere.belongs(newcomer):
            self._lead(newcomer)
            return None
        verdict = self._verdict(newcomer, join)
        if verdict is Verdict.STAYS_OUT:
            return None
        if not self._may_come(newcomer, connection, back=elsewhere.expects(newcomer)):
            return None
        twin = self._waiting.get(newcomer.id)
        if twin is not None:
            self._go(twin)
            if twin.connection is not connection:
                twin.connection.close(_REPLACED)
        return self._wait(newcomer) if verdict is Verdict.WAITS else self._seat(newcomer)

    def _verdict(self, newcomer: Participant, join: meeting.Join) -> Verdict:
        back = self._lost.returning(newcomer.id)
        if back is None and not self.parts.elsewhere.expects(newcomer):
            return self._admission.check(newcomer, join)
        if not self._admission.is_open_to(newcomer):
            return Verdict.STAYS_OUT
        if back is not None:
            newcomer.hand, newcomer.stage = back.hand, back.stage
        return Verdict.IN

    def _lead(self, newcomer: Participant) -> None:
        """Lead a person on to the room in which they belong, if they may be in the meeting."""
        if not self._admission.is_open_to(newcomer):
            return
        if not self._has_place_for(newcomer):
            newcomer.connection.close(_FULL)
        elif self._may_come(newcomer, newcomer.connection, back=True):
            self.parts.elsewhere.lead(newcomer)

    def admits(self, person: Participant) -> bool:
        """Return whether a person was not removed; one who was is told so.

        Parameters
        ----------
        person : Participant
            The person.
        """
        return self._admission.is_open_to(person)

    def _may_come(self, newcomer: Participant, connection: Connection, *, back: bool) -> bool:
        if self._arrivals.take(newcomer, back=back):
            return True
        connection.close(_TOO_OFTEN)
        return False

    def admit(self, newcomer: Participant) -> bool:
        """Admit a person from the lobby.

        Parameters
        ----------
        newcomer : Participant
            The person.

        Returns
        -------
        bool
            False if the room is full.
        """
        if not self._has_place_for(newcomer):
            return False
        self._waiting.pop(newcomer.id)
        self.tell(self.moderators, meeting.KnockEnded(id=newcomer.id))
        self._seat(newcomer)
        return True

    def refuse(self, newcomer: Participant) -> None:
        """Refuse a person in the lobby, as a moderator decided.

        Parameters
        ----------
        newcomer : Participant
            The person.
        """
        self._go(newcomer)
        newcomer.connection.close(
            meeting.Bye(kind="refused", message="A moderator did not admit you.")
        )

    def turn_away(self, newcomer: Participant) -> None:
        """Refuse a person in the lobby, as the room is full.

        Parameters
        ----------
        newcomer : Participant
            The person.
        """
        self._go(newcomer)
        newcomer.connection.close(_FULL)

    def _has_place_for(self, newcomer: Participant) -> bool:
        limit = self._config.limits.participants
        people = [p for p in self.everyone if p.identity != newcomer.identity]
        return len(people) < crowding.places(limit, people, newcomer)

    def _wait(self, newcomer: Participant) -> Participant | None:
        if len(self._waiting) >= self._config.limits.lobby:
            crowding_out = crowding.gives_way(self.everybody_waiting(), newcomer)
            if crowding_out is None:
                newcomer.connection.close(_LOBBY_FULL)
                return None
            self._go(crowding_out)
            crowding_out.connection.close(_LOBBY_FULL)
        self._waiting[newcomer.id] = newcomer
        self.links.arrived(newcomer)
        self._claimed()
        self._expiry.watch(newcomer)
        newcomer.send(meeting.Waiting(id=newcomer.id))
        self.tell(self.moderators, meeting.Knock(id=newcomer.id, name=newcomer.name))
        return newcomer

    def _seat(self, newcomer: Participant) -> Participant | None:
        if not self._has_place_for(newcomer):
            newcomer.step(Presence.GONE)
            newcomer.connection.close(_FULL)
            return None
        newcomer.step(Presence.PRESENT)
        if not self.stage_has_room or not newcomer.stage:
            newcomer.step_down()
        others = self.participants
        self._present[newcomer.id] = newcomer
        self.links.arrived(newcomer)
        self._claimed()
        self.keep(newcomer)
        if not newcomer.expiry.is_set:
            self._expiry.watch(newcomer)
        newcomer.send(self._welcome(newcomer, kept=False))
        for part in self.parts.listeners:
            part.seated(newcomer)
        self.tell(others, meeting.Joined(participant=newcomer.describe()))
        self.note("joined", newcomer)
        for part in self.parts.listeners:
            part.welcomed(newcomer)
        return newcomer

    def _welcome(self, participant: Participant, *, kept: bool) -> meeting.Welcome:
        moderator = participant.moderator
        return meeting.Welcome(
            v=common.VERSION,
            own=participant.describe(),
            kept=kept,
            resume=participant.resume,
            room=self.parts.elsewhere.shown_as,
            session=self._session,
            streamname=participant.claims.streamname,
            participants=[p.describe() for p in self.participants if p is not participant],
            state=self.state(),
            broadcast=self.broadcast_for(participant),
            knocking=self._knocks() if moderator else [],
            ice_servers=ice_servers(self._config, participant.id, now=self._now()),
            expires=participant.claims.expiration.timestamp(),
            now=self._now(),
            max_stage=self._config.limits.stage,
            chat=self.parts.chat.readable(participant),
            viewers=self.viewers if moderator else 0,
            feed=self.parts.feed.feed_for(participant),
            readings=self.parts.readings.announced(),
        )

    def _knocks(self) -> list[meeting.Knock]:
        return [meeting.Knock(id=w.id, name=w.name) for w in self.everybody_waiting()]

    def broadcast_for(self, participant: Participant) -> meeting.BroadcastState:
        """Return the broadcast's state as a participant may know it.

        Parameters
        ----------
        participant : Participant
            The participant; only moderators learn of troubles and push targets.

        Returns
        -------
        BroadcastState
            The state.
        """
        state = self.broadcast
        if participant.moderator:
            return state
        return msgspec.structs.replace(state, trouble=None, targets=[])

    # --- a lost connection ---------------------------------------------------------------------

    def disconnected(
        self,
        participant: Participant,
        connection: Connection,
        *,
        unloaded: bool = False,
        silent: float = 0.0,
    ) -> None:
        """Record a lost connection; the participant keeps their place for a while.

        Parameters
        ----------
        participant : Participant
            The participant.
        connection : Connection
            The lost connection.
        unloaded : bool, default False
            Whether the page was unloaded, perhaps to reload: the others wait less long for that than for
            a network.
        silent : float, default 0
            Seconds since the connection was in fact lost, if that was only found out now.
        """
        if participant.connection is not connection:
            return
        if participant.presence is Presence.WAITING:
            self._go(participant)
        elif participant.presence is Presence.PRESENT:
            participant.step(Presence.DROPPED)
            if not (unloaded and self._missed(participant)):
                self._lost.hold(participant)
            elif any(part.awaits(participant) for part in self.parts.listeners):
                # Its program goes on meanwhile, and a notebook takes longer to load than a meeting.
                self._lost.hold(participant, self._config.patience.reload_notebook)
            else:
                self._lost.hold_for_reload(participant)
            for part in self.parts.listeners:
                part.dropped(participant, self._now() - silent)

    def _missed(self, participant: Participant) -> bool:
        """Return whether the others should soon learn that this person is gone.

        A room with no one else in it, and a broadcast that this person sends, wait for a slow reload.
        """
        alone = not any(p.presence is Presence.PRESENT for p in self.participants)
        return not alone and self.broadcast.broadcaster != participant.id

    def holder(self, claims: Claims, resume: str | None) -> Participant | None:
        """Return whose place a resume secret is.

        Parameters
        ----------
        claims : Claims
            The claims of the token that comes with it, which was verified.
        resume : str or None
            The secret of `Welcome.resume`.

        Returns
        -------
        Participant or None
            None if it is no one's in this room, or belongs to another token.
        """
        if resume is None:
            return None
        given = resume.encode()
        for participant in self.participants:
            if hmac.compare_digest(participant.resume.encode(), given):
                # The secret alone is not enough: it has to come with its token.
                return participant if participant.claims.jti == claims.jti else None
        return None

    def _take(self, participant: Participant, newcomer: Participant, join: meeting.Join) -> None:
        """Replace a lost connection, or another one of the same person, by a newcomer's."""
        connection = newcomer.connection
        # A page that had a place says so, even if it got the secret from a killed server.
        same_page = join.resume is not None
        replaced = participant.connection
        participant.connection = connection
        participant.claims = newcomer.claims
        # The same page may reconnect over another network.
        participant.address = newcomer.address
        participant.composes, participant.watches = join.composes, join.watches
        if participant.presence is Presence.DROPPED:
            participant.step(Presence.PRESENT)
        elif replaced is not connection:
            replaced.close(_REPLACED)
        self._claimed()
        connection.send(self._welcome(participant, kept=True))
        for message in participant.take_backlog(same_page=same_page):
            connection.send(message)
        with self.changing(participant):
            if join.name and not participant.claims.name:
                participant.name = clean_name(join.name)
            if participant.stage:
                participant.audio, participant.video = join.audio, join.video
                participant.screen = participant.screen and same_page
        for part in self.parts.listeners:
            part.welcomed(participant)

    # --- after a crash of the server -----------------------------------------------------------

    def restore(self, people: Sequence[PersonRecord]) -> None:
        """Restore the places of people whose server was killed; the room stays open without them.

        Parameters
        ----------
        people : sequence of PersonRecord
            The people.
        """
        for person in people:
            participant = Participant.restored(person, self._timers)
            participant.granted = person.identity in self.settings.granted
            if self.removals.refuse(participant):
                self._store.rooms.forget_person(self.name, person.identity)
                continue
            self._present[participant.id] = participant
            self._lost.hold(participant, self._config.patience.restored_person)
            self._expiry.watch(participant)
        if self.settings.main not in self._present:
            self.settings.main = None
        for part in self.parts.listeners:
            part.restored()
        self._unclaimed.set(self._config.patience.restored_room, self._unclaim)

    def _claimed(self) -> None:
        self._unclaimed.cancel()

    def _unclaim(self) -> None:
        self.end_if_empty(over=True)

    def keep(self, participant: Participant) -> None:
        """Save a participant's place, so that a crash of the server does not cost it.

        Parameters
        ----------
        participant : Participant
            The participant; saved only if they would be recognised again.
        """
        if participant.known:
            self._store.rooms.save_person(self.name, participant.record())

    # --- changing ------------------------------------------------------------------------------

    @contextlib.contextmanager
    def changing(self, participant: Participant) -> Iterator[None]:
        """Tell everyone what the body of the `with` statement changes about a participant.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        before = participant.describe()
        yield
        if participant.describe() == before:
            return
        self.keep(participant)
        self.tell(self.participants, meeting.Updated(participant=participant.describe()))
        if not participant.stage:
            self._no_longer_main(participant)
        for part in self.parts.listeners:
            part.updated(participant)

    def grant(self, participant: Participant) -> None:
        """Make a participant a moderator, and tell them what moderators know.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        if participant.known:
            self.settings.granted.add(participant.identity)
            self.save()
        with self.changing(participant):
            participant.granted = True
        for knock in self._knocks():
            participant.send(knock)
        participant.send(meeting.ViewersChanged(viewers=self.viewers))
        participant.send(meeting.BroadcastChanged(broadcast=self.broadcast_for(participant)))

    def set_main(self, participant: Participant | None) -> None:
        """Spotlight a participant for everyone.

        Parameters
        ----------
        participant : Participant or None
            The participant; None ends the spotlight.
        """
        self.settings.main = participant.id if participant else None
        self.settings_changed()

    def _no_longer_main(self, participant: Participant) -> None:
        if self.settings.main == participant.id:
            self.set_main(None)

    def set_password(self, password: str) -> None:
        """Set or remove the room's password.

        Parameters
        ----------
        password : str
            The password; an empty one removes it.
        """
        self._admission.set_password(password)
        self.settings_changed()

    def came(self, person: str) -> None:
        """Record that a person of the roster has been here.

        Parameters
        ----------
        person : str
            Their ID in the roster.
        """
        if person not in self.settings.came and len(self.settings.came) < _CAME:
            self.settings.came.append(person)
            self.save()

    def settings_changed(self) -> None:
        """Save the settings, and tell everyone of them."""
        self.save()
        self.tell(self.participants, meeting.RoomChanged(state=self.state()))

    def save(self) -> None:
        """Save the settings; call it after changing some that not everyone is told of."""
        self._store.rooms.save(self.name, self.settings)

    def broadcast_changed(self, state: meeting.BroadcastState) -> None:
        """Record the broadcast's new state, and tell everyone of it.

        Parameters
        ----------
        state : BroadcastState
            The new state.
        """
        self.broadcast = state
        for participant in self.participants:
            participant.send(meeting.BroadcastChanged(broadcast=self.broadcast_for(participant)))

    # --- leaving -------------------------------------------------------------------------------

    def leave(self, participant: Participant) -> None:
        """Remove a participant who leaves.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._go(participant)

    def family(self, token: str) -> frozenset[str]:
        """Return a token and all tokens that were made with it.

        Parameters
        ----------
        token : str
            The token's ID, its `jti`.

        Returns
        -------
        frozenset of str
            Their IDs.
        """
        return self._store.tokens.family(token)

    def going(self, participant: Participant, *, by: Participant, shared: bool) -> int:
        """Return how many others would be removed along with a person.

        Parameters
        ----------
        participant, by, shared
            As `kick` has them.
        """
        plan = self.removals.plan(participant, by, shared=shared)
        return len(self.removals.going(plan, participant, by, self.everyone))

    def kick(
        self,
        participant: Participant,
        *,
        by: Participant,
        shared: bool = False,
        address: bool = False,
    ) -> None:
        """Remove a person, and everyone who joined with a link that is removed; see `removals`.

        They are kept out until the meeting ends.

        Parameters
        ----------
        participant : Participant
            The person.
        by : Participant
            The moderator who removes them.
        shared : bool, default False
            Whether others have the link, too, and keep it.
        address : bool, default False
            Whether to block the person's network address, too.
        """
        plan = self.removals.plan(participant, by, shared=shared)
        everybody = (*self.everyone, *self.everybody_waiting())
        others = self.removals.going(plan, participant, by, everybody)
        self.removals.carry_out(plan, address=participant.address if address else "")
        self.save()
        for person in (participant, *others):
            farewell = REMOVED if person is participant else REMOVED_WITH_LINK
            if not self.parts.elsewhere.expel(person, farewell):
                self.expel(person, farewell, by=by)
        self.end_if_empty()

    def expel(self, person: Participant, farewell: meeting.Bye, *, by: Participant | None) -> None:
        """Remove a person, as a moderator decided.

        Parameters
        ----------
        person : Participant
            The person.
        farewell : Bye
            What they are told.
        by : Participant or None
            The moderator, if they are in the room.
        """
        self._go(person, "kicked", by=by)
        person.connection.close(farewell)

    def release(self, people: Sequence[Participant]) -> None:
        """Let people go on to another room of the meeting; their connections stay open.

        Parameters
        ----------
        people : sequence of Participant
            Participants of this room.
        """
        for participant in people:
            del self._present[participant.id]
            participant.step(Presence.GONE)
            if participant.known:
                self._store.rooms.forget_person(self.name, participant.identity)
        for participant in people:
            self._gone(participant, "moved")
        self.end_if_empty()

    def end(self, farewell: meeting.Bye) -> None:
        """End the room for everyone, including the people in the lobby.

        Parameters
        ----------
        farewell : Bye
            What they are told.
        """
        self.parts.elsewhere.end(farewell)
        present, waiting = self.participants, self.everybody_waiting()
        self._present.clear()
        self._waiting.clear()
        for participant in (*present, *waiting):
            participant.connection.close(farewell)
            participant.step(Presence.GONE)
        for participant in present:
            self.note("left", participant)
            for part in self.parts.listeners:
                part.gone(participant)
        self._claimed()
        self.end_if_empty(over=True)

    def stop(self, farewell: meeting.Bye) -> None:
        """End the room as the server stops; the next server restores it if that starts soon.

        Parameters
        ----------
        farewell : Bye
            What all pages are told.
        """
        self.settings.stopped_at = self._now()
        self.save()
        self._kept = True
        self.end(farewell)

    def _go(
        self,
        participant: Participant,
        reason: Literal["left", "dropped", "kicked"] = "left",
        *,
        by: Participant | None = None,
    ) -> None:
        if participant.presence is Presence.GONE:
            return
        participant.step(Presence.GONE)
        if self._waiting.pop(participant.id, None) is not None:
            self.tell(self.moderators, meeting.KnockEnded(id=participant.id))
        elif self._present.pop(participant.id, None) is not None:
            if participant.known:
                self._store.rooms.forget_person(self.name, participant.identity)
            self._gone(participant, reason, by=by)
        self.end_if_empty()

    def _gone(
        self,
        participant: Participant,
        reason: Literal["left", "dropped", "kicked", "moved"],
        *,
        by: Participant | None = None,
    ) -> None:
        """Tell everyone that a participant is gone."""
        self.tell(
            self.participants,
            meeting.Left(id=participant.id, reason=reason, by=by.id if by else None),
        )
        self._no_longer_main(participant)
        self.note(reason, participant)
        for part in self.parts.listeners:
            part.gone(participant)

    def send_out(self, tokens: frozenset[str]) -> None:
        """End the connections of revoked tokens.

        Parameters
        ----------
        tokens : frozenset of str
            The tokens' IDs, their `jti`.
        """
        for participant in (*self.participants, *self.everybody_waiting()):
            if participant.claims.jti in tokens:
                self._go(participant)
                participant.connection.close(
                    meeting.Bye(
                        kind="token_rejected",
                        message="Your invite was revoked. Ask a moderator for a new one.",
                    )
                )

    def _expired(self, participant: Participant) -> None:
        self._go(participant)
        participant.connection.close(
            meeting.Bye(
                kind="token_expired",
                message="Your token has expired. Ask a moderator for a new invite.",
            )
        )

    # --- opening and ending --------------------------------------------------------------------

    def open(self) -> None:
        """Save the room, so that a crash of the server does not end it."""
        self.save()

    def remember_moderator(self, identity: str) -> None:
        """Remember that a person was made a moderator in another room of the meeting.

        Parameters
        ----------
        identity : str
            The person's identity.
        """
        self.settings.granted.add(identity)
        self.save()

    def note(self, kind: str, participant: Participant, **detail: str | None) -> None:
        """Record an event of a participant in the event log, if that may say so.

        Parameters
        ----------
        kind : str
            The event.
        participant : Participant
            The participant.
        **detail : str or None
            Further details; never a secret.
        """
        if not self.parts.logged.logs(kind):
            return
        self._store.record(
            kind, self.name, participant=participant.id, moderator=participant.moderator, **detail
        )

    def end_if_empty(self, *, over: bool = False) -> None:
        """End the room if no one is in it, or comes back to it.

        Parameters
        ----------
        over : bool, default False
            Whether it has waited long enough for them.
        """
        if self._ended or self._present or self._waiting or self._unclaimed.is_set:
            return
        if self.parts.elsewhere.keeps_open:
            return
        if not over and self.removals.moderators:
            # The last participant may only be reloading the page. If the room ended now, a moderator who
            # was removed could open a new one.
            self._unclaimed.set(self._config.patience.restored_room, self._unclaim)
            return
        self._ended = True
        for part in self.parts.listeners:
            part.ended(kept=self._kept)
        self._on_end(self)
        if not self._kept:
            self._store.rooms.forget(self.name)
            self.parts.elsewhere.forget()
