"""Texts that people write: how long they may be, and how they are counted and cut.

A character is what people see as one: a grapheme cluster (UAX #29). A flag, a family or a letter with
its accents is never cut in the middle. The pages count the same way: the limits are
rendered into `js/src/shared/protocol.ts`, and `js/src/shared/text.ts` has the same functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import regex

from nanomeet_widget._errors import InvalidInputError

#: Bytes of UTF-8 that a character may have on average: the longest emoji has 35. Without this
#: limit, a character with many accents could have any length.
BYTES = 40

#: Characters of a value that an error quotes.
_QUOTED = 80

_CHARACTER = regex.compile(r"\X")
_SURROGATE = regex.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Length:
    """How many characters a text may have."""

    most: int
    least: int = 0


#: A longer name is cut, not refused.
NAME = Length(most=64)
SUBJECT = Length(most=200)
PASSWORD = Length(most=128)
#: Of the chat, and to participants in the lobby.
MESSAGE = Length(least=1, most=2000)
#: Of a participant, in any engine.
ID = Length(least=1, most=64)
#: What an embedding page shows, or tells participants in the lobby.
NOTICE = Length(most=500)
#: Of a participant's picture, as a data: URL.
AVATAR = Length(least=1, most=16 * 1024)
#: Of a poll or a check-in, and of an answer to it.
QUESTION = Length(least=1, most=500)
OPTION = Length(least=1, most=200)
#: Of a group of a class.
GROUP = Length(least=1, most=64)
#: People with personal links to a room, bytes of a request that makes the links, and bytes of a name and
#: an ID in a token, which has to stay short enough for a link.
ROSTER = 2000
ROSTER_BYTES = 1_000_000
TOKEN_NAME_BYTES = 1024
TOKEN_ID_BYTES = 256
#: Options of a poll, and groups of a class.
OPTIONS = 20
#: Bytes of a poll's question and options together.
POLL_BYTES = 16 * 1024
GROUPS = 50
#: Addresses that a broadcast is pushed to, and characters of each.
PUSHES = 4
PUSH_URL = Length(least=1, most=1024)


def count(text: str) -> int:
    """Return how many characters people see in it."""
    return len(text) if _is_plain(text) else sum(1 for _ in _CHARACTER.finditer(text))


def cut(text: str, most: int) -> str:
    """Return the text, or as many whole characters of its beginning as are allowed."""
    if _is_plain(text):
        return text[:most]
    end = room = 0
    for number, character in enumerate(_CHARACTER.finditer(text), start=1):
        room += len(character[0].encode(errors="replace"))
        if number > most or room > most * BYTES:
            return text[:end]
        end = character.end()
    return text


def is_whole(text: str) -> bool:
    """Whether it has no half of a UTF-16 pair, which no encoding can write."""
    return text.isascii() or _SURROGATE.search(text) is None


def whole(text: str) -> str:
    """Return the text with U+FFFD for each half of a UTF-16 pair."""
    return _SURROGATE.sub("\ufffd", text)


def quoted(value: object) -> str:
    """Return a value as an error quotes it: its repr, cut if it is long."""
    return cut(repr(value), _QUOTED)


def flaw(text: str, length: Length) -> str | None:
    """Return which rule a text breaks, in words that follow its name; None if it breaks none."""
    if not is_whole(text):
        return "has half of a character in it (a lone surrogate)"
    if length.least and not text.strip():
        return f"must have {length.least} to {length.most} characters, not only spaces"
    # Counting characters is slow: bytes first.
    size = len(text) if text.isascii() else len(text.encode())
    characters = count(text) if _is_plain(text) or size <= length.most * BYTES else None
    if characters is not None and characters > length.most:
        bounds = f"{length.least} to {length.most}" if length.least else f"at most {length.most}"
        return f"must have {bounds} characters, not {characters}"
    if size > length.most * BYTES:
        return f"must have at most {length.most * BYTES} bytes, not {size}"
    return None


def _is_plain(text: str) -> bool:
    """Whether each of its code points is a character: all of ASCII's, but for a line's end on Windows."""
    return text.isascii() and "\r" not in text


def check(name: str, value: object, length: Length) -> str:
    """Return a text that keeps the rules.

    Raises
    ------
    InvalidInputError
        Naming the argument and the rule, never the text: it may be a secret.
    """
    if not isinstance(value, str):
        raise InvalidInputError(f"{name} must be text, not {type(value).__name__}")
    found = flaw(value, length)
    if found is not None:
        raise InvalidInputError(f"{name} {found}")
    return value
