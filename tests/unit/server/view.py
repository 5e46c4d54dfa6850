"""A page's own picture of the room, made of nothing but the messages that it was sent."""

from __future__ import annotations

from nanomeet_widget.server.protocol import messages


class View:
    """What a page knows."""

    def __init__(self, sent: list[messages.ServerMessage]) -> None:
        self.own: messages.Participant | None = None
        self.others: dict[str, messages.Participant] = {}
        self.state: messages.RoomState | None = None
        self.broadcast: messages.BroadcastState | None = None
        self.knocking: dict[str, str] = {}
        self.chat: list[messages.ChatMessage] = []
        self.viewers = 0
        self.feed = messages.StageFeed(stream=None)
        for message in sent:
            self._hear(message)

    def _hear(self, message: messages.ServerMessage) -> None:  # noqa: C901, PLR0912 - one case a message
        if isinstance(message, messages.Welcome):
            self.own = message.own
            self.others = {p.id: p for p in message.participants}
            self.state, self.broadcast = message.state, message.broadcast
            self.knocking = {k.id: k.name for k in message.knocking}
            self.chat = list(message.chat)
            self.viewers, self.feed = message.viewers, message.feed
        elif isinstance(message, messages.Joined):
            assert message.participant.id not in self.others
            self.others[message.participant.id] = message.participant
        elif isinstance(message, messages.Updated):
            if self.own is not None and message.participant.id == self.own.id:
                self.own = message.participant
            else:
                assert message.participant.id in self.others
                self.others[message.participant.id] = message.participant
        elif isinstance(message, messages.Left):
            del self.others[message.id]
        elif isinstance(message, messages.RoomChanged):
            self.state = message.state
        elif isinstance(message, messages.BroadcastChanged):
            self.broadcast = message.broadcast
        elif isinstance(message, messages.Knock):
            self.knocking[message.id] = message.name
        elif isinstance(message, messages.KnockEnded):
            self.knocking.pop(message.id, None)
        elif isinstance(message, messages.ChatMessage):
            self.chat.append(message)
        elif isinstance(message, messages.ViewersChanged):
            self.viewers = message.viewers
        elif isinstance(message, messages.StageFeed):
            self.feed = message
