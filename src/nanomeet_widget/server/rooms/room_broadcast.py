"""A room's side of its broadcast: who starts it, whose page sends it, and how requests are answered."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget.server.broadcast.broadcast import Broadcast
from nanomeet_widget.server.broadcast.broadcasts import BroadcastRefusedError, Broadcasts
from nanomeet_widget.server.broadcast.push_target import PushRefusedError
from nanomeet_widget.server.broadcast.wording import BROADCAST, PROGRAM
from nanomeet_widget.server.protocol import common, meeting
from nanomeet_widget.server.rooms.participant import Participant, Presence
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_parts import RoomListener
from nanomeet_widget.server.rooms.viewer_count import ViewerCount


class RoomBroadcast(RoomListener):
    """Starts and stops the broadcast of one room.

    Parameters
    ----------
    room : Room
        The room.
    broadcasts : Broadcasts
        All broadcasts of the server.
    viewers : ViewerCount
        Tells the moderators how many viewers there are.
    on_changed : callable
        Called after every change of the broadcast.
    """

    def __init__(
        self,
        room: Room,
        broadcasts: Broadcasts,
        viewers: ViewerCount,
        *,
        on_changed: Callable[[], None],
    ) -> None:
        self._on_changed = on_changed
        self._room = room
        self._broadcasts = broadcasts
        self._viewers = viewers
        self._broadcast: Broadcast | None = None
        self._broadcaster: Participant | None = None
        #: Whether a program of the broadcaster sends it, and no page.
        self._program = False
        #: Of the page that started the broadcast.
        self.language: common.Language = "en"
        self._starting: list[tuple[Participant, meeting.StartBroadcast]] = []
        #: IDs of participants whose pages were asked to send it and failed.
        self._spent: set[str] = set()
        self._stopping: list[tuple[Participant, meeting.StopBroadcast]] = []
        #: Requests to pause or resume that wait until the viewers see it; one a moderator.
        self._pausing: dict[Participant, meeting.PauseBroadcast] = {}

    def start(self, who: Participant, message: meeting.StartBroadcast) -> None:
        """Begin a broadcast from this moderator's page, or a program of theirs; acknowledged when it is live.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : StartBroadcast
            The request.
        """
        if not who.stage and not message.program:
            refuse(
                who,
                message,
                "audience",
                "Your page cannot send the stage while you are in the audience. Enter the stage first.",
            )
            return
        if self._broadcast is not None:
            refuse(
                who,
                message,
                "conflict",
                "The broadcast is being stopped. Start it once it is off."
                if self._broadcast.state is BroadcastStatus.STOPPING
                else f"The broadcast is already {self._broadcast.state.value}. Stop it first.",
            )
            return
        try:
            self._broadcast = self._broadcasts.start(
                who.claims.streamname,
                title=self.title,
                options=message.options,
                on_change=self._changed,
                on_viewers=self._viewers.changed,
                on_lost=self._lost,
                wording=PROGRAM if message.program else BROADCAST,
            )
        except BroadcastRefusedError as error:
            refuse(who, message, "conflict", str(error))
            return
        except PushRefusedError as error:
            refuse(who, message, "invalid", str(error))
            return
        self._broadcaster, self._program = who, message.program
        self.language = message.language
        self._spent.clear()
        self._starting.append((who, message))
        self._changed(self._broadcast)
        self._grant(who, self._broadcast)

    def stop(self, who: Participant, message: meeting.StopBroadcast) -> None:
        """End the broadcast; acknowledged when it is off and its recording is finished.

        A page that is unable to send it hands it over to another one instead.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : StopBroadcast
            The request.
        """
        if self._broadcast is None:
            refuse(who, message, "conflict", "There is no broadcast to stop.")
            return
        if message.unable and self._broadcast.state is BroadcastStatus.LIVE:
            if who is self._broadcaster:
                self._give_up(
                    common.Trouble(
                        "broadcast_unable",
                        "The page that sent the broadcast is no longer able to.",
                    )
                )
            acknowledge(who, message)
            return
        self._stopping.append((who, message))
        self._broadcast.stop()

    def pause(self, who: Participant, message: meeting.PauseBroadcast) -> None:
        """Show viewers a card in place of the stage, or the stage again.

        Acknowledged when the page that sends it has said that they are shown it.

        Parameters
        ----------
        who : Participant
            The moderator.
        message : PauseBroadcast
            The request.
        """
        broadcast = self._broadcast
        if broadcast is None or broadcast.state is not BroadcastStatus.LIVE:
            refuse(who, message, "conflict", "There is no live broadcast to pause or resume.")
            return
        wanted: common.Shows = "paused" if message.paused else "stage"
        if message.paused and broadcast.wanted == broadcast.shows == "soon":
            # Viewers have not seen the stage yet.
            wanted = "soon"
        if broadcast.wanted == broadcast.shows == wanted:
            acknowledge(who, message)
            return
        broadcast.wanted = wanted
        self._settle_pauses(
            lambda asked: asked.paused is not message.paused or asked is self._pausing.get(who),
            "Another request replaced this one.",
        )
        self._pausing[who] = message
        if self._broadcaster is not None:
            self._broadcaster.send(meeting.ShowBroadcast(shows=wanted))

    def shown(self, who: Participant, message: meeting.BroadcastShown) -> None:
        """Record what viewers see; only the page that sends the broadcast knows.

        Parameters
        ----------
        who : Participant
            The participant.
        message : BroadcastShown
            What viewers see.
        """
        if self._broadcast is None or who is not self._broadcaster:
            return
        self._broadcast.show(message.shows)
        if self._broadcast.wanted == message.shows:
            pausing, self._pausing = self._pausing, {}
            for asking, request in pausing.items():
                acknowledge(asking, request)

    def _settle_pauses(self, which: Callable[[meeting.PauseBroadcast], bool], reason: str) -> None:
        for asking, request in tuple(self._pausing.items()):
            if which(request):
                del self._pausing[asking]
                refuse(asking, request, "conflict", reason)

    def end(self) -> None:
        """End it with the meeting, which is not an error."""
        if self._broadcast is not None:
            self._broadcast.stop()

    @property
    def live(self) -> str | None:
        """The stream's name, while it is live and shows the stage."""
        if (
            self._program
            or self._broadcast is None
            or self._broadcast.state is not BroadcastStatus.LIVE
        ):
            return None
        return self._broadcast.streamname

    @property
    def watch_ticket(self) -> str | None:
        """The stream's watch ticket; None if it is public."""
        return None if self._broadcast is None else self._broadcast.watch_ticket

    def is_watched_with(self, stream: str, ticket: str) -> bool:
        """Return whether viewers watch it there with this watch ticket.

        Parameters
        ----------
        stream : str
            The stream's name.
        ticket : str
            What a viewer presents.
        """
        own = self.watch_ticket
        if self._broadcast is None or own is None or self._broadcast.streamname != stream:
            return False
        return secrets.compare_digest(own.encode(), ticket.encode())

    @property
    def title(self) -> str:
        """The title that viewers read above the picture."""
        return self._room.settings.subject or self._room.name

    def retitle(self) -> None:
        """Tell the viewers of a new subject."""
        if self._broadcast is not None:
            self._broadcast.retitle(self.title)

    def mark(self, title: str) -> None:
        """Begin a chapter of the recording, if there is one and it shows the stage.

        Parameters
        ----------
        title : str
            The chapter's title.
        """
        if self._broadcast is not None and not self._program:
            self._broadcast.mark(title)

    # --- from one page to another --------------------------------------------------------------

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._spent.discard(participant.id)
        if participant is self._broadcaster:
            self._give_up(
                common.Trouble(
                    "broadcast_left", "The participant whose page sent the broadcast has left."
                )
            )

    def updated(self, participant: Participant) -> None:
        """Hear of a participant who has changed.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        if participant is self._broadcaster and not participant.stage and not self._program:
            self._pass_on(
                common.Trouble(
                    "broadcast_left",
                    "The participant whose page sent the broadcast has left the stage.",
                )
            )
        else:
            self._find_successor()

    def welcomed(self, participant: Participant) -> None:
        """Hear of a participant whose page got a welcome.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._spent.discard(participant.id)
        broadcast = self._broadcast
        if broadcast is not None and participant is self._broadcaster and broadcast.interrupted:
            # Their page may have reloaded, and then does not know the ingest ticket.
            self._grant(participant, broadcast)
        self._find_successor()

    def _lost(self, for_good: bool) -> bool:  # noqa: FBT001 - as `Broadcast` calls it
        if self._program:
            if for_good:
                self._give_up(BROADCAST.lost)
            return for_good
        if not for_good and self._successor() is None:
            return False
        self._pass_on(BROADCAST.lost)
        return True

    def _give_up(self, reason: common.Trouble) -> None:
        """Do without the one who sent it: the stage can be sent by another page, a program's pictures cannot."""
        if not self._program:
            self._pass_on(reason)
        elif self._broadcast is not None:
            self._broadcast.stop(PROGRAM.lost)

    def _pass_on(self, reason: common.Trouble) -> None:
        """Have another moderator's page send it, now or as soon as there is one."""
        broadcast, last = self._broadcast, self._broadcaster
        if broadcast is None:
            return
        if broadcast.state is not BroadcastStatus.LIVE or not self._room.participants:
            broadcast.stop(reason)
            return
        self._broadcaster = None
        if last is not None:
            self._spent.add(last.id)
        broadcast.release(reason)
        self._find_successor()

    def _find_successor(self) -> None:
        broadcast = self._broadcast
        if (
            broadcast is None
            or broadcast.state is not BroadcastStatus.LIVE
            or self._broadcaster is not None
            or self._program
        ):
            return
        successor = self._successor()
        if successor is not None:
            self._broadcaster = successor
            broadcast.expect()
            self._changed(broadcast)
            self._grant(successor, broadcast)

    def _successor(self) -> Participant | None:
        """Return the moderator who has been present longest of those whose pages may send it."""
        for moderator in self._room.moderators:
            present = moderator.presence is Presence.PRESENT
            ready = moderator.stage and moderator.composes and present
            if ready and moderator is not self._broadcaster and moderator.id not in self._spent:
                return moderator
        return None

    def _grant(self, who: Participant, broadcast: Broadcast) -> None:
        who.send(broadcast.grant())

    def _changed(self, broadcast: Broadcast) -> None:
        state = broadcast.describe()
        state.broadcaster = self._broadcaster.id if self._broadcaster else None
        state.program = self._program
        self._room.broadcast_changed(state)
        if broadcast.state is BroadcastStatus.LIVE:
            for who, request in self._take_starting():
                acknowledge(who, request)
        elif broadcast.state in {BroadcastStatus.OFF, BroadcastStatus.FAILED}:
            self._broadcast = self._broadcaster = None
            self._program = False
            self._viewers.changed(0)
            self._settle_pauses(lambda _: True, "The broadcast has ended.")
            trouble = state.trouble
            kind = trouble.kind if trouble else "conflict"
            reason = trouble.message if trouble else "The broadcast was stopped before it was live."
            for who, request in self._take_starting():
                refuse(who, request, kind, reason)
            stopping, self._stopping = self._stopping, []
            for who, stop_request in stopping:
                acknowledge(who, stop_request)
        self._on_changed()

    def _take_starting(self) -> list[tuple[Participant, meeting.StartBroadcast]]:
        starting, self._starting = self._starting, []
        return starting
