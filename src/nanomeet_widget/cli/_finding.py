"""What the checks of `nanomeet doctor` share: what they find, and how they ask a server."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import Literal
from urllib.parse import urlsplit

from nanomeet_widget import _validation

State = Literal["ok", "warning", "wrong"]

#: Seconds that a server has to answer.
_TIMEOUT = 8.0
#: Bytes that are read of an answer: a page's head is a few thousand.
_READ = 1 << 18


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A check: its name, what was found, and what to do about it."""

    name: str
    state: State
    found: str
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A server's answer, of any status."""

    status: int
    headers: Message
    body: bytes


def fetch(url: str, method: str = "GET") -> Reply | str:
    """Return what a server answers, or why it does not."""
    request = urllib.request.Request(url, method=method)  # noqa: S310 - http and https only
    # The browser judges the certificate.
    context = ssl._create_unverified_context()  # noqa: S323, SLF001 - nothing secret is sent
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPSHandler(context=context)]
    if _validation.is_loopback(urlsplit(url).hostname or ""):
        # The environment's proxy is for other hosts.
        handlers.append(urllib.request.ProxyHandler({}))
    opener = urllib.request.build_opener(*handlers)
    try:
        with opener.open(request, timeout=_TIMEOUT) as answer:
            return Reply(status=answer.status, headers=answer.headers, body=answer.read(_READ))
    except urllib.error.HTTPError as error:
        with error:
            return Reply(status=error.code, headers=error.headers, body=b"")
    except (OSError, HTTPException) as error:
        return f"{url} does not answer: {getattr(error, 'reason', error)}"
