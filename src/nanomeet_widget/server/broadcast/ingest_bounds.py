"""What the sender of a stream may send."""

from __future__ import annotations

from dataclasses import dataclass

from nanomeet_widget.server.protocol.frames import Track

#: Pictures may be this many times as wide as they may be high.
_WIDEST = 4


@dataclass(frozen=True, kw_only=True)
class IngestBounds:
    """Bounds of a stream. A sender who exceeds one of them ends the stream.

    Parameters
    ----------
    rate : float
        Bytes a second.
    tracks : frozenset of Track
        The tracks that it may have.
    lines : int, optional
        The greatest height of a picture; None for any.
    frames : float, optional
        Frames a second, of all tracks together; None for any number.
    """

    rate: float
    tracks: frozenset[Track] = frozenset(Track)
    lines: int | None = None
    frames: float | None = None

    def fits(self, width: int, height: int) -> bool:
        """Return whether a picture may be as large as this.

        Parameters
        ----------
        width, height : int
            The picture's size, in pixels.
        """
        return self.lines is None or (height <= self.lines and width <= _WIDEST * self.lines)
