"""What a page says for a moment only: noted by the page itself, however late a test looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator

_NOTE = """
(element, words) => {
  const note = { seen: false };
  const look = () => {
    note.seen ||= element.checkVisibility() && element.innerText.includes(words);
    if (note.seen) observer.disconnect();
  };
  const observer = new MutationObserver(look);
  observer.observe(element, { subtree: true, childList: true, characterData: true, attributes: true });
  look();
  return note;
}
"""


@contextmanager
def said(where: Locator, words: str) -> Iterator[None]:
    """Wait until an element has shown some words since this began, though they may be gone again."""
    note = where.evaluate_handle(_NOTE, words)
    yield
    where.page.wait_for_function("note => note.seen", arg=note)
