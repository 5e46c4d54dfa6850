"""Pictures of screens, for the documents and for looking at: taken where `SCREENS` names their folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

_SCREENS = Path(os.environ["SCREENS"]) if "SCREENS" in os.environ else None

#: For tests that only take pictures.
only_pictures = pytest.mark.skipif(_SCREENS is None, reason="SCREENS names where the pictures go")


def shoot(page: Page, name: str) -> None:
    """Take a picture of a page, if someone asked for pictures."""
    if _SCREENS is None:
        return
    _SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=_SCREENS / f"{name}.png", animations="disabled")
