"""A room's chat: who may read which message, and how many are kept."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection

from nanomeet_widget.server.config import Limits
from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.cleaning import clean_text
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.store.room_records import ChatRecord, RoomRecords
from nanomeet_widget.server.timers import Timers
from nanomeet_widget.server.token_bucket import TokenBuckets


class Chat:
    """The chat of one room.

    Parameters
    ----------
    room : Room
        The room.
    records : RoomRecords
        Where the chat is kept, including what a killed server left behind.
    limits : Limits
        How much is kept, and how much one participant may write.
    timers : Timers
        The event loop.
    on_sent : callable
        Called with each message, and who wrote it.
    now : callable, optional
        Wall-clock seconds since the epoch.
    """

    def __init__(
        self,
        room: Room,
        *,
        records: RoomRecords,
        limits: Limits,
        timers: Timers,
        on_sent: Callable[[Participant, meeting.ChatMessage], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._room = room
        self._on_sent = on_sent
        self._records = records
        self._now = now
        self._entries = deque(records.chat(room.name), maxlen=limits.chat)
        #: The ID of the last message.
        self._last = self._entries[-1].message.id if self._entries else 0
        self._most_bytes = limits.chat_size
        self._written = TokenBuckets(burst=limits.chat_burst, rate=limits.chat_rate, timers=timers)

    def readable(self, who: Participant) -> list[meeting.ChatMessage]:
        """Return the messages that a participant may read, oldest first.

        Parameters
        ----------
        who : Participant
            The participant.

        Returns
        -------
        list of ChatMessage
            Messages to everyone, and those that they sent or received.
        """
        return [
            entry.message
            for entry in self._entries
            if entry.recipient is None or who.identity in (entry.sender, entry.recipient)
        ]

    def send(self, who: Participant, message: meeting.SendChat) -> None:
        """Write to everyone in the room, or to one participant.

        Parameters
        ----------
        who : Participant
            The participant who asks.
        message : SendChat
            The request.
        """
        addressee = self._room.present(message.to) if message.to is not None else None
        if message.to is not None and addressee is None:
            refuse(who, message, "not_found", "This participant is no longer in the room.")
            return
        if addressee is who:
            refuse(
                who, message, "invalid", "You cannot write to yourself. Choose another participant."
            )
            return
        text = self._text(who, message)
        if text is None:
            return
        self._last += 1
        written = meeting.ChatMessage(
            id=self._last,
            sender=who.id,
            name=who.name,
            text=text,
            at=self._now(),
            to=addressee.id if addressee else None,
            to_name=addressee.name if addressee else None,
        )
        entry = ChatRecord(
            sender=who.identity,
            recipient=addressee.identity if addressee else None,
            message=written,
        )
        self._entries.append(entry)
        while sum(_size(kept) for kept in self._entries) > self._most_bytes:
            self._entries.popleft()
        self._records.add_chat(self._room.name, entry, keep=len(self._entries))
        self._room.tell((who, addressee) if addressee else self._room.participants, written)
        self._on_sent(who, written)
        self._room.note("chat", who)
        acknowledge(who, message)

    def forget(self, people: Collection[str]) -> None:
        """Delete the messages of people, and to them; pages that have them keep them.

        Parameters
        ----------
        people : collection of str
            The participants' IDs.
        """
        kept = [e for e in self._entries if not {e.message.sender, e.message.to} & set(people)]
        if len(kept) == len(self._entries):
            return
        self._entries.clear()
        self._entries.extend(kept)
        self._records.replace_chat(self._room.name, kept)

    def message_lobby(self, who: Participant, message: meeting.MessageLobby) -> None:
        """Write to the people in the lobby, or to one of them; the caller has checked the role.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : MessageLobby
            The request.
        """
        waiting = self._room.everybody_waiting()
        if message.id is not None:
            waiting = tuple(p for p in waiting if p.id == message.id)
        if not waiting:
            refuse(who, message, "not_found", "The lobby is empty, or this person has left it.")
            return
        text = self._text(who, message)
        if text is not None:
            self._room.tell(waiting, meeting.LobbyNote(name=who.name, text=text))
            acknowledge(who, message)

    def _text(
        self, who: Participant, message: meeting.SendChat | meeting.MessageLobby
    ) -> str | None:
        """Return the text to send; None if it is refused, and the participant told so."""
        text = clean_text(message.text)
        if not text:
            refuse(who, message, "invalid", "This message is empty.")
            return None
        if not self._written.take(who.id):
            refuse(who, message, "too_many", "Too many messages. Wait a moment, then try again.")
            return None
        return text


def _size(entry: ChatRecord) -> int:
    return len(entry.message.text.encode())
