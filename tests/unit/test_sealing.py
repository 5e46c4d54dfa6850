"""What only one page can read: each byte of its pad is used once, and no secret is sent without one."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

import pytest

from nanomeet_widget import _page_protocol
from nanomeet_widget._page_protocol import Envelope, Notice, Pad, Probe, Token
from nanomeet_widget._sealing import SealedLine

SECRET = Token(token="eyJ.a.b", ask=None, server=None, broadcast=None, library=None)


def given_by(page: object) -> Pad | None:
    """Return the pad that the kernel takes from a page's message."""
    envelope: Envelope | None = _page_protocol.decode({"client": "page-1", "pad": page}, Envelope)
    return envelope.pad if envelope else None


def pad_of(number: int, size: int) -> tuple[bytes, Pad]:
    pad = secrets.token_bytes(size)
    given = given_by([number, base64.b64encode(pad).decode()])
    assert given is not None
    return pad, given


def opened(message: dict[str, Any], pad: bytes) -> Any:
    mixed = zip(base64.b64decode(message["text"]), pad[message["at"] :], strict=False)
    return json.loads(bytes(a ^ b for a, b in mixed))


def test_only_a_secret_waits_for_a_pad() -> None:
    sent: list[dict[str, Any]] = []
    line = SealedLine(sent.append)
    line.send(SECRET)
    line.send(Probe())
    size = len(json.dumps(_page_protocol.encode(SECRET)))
    assert sent == [{"type": "pad", "size": size}, {"type": "probe"}]
    pad, given = pad_of(0, size)
    line.refill(given)
    assert "eyJ" not in json.dumps(sent)
    assert opened(sent[-1], pad) == _page_protocol.encode(SECRET)


def test_no_byte_is_used_twice_and_the_order_stays() -> None:
    sent: list[dict[str, Any]] = []
    line = SealedLine(sent.append)
    first, given = pad_of(0, 100)
    line.refill(given)
    for number in range(5):
        line.send(Notice(message=str(number)))
    line.refill(given)  # again, by any page
    second, given = pad_of(1, 200)
    line.refill(given)
    sealed = [message for message in sent if message["type"] == "sealed"]
    pads = (first, second)
    assert [opened(m, pads[m["pad"]])["message"] for m in sealed] == list("01234")
    used = [
        (m["pad"], m["at"] + i) for m in sealed for i in range(len(base64.b64decode(m["text"])))
    ]
    assert len(set(used)) == len(used)


@pytest.mark.parametrize("none", [None, "x", [0], ["0", "x"], [0, 1], [0, "###"], [-1, "AAAA"]])
def test_a_malformed_pad_is_ignored(none: object) -> None:
    sent: list[dict[str, Any]] = []
    line = SealedLine(sent.append)
    line.refill(given_by(none))
    line.send(SECRET)
    assert [message["type"] for message in sent] == ["pad"]
