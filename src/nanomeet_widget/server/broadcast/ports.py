"""What a broadcast talks to: the page that sends it, its recording, and the servers it is pushed to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from nanomeet_widget.server.broadcast.push_target import PushTarget
from nanomeet_widget.server.broadcast.stream import Stream
from nanomeet_widget.server.media.tracks import Setup
from nanomeet_widget.server.protocol.common import Trouble
from nanomeet_widget.server.protocol.frames import Frame
from nanomeet_widget.server.protocol.ingest import IngestEnded, IngestServerMessage
from nanomeet_widget.server.protocol.meeting import PushState


class Sender(Protocol):
    """The page that sends the stage. No call raises."""

    def send(self, message: IngestServerMessage) -> None:
        """Send a message.

        Parameters
        ----------
        message : IngestServerMessage
            The message.
        """

    def close(self, farewell: IngestEnded) -> None:
        """Say why, and close the connection.

        Parameters
        ----------
        farewell : IngestEnded
            The last message.
        """


class Recording(Protocol):
    """A file being written. Every call returns at once; callbacks run on the event loop."""

    @property
    def vod(self) -> str:
        """The finished recording's path, relative to the server's address."""

    def open(
        self,
        setups: Sequence[Setup],
        *,
        on_open: Callable[[Trouble | None], None],
        on_error: Callable[[Trouble], None],
    ) -> None:
        """Begin the file.

        Parameters
        ----------
        setups : sequence of Setup
            The set-ups of its tracks, video first.
        on_open : callable
            Called once: with None when the file is open, or with what went wrong.
        on_error : callable
            Called at most once, if writing fails later.
        """

    def setup(self, setup: Setup) -> None:
        """Change a track's set-up.

        Parameters
        ----------
        setup : Setup
            The new set-up; it names its track.
        """

    def write(self, frame: Frame, time: int) -> None:
        """Add a frame.

        Parameters
        ----------
        frame : Frame
            The frame.
        time : int
            Microseconds since the first frame.
        """

    def mark(self, title: str, time: int) -> None:
        """Begin a chapter.

        Parameters
        ----------
        title : str
            The chapter's title.
        time : int
            Microseconds since the first frame.
        """

    def finish(self, on_done: Callable[[Trouble | None], None]) -> None:
        """Close the file and make it ready to play.

        Parameters
        ----------
        on_done : callable
            Called once: with None when it can be played, or with what went wrong.
        """


class MakeRecording(Protocol):
    """Makes a stream's recording."""

    def __call__(self, stream: str, *, private: bool) -> Recording:
        """Return a recording that is not open yet.

        Parameters
        ----------
        stream : str
            The stream's name.
        private : bool
            Whether the recording gets a name that cannot be guessed.
        """


class Push(Protocol):
    """A push of the broadcast to another server. Every call returns at once."""

    def describe(self) -> PushState:
        """Return its state."""

    def open(self, stream: Stream, on_change: Callable[[], None]) -> None:
        """Begin to push.

        Parameters
        ----------
        stream : Stream
            The stream.
        on_change : callable
            Called after every change of `describe`.
        """

    def close(self) -> None:
        """End the push."""


MakePush = Callable[[PushTarget], Push]
