"""What people write, without what could disturb the text around it."""

from __future__ import annotations

import re
import unicodedata

from nanomeet_widget import _texts

#: These two join letters and pictures to one: without them some scripts and emoji fall apart.
_JOINERS = "\u200c\u200d"
#: The flags of England, Scotland and others are a black flag with tags; elsewhere tags hide words.
_TAGGED_FLAG = re.compile("(\U0001f3f4[\U000e0020-\U000e007f]{1,8})")
#: Control characters, marks that turn the direction of a whole line, halves of UTF-16 pairs.
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})


def clean_name(name: str) -> str:
    """Return a display name as the others see it, cut where it is too long; never an empty one."""
    line = _texts.cut(clean_line(name), _texts.NAME.most).rstrip()
    return line if line.strip(_JOINERS) else "Guest"


def clean_line(text: str) -> str:
    """Return a text of one line."""
    return " ".join(_readable(" ".join(text.split())).split())


def clean_text(text: str) -> str:
    """Return a text of several lines; an empty one if there is nothing in it to be read."""
    lines = [_readable(line).rstrip() for line in text.splitlines()]
    # A text with many empty lines would push what others wrote out of sight.
    cleaned = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return cleaned if cleaned.strip(_JOINERS) else ""


def _readable(line: str) -> str:
    # Split by a group, every second part is a flag, which stays as it is.
    parts = _TAGGED_FLAG.split(line)
    return "".join(
        part if number % 2 else "".join(filter(_is_visible, part))
        for number, part in enumerate(parts)
    )


def _is_visible(character: str) -> bool:
    return (
        character == "\t" or character in _JOINERS or unicodedata.category(character) not in _HIDDEN
    )
