"""Frames as they are sent to viewers: their WebSocket messages, and their MP4 fragments."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass

from nanomeet_widget.server.media.cmaf import Sample, fragment, init_segment
from nanomeet_widget.server.media.timeline import lasts, starts
from nanomeet_widget.server.media.tracks import read_setup
from nanomeet_widget.server.protocol.frames import Frame, Kind, Track, decode
from nanomeet_widget.server.protocol.messages import binary_message


@dataclass(frozen=True)
class Outgoing:
    """A frame ready for every viewer: the bytes of its WebSocket message, built once."""

    wire: bytes
    track: Track
    setup: bool
    keyframe: bool
    #: Where the frame itself begins in `wire`.
    header: int
    #: Microseconds since the stream began; None if the frame does not go into an MP4.
    time: int | None = None

    @functools.cached_property
    def fragment(self) -> bytes:
        """What viewers that play MP4 get in place of `wire`; may be empty."""
        frame = self.frame()
        if self.setup:
            header = dataclasses.replace(
                frame, kind=Kind.HEADER, payload=init_segment(read_setup(frame))
            )
            # Two messages.
            return self.wire + binary_message(header.encode())
        if self.time is None:
            return b""
        duration = lasts(frame)
        keyframe = starts(frame)
        sample = Sample(frame.payload, duration, keyframe)
        made = Frame(
            kind=Kind.FRAGMENT,
            track=frame.track,
            timestamp=self.time,
            payload=fragment(frame.track, self.time, [sample]),
            duration=duration,
            keyframe=keyframe,
        )
        return binary_message(made.encode())

    def frame(self) -> Frame:
        """Return the frame."""
        return decode(self.wire[self.header :])


def outgoing(frame: Frame, data: bytes, *, time: int | None = None) -> Outgoing:
    """Return a frame as it goes to the viewers.

    Parameters
    ----------
    frame : Frame
        The frame.
    data : bytes
        Its bytes.
    time : int, optional
        Microseconds since the stream began; None if it does not go into an MP4.

    Returns
    -------
    Outgoing
        The frame with its WebSocket message.
    """
    wire = binary_message(data)
    return Outgoing(
        wire=wire,
        track=frame.track,
        setup=frame.kind is Kind.SETUP,
        keyframe=frame.keyframe and frame.track is Track.VIDEO,
        header=len(wire) - len(data),
        time=time,
    )


@dataclass(frozen=True)
class Batch:
    """Frames that are sent together: their bytes are joined once for all viewers."""

    frames: tuple[Outgoing, ...]

    @functools.cached_property
    def wire(self) -> bytes:
        """The bytes of all frames."""
        return b"".join([frame.wire for frame in self.frames])

    @functools.cached_property
    def fragments(self) -> bytes:
        """What viewers that play MP4 get in place of `wire`; may be empty."""
        return b"".join([frame.fragment for frame in self.frames])
