"""Short-lived messages, recorded in the page itself, so that a test can check them later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator

_NOTE = """
(element, [words, shown]) => {
  const note = { seen: false };
  const seen = (one) => one?.checkVisibility() && one.innerText.includes(words);
  const look = () => {
    note.seen ||= seen(shown ? element.querySelector(shown) : element);
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
    """Wait until an element has shown a text since the start, even if it has disappeared."""
    with _noted(where, words, None):
        yield


@contextmanager
def shown(where: Locator, selector: str) -> Iterator[None]:
    """Wait until an element has shown any text since the start."""
    with _noted(where, "", selector):
        yield


@contextmanager
def _noted(where: Locator, words: str, selector: str | None) -> Iterator[None]:
    note = where.evaluate_handle(_NOTE, [words, selector])
    yield
    where.page.wait_for_function("note => note.seen", arg=note)
