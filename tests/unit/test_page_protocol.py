"""What a page says: taken if it is well formed, and without any effect if it is not."""

from __future__ import annotations

import base64
import json
import re
import secrets
import subprocess
import sys
import types
import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any

import comm
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nanomeet_widget as nm
from nanomeet_widget import _page_protocol
from nanomeet_widget._page_order import WHOLE_EVENTS
from nanomeet_widget._states import BroadcastStatus, MeetingStatus
from tests import odd_messages

from .test_widget import Page, shown

PERSON = {"id": "ab", "display_name": "Ada", "moderator": True, "audio": None, "video": False}
FAILURE = {"kind": "kicked", "message": "A moderator removed you.", "cause": None}
PLAYOUT = {"live": "http://h/live/a", "vod": None}
STATS = {
    "fps": 30.0,
    "skipped": 0,
    "bitrate": 9e5,
    "encode": 6.5,
    "queue": 0,
    "backlog": 0,
    "codec": "h264",
    "width": 640,
    "height": 360,
    "shows": "stage",
    "viewers": 3,
    "quality": {"bitrate": 0.5},
}
CHAT = {"id": 1, "sender": "ab", "display_name": "Ada", "text": "Hi", "at": 1.5, "private": False}
#: One message of each type that the page of a meeting may send, whole and well formed.
MEETING: dict[str, dict[str, Any]] = {
    "hello": {"base": None, "browser": "browser-1", "asked": True},
    "guest": {},
    "guest_left": {},
    "pad": {},
    "goodbye": {},
    "alive": {},
    "trust": {"server": "https://elsewhere.example"},
    "invite": {},
    "browser": {},
    "retired": {},
    "event": {"name": "participantLeft", "data": {"id": "ab"}},
    "status": {"status": "left", "error": FAILURE},
    "broadcast": {"state": "live", "playout": PLAYOUT, "error": None},
    "participants": {"participants": [{**PERSON, "screen": None, "stage": True, "hand": 5.0}]},
    "role": {"moderator": False},
    "held": {"id": 1, "why": "it is being joined"},
    "begun": {"id": 1},
    "reply": {"id": 1, "result": None, "error": FAILURE},
}
FACTS = {"state": "live", "paused": True, "behind": 1.0, "title": "Sets", "latency": 9.0}
PLAYER: dict[str, dict[str, Any]] = {
    "hello": {},
    "reply": {"id": 1, "result": None, "error": FAILURE},
    "alive": {},
    "facts": {"facts": {**FACTS, "vod": None}, "view": "ab", "number": 0},
}
READING = {"id": "r1", "reader": "ab", "of": None, "media": "video"}
POLL = {
    "id": "p1",
    "question": "Slope?",
    "options": ["1", "2"],
    "multiple": False,
    "anonymous": False,
    "show": "after",
    "open": True,
    "ends": 1.5e9,
    "counts": [1, 0],
    "voters": 1,
    "correct": [0],
    "own": [0],
}
#: Data of events that the widget keeps.
EVENTS: dict[str, tuple[type[msgspec.Struct], dict[str, Any]]] = {
    "subjectChange": (_page_protocol.SubjectData, {"subject": "Sets"}),
    "nanomeetLobby": (_page_protocol.LobbyData, {"waiting": [{"id": "cd", "name": "Bo"}]}),
    "nanomeetChat": (_page_protocol.ChatData, {"messages": [CHAT], "whole": True}),
    "nanomeetBroadcastStats": (_page_protocol.StatsData, {"stats": STATS}),
    "nanomeetBroadcastChanged": (_page_protocol.ShowsData, {"shows": "paused"}),
    "nanomeetGroupsChanged": (
        _page_protocol.GroupsData,
        {
            "groups": [
                {"id": "g", "name": "A", "people": [{"id": "a", "name": "Ada", "here": True}]}
            ],
            "ends": None,
            "here": "g",
            "own": None,
        },
    ),
    "nanomeetReadingsChanged": (_page_protocol.ReadingsData, {"readings": [READING]}),
    "nanomeetTalkTimes": (_page_protocol.TalkTimesData, {"seconds": {"ab": 12.5}}),
    "nanomeetReadingMoved": (
        _page_protocol.ReadingMovedData,
        {"id": "r1", "stream": "read_1", "ticket": "secret"},
    ),
    "nanomeetReadingEnded": (
        _page_protocol.ReadingEndedData,
        {"id": "r1", "kind": "left", "message": "Ada has left the meeting."},
    ),
    "nanomeetRosterChanged": (
        _page_protocol.RosterData,
        {"people": [{"id": "s1", "name": "Ada", "moderator": False, "here": ["abc"]}]},
    ),
    "nanomeetCheckInChanged": (
        _page_protocol.CheckInData,
        {"id": "c1", "question": "Finished?", "since": 5.0, "done": ["abc"]},
    ),
    "nanomeetPollChanged": (_page_protocol.PollChangedData, {"poll": POLL}),
    "nanomeetPollCounts": (
        _page_protocol.PollCountsData,
        {"id": "p1", "counts": [3, 1], "voters": 4},
    ),
    "nanomeetSourceClosed": (
        _page_protocol.SourceClosedData,
        {"stream": "source_1", "message": "You have stopped it.", "failed": False},
    ),
}
POOL: tuple[Any, ...] = (None, True, 7, -1, 1.5, 2**70, "odd", [], [None], {}, {"odd": [1]})


