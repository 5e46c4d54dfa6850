"""`ws/watch`: one viewer of a broadcast."""

from __future__ import annotations

import functools
import socket

from nanomeet_widget.server.access import Standing
from nanomeet_widget.server.broadcast.broadcasts import WatchRefusedError
from nanomeet_widget.server.broadcast.outgoing import Batch
from nanomeet_widget.server.broadcast.stream import Stream
from nanomeet_widget.server.broadcast.viewer_queue import ViewerQueue
from nanomeet_widget.server.core import Core
from nanomeet_widget.server.http.socket_pipe import SocketPipe
from nanomeet_widget.server.http.sockets import CROWDED, NORMAL, Socket
from nanomeet_widget.server.protocol import common, meeting, watch
from nanomeet_widget.server.protocol.classroom import PollChanged, PollCounts
from nanomeet_widget.server.rooms.classroom.polls import Polls
from nanomeet_widget.server.rooms.classroom.records import View
from nanomeet_widget.server.timers import Alarm

#: Bytes that the operating system may buffer for a slow viewer: about a second of video. A larger
#: buffer would hide from the queue how far behind the viewer is.
_SEND_BUFFER = 128 * 1024


class WatchSocket(Socket):
    """A viewer's connection: the stream's name first, then votes, pings and how it plays."""

    largest = 4096
    messages_burst = 50
    messages_rate = 5
    #: The open polls of a meeting fit.
    unsent = 128 * 1024

    _stream: Stream | None = None
    #: The polls of the meeting that is broadcast, for a viewer with its watch ticket.
    _polls: Polls | None = None

    def initialize(self, core: Core) -> None:
        """Store the server's parts.

        Parameters
        ----------
        core : Core
            The server's parts.
        """
        super().initialize(core)
        self._queue: ViewerQueue | None = None
        self._waiting = Alarm(core.timers)
        self._view: View | None = None
        #: The stream's name.
        self._name = ""
        #: Whether it is a program that reads the stage, and no viewer.
        self._reads = False

    def open(self, *args: str) -> None:
        """Limit the operating system's buffer."""
        super().open(*args)
        if self.ws_connection is not None and self.ws_connection.stream is not None:
            self.ws_connection.stream.socket.setsockopt(
                socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER
            )

    def on_text(self, message: str) -> None:
        """Handle the stream's name, how the playback goes, or a ping.

        Parameters
        ----------
        message : str
            The text frame.
        """
        request = watch.decode(message)
        if isinstance(request, common.Ping):
            self.tell(common.Pong(t=request.t))
            return
        if isinstance(request, watch.Playback):
            if self._view is not None:
                self._view.report(request.startup, request.halts, request.halted)
            return
        if isinstance(request, watch.WatchVote):
            self._vote(request)
            return
        self.greeted = True
        if request.v != common.VERSION:
            self.reject(
                "protocol",
                "The page and the server use different protocol versions. Reload the page.",
            )
        elif self._stream is not None:
            self.reject("protocol", "This connection already watches a stream.")
        else:
            self._watch(request)

    def _watch(self, request: watch.Watch) -> None:
        broadcasts, name, ticket = self.core.broadcasts, request.stream, request.ticket
        self._name = name
        known = ticket is not None or broadcasts.knows(name)
        try:
            broadcasts.check(name, ticket)
        except WatchRefusedError as error:
            self._refuse(error.kind, str(error))
            return
        if ticket is not None:
            standing = Standing.ADMITTED
        else:
            standing = Standing.WATCHING if known else Standing.WAITING
        if not self.counted_as(standing):
            return
        if request.format != "state":
            self._queue = self._queue_of(request.format)
        self._reads = broadcasts.reserves(name, ticket)
        self._stream = broadcasts.admit(name, self, ticket=ticket)
        if ticket is not None:
            self._take_part(name, ticket, request.person)
        if not known:
            patience = self.core.config.patience.unknown_stream
            self._waiting.set(patience, functools.partial(self._ask_again, name))

    def _take_part(self, name: str, ticket: str, person: str | None) -> None:
        self._polls = self.core.rooms.polls_for_viewers(name, ticket)
        if self._polls is not None:
            address = "" if self._place is None else self._place.address
            self._polls.add_viewer(self, person=person, address=address)

    def _vote(self, vote: watch.WatchVote) -> None:
        def refuse(kind: str, message: str) -> None:
            self.tell(common.Error(kind=kind, message=message, ref=vote.ref))

        if self._stream is None:
            self.reject("protocol", "The first message must name a stream.")
        elif self._polls is None:
            refuse(
                "forbidden", "Voting takes the link of a private broadcast of a meeting that is on."
            )
        elif self._polls.vote_of_viewer(self, vote, refuse) and vote.ref is not None:
            self.tell(meeting.Ack(ref=vote.ref))

    def _ask_again(self, name: str) -> None:
        """Stay if the stream exists by now. A page whose connection ends without a word connects again."""
        known = self.core.broadcasts.knows(name)
        if not (known and self._place is not None and self._place.become(Standing.WATCHING)):
            self.close(NORMAL, "unknown stream")

    def reject(self, kind: meeting.ByeKind, message: str) -> None:
        """Say what was wrong, and close the connection.

        Parameters
        ----------
        kind : ByeKind
            The reason, as pages know it.
        message : str
            The reason, in plain words.
        """
        self._refuse(kind, message)

    def turn_away(self) -> None:
        """Close a connection for which there is no place, in words of which pages have translations."""
        self.core.counts.turned_away += 1
        self._refuse("full", CROWDED)

    def on_close(self) -> None:
        """Stop watching."""
        super().on_close()
        self.lost()

    def lost(self) -> None:
        """Stop watching."""
        self._waiting.cancel()
        self._end_view()
        self._leave_polls()
        if self._stream is not None:
            self._stream.leave(self)
            self._stream = None

    # --- `Viewer`, as the stream sees it ------------------------------------------------------

    def send_state(self, state: watch.StreamState) -> None:
        """Tell the viewer the stream's state.

        Parameters
        ----------
        state : StreamState
            The state.
        """
        self.tell(state)
        if state.state == "ended":
            self._end_view()
            # The meeting may go on; its polls are then no longer for those who watched.
            self._leave_polls()
        elif state.state == "live" and self._view is None and not self._reads:
            recorder = self.core.rooms.recorder_of(self._name)
            self._view = None if recorder is None else recorder.begin_view()
            if self._view is not None:
                self.tell(watch.ViewKept(days=self._view.days))

    def send_frames(self, batch: Batch) -> None:
        """Send frames, or drop those that the viewer cannot keep up with or does not play.

        Parameters
        ----------
        batch : Batch
            The frames.
        """
        if self._queue is not None:
            self._queue.push(batch)

    def tell_poll(self, message: PollChanged | PollCounts) -> None:
        """Tell the viewer of a poll.

        Parameters
        ----------
        message : PollChanged or PollCounts
            The message.
        """
        self.tell(message)

    def dismiss(self, reason: str) -> None:
        """End the viewer's connection.

        Parameters
        ----------
        reason : str
            What the viewer is told.
        """
        self._refuse("forbidden", reason)

    def _end_view(self) -> None:
        if self._view is not None:
            self._view.end()
            self._view = None

    def _leave_polls(self) -> None:
        if self._polls is not None:
            self._polls.remove_viewer(self)
            self._polls = None

    def _queue_of(self, form: watch.WatchFormat) -> ViewerQueue:
        return ViewerQueue(
            SocketPipe(self),
            timers=self.core.timers,
            on_skip=self._skipped,
            on_stuck=self.overdue,
            fragments=form == "fmp4",
        )

    def _skipped(self) -> None:
        if self._stream is not None:
            self._stream.request_keyframe()

    def _refuse(self, kind: str, message: str) -> None:
        self.tell(common.Error(kind=kind, message=message))
        self.close(NORMAL, kind)
