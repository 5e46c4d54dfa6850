"""Messages as a page could send them whose caller gave it anything: of known types, and odd otherwise."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any

import msgspec
from hypothesis import strategies as st

from nanomeet_widget.server.protocol import meeting

KINDS: tuple[type[msgspec.Struct], ...] = typing.get_args(meeting.ClientMessage)
#: Those after which one is not in the room any more, as was asked for.
LEAVING = frozenset({"leave", "end_meeting", "join"})

_SHORT = ["", " ", "\0", "\ud800", "\udc4b\ud83d", "Hello", "__proto__", "0" * 16, "rtmp://a/b"]
#: Put together when they are drawn: Hypothesis writes down what it draws from.
_LONG = st.builds(
    lambda one, times: one * times,
    st.sampled_from(["x", "👨‍👩‍👧‍👦", "a\u0301\u0301\u0301", "\u0301", "\u202e", "\r\n"]),
    st.sampled_from([1, 64, 65, 2001, 5000]),
)
_TEXTS = st.one_of(st.sampled_from(_SHORT), _LONG, st.text(max_size=80))
_NUMBERS = st.one_of(
    st.sampled_from([-1, 0, 1, 2**31, 2**53, 2**64, 10**400, -0.5, 1e308]),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)
ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    _NUMBERS,
    _TEXTS,
    st.sampled_from([[], {}, [[]], {"type": "join"}, [None] * 9]),
    st.recursive(
        st.none() | st.booleans() | _NUMBERS | _TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
        max_leaves=8,
    ),
)


def right(hint: Any, ids: tuple[str, ...]) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - a case each
    """Return values of a field's own type, most of which keep its rules."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return right(args[0], ids)
    if origin is typing.Literal:
        return st.sampled_from(args)
    if origin is dict:
        return st.dictionaries(right(args[0], ids), right(args[1], ids), max_size=3)
    if args and origin is not list:
        return st.one_of([right(one, ids) for one in args])
    if origin is list:
        return st.lists(right(args[0], ids), max_size=5)
    if hint is Any:
        return ODD
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from([one.value for one in hint])
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return fields(hint, ids)
    simple: Mapping[Any, st.SearchStrategy[Any]] = {
        str: st.sampled_from(ids) | _TEXTS if ids else _TEXTS,
        bool: st.booleans(),
        int: st.integers(0, 5000),
        float: st.floats(allow_nan=False, allow_infinity=False),
        type(None): st.none(),
    }
    return simple[hint]


def fields(kind: type[msgspec.Struct], ids: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Return the fields of a message, each right, odd, or missing."""
    hints = typing.get_type_hints(kind, include_extras=True)
    known = {
        field.encode_name: st.one_of(
            right(hints[field.name], ids), right(hints[field.name], ids), ODD
        )
        for field in msgspec.structs.fields(kind)
    }
    return st.fixed_dictionaries({}, optional=known)


def odd_message(kind: type[msgspec.Struct], *ids: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return messages of a type, with fields that it has and some that it has not."""
    tag = kind.__struct_config__.tag
    more = st.dictionaries(_TEXTS, ODD, max_size=1)
    often = st.one_of(st.just({}), st.just({}), more)
    return st.builds(
        lambda extra, given, ref: {**extra, **given, **ref, "type": tag},
        often,
        fields(kind, ids),
        st.one_of(st.just({}), st.fixed_dictionaries({"ref": st.integers(10, 99) | ODD})),
    )


@st.composite
def any_message(
    draw: st.DrawFn, *ids: str, without: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return messages of any type, but for some."""
    kinds = [kind for kind in KINDS if kind.__struct_config__.tag not in without]
    return draw(odd_message(draw(st.sampled_from(kinds)), *ids))
