"""What a source of pictures and sound drives, and is driven by."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Outlet(Protocol):
    """What a source drives; from any thread."""

    #: Settles once the server takes pictures, or never will.
    opened: Future[bool]

    def tracks(self, *, sound: bool) -> None:
        """Say once, before all else, whether there is sound, too."""

    def picture(
        self, picture: NDArray[np.uint8], at: int, samples: NDArray[np.int16] | None = None
    ) -> None:
        """Send a picture, and the samples that begin with it."""

    def samples(self, samples: NDArray[np.int16], at: int) -> None:
        """Send samples."""

    def end(self, error: BaseException | None) -> None:
        """Say that the source has ended, and why."""


class Source(Protocol):
    """What an outlet is driven by."""

    #: What the worker reads itself.
    file: str | None
    #: Whether it is to give pictures at its rate, rather than when it has one.
    steady: bool

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop that has to run for it; None if there is none."""

    def start(self, outlet: Outlet) -> None:
        """Begin."""

    def close(self) -> None:
        """Stop as soon as possible; does not wait."""