@pytest.fixture(autouse=True)
def _pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comm, "create_comm", Page)


def kinds(union: Any) -> dict[str, type[msgspec.Struct]]:
    return {str(one.__struct_config__.tag): one for one in typing.get_args(union)}


def fits(hint: Any, value: object) -> bool:  # noqa: PLR0911 - a case each
    """Return whether a value of the pool is of a field's type: written down apart from msgspec."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return True
    if origin is typing.Annotated:
        return fits(args[0], value) and not (isinstance(value, int) and not 0 <= value < 2**53)
    if origin in (typing.Union, types.UnionType):
        return any(fits(one, value) for one in args)
    if origin is list:
        return isinstance(value, list) and all(fits(args[0], one) for one in value)
    if origin is dict:
        return isinstance(value, dict)
    if isinstance(hint, type) and issubclass(hint, Enum | msgspec.Struct):
        return False
    if hint is float:
        return isinstance(value, float | int) and not isinstance(value, bool)
    return isinstance(value, hint) and (hint is bool or not isinstance(value, bool))


def broken(kind: type[msgspec.Struct], whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give a message with each of its fields of another type, at any depth, or missing."""
    hints = typing.get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        name, hint = field.encode_name, hints[field.name]
        assert name in whole, f"give an example of {kind.__name__}.{name}"
        if field.required:
            yield {key: value for key, value in whole.items() if key != name}
        yield from ({**whole, name: value} for value in POOL if not fits(hint, value))
        for one in (hint, *typing.get_args(hint)):
            if isinstance(one, type) and issubclass(one, msgspec.Struct):
                inner = whole[name][0] if isinstance(whole[name], list) else whole[name]
                for part in broken(one, inner):
                    value = [inner, part] if isinstance(whole[name], list) else part
                    yield {**whole, name: value}


#: What no page of the meeting is called.
STRANGERS: tuple[Any, ...] = (None, 7, [], "page-9")
MALFORMED = [
    *({**one, "type": tag} for tag, kind in kinds(_page_protocol.ToKernel).items()
      for one in broken(kind, MEETING[tag])),
    *({"type": "event", "name": name, "data": data} for name, (kind, whole) in EVENTS.items()
      for data in broken(kind, whole)),
    *({**MEETING["role"], "type": tag} for tag in (*POOL, "knock", "role ", "Role", "\ud800")),
    *({**MEETING["status"], "type": "status", "status": word} for word in ("JOINED", "off", "")),
    *({**MEETING["role"], "type": "role", "pad": pad}
      for pad in ("x", [0], ["0", "AAAA"], [0, 1], [0, "###"], [-1, "AAAA"], [1, "AAAA", 2])),
    *({**MEETING["role"], "type": "role", "client": other} for other in STRANGERS),
]  # fmt: skip


