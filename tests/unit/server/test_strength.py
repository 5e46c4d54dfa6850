"""Tests of `strength`."""

from __future__ import annotations

import secrets
import uuid

import pytest

from nanomeet_widget.server import strength


@pytest.mark.parametrize(
    "weak",
    [
        *("", "a", "12345678", "correct horse battery staple", "a-key-of-the-school"),
        *("a" * 40, "ab" * 20, "password" * 4, "password123password123!", "0123456789" * 3),
        *("abcdefghijklmnopqrstuvwxyz", "0123456789abcdef0123456789abcdef", "x" * 40 + "y"),
        *(
            "changeme-changeme-changeme",
            "schl\u00fcssel-der-schule-0815",
            "tab\tin-the-middle-of-a-key-42",
        ),
    ],
)
def test_what_could_be_guessed_is_weak(weak: str) -> None:
    said = strength.weakness(weak)
    assert said
    assert len(weak) < 2 or weak not in said


def test_what_programs_make_is_strong() -> None:
    for _ in range(500):
        for strong in (
            secrets.token_urlsafe(16),
            secrets.token_urlsafe(32),
            secrets.token_hex(16),
            secrets.token_hex(32),
            str(uuid.uuid4()),
        ):
            assert strength.weakness(strong) is None, strong
