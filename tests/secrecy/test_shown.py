"""What a notebook shows, keeps and sends of a widget holds no token."""

from __future__ import annotations

import base64
import dataclasses
import json
import pickle
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import comm
import ipywidgets
import pytest
import traitlets
from comm.base_comm import BaseComm
from IPython.core.formatters import format_display_data
from IPython.core.interactiveshell import InteractiveShell
from ipywidgets.embed import embed_data, embed_snippet

import nanomeet_widget as nm
from nanomeet_widget import _tokens, _trust
from nanomeet_widget.services import _token_service
from tests.leaks import found

NOW = datetime.now(timezone.utc)
SERVER = "http://127.0.0.1:9000"
TOKEN = _tokens.mint(
    _tokens.Claims(
        room="algebra_101",
        streamname="abc",
        server=SERVER,
        moderator=True,
        sub="local",
        notbefore=NOW,
        expiration=NOW + timedelta(hours=1),
    ),
    _tokens.new_secret(),
)
KEY = nm.Secret("a-key-that-may-make-rooms")
ROOM = _token_service.room_of({"data": TOKEN})
INVITE = _token_service.invite_of({"data": TOKEN}, page=f"{SERVER}/invite")


class Leaky(nm.NanoMeet):
    """The mistake that these tests are for."""

    token = traitlets.Unicode(None, allow_none=True).tag(sync=True)


#: What the page gives the kernel to seal messages with.
PAD = bytes(range(256)) * 32


class Line(BaseComm):
    """Where a widget's messages go; it keeps them."""

    sent: list[tuple[str, Any]] = []  # noqa: RUF012 - of all lines, on purpose

    def publish_msg(
        self,
        msg_type: str,
        data: Any = None,
        metadata: Any = None,
        buffers: Any = None,
        **keys: Any,
    ) -> None:
        del metadata, buffers, keys
        self.sent.append((msg_type, data))


@pytest.fixture(autouse=True)
def _lines() -> Iterator[None]:
    original = comm.create_comm
    comm.create_comm = Line
    Line.sent.clear()
    _trust.use(SERVER)
    yield
    comm.create_comm = original
    ipywidgets.Widget.close_all()


def says(meet: nm.NanoMeet, **content: Any) -> None:
    data = {"method": "custom", "content": {"client": "page", **content}}
    assert meet.comm is not None
    meet.comm.handle_msg({"content": {"data": data}, "buffers": []})


def joined(kind: type[nm.NanoMeet]) -> nm.NanoMeet:
    meet = kind(token=ROOM.token)
    says(meet, type="hello", browser="browser", pad=[0, base64.b64encode(PAD).decode()])
    for status in ("loading", "joining", "joined"):
        says(meet, type="status", status=status, error=None)
    says(meet, type="event", name="subjectChange", data={"subject": "Rings"})
    return meet


def state_of(_meet: nm.NanoMeet) -> str:
    return json.dumps(ipywidgets.Widget.get_manager_state(drop_defaults=False), default=str)


def exported(meet: nm.NanoMeet) -> str:
    return str(embed_snippet(views=[meet])) + json.dumps(embed_data(views=[meet]), default=str)


def own_state(meet: nm.NanoMeet) -> str:
    return json.dumps(meet.get_state(), default=str)


def sent(_meet: nm.NanoMeet) -> str:
    """Every message but the one that is never saved."""

    def custom_token(data: Any) -> bool:
        return bool(data.get("method") == "custom" and data["content"]["type"] == "token")

    return json.dumps([(kind, data) for kind, data in Line.sent if not custom_token(data or {})])


@pytest.mark.parametrize("place", [state_of, exported, own_state, sent])
def test_no_state_of_the_widget_manager_holds_the_token(place: Any) -> None:
    assert not found(place(joined(nm.NanoMeet)), TOKEN)


@pytest.mark.parametrize("place", [state_of, exported, own_state, sent])
def test_it_would_be_found_if_the_trait_were_synced(place: Any) -> None:
    assert found(place(joined(Leaky)), TOKEN)


def test_the_page_gets_it_by_a_message_that_no_other_page_can_read() -> None:
    meet = joined(nm.NanoMeet)
    sealed = [
        data["content"]
        for _, data in Line.sent
        if data.get("method") == "custom" and data["content"]["type"] == "sealed"
    ]
    opened = [
        bytes(a ^ b for a, b in zip(base64.b64decode(m["text"]), PAD[m["at"] :], strict=False))
        for m in sealed
    ]
    assert [text for text in opened if TOKEN in text.decode()]
    # A message reaches every page that is connected to the kernel.
    assert not found(json.dumps(Line.sent), TOKEN)
    assert meet.token == TOKEN


#: What `things` returns, by name. A meeting that collecting made would be joined in later modules' tests.
NAMES = (
    *("room", "invite", "meet", "command", "refused", "events", "token", "trait", "link", "key"),
    *("revealed", "fields", "traits", "all", "pairs"),
)


def things() -> dict[str, Any]:
    meet = joined(nm.NanoMeet)
    given: dict[str, Any] = {
        "room": ROOM,
        "invite": INVITE,
        "meet": meet,
        "command": meet.set_subject("Fields"),
        "refused": nm.NanoMeet(token=TOKEN).leave(),
        "events": meet.events,
        "token": ROOM.token,
        "trait": meet.token,
        "link": INVITE.invite_link,
        "key": KEY,
        "revealed": KEY.reveal(),
        "fields": dataclasses.asdict(ROOM),
        "traits": meet.trait_values(),
    }
    return {**given, "all": list(given.values()), "pairs": given}


def test_every_thing_is_looked_at() -> None:
    assert set(things()) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_is_looked_at_shows_a_secret(name: str) -> None:
    thing = things()[name]
    secrets = TOKEN, "a-key-that-may-make-rooms"
    InteractiveShell.instance()
    shown, _ = format_display_data(thing)
    texts = [repr(thing), json.dumps(shown, default=repr)]
    if name not in {
        "token",
        "trait",
        "link",
        "revealed",
    }:  # of these, str() is the way to ask for it
        texts += [str(thing), f"{thing}", json.dumps([thing], default=repr)]
    if name in {"fields", "traits", "all", "pairs"}:
        texts.pop()  # who dumps a text as JSON asks for it, too
    assert not found("\n".join(texts), *secrets)


@pytest.mark.parametrize("thing", [ROOM, INVITE, KEY])
def test_nothing_that_holds_one_is_pickled(thing: object) -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(thing)
