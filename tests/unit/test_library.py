"""A library other than our own: what is accepted, and the page that runs it."""

from __future__ import annotations

import base64

import pytest

import nanomeet_widget as nm
from nanomeet_widget import _library
from nanomeet_widget.services import NanoStreamCloud

URL = "https://meet.example/js/nanomeet.js"
HASH = "sha384-" + base64.b64encode(b"x" * 48).decode()


def page(library: _library.Library | None) -> str:
    assert library is not None
    kind, _, data = library.page().partition(",")
    assert kind == "data:text/html;base64"
    return base64.b64decode(data).decode()


def test_without_an_address_it_is_our_own() -> None:
    assert _library.library(None, None) is None


def test_the_page_names_the_script_and_its_hash() -> None:
    shown = page(_library.library(f"{URL}?v=1&w=2", HASH))
    assert f'data-script="{URL}?v=1&amp;w=2" data-integrity="{HASH}"' in shown
    # Our own script is closed by its own tag alone.
    assert shown.count("</script>") == 1


def test_an_address_cannot_end_its_attribute() -> None:
    shown = page(_library.library('https://meet.example/"><script>', None))
    assert shown.count("<script>") == 1


@pytest.mark.parametrize(
    ("url", "integrity", "words"),
    [
        ("http://meet.example/nanomeet.js", None, "changed on its way"),
        ("javascript:alert(1)", None, "not an address"),
        ("", None, "not an address"),
        (URL, "", "sha384-"),
        (URL, "md5-YWJj", "sha384-"),
        (URL, f"{HASH}\n", "sha384-"),
        (None, HASH, "give its script_url"),
    ],
)
def test_what_cannot_work_is_refused(url: str | None, integrity: str | None, words: str) -> None:
    with pytest.raises(nm.InvalidInputError, match=words):
        _library.library(url, integrity)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8910/js/nanomeet.js", "http://localhost/n.js"])
def test_this_machine_needs_no_tls(url: str) -> None:
    assert _library.library(url, f"{HASH} {HASH}") is not None


def test_the_cloud_may_name_the_vendors() -> None:
    service = NanoStreamCloud("key-0123456789", script_url=URL, script_integrity=HASH)
    assert service.library == _library.Library(url=URL, integrity=HASH)
    assert NanoStreamCloud("key-0123456789").library is None
    with pytest.raises(nm.InvalidInputError, match="script_url"):
        NanoStreamCloud("key-0123456789", script_url="nanomeet.js")