def hears(widget: Any, content: Any) -> None:
    """Hand a widget what a page says, as ipywidgets does, which would log what is raised."""
    (callback,) = widget._msg_callbacks.callbacks
    callback(widget, content, [])


def state(meet: nm.NanoMeet, page: Page) -> Any:
    return (
        {name: getattr(meet, name) for name in meet.trait_names()},
        (meet._status.state, meet._broadcast.state, meet.events, meet._seen.attendance()),
        (meet._channel.page, meet._sessions._owner, meet._sessions.base, len(page.sent)),
        {
            number: (one.begun, one.command.held_by)
            for number, one in meet._channel._pending.items()
        },
    )


def joined() -> tuple[nm.NanoMeet, Page]:
    meet, page = shown()
    page.joins()
    meet.set_subject("Sets")
    return meet, page


def test_there_is_an_example_of_every_message_of_a_page() -> None:
    assert kinds(_page_protocol.ToKernel).keys() == MEETING.keys()
    assert kinds(_page_protocol.PlayerToKernel).keys() == PLAYER.keys()
    assert nm.NanoMeet._KEPT.keys() == EVENTS.keys()
    for tag, message in MEETING.items():
        assert _page_protocol.decode({**message, "type": tag}, _page_protocol.ToKernel) is not None
    for tag, message in PLAYER.items():
        said = {**message, "type": tag}
        assert _page_protocol.decode(said, _page_protocol.PlayerToKernel) is not None


def test_a_malformed_message_raises_nothing_and_changes_nothing() -> None:
    meet, page = joined()
    before = state(meet, page)
    assert len(MALFORMED) > 500
    for message in MALFORMED:
        hears(meet, {"client": "page-1", **message})
        assert state(meet, page) == before, message
    hears(meet, {**MEETING["role"], "type": "role", "client": "page-1"})
    assert state(meet, page) != before


@pytest.mark.parametrize("content", [*POOL, {"client": "page-1"}, {"type": "hello"}])
def test_content_that_is_not_a_message_is_ignored(content: Any) -> None:
    meet, page = joined()
    before = state(meet, page)
    hears(meet, content)
    assert state(meet, page) == before


def test_a_malformed_message_of_a_player_raises_nothing_and_changes_nothing() -> None:
    with nm.BroadcastPlayer("https://meet.example/live/a") as player:
        hears(player, {"type": "hello"})
        command = player.pause()

        def so() -> Any:
            traits = {name: getattr(player, name) for name in player.trait_names()}
            return traits, command.state

        before = so()
        tags = kinds(_page_protocol.PlayerToKernel).items()
        malformed = [
            {**one, "type": tag} for tag, kind in tags for one in broken(kind, PLAYER[tag])
        ]
        for content in [*malformed, *POOL, {"type": "knock"}]:
            hears(player, content)
            assert so() == before, content
        hears(player, {**PLAYER["facts"], "type": "facts"})
        assert so() != before


