"""Tests of `_json`: whatever others write is read, or refused with its one error."""

from __future__ import annotations

import ast
import base64
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nanomeet_widget
from nanomeet_widget import _json, _tokens
from nanomeet_widget._errors import MalformedTokenError
from nanomeet_widget.server.media.tracks import read_setup
from nanomeet_widget.server.protocol import decoding, frames, ingest, watch
from nanomeet_widget.server.protocol.frames import Frame, FrameError, Kind, Track
from tests.unit.server.spoiling import deep

SOURCE = Path(nanomeet_widget.__file__).parent
#: What they read is this package's own: the file of a server that it launches, and what that gives to a child.
ELSEWHERE = {
    SOURCE / "_json.py",
    SOURCE / "services" / "local.py",
    SOURCE / "server" / "confined.py",
}
DECODERS: list[Any] = [
    _json.read,
    _json.read_leniently,
    watch.decode,
    ingest.decode,
    decoding.decode_client,
    frames.decode_setup,
]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize("decode", DECODERS)
@pytest.mark.parametrize("depth", [65, 200, 990, 1000, 5000, 40_000])
@pytest.mark.parametrize(
    "around",
    ["%s", '{"x": %s}', '{"x": %s, "type": "watch"}', '{"type": %s}', '{"type": "join", "v": %s}'],
)
def test_what_is_nested_too_deeply_is_not_json(decode: Any, depth: int, around: str) -> None:
    for inner in deep(depth):
        text = around % inner
        for data in (text, text.encode()) if decode is not _json.read_leniently else (text,):
            with pytest.raises(_json.NotJsonError):
                decode(data)


def test_brackets_in_strings_are_no_levels() -> None:
    text = "[{" * 500 + '\\"' + "]"
    for value in ({"text": text}, [text] * 20, {text: text}):
        assert _json.read(json.dumps(value)) == value
        assert _json.read_leniently(json.dumps(value)) == value
    assert _json.read("[" * 64 + "]" * 64)
    assert _json.read("[" + ",".join(["[]"] * 5000) + "]")


def test_a_string_that_never_ends_takes_no_longer() -> None:
    # If it were searched for again from each quote, this would take minutes.
    for text in ('"' + '\\"' * 300_000 + "[" * 70, "[" * 70 + '"\\', '"' * 600_001 + "[" * 70):
        with pytest.raises(_json.NotJsonError):
            _json.read(text)


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_bytes_have_one_error(data: bytes) -> None:
    for decode in (_json.read, watch.decode, ingest.decode, frames.decode_setup):
        with suppress(_json.NotJsonError):
            decode(data)


@given(anything)
def test_json_is_read_as_it_was_written(value: Any) -> None:
    try:
        expected = json.loads(json.dumps(value, allow_nan=False), parse_int=_json._number)
    except ValueError:  # NaN is no JSON
        with pytest.raises(_json.NotJsonError):
            _json.read(json.dumps(value))
        return
    try:
        assert _json.read(json.dumps(value)) == json.loads(json.dumps(value))
    except _json.NotJsonError:
        # Half a character, or a number beyond all limits.
        assert _json.read_leniently(json.dumps(value)) == expected


@pytest.mark.parametrize(
    "text",
    [
        *('"\\ud800"', '{"\\udc00": 1}', '["\\ud800\\u0041"]', "NaN", "[Infinity]", "-Infinity"),
        *("1e999", "9" * 5000, "-" + "9" * 5000, "[" + "9" * 100_000 + "]", "", "{", '{"a" 1}'),
        *("01", "+1", ".5", "'a'", "[1,]", '{"a":1,}', "\ufeff{}", "\x00", '"\n"', "undefined"),
    ],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    for data in (text, text.encode()):
        with pytest.raises(_json.NotJsonError):
            _json.read(data)


def part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("depth", [65, 990, 1400])
def test_a_token_may_be_nested_however_deeply(depth: int) -> None:
    right = part(json.dumps({"typ": _tokens.TYPE, "alg": "HS256"}))
    for inner in ("[" * depth + "]" * depth, "[" * depth):
        for token in (f"{part(inner)}.{part('{}')}.x", f"{right}.{part(inner)}.x"):
            with pytest.raises(MalformedTokenError):
                _tokens.read(token)
        with pytest.raises(MalformedTokenError):
            _tokens.verify(f"{part(inner)}.{part('{}')}.x", b"s" * 32)
    claims = {"room": "a", "streamname": "b", "sub": "c", "exp": 1}
    for name in ("jti", "server", "exp", "room"):
        text = json.dumps({**claims, name: 0})[:-2] + "[" * depth + "]" * depth + "}"
        try:
            read = _tokens.read(f"{right}.{part(text)}.x")
        except MalformedTokenError:
            continue
        assert (read.jti, read.server) == ("", "")


def test_a_setup_whose_bytes_are_no_base64_is_refused() -> None:
    for text in ("é", "=", "a", "🙂"):
        payload = msgspec.json.encode({"codec": "opus", "description": text})
        with pytest.raises(FrameError):
            read_setup(Frame(kind=Kind.SETUP, track=Track.AUDIO, timestamp=0, payload=payload))


def parses(node: ast.AST) -> bool:
    """Whether code parses JSON by itself, and not through `_json`."""
    if isinstance(node, ast.Attribute):
        name = ast.unparse(node)
        return name in {"json.load", "json.loads", "json.JSONDecoder", "msgspec.json.decode"}
    return (
        isinstance(node, ast.ImportFrom) and (node.module or "") in {"json", "msgspec.json"}
    ) or (
        isinstance(node, ast.Import)
        and any(name.name in {"orjson", "ujson", "simplejson"} for name in node.names)
    )


def unguarded(tree: ast.AST) -> int:
    """How many decoders are made that `_json.guarded` does not get."""
    calls = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return calls.count("msgspec.json.Decoder") - calls.count("_json.guarded")


def test_nothing_else_parses_json() -> None:
    files = [file for file in SOURCE.rglob("*.py") if file not in ELSEWHERE]
    assert len(files) > 100
    for file in files:
        tree = ast.parse(file.read_text())
        assert not [node.lineno for node in ast.walk(tree) if parses(node)], file  # type: ignore[attr-defined]
        assert unguarded(tree) == 0, file
