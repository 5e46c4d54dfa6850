"""Sound that waits: pieces, one after the other, the newest two seconds."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from nanomeet_widget.media import decoding
from nanomeet_widget.media.reader import Read
from nanomeet_widget.server.protocol.frames import Frame, TrackSetup

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Seconds that wait at most.
_MOST = 2.0
#: Seconds by which a piece may be away from the end of the one before it: where more is missing, what waits
#: is dropped, as one array has no gaps.
_GAP = 0.1


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples by channels, and how many a second."""

    samples: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate


class PieceDecoder:
    """Decodes sound into pieces.

    Parameters
    ----------
    setup : TrackSetup
        What the stream says of its sound.
    """

    def __init__(self, setup: TrackSetup) -> None:
        self._decoder = decoding.SoundDecoder(setup)

    def decode(self, frame: Frame) -> Iterator[Piece]:
        """Return the sound of a frame.

        Parameters
        ----------
        frame : Frame
            The frame.

        Yields
        ------
        Piece
            The sound.
        """
        for sound in self._decoder.decode(frame):
            yield Piece(decoding.samples(sound), sound.rate)


class Gathered:
    """Pieces that follow each other without a gap.

    Parameters
    ----------
    first : Read of Piece
        The first one.
    """

    def __init__(self, first: Read[Piece]) -> None:
        self._pieces = deque([first])
        self._seconds = first.item.seconds

    @property
    def at(self) -> datetime:
        """When the first sample was captured."""
        return self._pieces[0].at

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self._pieces[0].item.rate

    def samples(self) -> NDArray[np.float32]:
        """Return all of them as one array."""
        import numpy  # noqa: ICN001, PLC0415 - an optional package

        return numpy.concatenate([one.item.samples for one in self._pieces])

    def join(self, newer: Gathered) -> Gathered:
        """Return these and newer ones: the newest two seconds, and nothing before a gap.

        Parameters
        ----------
        newer : Gathered
            What arrived afterwards.

        Returns
        -------
        Gathered
            This one, or the newer one.
        """
        first = newer._pieces[0]
        apart = abs((first.timestamp - self._pieces[0].timestamp) / 1e6 - self._seconds)
        shape = self._pieces[0].item.samples.shape[1:]
        if apart > _GAP or newer.rate != self.rate or first.item.samples.shape[1:] != shape:
            return newer
        self._pieces.extend(newer._pieces)
        self._seconds += newer._seconds
        while self._seconds > _MOST:
            self._seconds -= self._pieces.popleft().item.seconds
        return self
