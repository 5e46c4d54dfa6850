"""Reading what a page of the meeting sends, and saying what is wrong with an invalid message."""

from __future__ import annotations

import json
import typing
from typing import Any

import msgspec
from msgspec import Meta, Struct

from nanomeet_widget import _json, _texts
from nanomeet_widget.server.protocol.meeting import ClientMessage

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


def _lengths(kind: type[Struct]) -> tuple[tuple[str, _texts.Length], ...]:
    """Return the fields of a message whose length is counted in characters as people see them."""
    return tuple(
        (name, meta.extra["length"])
        for name, hint in typing.get_type_hints(kind, include_extras=True).items()
        # Of `ChatText`, and of the one in `ParticipantId | None`.
        for one in {hint, *typing.get_args(hint)}
        for meta in getattr(one, "__metadata__", ())
        if isinstance(meta, Meta) and meta.extra
    )


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
    for name, length in _LENGTHS[type(message)]:
        value = getattr(message, name)
        flaw = None if value is None else _texts.flaw(value, length)
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