@pytest.mark.parametrize(
    "message",
    [
        {"type": "status", "status": "waiting"},
        {"type": "broadcast", "state": "stopping", "playout": None},
    ],
)
def test_an_illegal_step_is_logged_and_changes_nothing(
    message: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    meet, page = joined()
    before = state(meet, page)
    hears(meet, {**message, "client": "page-1"})
    assert state(meet, page) == before
    assert "ignored what the meeting's page told" in caplog.text


def say(page: Page, *numbered: tuple[int, dict[str, Any]]) -> None:
    """Say messages in the order in which they arrive, with the numbers by which they were sent."""
    for number, message in numbered:
        page.says(**message, number=number)


def reports_asked(page: Page) -> int:
    return [message["type"] for message in page.custom()].count("report")


def in_status(status: str) -> dict[str, Any]:
    return {"type": "status", "status": status, "error": None}


def present(*names: str) -> dict[str, Any]:
    people = [
        {**MEETING["participants"]["participants"][0], "id": name, "display_name": name}
        for name in names
    ]
    return {"type": "participants", "participants": people}


@pytest.mark.parametrize("late", [1, 2])
def test_what_overtook_the_joining_is_asked_for_again(late: int) -> None:
    # JupyterLab sends a page's first messages another way, where they wait for cells that run.
    meet, page = shown()
    order = [(1, in_status("loading")), (2, in_status("joining")), (3, in_status("joined"))]
    held = order.pop(late - 1)
    say(page, (0, {"type": "hello"}), *order)
    assert str(meet.status) != "joined"
    assert reports_asked(page) == 1
    say(page, held)
    whole = [in_status("loading"), in_status("joining"), in_status("joined"), present("Ada")]
    say(page, *enumerate(whole, 4))
    assert str(meet.status) == "joined"
    assert [person["display_name"] for person in meet.participants] == ["Ada"]
    assert reports_asked(page) == 1


def test_what_is_older_than_what_is_known_changes_nothing() -> None:
    meet, page = joined()
    subject = {"type": "event", "name": "subjectChange"}
    newer = (
        *((20, present("Ada", "Ben")), (21, {**subject, "data": {"subject": "Rings"}})),
        *((22, {"type": "role", "moderator": False}), (23, in_status("left"))),
    )
    say(page, *newer)
    before = state(meet, page)
    older = (
        *((10, present("Ada")), (11, {**subject, "data": {"subject": "Groups"}})),
        *((12, {"type": "role", "moderator": True}), (13, in_status("loading"))),
    )
    say(page, *older)
    assert state(meet, page) == before
    # Of each kind, what is newer still counts.
    say(page, (19, {"type": "broadcast", "state": "off", "playout": None, "error": None}))
    say(page, (24, in_status("loading")))
    assert meet.status is nm.MeetingStatus.LOADING


def test_of_each_event_it_is_known_whether_only_the_newest_counts() -> None:
    # These add to what is known, or each is about another poll, reading or source.
    others = {
        *("nanomeetChat", "nanomeetPollChanged", "nanomeetPollCounts"),
        *("nanomeetReadingMoved", "nanomeetReadingEnded", "nanomeetSourceClosed"),
    }
    assert EVENTS.keys() == WHOLE_EVENTS | others
    assert not WHOLE_EVENTS & others


def test_a_line_of_the_chat_that_comes_late_is_not_lost() -> None:
    meet, page = joined()
    for number in (8, 7):
        line = {**CHAT, "id": number, "text": f"line {number}"}
        data = {"messages": [line], "whole": False}
        say(page, (number, {"type": "event", "name": "nanomeetChat", "data": data}))
    assert [message["text"] for message in meet.chat] == ["line 8", "line 7"]


def test_a_page_that_keeps_saying_what_does_not_fit_is_not_asked_again_and_again() -> None:
    _, page = shown()
    say(page, (0, {"type": "hello"}))
    for number in range(2, 20):
        say(page, (number, in_status("joined")))
    assert reports_asked(page) == 1


@pytest.mark.parametrize("result", POOL)
def test_a_malformed_result_fails_only_its_command(result: Any) -> None:
    meet, page = joined()
    given = (meet.start_broadcast(), meet.set_lobby(True), meet.available_devices())
    for command in given:
        number = next(n for n, one in meet._channel._pending.items() if one.command is command)
        hears(meet, {"type": "reply", "id": number, "result": result, "client": "page-1"})
        assert command.done()
    assert isinstance(given[0].exception(), nm.CommandError)
    assert page.custom()


LENGTHS: tuple[Any, ...] = ("wide", -5, 0, None, [], "1px; color: red")


def updates(page: Page, sent: Any) -> None:
    """Let a page set traits, as Jupyter's widgets do."""
    page.handle_msg({"content": {"data": {"method": "update", "state": sent}}, "buffers": []})


@pytest.mark.parametrize(
    "sent",
    [
        *({"width": wrong} for wrong in LENGTHS),
        *({"tile_view": view} for view in ({"columns": 2}, {"size": -1}, "x", 7)),
        *({"branding": branding} for branding in ("file.json", {"colour": "red"}, 7)),
        *(
            {"prejoin": 7},
            {"prejoin": "no"},
            {"camera": None},
            {"microphone": "off"},
            {"layout": "IPY_MODEL_none"},
            {"layout": 7},
        ),
        *({"room": "physics"}, {"status": "joined"}, {"moderator": False}, {"token": None}),
        *({"_has_token": False}, {"_esm": "export default {}"}, {"_css": ""}, {"_model_name": "x"}),
        *(
            {"participants": []},
            {"script_url": "https://h/x.js"},
            {"nonsense": 1},
            {},
            [1],
            "x",
            None,
        ),
    ],
    ids=str,
)
def test_a_page_sets_no_wrong_value_and_nothing_but_options(
    sent: Any, caplog: pytest.LogCaptureFixture
) -> None:
    meet, page = joined()
    before = state(meet, page)
    updates(page, sent)
    assert state(meet, page) == before
    assert not caplog.records


def test_a_page_sets_the_options_that_keep_their_rules() -> None:
    meet, page = joined()
    updates(page, {"width": "wide", "height": 300, "tile_view": {"size": 200}, "room": "physics"})
    assert (meet.width, meet.height, meet.tile_view) == ("100%", 300, {"size": 200})
    assert meet.room == "algebra_101"
    with nm.BroadcastPlayer() as player:
        assert isinstance(player.comm, Page)
        updates(player.comm, {"volume": 2.0, "muted": True, "state": "live"})
        assert (player.volume, player.muted, player.state) == (1.0, True, "idle")


CONTENT = st.one_of(
    odd_messages.ODD,
    *(
        st.builds(
            lambda fields, more: {**fields, **more},
            odd_messages.odd_message(kind, "ab", "page-1"),
            st.fixed_dictionaries(
                {"client": st.sampled_from(["page-1", "page-1", "page-2"]) | odd_messages.ODD},
                optional={
                    "pad": st.tuples(st.integers(-1, 9), st.just("AAAA")).map(list)
                    | odd_messages.ODD
                },
            ),
        )
        for kind in typing.get_args(_page_protocol.ToKernel)
        # These ask a service, in a thread.
        if kind not in (_page_protocol.WantInvite, _page_protocol.WantBrowser, _page_protocol.Guest)
    ),
    *(
        st.builds(
            lambda name, data: {"type": "event", "name": name, "data": data, "client": "page-1"},
            st.just(name),
            odd_messages.fields(kind, ("ab",)),
        )
        for name, (kind, _) in EVENTS.items()
    ),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(CONTENT, min_size=1, max_size=12))
def test_whatever_pages_say_raises_nothing_and_the_widget_goes_on(said: list[Any]) -> None:
    meet, page = joined()
    for content in said:
        hears(meet, content)
        assert isinstance(meet.status, MeetingStatus)
        assert isinstance(meet.broadcast, BroadcastStatus)
        json.dumps(page.sent)
    if meet.comm is None:  # a page may say that no cell shows it any more
        return
    pad = [99, base64.b64encode(page.PAD).decode()]
    hears(meet, {**MEETING["hello"], "type": "hello", "client": "page-3", "pad": pad})
    hears(meet, {"type": "status", "status": meet.status.value, "client": "page-3"})
    hears(meet, {"type": "role", "moderator": not meet.moderator, "client": "page-3"})
    assert meet._channel.page == "page-3"
    meet.close()


def test_a_key_that_only_the_page_knows_is_used_for_what_it_is_told() -> None:
    meet, page = joined()
    secret = secrets.token_hex(8)
    meet._channel.tell(_page_protocol.Notice(message=secret))
    assert secret not in json.dumps(page.sent)
    assert page.custom()[-1]["message"] == secret


def test_the_package_is_imported_without_what_only_a_widget_needs() -> None:
    code = "import nanomeet_widget, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = set(re.findall(r"\w+", done.stdout))
    assert "nanomeet_widget" in loaded
    assert not {"msgspec", "anywidget", "ipywidgets", "traitlets"} & loaded
