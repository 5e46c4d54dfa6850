"""Reads a QR code from the screen, as a phone's camera does."""

from __future__ import annotations

import io

import av
import zxingcpp
from playwright.sync_api import Locator


def read_qr(code: Locator) -> str:
    """Return the text of a QR code that a page shows; empty if no reader finds one."""
    with av.open(io.BytesIO(code.screenshot()), mode="r") as container:
        picture = next(container.decode(video=0)).to_ndarray(format="gray")
    found = zxingcpp.read_barcodes(picture)
    return found[0].text if found else ""
