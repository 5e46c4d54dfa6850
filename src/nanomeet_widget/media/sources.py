"""Which source is meant by what a user gives."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget._texts import quoted
from nanomeet_widget.media import arrays
from nanomeet_widget.media.figure import FigureSource
from nanomeet_widget.media.outlet import Outlet, Source
from nanomeet_widget.media.steps import Steps, steps_of


def make(source: Any, *, sound: Any, fps: float, rate: int) -> Source:  # noqa: ANN401 - whatever a user gives
    """Return the source for what a user gives.

    Parameters
    ----------
    source : object
        An array, an iterator or async iterator of arrays, or of pairs of an array and samples; a callable
        that returns one; a path or an address that FFmpeg reads; or a matplotlib figure.
    sound : object, optional
        An iterator, async iterator or callable of samples.
    fps : float
        At most so many pictures a second.
    rate : int
        Samples a second.

    Returns
    -------
    Source
        The source.

    Raises
    ------
    InvalidInputError
        If it is none of these, an array that is no picture, or a file that is not there.
    MissingPackageError
        If NumPy is not installed.
    """
    arrays.need("numpy")
    arrays.need("av")
    if isinstance(source, (str, os.PathLike)):
        if sound is not None:
            raise InvalidInputError(
                "a file has its own sound: sound=… goes with pictures from Python"
            )
        return FileSource(str(os.fspath(source)))
    if _is_figure(source):
        return FigureSource(source, _sounds(sound, rate))
    if hasattr(source, "__array__"):
        arrays.picture(source)
    return Steps(steps_of(source, "source"), fps=fps, rate=rate, sound=_sounds(sound, rate))


def _is_figure(source: object) -> bool:
    return type(source).__module__.partition(".")[0] == "matplotlib" and hasattr(source, "canvas")


def _sounds(sound: Any, rate: int) -> Steps | None:  # noqa: ANN401 - whatever a user gives
    return None if sound is None else Steps(steps_of(sound, "sound"), fps=0, rate=rate)


class FileSource:
    """A file or an address, which the worker reads.

    Parameters
    ----------
    file : str
        The path or the address.

    Raises
    ------
    InvalidInputError
        If there is no such file.
    """

    steady = False

    def __init__(self, file: str) -> None:
        # FFmpeg reads numbered pictures by a pattern.
        if "://" not in file and "%" not in file and not Path(file).exists():
            raise InvalidInputError(f"source={quoted(file)}: there is no such file")
        # The worker runs in another folder.
        self.file: str | None = file if "://" in file else os.path.abspath(file)  # noqa: PTH100 - FFmpeg's names

    loop = None

    def start(self, outlet: Outlet) -> None:
        """Do nothing: the worker reads it.

        Parameters
        ----------
        outlet : Outlet
            What it would drive.
        """

    def close(self) -> None:
        """Do nothing."""
