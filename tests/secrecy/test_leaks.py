from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from tests.leaks import found

SECRET = "eyJhbGciOi.eyJyb29tIjoi.c2lnbmF0dXJlLW9mLWEtdG9rZW4_-x"


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        SECRET.rsplit(".", 1)[-1],
        f"https://meet.example/?jwt={quote(SECRET, safe='')}",
        json.dumps({"outer": json.dumps({"token": SECRET})}),
        base64.b64encode(b"something before " + SECRET.encode() + b" and after").decode(),
    ],
)
def test_a_secret_is_found_in_every_disguise(text: str) -> None:
    assert found(f"much else {text} and more", SECRET)
    assert found(f"much else {text} and more".encode(), SECRET)


def test_nothing_is_found_where_there_is_none() -> None:
    assert not found("eyJhbGciOi.eyJyb29tIjoi. and nothing else", SECRET)
