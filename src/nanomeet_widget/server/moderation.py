"""What moderators do to a room: subject, lobby, password, admission, muting, sending out."""

from __future__ import annotations

from dataclasses import dataclass

from nanomeet_widget.server import messages, passwords
from nanomeet_widget.server.participants import Participant
from nanomeet_widget.server.replies import acknowledge, refuse
from nanomeet_widget.server.room import Room
from nanomeet_widget.server.timers import Handle, Timers


@dataclass(kw_only=True, eq=False)
class _Muting:
    """A request to mute that some have not confirmed yet."""

    by: Participant
    ref: int | None
    media: messages.MediaKind
    awaited: set[str]
    timeout: Handle | None = None


class Moderation:
    """Carries out moderators' requests; the caller has checked the role.

    Parameters
    ----------
    room
        The room.
    timers
        The event loop.
    mute_patience
        Seconds that everybody has to confirm being muted.
    """

    def __init__(self, room: Room, *, timers: Timers, mute_patience: float) -> None:
        self._room = room
        self._timers = timers
        self._mute_patience = mute_patience
        self._mutings: list[_Muting] = []
        room.on_updated.append(self._confirm)
        room.on_gone.append(self._confirm)

    def set_subject(self, who: Participant, message: messages.SetSubject) -> None:
        """Change what the room is about."""
        self._room.settings.subject = " ".join(message.subject.split())
        self._room.settings_changed()
        acknowledge(who, message)

    def set_lobby(self, who: Participant, message: messages.SetLobby) -> None:
        """Make newcomers wait, or let in everybody who does."""
        self._room.settings.lobby = message.active
        self._room.settings_changed()
        if not message.active:
            for newcomer in self._room.everybody_waiting():
                self._room.admit(newcomer)
        acknowledge(who, message)

    def set_password(self, who: Participant, message: messages.SetPassword) -> None:
        """Ask newcomers for a password, or no more."""
        password = message.password
        self._room.settings.password = passwords.hash_password(password) if password else ""
        self._room.settings_changed()
        acknowledge(who, message)

    def admit(self, who: Participant, message: messages.Admit) -> None:
        """Let somebody in from the lobby, or send him away."""
        newcomer = self._room.waiting(message.id)
        if newcomer is None:
            refuse(who, message, "not_found", "Nobody of this id is waiting any more.")
            return
        if not message.admitted:
            self._room.refuse(newcomer)
        elif not self._room.admit(newcomer):
            refuse(who, message, "room_full", "The room is full: nobody else can be let in.")
            return
        acknowledge(who, message)

    def kick(self, who: Participant, message: messages.Kick) -> None:
        """Send somebody out of the room."""
        target = self._room.present(message.id)
        if target is None:
            refuse(who, message, "not_found", "Nobody of this id is in the room any more.")
        elif target is who:
            refuse(who, message, "invalid", "You cannot send yourself out: leave instead.")
        else:
            self._room.kick(target, by=who)
            acknowledge(who, message)

    def mute_everyone(self, who: Participant, message: messages.MuteEveryone) -> None:
        """Ask everybody else's page to mute; acknowledged when the last one has."""
        others = [p for p in self._room.participants if p is not who]
        muting = _Muting(
            by=who,
            ref=message.ref,
            media=message.media,
            awaited={p.id for p in others if getattr(p, message.media)},
        )
        self._mutings.append(muting)
        muting.timeout = self._timers.call_later(self._mute_patience, lambda: self._give_up(muting))
        self._room.tell(others, messages.MuteRequested(media=message.media, by=who.id))
        self._settle(muting)

    def _confirm(self, participant: Participant) -> None:
        still_here = self._room.present(participant.id) is not None
        for muting in tuple(self._mutings):
            if not (still_here and getattr(participant, muting.media)):
                muting.awaited.discard(participant.id)
                self._settle(muting)

    def _settle(self, muting: _Muting) -> None:
        if muting.awaited or muting not in self._mutings:
            return
        self._drop(muting)
        if muting.ref is not None:
            muting.by.send(messages.Ack(ref=muting.ref))

    def _give_up(self, muting: _Muting) -> None:
        self._drop(muting)
        names = ", ".join(p.name for p in self._room.participants if p.id in muting.awaited)
        muting.by.send(
            messages.Error(
                kind="timeout",
                message=f"Not everybody is muted: no confirmation came from {names}.",
                ref=muting.ref,
            )
        )

    def _drop(self, muting: _Muting) -> None:
        self._mutings.remove(muting)
        if muting.timeout is not None:
            muting.timeout.cancel()
