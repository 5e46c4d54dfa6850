"""One room: who is in it, who waits, what its moderators set. No sockets, no clock of its own."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from nanomeet_widget._states import Broadcast
from nanomeet_widget._tokens import LEEWAY, Claims
from nanomeet_widget.server import messages, passwords
from nanomeet_widget.server.config import ServerConfig
from nanomeet_widget.server.limits import TokenBucket
from nanomeet_widget.server.participants import Connection, Participant, Presence
from nanomeet_widget.server.store import RoomRecord, Store
from nanomeet_widget.server.timers import Handle, Timers

#: The computer may sleep, and timers with it: the end of a token is looked at this often.
_EXPIRY_CHECK = 30.0
_GUESSES = 10
_GUESSES_BACK = 0.2


@dataclass(kw_only=True)
class Settings:
    """What the moderators set."""

    subject: str = ""
    lobby: bool = False
    #: As `passwords.hash_password` keeps it; empty where none is asked for.
    password: str = ""
    #: The `jti` of every token whose owner was sent out.
    kicked: set[str] = field(default_factory=set)


class Room:
    """A room from its first participant to its last.

    Parameters
    ----------
    name
        The `room` claim.
    config
        Limits and patience.
    store
        Where settings are kept and events noted.
    timers
        The event loop.
    on_end
        Called once, when nobody is left.
    settings
        What a killed server left behind, if this room is one of its.
    now
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
        settings: Settings | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self.settings = settings or Settings()
        self.broadcast = messages.BroadcastState(state=Broadcast.OFF)
        #: Called with whoever has gone, and with whoever changed; the room's other parts listen.
        self.on_gone: list[Callable[[Participant], None]] = []
        self.on_updated: list[Callable[[Participant], None]] = []
        self._config = config
        self._store = store
        self._timers = timers
        self._on_end = on_end
        self._now = now
        self._present: dict[str, Participant] = {}
        self._waiting: dict[str, Participant] = {}
        self._guesses = TokenBucket(burst=_GUESSES, rate=_GUESSES_BACK, now=timers.time())
        self._ended = False
        self._unclaimed: Handle | None = None

    # --- who is here ---------------------------------------------------------------------------

    @property
    def participants(self) -> tuple[Participant, ...]:
        """Everybody in the room, those with a lost connection included."""
        return tuple(self._present.values())

    @property
    def moderators(self) -> tuple[Participant, ...]:
        """Those of them who have a moderator's token."""
        return tuple(p for p in self._present.values() if p.moderator)

    def present(self, participant_id: str) -> Participant | None:
        """Return who has this id in the room."""
        return self._present.get(participant_id)

    def waiting(self, participant_id: str) -> Participant | None:
        """Return who has this id in the lobby."""
        return self._waiting.get(participant_id)

    def everybody_waiting(self) -> tuple[Participant, ...]:
        """Return who is in the lobby."""
        return tuple(self._waiting.values())

    def tell(self, whom: Iterable[Participant], message: messages.ServerMessage) -> None:
        """Send a message to each of them."""
        for participant in whom:
            participant.send(message)

    def state(self) -> messages.RoomState:
        """Return what everybody may know of the room."""
        return messages.RoomState(
            subject=self.settings.subject,
            lobby=self.settings.lobby,
            locked=bool(self.settings.password),
            closed=False,
            main=None,
        )

    # --- coming --------------------------------------------------------------------------------

    def enter(
        self, claims: Claims, connection: Connection, join: messages.Join
    ) -> Participant | None:
        """Let somebody in, make him wait, or send him away.

        Returns
        -------
        Participant or None
            None if he is neither in the room nor in the lobby: then he has been told why, and
            the connection is closed, or open for another `Join` with the password.
        """
        lost = self._resumable(claims, join)
        if lost is not None:
            self._resume(lost, connection, join)
            return lost
        if claims.jti in self.settings.kicked:
            connection.close(
                messages.Bye(kind="kicked", message="A moderator has sent you out of this room.")
            )
            return None
        knows_password = False
        if not claims.moderator and self.settings.password:
            verdict = self._check_password(connection, join)
            if verdict is None:
                return None
            knows_password = verdict
        newcomer = Participant(claims, connection, join)
        if self.settings.lobby and not (claims.moderator or knows_password):
            return self._wait(newcomer)
        return self._seat(newcomer)

    def admit(self, newcomer: Participant) -> bool:
        """Let somebody in from the lobby; return whether there was a place for him."""
        self._waiting.pop(newcomer.id)
        self.tell(self.moderators, messages.KnockEnded(id=newcomer.id))
        return self._seat(newcomer) is not None

    def refuse(self, newcomer: Participant) -> None:
        """Send somebody away from the lobby."""
        self._go(newcomer)
        newcomer.connection.close(
            messages.Bye(kind="refused", message="A moderator did not let you in.")
        )

    def _check_password(self, connection: Connection, join: messages.Join) -> bool | None:
        """Whether he knows it; None if he has to be asked (again)."""
        if join.password is None:
            if self.settings.lobby:
                return False
            connection.send(messages.PasswordRequired(wrong=False))
            return None
        if not self._guesses.take(1, now=self._timers.time()):
            connection.send(
                messages.Error(
                    kind="too_many_attempts",
                    message="Too many wrong passwords in this room: wait a moment and try again.",
                )
            )
            return None
        if not passwords.matches(join.password, self.settings.password):
            connection.send(messages.PasswordRequired(wrong=True))
            return None
        return True

    def _wait(self, newcomer: Participant) -> Participant | None:
        if len(self._waiting) >= self._config.limits.waiting:
            _close_full(newcomer)
            return None
        self._waiting[newcomer.id] = newcomer
        self._claimed()
        self._watch_expiry(newcomer)
        newcomer.send(messages.Waiting(id=newcomer.id))
        self.tell(self.moderators, messages.Knock(id=newcomer.id, name=newcomer.name))
        return newcomer

    def _seat(self, newcomer: Participant) -> Participant | None:
        if len(self._present) >= self._config.limits.participants:
            newcomer.step(Presence.GONE)
            _close_full(newcomer)
            self._end_if_empty()
            return None
        newcomer.step(Presence.PRESENT)
        others = self.participants
        self._present[newcomer.id] = newcomer
        self._claimed()
        if newcomer.expiry is None:
            self._watch_expiry(newcomer)
        newcomer.send(self._welcome(newcomer))
        self.tell(others, messages.Joined(participant=newcomer.describe()))
        self._note("joined", newcomer)
        return newcomer

    def _welcome(self, participant: Participant) -> messages.Welcome:
        moderator = participant.moderator
        return messages.Welcome(
            v=messages.VERSION,
            own=participant.describe(),
            resume=participant.resume,
            room=self.name,
            streamname=participant.claims.streamname,
            participants=[p.describe() for p in self.participants if p is not participant],
            state=self.state(),
            broadcast=self.broadcast_for(participant),
            knocking=[messages.Knock(id=w.id, name=w.name) for w in self.everybody_waiting()]
            if moderator
            else [],
            ice_servers=[messages.IceServer(urls=[url]) for url in self._config.ice_servers],
            expires=participant.claims.expiration.timestamp(),
            max_stage=self._config.limits.stage,
            chat=[],
            viewers=0,
            feed=messages.StageFeed(stream=None),
        )

    def broadcast_for(self, participant: Participant) -> messages.BroadcastState:
        """Return the broadcast's state as this person may know it: errors are for moderators."""
        state = self.broadcast
        if participant.moderator or state.error is None:
            return state
        return messages.BroadcastState(
            state=state.state,
            broadcaster=state.broadcaster,
            playout=state.playout,
            since=state.since,
        )

    # --- a lost connection ---------------------------------------------------------------------

    def disconnected(self, participant: Participant, connection: Connection) -> None:
        """Take note that a connection broke; its owner may come back within the grace time."""
        if participant.connection is not connection:
            return
        if participant.presence is Presence.WAITING:
            self._go(participant)
        elif participant.presence is Presence.PRESENT:
            participant.step(Presence.DROPPED)
            participant.grace = self._timers.call_later(
                self._config.patience.resume, lambda: self._go(participant, "dropped")
            )

    def _resumable(self, claims: Claims, join: messages.Join) -> Participant | None:
        if join.resume is None:
            return None
        given = join.resume.encode()
        for participant in self.participants:
            if hmac.compare_digest(participant.resume.encode(), given):
                # The secret alone is not enough: it has to come with the token that it was for.
                return participant if participant.claims.jti == claims.jti else None
        return None

    def _resume(
        self, participant: Participant, connection: Connection, join: messages.Join
    ) -> None:
        replaced = participant.connection
        participant.connection = connection
        if participant.presence is Presence.DROPPED:
            participant.step(Presence.PRESENT)
        elif replaced is not connection:
            replaced.close(
                messages.Bye(kind="replaced", message="This meeting is open in another place now.")
            )
        connection.send(self._welcome(participant))
        for message in participant.take_backlog():
            connection.send(message)
        self.change(participant, audio=join.audio, video=join.video)

    # --- changing ------------------------------------------------------------------------------

    def change(
        self,
        participant: Participant,
        *,
        name: str | None = None,
        audio: bool | None = None,
        video: bool | None = None,
        screen: bool | None = None,
    ) -> None:
        """Change what everybody sees of somebody, and tell them if it is a change."""
        before = participant.describe()
        participant.name = participant.name if name is None else name
        participant.audio = participant.audio if audio is None else audio
        participant.video = participant.video if video is None else video
        participant.screen = participant.screen if screen is None else screen
        if participant.describe() == before:
            return
        self.tell(self.participants, messages.Updated(participant=participant.describe()))
        for listener in self.on_updated:
            listener(participant)

    def settings_changed(self) -> None:
        """Keep the settings, and tell everybody of them."""
        self._save()
        self.tell(self.participants, messages.RoomChanged(state=self.state()))

    def _save(self) -> None:
        self._store.save_room(
            RoomRecord(
                name=self.name,
                subject=self.settings.subject,
                lobby=self.settings.lobby,
                password=self.settings.password,
                kicked=tuple(sorted(self.settings.kicked)),
            )
        )

    def broadcast_changed(self, state: messages.BroadcastState) -> None:
        """Take over the broadcast's new state, and tell everybody of it."""
        self.broadcast = state
        for participant in self.participants:
            participant.send(messages.BroadcastChanged(broadcast=self.broadcast_for(participant)))

    # --- going ---------------------------------------------------------------------------------

    def leave(self, participant: Participant) -> None:
        """Let somebody go who wants to."""
        self._go(participant)

    def kick(self, participant: Participant, *, by: Participant) -> None:
        """Send somebody out. His token does not open this room again while the room lives."""
        # One token may be open twice: a moderator must not lock himself out.
        if participant.claims.jti != by.claims.jti:
            self.settings.kicked.add(participant.claims.jti)
            self._save()
        self._go(participant, "kicked", by=by)
        participant.connection.close(
            messages.Bye(kind="kicked", message="A moderator has sent you out of this room.")
        )

    def close(self, farewell: messages.Bye) -> None:
        """End the room for everybody, as the server stops."""
        for participant in (*self.participants, *self.everybody_waiting()):
            participant.connection.close(farewell)
            self._go(participant)
        self._end_if_empty()

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
            self.tell(self.moderators, messages.KnockEnded(id=participant.id))
        elif self._present.pop(participant.id, None) is not None:
            self.tell(
                self.participants,
                messages.Left(id=participant.id, reason=reason, by=by.id if by else None),
            )
            self._note(reason, participant)
            for listener in self.on_gone:
                listener(participant)
        self._end_if_empty()

    def _watch_expiry(self, participant: Participant) -> None:
        participant.expiry = self._timers.call_later(
            max(0.0, min(self._left(participant), _EXPIRY_CHECK)),
            lambda: self._check_expiry(participant),
        )

    def _left(self, participant: Participant) -> float:
        return participant.claims.expiration.timestamp() + LEEWAY - self._now()

    def _check_expiry(self, participant: Participant) -> None:
        if self._left(participant) > 0:
            self._watch_expiry(participant)
            return
        self._go(participant)
        participant.connection.close(
            messages.Bye(
                kind="token_expired",
                message="Your token has expired: ask a moderator for a new invite.",
            )
        )

    def _note(self, kind: str, participant: Participant) -> None:
        self._store.record(
            kind, self.name, participant=participant.id, moderator=participant.moderator
        )

    # --- the room's own life -------------------------------------------------------------------

    def expect(self) -> None:
        """Live without anybody for a while: a killed server's people are on their way."""
        self._unclaimed = self._timers.call_later(
            self._config.patience.restored_room, self._end_if_empty
        )

    def _claimed(self) -> None:
        if self._unclaimed is not None:
            self._unclaimed.cancel()
            self._unclaimed = None

    def _end_if_empty(self) -> None:
        if not self._ended and not self._present and not self._waiting:
            self._ended = True
            self._claimed()
            self._on_end(self)
            self._store.forget_room(self.name)


def _close_full(newcomer: Participant) -> None:
    newcomer.connection.close(
        messages.Bye(
            kind="room_full",
            message="This room is full: try again when somebody has left.",
            retry=True,
        )
    )
