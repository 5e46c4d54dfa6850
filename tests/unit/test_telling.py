"""The state follows a page's message at once, whatever observers and callbacks do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets.widgets.widget
import pytest
import traitlets as t

import nanomeet_widget as nm
from nanomeet_widget import _documentation
from nanomeet_widget.events import Event

from .test_widget import Page, _pages, shown, token

__all__ = ["_pages"]

PERSON = {"id": "ab", "display_name": "Ada", "moderator": True, "audio": True, "video": True}
PEOPLE = {"type": "participants", "participants": [{**PERSON, "hand": 5.0}]}
KICKED = _documentation.of_kind("kicked")
PLAYOUT = {"live": "http://h/live/a", "vod": None}
#: Each message of the page that sets traits: what it sets.
TOLD: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (PEOPLE, {"hands": ["ab"]}),
    ({"type": "broadcast", "state": "live", "playout": PLAYOUT}, {"broadcast": "live"}),
    ({"type": "role", "moderator": False}, {"moderator": False}),
    (
        {"type": "status", "status": "failed", "error": {"kind": "kicked", "message": "Out."}},
        {"status": "failed", "error": {"kind": "kicked", "message": "Out.", "help": KICKED}},
    ),
    ({"type": "event", "name": "subjectChange", "data": {"subject": "Sets"}}, {"subject": "Sets"}),
    (
        {
            "type": "event",
            "name": "nanomeetLobby",
            "data": {"waiting": [{"id": "cd", "name": "Bo"}]},
        },
        {"lobby": [{"id": "cd", "display_name": "Bo"}]},
    ),
    (
        {"type": "event", "name": "nanomeetBroadcastChanged", "data": {"shows": "paused"}},
        {"broadcast_shows": "paused"},
    ),
]


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Close the widgets without their broken observers, which would break the next test's clean-up."""
    yield
    for widget in list(ipywidgets.widgets.widget._instances.values()):
        widget.unobserve_all()
        widget.close()


def broken(change: Any) -> None:
    raise IndexError(f"no such pupil in {change['name']}")


def notices(page: Page) -> list[str]:
    return [m["message"] for m in page.custom() if m["type"] == "notice"]


