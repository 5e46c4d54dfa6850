"""Reading JSON that others wrote: the only place that does, with one answer to all that is wrong with it.

Parsers give up on deep nesting in ways of their own: at a depth that varies with Python's version and the
caller's, and with `RecursionError`, which no caller expects. So the depth is checked first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

#: Levels of lists and objects, of which no message of the protocol has ten.
DEEPEST = 64
#: A string, or the rest of the text if it never ends: the pattern matches at every quote, and never backtracks.
_STRING = re.compile(r'"[^"\\]*(?:\\.?[^"\\]*)*"?', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_MOST_DIGITS = 20


class NotJsonError(ValueError):
    """The text is not JSON, is nested too deeply, or is not what was expected."""


def guarded(decode: Callable[[str | bytes], T]) -> Callable[[str | bytes], T]:
    """Return a decoder that has only one error.

    Parameters
    ----------
    decode : callable
        The `decode` of a `msgspec.json.Decoder`.

    Returns
    -------
    callable
        Takes JSON as `str` or `bytes`, and returns what `decode` returns. It raises `NotJsonError` for
        everything else.
    """
    import msgspec  # noqa: PLC0415 - loaded where something is read, and not with the package

    def guard(data: str | bytes) -> T:
        check_depth(data)
        try:
            return decode(data)
        except (msgspec.DecodeError, ValueError) as error:
            raise NotJsonError(str(error)) from None

    return guard


def read(data: str | bytes) -> Any:  # noqa: ANN401 - JSON
    """Return any JSON value.

    Parameters
    ----------
    data : str or bytes
        The JSON.

    Returns
    -------
    Any
        The value.

    Raises
    ------
    NotJsonError
        If it is not JSON, or is nested too deeply.
    """
    import msgspec  # noqa: PLC0415 - as above

    return guarded(msgspec.json.decode)(data)


def read_leniently(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return what an invalid message says, to find out what is wrong with it.

    Parameters
    ----------
    text : str
        JSON, perhaps with half a character in a string (a lone surrogate), or a number beyond all limits.

    Returns
    -------
    Any
        The value.

    Raises
    ------
    NotJsonError
        If it is not JSON, or is nested too deeply.
    """
    check_depth(text)
    try:
        return json.loads(text, parse_int=_number)
    except ValueError as error:
        raise NotJsonError(str(error)) from None


def check_depth(data: str | bytes) -> None:
    """Check that JSON is not nested too deeply.

    Parameters
    ----------
    data : str or bytes
        The JSON.

    Raises
    ------
    NotJsonError
        If it has more than `DEEPEST` levels.
    """
    # The bytes of structure are ASCII, and part of no other character of UTF-8.
    text = data if isinstance(data, str) else data.decode("latin-1")
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > DEEPEST:
            raise NotJsonError(f"it is nested more than {DEEPEST} levels deep")


def _number(digits: str) -> int | float:
    """Read an integer; more digits than any valid field has are not worth parsing exactly."""
    return int(digits) if len(digits) < _MOST_DIGITS else float(digits)
