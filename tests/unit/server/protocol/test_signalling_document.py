"""`docs/signalling.md`: its examples are messages, and it leaves no message, ending or close code out."""

from __future__ import annotations

import re
import typing

import pytest

from nanomeet_widget.server.http import meeting_socket, sockets
from nanomeet_widget.server.protocol import decoding, meeting
from tests.documents import ROOT, Block, blocks

DOCUMENT = (ROOT / "docs/signalling.md").read_text()


@pytest.mark.parametrize("block", blocks("json"), ids=str)
def test_an_example_is_a_message(block: Block) -> None:
    assert decoding.decode_client(block.text)


def section(heading: str) -> str:
    return DOCUMENT.split(f"## {heading}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize(
    ("heading", "union"),
    [
        ("Messages of a client", meeting.ClientMessage),
        ("Messages of the server", meeting.ServerMessage),
    ],
)
def test_every_message_is_listed(heading: str, union: object) -> None:
    rows = re.findall(r"^\| `(\w+)` \|", section(heading), re.MULTILINE)
    assert rows == [kind.__struct_config__.tag for kind in typing.get_args(union)]


def test_every_ending_says_whether_to_come_back() -> None:
    table = section("Leaving, losing and coming back").split("| kind of `bye` |")[1]
    named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.MULTILINE))))
    assert named == set(typing.get_args(meeting.ByeKind))


def test_every_close_code_is_there() -> None:
    text = section("Leaving, losing and coming back")
    for code in (sockets.NORMAL, sockets.GOING_AWAY, sockets.POLICY, meeting_socket.UNLOADED):
        assert str(code) in text
