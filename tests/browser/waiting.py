"""Waiting with a page: it keeps running, and the test receives its events."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests import waiting

#: The timeout in milliseconds for anything between two pages and a server on a busy machine.
PATIENCE = 60_000


def until(
    page: Page, told: Callable[[], object], *, to_be: object = True, patience: float = PATIENCE
) -> None:
    """Wait until a value is as expected; `patience` in milliseconds."""
    waiting.until(
        told,
        to_be=to_be,
        patience=patience / 1000,
        pause=lambda seconds: page.wait_for_timeout(seconds * 1000),
    )
