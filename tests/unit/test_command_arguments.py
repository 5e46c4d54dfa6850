"""Whatever a notebook gives a command, it is refused in words, or can be sent."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nanomeet_widget import _texts
from nanomeet_widget._command import Command
from nanomeet_widget._commands import Commands
from nanomeet_widget._errors import InvalidInputError
from nanomeet_widget.server.protocol import common
from tests.odd_messages import ODD

T = TypeVar("T")

METHODS = sorted(
    name
    for name, method in inspect.getmembers(Commands, inspect.isfunction)
    if not name.startswith("_")
)
#: What some arguments are right with.
RIGHT = st.sampled_from(
    ["0" * 16, "audio", "input", "720p", "h264", "rtmp://a/b", ["rtmp://a/b"], True, None, "Hello"]
)
#: What is no JSON, and what has neither a hash nor a length.
BEYOND = st.sampled_from([b"x", {1}, object(), float("nan"), range(9), [[]], (), "x" * 2001])


class Sent(Commands):
    """A widget's commands, kept instead of sent."""

    def __init__(self) -> None:
        self.arguments: list[tuple[object, ...]] = []

    def _command(
        self,
        name: str,
        parse: Callable[[Any], T],
        method: str,
        *args: object,
        timeout: float = 0,
        moderator: bool = False,
    ) -> Command[T]:
        del name, parse, timeout, moderator
        self.arguments.append((method, *args))
        return None  # type: ignore[return-value]


@pytest.mark.parametrize("name", METHODS)
@settings(max_examples=40)
@given(data=st.data())
def test_a_command_is_refused_in_words_or_can_be_sent(name: str, data: st.DataObject) -> None:
    sent = Sent()
    method = getattr(sent, name)
    parameters = inspect.signature(method).parameters.values()
    odd = st.one_of(RIGHT, ODD, BEYOND)
    given_ = {
        one.name: data.draw(odd)
        for one in parameters
        if one.default is inspect.Parameter.empty or data.draw(st.booleans())
    }
    refused = None
    try:
        method(**given_)
    except InvalidInputError as error:
        refused = str(error)
    if refused is not None:
        assert 0 < _texts.count(refused) < 300
        assert not sent.arguments
        return
    (arguments,) = sent.arguments
    # As the page hears it; no half of a character, and nothing that it had to guess.
    text = json.dumps(arguments, allow_nan=False, ensure_ascii=False)
    assert _texts.is_whole(text)
    assert len(text.encode()) < common.MAX_TEXT_FRAME
