"""A room's side of its broadcast: who may start it, who is told, which requests it settles."""

from __future__ import annotations

from collections.abc import Callable

from nanomeet_widget._states import Broadcast as State
from nanomeet_widget.server import messages
from nanomeet_widget.server.broadcast import Broadcast, BroadcastRefusedError, Broadcasts
from nanomeet_widget.server.participants import Participant
from nanomeet_widget.server.replies import acknowledge, refuse
from nanomeet_widget.server.room import Room
from nanomeet_widget.server.stage_marks import StageMarks
from nanomeet_widget.server.viewer_count import ViewerCount


class RoomBroadcast:
    """Starts and stops the broadcast of one room.

    Parameters
    ----------
    room
        The room.
    broadcasts
        All broadcasts of the server.
    viewers
        Tells the moderators how many watch.
    """

    def __init__(self, room: Room, broadcasts: Broadcasts, viewers: ViewerCount) -> None:
        #: Called after every change.
        self.on_changed: list[Callable[[], None]] = []
        self._room = room
        self._broadcasts = broadcasts
        self._viewers = viewers
        self._broadcast: Broadcast | None = None
        self._broadcaster: Participant | None = None
        self._starting: list[tuple[Participant, messages.StartBroadcast]] = []
        self._stopping: list[tuple[Participant, messages.StopBroadcast]] = []
        room.on_gone.append(self._gone)
        room.on_updated.append(self._moved)
        StageMarks(room, self._mark)

    def start(self, who: Participant, message: messages.StartBroadcast) -> None:
        """Begin a broadcast from this moderator's page; acknowledged when it is live."""
        if not who.stage:
            refuse(
                who,
                message,
                "audience",
                "Your page has no picture of the stage to send: come up on it first.",
            )
            return
        if self._broadcast is not None:
            refuse(
                who,
                message,
                "conflict",
                "The broadcast is just being stopped: start it when it is off."
                if self._broadcast.state is State.STOPPING
                else f"The broadcast is {self._broadcast.state.value} already: stop it first.",
            )
            return
        try:
            self._broadcast = self._broadcasts.start(
                stream=who.claims.streamname,
                title=self.title,
                record=message.record,
                on_change=self._changed,
                on_viewers=self._viewers.changed,
            )
        except BroadcastRefusedError as error:
            refuse(who, message, "conflict", str(error))
            return
        self._broadcaster = who
        self._starting.append((who, message))
        self._changed(self._broadcast)
        who.send(
            messages.IngestGranted(stream=self._broadcast.stream, ticket=self._broadcast.ticket)
        )

    def stop(self, who: Participant, message: messages.StopBroadcast) -> None:
        """End the broadcast; acknowledged when it is off and its recording is whole."""
        if self._broadcast is None:
            refuse(who, message, "conflict", "There is no broadcast to stop.")
            return
        self._stopping.append((who, message))
        self._broadcast.stop()

    def end(self) -> None:
        """End it with the meeting, which is no error."""
        if self._broadcast is not None:
            self._broadcast.stop()

    @property
    def live(self) -> str | None:
        """The stream, while there are pictures in it."""
        if self._broadcast is None or self._broadcast.state is not State.LIVE:
            return None
        return self._broadcast.stream

    @property
    def title(self) -> str:
        """What viewers read above the picture."""
        return self._room.settings.subject or self._room.name

    def retitle(self) -> None:
        """Tell the viewers of a new subject."""
        if self._broadcast is not None:
            self._broadcast.retitle(self.title)

    def _mark(self, title: str) -> None:
        if self._broadcast is not None:
            self._broadcast.mark(title)

    def _gone(self, participant: Participant) -> None:
        if self._broadcast is not None and participant is self._broadcaster:
            self._broadcast.stop(error="The one whose page sent the broadcast has left.")

    def _moved(self, participant: Participant) -> None:
        if (
            self._broadcast is not None
            and participant is self._broadcaster
            and not participant.stage
        ):
            self._broadcast.stop(error="The one whose page sent the broadcast has left the stage.")

    def _changed(self, broadcast: Broadcast) -> None:
        state = broadcast.describe()
        state.broadcaster = self._broadcaster.id if self._broadcaster else None
        self._room.broadcast_changed(state)
        if broadcast.state is State.LIVE:
            for who, request in self._take_starting():
                acknowledge(who, request)
        elif broadcast.state in {State.OFF, State.FAILED}:
            self._broadcast = self._broadcaster = None
            self._viewers.changed(0)
            reason = state.error or "The broadcast was stopped before it was live."
            for who, request in self._take_starting():
                refuse(who, request, "broadcast_failed", reason)
            stopping, self._stopping = self._stopping, []
            for who, stop_request in stopping:
                acknowledge(who, stop_request)
        for listener in self.on_changed:
            listener()

    def _take_starting(self) -> list[tuple[Participant, messages.StartBroadcast]]:
        starting, self._starting = self._starting, []
        return starting
