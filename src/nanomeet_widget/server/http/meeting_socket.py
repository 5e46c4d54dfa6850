"""`ws/meeting`: one page's connection to a room."""

from __future__ import annotations

from nanomeet_widget._errors import IllegalStepError, NanoMeetError, TokenError
from nanomeet_widget.server.access import Standing
from nanomeet_widget.server.core import Core
from nanomeet_widget.server.http.sockets import GOING_AWAY, NORMAL, POLICY, Socket
from nanomeet_widget.server.protocol import common, decoding, meeting
from nanomeet_widget.server.rooms.participant import Participant, Presence
from nanomeet_widget.server.rooms.room import LEFT
from nanomeet_widget.server.rooms.room_dispatcher import RoomDispatcher
from nanomeet_widget.server.token_bucket import TokenBucket

_TOKEN_KINDS: dict[str, meeting.ByeKind] = {
    "token_malformed": "token_malformed",
    "token_rejected": "token_rejected",
    "token_expired": "token_expired",
    "token_not_yet_valid": "token_not_yet_valid",
}
#: The close code of a page that is unloaded and may be reloading (RFC 6455, 7.4.2: private use).
UNLOADED = 4001
_POLICY_KINDS = frozenset({"protocol", "too_many_messages"})


class MeetingSocket(Socket):
    """A page's connection: `Join` first, then any message of a participant.

    A message that breaks a rule is answered with an `Error`, and the connection continues. It ends
    only with what this project's pages never send: text that is not a JSON object, an unknown type,
    bytes, a message that is too large, a first message other than `Join`, or too many messages, of
    which fewer may be invalid.
    """

    _dispatcher: RoomDispatcher | None = None
    _who: Participant | None = None

    def initialize(self, core: Core) -> None:
        """Store the server's parts.

        Parameters
        ----------
        core : Core
            The server's parts.
        """
        super().initialize(core)
        self.connection = SocketConnection(self)
        limits = core.config.limits
        self._patience = TokenBucket(
            burst=limits.invalid_burst, rate=limits.invalid_rate, now=core.timers.time()
        )

    def on_text(self, message: str) -> None:
        """Handle a message from the page.

        Parameters
        ----------
        message : str
            The text frame.
        """
        try:
            request = decoding.decode_client(message)
        except decoding.InvalidMessageError as error:
            self._refuse(error)
            return
        if isinstance(request, common.Ping):
            self.tell(common.Pong(t=request.t))
        elif isinstance(request, meeting.Join) and not self._seated:
            self._join(request)
        elif isinstance(request, meeting.Leave):
            self._leave()
            self.connection.close(LEFT)
        elif self._dispatcher is None or self._who is None:
            self.reject("protocol", "The first message must be a join.")
        elif self._seated:
            self._handle(self._dispatcher, self._who, request)
        elif self._who.presence is Presence.GONE:
            self._refuse_moved(request)
        elif isinstance(request, meeting.Media):
            self._who.audio, self._who.video = request.audio, request.video
        else:
            self.tell(
                common.Error(
                    kind="waiting",
                    message="You are not in the room yet. Wait until a moderator admits you.",
                    ref=getattr(request, "ref", None),
                )
            )

    def _handle(
        self, dispatcher: RoomDispatcher, who: Participant, request: meeting.ClientMessage
    ) -> None:
        """Have the room handle a request; if that fails, the page is told and the connection continues."""
        try:
            dispatcher.handle(who, request)
        except Exception as error:  # noqa: BLE001 - as `Socket.on_message`
            ours = not isinstance(error, NanoMeetError) or isinstance(error, IllegalStepError)
            if ours:
                self.note_fault(error)
            self.tell(
                common.Error(
                    kind="fault" if ours else "invalid",
                    message="The server could not do this. Please report it."
                    if ours
                    else str(error),
                    ref=getattr(request, "ref", None),
                )
            )

    def _refuse_moved(self, request: meeting.ClientMessage) -> None:
        """Answer a request that crossed the message by which the page was moved to another room."""
        ref = getattr(request, "ref", None)
        if ref is not None:
            words = "You were moved to another room of this meeting. Ask again there."
            self.tell(common.Error(kind="moved", message=words, ref=ref))

    def _refuse(self, error: decoding.InvalidMessageError) -> None:
        """Answer a message that breaks a rule, within limits, and only after a `Join`."""
        if not self.greeted:
            self.reject("protocol", f"This message is invalid: {error}")
        elif not self._patience.take(1, now=self.core.timers.time()):
            self.reject("too_many_messages", "Too many invalid messages.")
        else:
            self.tell(common.Error(kind="invalid", message=str(error), ref=error.ref))

    def reject(self, kind: meeting.ByeKind, message: str) -> None:
        """Say what was wrong, and close. The participant keeps their place, as for a lost connection.

        Parameters
        ----------
        kind : ByeKind
            The reason, as pages know it.
        message : str
            The reason, in plain words.
        """
        self.core.counts.refused += 1
        self.connection.close(meeting.Bye(kind=kind, message=message))

    def on_close(self) -> None:
        """Tell the room."""
        super().on_close()
        # A page that is closed or left says so (RFC 6455, 7.4.1): there is no need to wait for it.
        if self.close_code == GOING_AWAY:
            self._leave()
        elif self._dispatcher is not None and self._who is not None:
            unloaded = self.close_code == UNLOADED
            self._dispatcher.room.disconnected(
                self._who, self.connection, unloaded=unloaded, silent=self.silent
            )

    def lost(self) -> None:
        """Tell the room that the page does not read: it keeps its place as for a lost connection."""
        if self._dispatcher is not None and self._who is not None:
            self._dispatcher.room.disconnected(self._who, self.connection)

    @property
    def _seated(self) -> bool:
        """Whether this page is in the room: not in the lobby, and not replaced by another."""
        return (
            self._who is not None
            and self._who.connection is self.connection
            and self._who.presence is Presence.PRESENT
        )

    def _join(self, join: meeting.Join) -> None:
        self.greeted = True
        if join.v != common.VERSION:
            self.reject(
                "protocol",
                f"This server uses protocol version {common.VERSION}, the page {join.v}. Reload the page.",
            )
            return
        try:
            claims = self.core.issuer.verify(join.token)
        except TokenError as error:
            revoked = self.core.issuer.revoked(join.token)
            if revoked is not None and self.core.rooms.lead_back(revoked, self.connection, join):
                return
            self.reject(_TOKEN_KINDS.get(error.kind, "token_rejected"), str(error))
            return
        if not self.counted_as(Standing.ADMITTED):
            return
        waited = (self._dispatcher, self._who)
        address = "" if self._place is None else self._place.address
        entered = self.core.rooms.enter(claims, self.connection, join, address=address)
        if entered is None:
            return
        self._dispatcher, self._who = entered
        # A person in the lobby who now sent the password leaves the lobby.
        dispatcher, who = waited
        if dispatcher is not None and who is not None and who is not self._who:
            dispatcher.room.leave(who)

    def _leave(self) -> None:
        if (
            self._dispatcher is not None
            and self._who is not None
            and self._who.connection is self.connection
        ):
            self._dispatcher.room.leave(self._who)


class SocketConnection:
    """A `Connection` of a room over a WebSocket.

    Parameters
    ----------
    socket : MeetingSocket
        The WebSocket.
    """

    def __init__(self, socket: MeetingSocket) -> None:
        self._socket = socket

    def send(self, message: meeting.ServerMessage) -> None:
        """Send a message.

        Parameters
        ----------
        message : ServerMessage
            The message.
        """
        self._socket.tell(message)

    def close(self, farewell: meeting.Bye) -> None:
        """Say why, and close the connection.

        Parameters
        ----------
        farewell : Bye
            The last message.
        """
        self._socket.tell(farewell)
        code = POLICY if farewell.kind in _POLICY_KINDS else NORMAL
        self._socket.close(code, farewell.kind)
