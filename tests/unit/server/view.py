"""A page's own view of the room, built only from the messages that it got."""

from __future__ import annotations

from nanomeet_widget.server.protocol import meeting


class View:
    """What a page knows of the room."""

    def __init__(self, sent: list[meeting.ServerMessage]) -> None:
        self.own: meeting.Participant | None = None
        self.others: dict[str, meeting.Participant] = {}
        self.state: meeting.RoomState | None = None
        self.broadcast: meeting.BroadcastState | None = None
        self.knocking: dict[str, str] = {}
        self.chat: list[meeting.ChatMessage] = []
        self.viewers = 0
        self.feed = meeting.StageFeed(stream=None)
        self.readings: list[meeting.Reading] = []
        for message in sent:
            self._hear(message)

    def _hear(self, message: meeting.ServerMessage) -> None:  # noqa: C901, PLR0912 - one case a message
        if isinstance(message, meeting.Welcome):
            self.own = message.own
            self.others = {p.id: p for p in message.participants}
            self.state, self.broadcast = message.state, message.broadcast
            self.knocking = {k.id: k.name for k in message.knocking}
            self.chat = list(message.chat)
            self.viewers, self.feed = message.viewers, message.feed
            self.readings = message.readings
        elif isinstance(message, meeting.Joined):
            assert message.participant.id not in self.others
            self.others[message.participant.id] = message.participant
        elif isinstance(message, meeting.Updated):
            if self.own is not None and message.participant.id == self.own.id:
                self.own = message.participant
            else:
                assert message.participant.id in self.others
                self.others[message.participant.id] = message.participant
        elif isinstance(message, meeting.Left):
            del self.others[message.id]
        elif isinstance(message, meeting.RoomChanged):
            self.state = message.state
        elif isinstance(message, meeting.BroadcastChanged):
            self.broadcast = message.broadcast
        elif isinstance(message, meeting.Knock):
            self.knocking[message.id] = message.name
        elif isinstance(message, meeting.KnockEnded):
            self.knocking.pop(message.id, None)
        elif isinstance(message, meeting.ChatMessage):
            self.chat.append(message)
        elif isinstance(message, meeting.ViewersChanged):
            self.viewers = message.viewers
        elif isinstance(message, meeting.StageFeed):
            self.feed = message
        elif isinstance(message, meeting.ReadingsChanged):
            self.readings = message.readings
