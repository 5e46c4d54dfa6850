"""Requests to a server on this machine: past every proxy, and with time for one that is busy."""

from __future__ import annotations

from typing import Any

import httpx

from tests.waiting import PATIENCE

#: Of a client of one's own, too.
PATIENT: dict[str, Any] = {"trust_env": False, "timeout": PATIENCE}


def get(url: str, **options: Any) -> httpx.Response:
    """Get; `options` are httpx's."""
    return httpx.get(url, **PATIENT, **options)


def post(url: str, **options: Any) -> httpx.Response:
    """Post; `options` are httpx's."""
    return httpx.post(url, **PATIENT, **options)


def request(method: str, url: str, **options: Any) -> httpx.Response:
    """Ask by any method; `options` are httpx's."""
    return httpx.request(method, url, **PATIENT, **options)
