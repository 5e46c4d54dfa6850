"""Any argument of a command is refused with a reason, or can be sent."""

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
#: Right values of some arguments.
RIGHT = st.sampled_from(
    ["0" * 16, "audio", "input", "720p", "h264", "rtmp://a/b", ["rtmp://a/b"], True, None, "Hello"]
)
#: What is not JSON, and what has neither a hash nor a length.
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
def test_a_command_is_refused_with_a_reason_or_can_be_sent(name: str, data: st.DataObject) -> None:
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
    # As the page gets it; no half of a character, and nothing that it has to guess.
    text = json.dumps(arguments, allow_nan=False, ensure_ascii=False)
    assert _texts.is_whole(text)
    assert len(text.encode()) < common.MAX_TEXT_FRAME


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8


@pytest.mark.parametrize(
    ("call", "sent"),
    [
        (
            lambda c: c.send_endpoint_text_message("ab", "{}"),
            ("sendEndpointTextMessage", "ab", "{}"),
        ),
        (lambda c: c.send_endpoint_text_message(None, "{}"), ("sendEndpointTextMessage", "", "{}")),
        (lambda c: c.set_avatar(None), ("avatarUrl", "")),
        (
            lambda c: c.set_avatar(PNG),
            ("avatarUrl", "data:image/png;base64,iVBORw0KGgoAAAAAAAAAAA=="),
        ),
        (lambda c: c.set_avatar("https://h/a.png"), ("avatarUrl", "https://h/a.png")),
        (lambda c: c.set_participant_volume("ab", 0), ("setParticipantVolume", "ab", 0.0)),
        (lambda c: c.set_participant_volume("ab", 0.5), ("setParticipantVolume", "ab", 0.5)),
        (
            lambda c: c.set_noise_suppression(False),
            ("setNoiseSuppressionEnabled", {"enabled": False}),
        ),
        (lambda c: c.toggle_camera(), ("toggleCamera",)),
        (lambda c: c.toggle_camera("environment"), ("toggleCamera", "environment")),
    ],
)
def test_what_is_asked_reaches_the_page(
    call: Callable[[Commands], object], sent: tuple[object, ...]
) -> None:
    commands = Sent()
    call(commands)
    assert commands.arguments == [("executeCommand", *sent)]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: c.set_avatar(b"GIF80a"), "PNG, JPEG, WebP or GIF"),
        (lambda c: c.set_avatar(b"<svg/>"), "PNG, JPEG, WebP or GIF"),
        (lambda c: c.set_avatar(PNG + b"\0" * 4 * 1024 * 1024), "4 MiB"),
        (lambda c: c.set_avatar("file:///etc/passwd"), "https://"),
        (lambda c: c.set_participant_volume("ab", 1.1), "from 0 to 1, not 1.1"),
        (lambda c: c.set_participant_volume("ab", float("nan")), "from 0 to 1"),
        (lambda c: c.set_participant_volume("ab", True), "from 0 to 1, not True"),
        (lambda c: c.set_noise_suppression(1), "enabled"),
        (lambda c: c.toggle_camera("back"), "user, environment, not 'back'"),
        (lambda c: c.send_endpoint_text_message("ab", ""), "text must have 1 to 2000"),
        (lambda c: c.send_endpoint_text_message("ab", "x" * 2001), "not 2001"),
        (lambda c: c.send_endpoint_text_message("", "x"), "participant_id"),
    ],
)
def test_what_breaks_a_rule_is_refused_naming_it(call: Callable[[Any], object], words: str) -> None:
    commands = Sent()
    with pytest.raises(InvalidInputError, match=words):
        call(commands)
    assert not commands.arguments
