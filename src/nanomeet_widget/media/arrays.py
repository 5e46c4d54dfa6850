"""Checks what sources give: pictures as arrays of `uint8`, and samples."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, Any

from nanomeet_widget._errors import InvalidInputError, MissingPackageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Pixels: what the server's set-up frame allows, each way.
LEAST, MOST_WIDTH, MOST_HEIGHT = 16, 7680, 4320
_GREY, _COLOURS = 2, 3
CHANNELS = (1, 3, 4)
STEREO = 2
#: The value of a sample of int16 that is as loud as 1.0.
_LOUDEST = 32767


def need(name: str) -> ModuleType:
    """Import an optional package.

    Parameters
    ----------
    name : str
        The module.

    Returns
    -------
    ModuleType
        The module.

    Raises
    ------
    MissingPackageError
        If it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingPackageError(
            f"pictures and sound from Python need {name}, which cannot be imported here ({error}): "
            'pip install "nanomeet-widget[media]"'
        ) from None


def picture(given: Any) -> NDArray[np.uint8]:  # noqa: ANN401 - whatever a source gives
    """Return a picture as an array of height, width and channels.

    Parameters
    ----------
    given : array_like
        ``uint8``: height by width (grey), by 3 (RGB) or by 4 (RGBA, whose alpha is ignored). Its rows
        may lie anywhere in memory. What NumPy can view as an array, as a Pillow image, is one, too.

    Returns
    -------
    ndarray of uint8
        The same memory, with three dimensions.

    Raises
    ------
    InvalidInputError
        If it is no such picture.
    """
    numpy = need("numpy")
    array = given if isinstance(given, numpy.ndarray) else _as_array(given, numpy)
    if array.dtype != numpy.uint8:
        raise InvalidInputError(
            f"a picture is an array of uint8, and this is one of {array.dtype}{_remedy(array)}"
        )
    if array.ndim == _GREY:
        array = array[:, :, None]
    if array.ndim != _COLOURS or array.shape[2] not in CHANNELS:
        hint = ""
        if array.ndim == _COLOURS and array.shape[0] in CHANNELS:
            hint = ": the channels come last; use numpy.moveaxis(picture, 0, -1)"
        raise InvalidInputError(
            f"a picture has the shape (height, width), (height, width, 3) or (height, width, 4), and "
            f"this has {tuple(array.shape)}{hint}"
        )
    height, width = array.shape[:2]
    if not (LEAST <= height <= MOST_HEIGHT and LEAST <= width <= MOST_WIDTH):
        raise InvalidInputError(
            f"a picture has {LEAST}x{LEAST} to {MOST_WIDTH}x{MOST_HEIGHT} pixels, and this has "
            f"{width}x{height}"
        )
    found: NDArray[np.uint8] = array
    return found


def _as_array(given: Any, numpy: Any) -> Any:  # noqa: ANN401 - as above, and the module
    if hasattr(given, "__array__") or hasattr(given, "__array_interface__"):
        return numpy.asarray(given)
    what = type(given).__name__
    raise InvalidInputError(f"a source gives pictures as NumPy arrays, and this is a {what}")


def _remedy(array: Any) -> str:  # noqa: ANN401 - an array of any kind
    if array.dtype.kind == "f":
        return ": for values from 0 to 1, give (picture * 255).astype(numpy.uint8)"
    if array.dtype.kind == "b":
        return ": give picture.astype(numpy.uint8) * 255"
    return ": give picture.astype(numpy.uint8), with values from 0 to 255"


def samples(given: Any) -> NDArray[np.int16]:  # noqa: ANN401 - as above
    """Return samples as an array of `int16` with two dimensions.

    Parameters
    ----------
    given : array_like
        ``float32`` or ``float64`` from -1 to 1, or ``int16``: one number a sample, or samples by 1
        or 2 channels.

    Returns
    -------
    ndarray of int16
        Samples by channels; contiguous.

    Raises
    ------
    InvalidInputError
        If they are none.
    """
    numpy = need("numpy")
    array = given if isinstance(given, numpy.ndarray) else _as_array(given, numpy)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != _GREY or array.shape[1] not in {1, STEREO}:
        hint = ""
        if array.ndim == _GREY and array.shape[0] in {1, STEREO}:
            hint = ": the channels come last; give samples.T"
        raise InvalidInputError(
            f"samples have the shape (n,), (n, 1) or (n, 2), and these have {tuple(given.shape)}{hint}"
        )
    if array.dtype.kind == "f":
        # What is no number is silence: it would be a crack otherwise.
        whole = numpy.nan_to_num(array, nan=0.0, posinf=1.0, neginf=-1.0)
        array = (numpy.clip(whole, -1, 1) * _LOUDEST).astype(numpy.int16)
    elif array.dtype != numpy.int16:
        raise InvalidInputError(
            f"samples are float32 from -1 to 1, or int16, and these are {array.dtype}"
        )
    found: NDArray[np.int16] = numpy.ascontiguousarray(array)
    return found
