"""`ws/meeting`: one page's way into a room."""

from __future__ import annotations

from nanomeet_widget._errors import IllegalStepError, NanoMeetError, TokenError
from nanomeet_widget.server.core import Core
from nanomeet_widget.server.http.sockets import GOING_AWAY, NORMAL, POLICY, Socket
from nanomeet_widget.server.protocol import messages
from nanomeet_widget.server.rooms.participant import Participant, Presence
from nanomeet_widget.server.rooms.rooms import RoomDispatcher
from nanomeet_widget.server.token_bucket import TokenBucket

_TOKEN_KINDS: dict[str, messages.ByeKind] = {
    "token_malformed": "token_malformed",
    "token_rejected": "token_rejected",
    "token_expired": "token_expired",
    "token_not_yet_valid": "token_not_yet_valid",
}
#: What a page says that goes away, and may be loaded again (RFC 6455, 7.4.2: for private use).
UNLOADED = 4001
_POLICY_KINDS = frozenset({"protocol", "too_many_messages"})


class MeetingSocket(Socket):
    """A page's connection: `Join` first, then whatever a participant may send.

    A message that breaks a rule is answered with an `Error`, and the meeting goes on. What ends it is
    only what no page of ours sends: no JSON object, an unknown type, bytes, a
    message that is too large, anything but a `Join` first, and too many messages, wrong ones before
    others.
    """

    _meeting: RoomDispatcher | None = None
    _who: Participant | None = None

    def initialize(self, core: Core) -> None:
        """Take the server's parts."""
        super().initialize(core)
        self.connection = SocketConnection(self)
        limits = core.config.limits
        self._patience = TokenBucket(
            burst=limits.invalid_burst, rate=limits.invalid_rate, now=core.timers.time()
        )

    def on_text(self, message: str) -> None:
        """Take a message of the page."""
        try:
            request = messages.decode_client(message)
        except messages.InvalidMessageError as error:
            self._refuse(error)
            return
        if isinstance(request, messages.Ping):
            self.tell(messages.Pong(t=request.t))
        elif isinstance(request, messages.Join) and not self._seated:
            self._join(request)
        elif isinstance(request, messages.Leave):
            self._leave()
            self.connection.close(messages.Bye(kind="left", message="You have left the meeting."))
        elif self._meeting is None or self._who is None:
            self.reject("protocol", "The first message has to be a join.")
        elif self._seated:
            self._handle(self._meeting, self._who, request)
        elif isinstance(request, messages.Media):
            self._who.audio, self._who.video = request.audio, request.video
        else:
            self.tell(
                messages.Error(
                    kind="waiting",
                    message="You are not in the room yet.",
                    ref=getattr(request, "ref", None),
                )
            )

    def _handle(
        self, meeting: RoomDispatcher, who: Participant, request: messages.ClientMessage
    ) -> None:
        """Have the room carry a request out; one that it cannot is answered, and the meeting goes on."""
        try:
            meeting.handle(who, request)
        except Exception as error:  # noqa: BLE001 - as `Socket.on_message`
            ours = not isinstance(error, NanoMeetError) or isinstance(error, IllegalStepError)
            if ours:
                self.note_fault(error)
            self.tell(
                messages.Error(
                    kind="fault" if ours else "invalid",
                    message="The server could not do this: please report it."
                    if ours
                    else str(error),
                    ref=getattr(request, "ref", None),
                )
            )

    def _refuse(self, error: messages.InvalidMessageError) -> None:
        """Answer a message that breaks a rule: so many of them, and not before there is a `Join`."""
        if not self.greeted:
            self.reject("protocol", f"This message is not understood: {error}")
        elif not self._patience.take(1, now=self.core.timers.time()):
            self.reject("too_many_messages", "Too many messages that break a rule.")
        else:
            self.tell(messages.Error(kind="invalid", message=str(error), ref=error.ref))

    def reject(self, kind: messages.ByeKind, message: str) -> None:
        """Say what was wrong, and close. The place is kept for a moment, as for a lost connection."""
        self.core.counts.refused += 1
        self.connection.close(messages.Bye(kind=kind, message=message))

    def on_close(self) -> None:
        """Tell the room."""
        super().on_close()
        # A page that was closed or left says so (RFC 6455, 7.4.1): nobody needs to wait for it.
        if self.close_code == GOING_AWAY:
            self._leave()
        elif self._meeting is not None and self._who is not None:
            unloaded = self.close_code == UNLOADED
            self._meeting.room.disconnected(self._who, self.connection, unloaded=unloaded)

    @property
    def _seated(self) -> bool:
        """Whether this page is in the room: not at the door, not replaced by another."""
        return (
            self._who is not None
            and self._who.connection is self.connection
            and self._who.presence is Presence.PRESENT
        )

    def _join(self, join: messages.Join) -> None:
        self.greeted = True
        if join.v != messages.VERSION:
            self.reject(
                "protocol",
                f"This server speaks version {messages.VERSION}, the page {join.v}: reload the page.",
            )
            return
        try:
            claims = self.core.issuer.verify(join.token)
        except TokenError as error:
            self.reject(_TOKEN_KINDS.get(error.kind, "token_rejected"), str(error))
            return
        waited = (self._meeting, self._who)
        entered = self.core.rooms.enter(claims, self.connection, join, address=self._address or "")
        if entered is None:
            return
        self._meeting, self._who = entered
        # Whoever waited and now knows the password does not wait any more.
        meeting, who = waited
        if meeting is not None and who is not None and who is not self._who:
            meeting.room.leave(who)

    def _leave(self) -> None:
        if (
            self._meeting is not None
            and self._who is not None
            and self._who.connection is self.connection
        ):
            self._meeting.room.leave(self._who)


class SocketConnection:
    """A `Connection` of a room over a WebSocket."""

    def __init__(self, socket: MeetingSocket) -> None:
        self._socket = socket

    def send(self, message: messages.ServerMessage) -> None:
        """Send a message."""
        self._socket.tell(message)

    def close(self, farewell: messages.Bye) -> None:
        """Say why, and close."""
        self._socket.tell(farewell)
        code = POLICY if farewell.kind in _POLICY_KINDS else NORMAL
        self._socket.close(code, farewell.kind)
