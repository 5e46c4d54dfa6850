"""The memory by which pictures reach the worker: three places, of which the newest two are whole."""

from __future__ import annotations

import sys
from contextlib import suppress
from multiprocessing import resource_tracker, shared_memory
from typing import TYPE_CHECKING, Any

from nanomeet_widget.media import arrays
from nanomeet_widget.media.pipe import Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PLACES = 3


class Places:
    """The program's side: writes pictures.

    Picture n is overwritten by picture n+3, which is written once n+2 was announced. So what a reader has
    taken of n is whole if n+2 was not announced meanwhile: no lock is needed.
    """

    def __init__(self) -> None:
        self._memory: shared_memory.SharedMemory | None = None
        self._place = 0
        self._number = 0

    def write(self, picture: NDArray[np.uint8], at: int) -> Picture:
        """Copy a picture to where the worker finds it.

        Sides of an odd number of pixels grow by one, which repeats the last row or column: the encoders'
        colours have half the resolution.

        Parameters
        ----------
        picture : ndarray
            As `arrays.picture` returns it.
        at : int
            When it was captured, in microseconds.

        Returns
        -------
        Picture
            What to announce.
        """
        numpy = arrays.need("numpy")
        height, width, channels = picture.shape
        even = (height + height % 2, width + width % 2, channels)
        size = even[0] * even[1] * channels
        memory = self._fit(size)
        offset = self._place * (self._number % _PLACES)
        buffer: Any = memory.buf
        if picture.flags.c_contiguous and even == picture.shape:
            # NumPy would let other threads run meanwhile: beside a busy cell, each turn takes 5 ms.
            buffer[offset : offset + size] = picture.reshape(-1).data
        else:
            target = numpy.ndarray(even, numpy.uint8, buffer, offset)
            target[:height, :width] = picture
            target[height:, :width] = picture[-1:]
            target[:, width:] = target[:, width - 1 : width]
        self._number += 1
        return Picture(
            number=self._number,
            at=at,
            memory=memory.name,
            offset=offset,
            width=even[1],
            height=even[0],
            channels=channels,
        )

    def _fit(self, size: int) -> shared_memory.SharedMemory:
        if self._memory is None or size > self._place:
            self.close()
            self._place = size
            self._memory = shared_memory.SharedMemory(create=True, size=size * _PLACES)
        return self._memory

    def close(self) -> None:
        """Give the memory back."""
        memory, self._memory = self._memory, None
        if memory is not None:
            with suppress(BufferError):  # a view of it is still alive: it goes with that
                memory.close()
            with suppress(FileNotFoundError):
                memory.unlink()


class Reader:
    """The worker's side: sees pictures where they lie."""

    def __init__(self) -> None:
        self._memory: shared_memory.SharedMemory | None = None

    def view(self, picture: Picture) -> NDArray[np.uint8] | None:
        """Return a picture without copying it; None if its memory was given back already.

        Parameters
        ----------
        picture : Picture
            What was announced.

        Returns
        -------
        ndarray or None
            Height by width by channels; by nothing if it is grey.
        """
        numpy = arrays.need("numpy")
        if self._memory is None or self._memory.name != picture.memory:
            self.close()
            try:
                self._memory = _attach(picture.memory)
            except FileNotFoundError:
                return None
        shape: tuple[int, ...] = (picture.height, picture.width, picture.channels)
        found: NDArray[np.uint8] = numpy.ndarray(
            shape[:2] if picture.channels == 1 else shape,
            numpy.uint8,
            self._memory.buf,
            picture.offset,
        )
        return found

    def close(self) -> None:
        """Let the memory go."""
        memory, self._memory = self._memory, None
        if memory is not None:
            with suppress(BufferError):  # a view of it is still alive
                memory.close()


def _attach(name: str) -> shared_memory.SharedMemory:
    if sys.version_info >= (3, 13):
        return shared_memory.SharedMemory(name, track=False)
    # Without this, the memory would end with the process that only reads it.
    register = resource_tracker.register
    resource_tracker.register = lambda *_: None
    try:
        return shared_memory.SharedMemory(name)
    finally:
        resource_tracker.register = register