@pytest.mark.parametrize("names", ["each", "all", "all kinds", "in a class"])
@pytest.mark.parametrize(("message", "so"), TOLD, ids=lambda value: str(value.get("type", "")))
def test_an_observer_that_raises_does_not_keep_the_state_from_changing(
    message: dict[str, Any],
    so: dict[str, Any],
    names: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    meet, page = shown()
    page.joins()
    if names == "in a class":

        class Own(nm.NanoMeet):
            @t.observe(*so)
            def broken(self, change: Any) -> None:
                broken(change)

        meet.close()
        meet = Own(meet.token)
        page = meet.comm
        page.joins()
        page.sent.clear()
    elif names == "each":
        meet.observe(broken, list(so))
    else:
        meet.observe(broken, t.All, type=t.All if names == "all kinds" else "change")
    heard: list[str] = []
    meet.observe(lambda change: heard.append(change["name"]), list(so))
    happened: list[Event] = []
    meet.on("subject_change", happened.append)
    caplog.clear()
    with caplog.at_level(logging.ERROR, "nanomeet_widget"):
        page.says(**{"error": None, **message})
    assert {name: getattr(meet, name) for name in so} == so
    assert set(heard) == set(so)
    assert len(happened) == (message.get("name") == "subjectChange")
    assert any(
        "broken, called for" in m and "IndexError: no such pupil" in m for m in notices(page)
    )
    assert any(record.exc_info for record in caplog.records)


def test_the_meeting_is_joined_whatever_its_observers_do() -> None:
    """An observer's IndexError once kept `status` from ever changing again."""
    meet, page = shown()
    page.joins()
    meet.observe(lambda change: change["new"][7], "participants")
    page.says(**PEOPLE)
    page.says(type="status", status="left", error=None)
    assert (meet.status, meet.participants, meet.hands) == ("left", [], [])
    assert (
        notices(page)
        == ["<lambda>, called for participants, raised IndexError: list index out of range"] * 2
    )


def test_observers_see_all_of_a_message() -> None:
    meet, page = shown()
    seen: list[Any] = []
    meet.observe(lambda _: seen.append((meet.status, meet.participants, meet.subject)), "status")
    meet.observe(lambda _: seen.append((meet.participants, meet.hands)), ["participants", "hands"])
    page.joins()
    page.says(type="event", name="subjectChange", data={"subject": "Sets"})
    seen.clear()
    page.says(**PEOPLE)
    assert seen == [(meet.participants, ["ab"])] * 2
    seen.clear()
    page.says(type="status", status="left", error=None)
    assert seen == [("left", [], ""), ([], []), ([], [])]


def test_an_observer_of_another_room_sees_all_of_it() -> None:
    meet, page = shown()
    page.says(type="hello")
    seen: list[Any] = []
    meet.observe(lambda _: seen.append((meet.room, meet.moderator)), ["room", "moderator"])
    meet.observe(broken, "room")
    meet.token = token(room="physics", moderator=False)
    assert seen == [("physics", False)] * 2
    assert page.custom()[-1]["token"] == meet.token
    assert "called for room" in notices(page)[0]


def test_a_link_that_breaks_is_shown_and_breaks_nothing_else() -> None:
    meet, page = shown()
    number, text = ipywidgets.IntText(), ipywidgets.Text()
    t.dlink((meet, "subject"), (number, "value"), lambda subject: int(subject or 0))
    t.dlink((meet, "subject"), (text, "value"))
    page.joins()
    page.says(type="event", name="subjectChange", data={"subject": "Sets"})
    assert (meet.subject, text.value, number.value) == ("Sets", "Sets", 0)
    assert "ValueError" in notices(page)[0]


def test_a_validator_cannot_refuse_what_a_page_tells() -> None:
    class Strict(nm.NanoMeet):
        @t.validate("participants")
        def _none(self, _: Any) -> Any:
            raise t.TraitError("no visitors")

    meet = Strict(shown()[0].token)
    meet.comm.joins()
    meet.comm.says(**PEOPLE)
    assert len(meet.participants) == 1


def test_an_assignment_raises_what_its_observers_raise() -> None:
    meet, page = shown()
    meet.observe(broken, "height")
    with pytest.raises(IndexError, match="no such pupil in height"):
        meet.height = 300
    assert notices(page) == []


def test_an_observer_may_close_the_meeting() -> None:
    meet, page = shown()
    page.joins()
    heard: list[str] = []
    meet.observe(lambda _: meet.close(), "participants")
    meet.observe(lambda change: heard.append(change["name"]), ["participants", "hands"])
    page.says(**PEOPLE)
    # First that the meeting is left, within the observer that closes it; then what came before.
    assert heard == ["participants", "hands"] * 2
    assert (meet.status, meet.participants, meet.hands) == ("left", [], [])
    assert meet.comm is None


@pytest.mark.parametrize(
    "message",
    [
        {"type": "status", "status": "waiting"},
        {"type": "status", "status": "asleep"},
        {"type": "status", "status": "left", "error": {"kind": "kicked"}},
        {"type": "broadcast", "state": "stopping", "playout": PLAYOUT},
        {"type": "broadcast", "state": "live", "playout": {"vod": None}},
        {"type": "participants", "participants": [{**PERSON, "hand": 5.0}, {}]},
        {"type": "event", "name": "nanomeetChat", "data": {"messages": [{}]}},
    ],
)
def test_a_malformed_message_changes_no_part_of_the_state(
    message: dict[str, Any],
) -> None:
    meet, page = shown()
    page.joins()

    def state() -> tuple[Any, ...]:
        machines = meet._status.state, meet._broadcast.state
        return (*machines, {name: getattr(meet, name) for name in meet.trait_names()})

    before = state()
    page.says(**message)
    assert state() == before
    assert meet._seen.attendance() == []


@pytest.mark.parametrize("way", ["on", "observe"])
def test_sys_exit_in_a_callback_does_not_end_the_kernel(way: str) -> None:
    meet, page = shown()

    def stops(_: object) -> None:
        raise SystemExit(1)

    meet.on("subject_change", stops) if way == "on" else meet.observe(stops, "subject")
    page.joins()
    page.says(type="event", name="subjectChange", data={"subject": "Sets"})
    assert notices(page)[0].startswith("stops, called for subject")
    assert "SystemExit" in notices(page)[0]


@pytest.mark.parametrize("way", ["on", "observe"])
def test_interrupting_the_kernel_interrupts_a_callback(way: str) -> None:
    meet, page = shown()

    def stops(_: object) -> None:
        raise KeyboardInterrupt

    meet.on("subject_change", stops) if way == "on" else meet.observe(stops, "subject")
    page.joins()
    with pytest.raises(KeyboardInterrupt):
        page.says(type="event", name="subjectChange", data={"subject": "Sets"})
    assert meet.subject == "Sets"


def told_while_a_loop_runs(
    listen: Callable[[nm.NanoMeet], object],
) -> tuple[nm.NanoMeet, Page]:
    async def run() -> tuple[nm.NanoMeet, Page]:
        meet, page = shown()
        listen(meet)
        page.joins()
        page.says(type="event", name="subjectChange", data={"subject": "Sets"})
        await asyncio.sleep(0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others)
        return meet, page

    return asyncio.run(run())


@pytest.mark.parametrize("way", ["on", "observe"])
def test_an_async_callback_is_awaited_and_shown_if_it_raises(way: str) -> None:
    heard: list[str] = []

    async def slow(_: object) -> None:
        await asyncio.sleep(0)
        heard.append("subject")
        raise LookupError("no such pupil")

    def listen(meet: nm.NanoMeet) -> None:
        meet.on("subject_change", slow) if way == "on" else meet.observe(slow, "subject")

    _, page = told_while_a_loop_runs(listen)
    assert heard == ["subject"]
    assert notices(page)[0].startswith("slow, called for subject")
    assert "LookupError: no such pupil" in notices(page)[0]


def test_an_async_callback_where_no_loop_runs_says_so() -> None:
    meet, page = shown()

    async def slow(_: object) -> None:
        raise AssertionError

    meet.on("subject_change", slow)
    page.joins()
    page.says(type="event", name="subjectChange", data={"subject": "Sets"})
    assert "no event loop runs" in notices(page)[0]


def test_a_player_is_as_its_page_says_whatever_its_observers_do() -> None:
    player = nm.BroadcastPlayer("http://h/live/a")
    page = player.comm
    assert isinstance(page, Page)
    page.says(type="hello")
    player.observe(broken, ["state", "paused"])
    seen: list[Any] = []
    player.observe(lambda _: seen.append((player.state, player.title)), t.All)
    facts = {"state": "live", "paused": True, "latency": 1, "behind": 0, "title": "Sets"}
    page.says(type="facts", facts={**facts, "vod": None})
    assert (player.state, player.paused, player.title) == ("live", True, "Sets")
    assert set(seen) == {("live", "Sets")}
    assert len(notices(page)) == 2
    player.source = None
    assert player.state == "idle"
    assert page.custom()[-1] == {"type": "source", "url": None, "captions": None}
