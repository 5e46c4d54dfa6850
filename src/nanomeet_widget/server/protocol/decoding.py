"""Reading what a page of the meeting sends, and saying what is wrong with an invalid message."""

from __future__ import annotations

import json
import typing
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta, Struct

from nanomeet_widget import _json, _texts
from nanomeet_widget.server.protocol.meeting import ClientMessage

#: Says what is wrong with a value; None if nothing is.
_Flaw: TypeAlias = Callable[[Any], "str | None"]
#: The fields of a message that are checked, and how.
_Checks: TypeAlias = tuple[tuple[str, _Flaw], ...]

_decode = _json.guarded(msgspec.json.Decoder(ClientMessage).decode)
_TAGS = frozenset(str(kind.__struct_config__.tag) for kind in typing.get_args(ClientMessage))
#: Characters of the decoder's error that are passed on, as it may quote the message.
_MOST_WORDS = 200
#: Messages that carry a name: half a character in one is replaced, and never keeps a person out.
_MENDED = frozenset({"join", "rename"})


class InvalidMessageError(Exception):
    """A page's message has a known type and breaks one of its rules.

    Parameters
    ----------
    message : str
        Which rule, and of which field.
    ref : int or None
        The message's `ref`, if it has a readable one.
    """

    def __init__(self, message: str, *, ref: int | None) -> None:
        super().__init__(message)
        self.ref = ref


def _lengths(kind: type[Struct]) -> _Checks:
    """Return how each field of a message is checked whose texts are counted as people see them."""
    hints = typing.get_type_hints(kind, include_extras=True)
    found = ((name, _flaw_of(hint)) for name, hint in hints.items())
    return tuple((name, flaw) for name, flaw in found if flaw is not None)


def _flaw_of(hint: Any) -> _Flaw | None:  # noqa: ANN401 - any annotation
    """Return what finds a flaw in a value of a type; None if it has no such texts."""
    # Of `ChatText`, of the one in `ParticipantId | None`, and of those in lists and parts.
    for one in (hint, *typing.get_args(hint)):
        for meta in getattr(one, "__metadata__", ()):
            if isinstance(meta, Meta) and meta.extra:
                return partial(_flaw_of_text, length=meta.extra["length"])
    inner = typing.get_args(hint)[0] if typing.get_origin(hint) is Annotated else hint
    if typing.get_origin(inner) is list:
        of_one = _flaw_of(typing.get_args(inner)[0])
        return None if of_one is None else partial(_flaw_of_list, of_one=of_one)
    if isinstance(inner, type) and issubclass(inner, Struct):
        checks = _lengths(inner)
        return partial(_flaw_of_part, checks=checks) if checks else None
    return None


def _flaw_of_text(value: str | None, *, length: _texts.Length) -> str | None:
    return None if value is None else _texts.flaw(value, length)


def _flaw_of_list(values: list[Any], *, of_one: _Flaw) -> str | None:
    return next(filter(None, map(of_one, values)), None)


def _flaw_of_part(value: Struct, *, checks: _Checks) -> str | None:
    flaws = (flaw(getattr(value, name)) for name, flaw in checks)
    return next(filter(None, flaws), None)


_LENGTHS = {kind: _lengths(kind) for kind in typing.get_args(ClientMessage)}


def decode_client(text: str) -> ClientMessage:
    """Return a page's message.

    Parameters
    ----------
    text : str
        A text frame of the meeting socket: JSON.

    Returns
    -------
    ClientMessage
        The message, whose texts have the lengths that `_texts` allows.

    Raises
    ------
    InvalidMessageError
        If the message has a known type and breaks one of its rules.
    NotJsonError
        If it is no message at all: not a JSON object, nested too deeply, or of no known type.
    """
    try:
        message: ClientMessage = _decode(text)
    except _json.NotJsonError as error:
        return _decode_again(text, error)
    for name, check in _LENGTHS[type(message)]:
        flaw = check(getattr(message, name))
        if flaw is not None:
            raise InvalidMessageError(f"{name} {flaw}.", ref=getattr(message, "ref", None))
    return message


def _decode_again(text: str, error: Exception) -> ClientMessage:
    """Find out what is wrong with a message; half a character in a name is replaced."""
    raw = _json.read_leniently(text)
    written = json.dumps(raw, ensure_ascii=False)
    kind = raw.get("type") if isinstance(raw, dict) else None
    if not isinstance(kind, str) or kind not in _TAGS:
        raise _json.NotJsonError("it is of no known type")
    words = str(error)
    if not _texts.is_whole(written):
        if kind in _MENDED:
            return decode_client(_texts.whole(written))
        words = "It has half of a character in it (a lone surrogate)"
    raise InvalidMessageError(f"{_texts.cut(words, _MOST_WORDS)}.", ref=_ref(raw))


def _ref(raw: dict[str, Any]) -> int | None:
    """Return an invalid message's `ref`, if that is valid."""
    ref = raw.get("ref")
    right = isinstance(ref, int) and not isinstance(ref, bool) and 0 <= ref < 2**53
    return ref if right else None
