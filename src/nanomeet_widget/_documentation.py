"""Where the documents are: on the web, and the page of errors in the package, too."""

from __future__ import annotations

import functools
import re
from pathlib import Path

#: The documents' site: `docs/x/y.md` is its page `x/y.html`.
SITE = "https://nanomeet-widget.github.io/nanomeet-widget/"

_ERRORS = "errors.html"
_HEADING = re.compile(r"^(#{1,6}) (.+)$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")


def page(document: str, anchor: str = "") -> str:
    """Return the address of a document's page.

    Parameters
    ----------
    document
        Its path below ``docs/``, such as ``hosts.md``.
    anchor
        The anchor of a heading in it.

    Returns
    -------
    str
        The address.
    """
    where = f"{SITE}{document.removesuffix('.md')}.html"
    return f"{where}#{anchor}" if anchor else where


def anchor_of(word: str) -> str:
    """Return the anchor of an error's kind, such as ``frame-blocked``, or of its class."""
    return word.lower().replace("_", "-")


def of_error(*words: str) -> str:
    """Return the address that explains an error.

    Parameters
    ----------
    *words
        Its kind and its classes, the most telling first.

    Returns
    -------
    str
        The address of the first one that has a section, else of the page.
    """
    known = sections()
    return page("errors.md", next((a for a in map(anchor_of, words) if a in known), ""))


def of_kind(kind: str) -> str | None:
    """Return the address that explains a kind of error; None if no section does."""
    anchor = anchor_of(kind)
    return page("errors.md", anchor) if anchor in sections() else None


@functools.cache
def sections() -> dict[str, str]:
    """Return the sections of the page of errors, by their anchors, as a terminal shows them."""
    for place in _places():
        if place.is_file():
            return _split(place.read_text("utf-8"))
    return {}


def _places() -> tuple[Path, ...]:
    here = Path(__file__).parent
    # The wheel has a copy; a checkout has the document itself.
    return here / "errors.md", here.parents[1] / "docs" / "errors.md"


def _split(text: str) -> dict[str, str]:
    marks = list(_HEADING.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return {
        re.sub(r"[^\w\- ]", "", mark[2].lower()).replace(" ", "-"): _plain(
            mark[2], text[mark.end() : end]
        )
        for mark, end in zip(marks, ends, strict=True)
        # Sections of sections only: what stands above them is about the page.
        if len(mark[1]) > len("##")
    }


def _plain(heading: str, text: str) -> str:
    """Return a section without the marks of Markdown, and with whole addresses."""
    text = _LINK.sub(lambda link: f"{_unquoted(link[1])} ({_whole(link[2])})", text)
    return f"{heading}\n\n{_unquoted(text).replace('**', '').strip()}\n"


def _unquoted(text: str) -> str:
    return text.replace("`", "")


def _whole(target: str) -> str:
    document, _, anchor = target.partition("#")
    return page(document or "errors.md", anchor)
