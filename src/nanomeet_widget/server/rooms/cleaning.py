"""Removes from people's texts what could disturb the text around them."""

from __future__ import annotations

import re
import unicodedata

from nanomeet_widget import _texts

#: These two join letters or emoji; without them, some scripts and emoji fall apart.
_JOINERS = "\u200c\u200d"
#: The flags of England, Scotland and others are a black flag with tags; elsewhere, tags can hide text.
_TAGGED_FLAG = re.compile("(\U0001f3f4[\U000e0020-\U000e007f]{1,8})")
#: Control characters, marks that change a whole line's direction, and halves of UTF-16 pairs.
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})


def clean_name(name: str) -> str:
    """Return a display name as the others see it.

    Parameters
    ----------
    name : str
        Any text.

    Returns
    -------
    str
        The name, cut if it is too long; "Guest" if nothing readable is left.
    """
    return cut_name(name) or "Guest"


def cut_name(name: str) -> str:
    """Return a display name as the others see it; empty if nothing readable is left.

    Parameters
    ----------
    name : str
        Any text.
    """
    return _cut_line(name, _texts.NAME)


def clean_title(title: str) -> str:
    """Return the title of what a participant shows, as the others see it.

    Parameters
    ----------
    title : str
        Any text.

    Returns
    -------
    str
        The title, cut if it is too long; empty if nothing readable is left.
    """
    return _cut_line(title, _texts.SUBJECT)


def clean_group(name: str) -> str:
    """Return a group's name, as everyone sees it.

    Parameters
    ----------
    name : str
        Any text.

    Returns
    -------
    str
        The name, cut if it is too long; empty if nothing readable is left.
    """
    return _cut_line(name, _texts.GROUP)


def _cut_line(text: str, length: _texts.Length) -> str:
    line = _texts.cut(clean_line(text), length.most).rstrip()
    return line if line.strip(_JOINERS) else ""


def clean_line(text: str) -> str:
    """Return a readable text of one line.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text, with single spaces; may be empty.
    """
    return " ".join(_readable(" ".join(text.split())).split())


def clean_text(text: str) -> str:
    """Return a readable text of several lines.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text; empty if nothing readable is left.
    """
    lines = [_readable(line).rstrip() for line in text.splitlines()]
    # Many empty lines would push other people's messages out of view.
    cleaned = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return cleaned if cleaned.strip(_JOINERS) else ""


def _readable(line: str) -> str:
    # Splitting by a group makes every second part a flag, which is kept.
    parts = _TAGGED_FLAG.split(line)
    return "".join(
        part if number % 2 else "".join(filter(_is_visible, part))
        for number, part in enumerate(parts)
    )


def _is_visible(character: str) -> bool:
    return (
        character == "\t" or character in _JOINERS or unicodedata.category(character) not in _HIDDEN
    )
