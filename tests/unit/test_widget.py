from __future__ import annotations

import asyncio
import base64
import inspect
import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args

import comm
import ipywidgets
import pytest
import traitlets
from comm.base_comm import BaseComm
from typing_extensions import assert_type

import nanomeet_widget as nm
from nanomeet_widget import _channel, _tokens, _trust, events
from nanomeet_widget._commands import Device, Devices
from nanomeet_widget._models import CODECS, QUALITIES
from nanomeet_widget._page_protocol import Status
from nanomeet_widget.server.protocol import common
from nanomeet_widget.services import NanoStreamCloud

ROOT = Path(__file__).parents[2]
NOW = datetime.now(timezone.utc)
SECRET = _tokens.new_secret()
OBSTACLE = (
    "The meeting's server is at http://127.0.0.1:9000, which only its own machine can reach: run "
    "`nanomeet serve` on a host that browsers reach, and set NANOMEET_SERVER and NANOMEET_API_KEY"
)


def token(
    *, moderator: bool = True, room: str = "algebra_101", server: str = "http://127.0.0.1:9000"
) -> str:
    claims = _tokens.Claims(
        room=room,
        streamname="abc",
        server=server,
        moderator=moderator,
        sub="local",
        notbefore=NOW,
        expiration=NOW + timedelta(hours=1),
    )
    return _tokens.mint(claims, SECRET)


class Page(BaseComm):
    """The front end's end of the channel: keeps what the kernel sends."""

    sent: list[dict[str, Any]]
    #: What it gave the kernel to seal messages with.
    PAD = secrets.token_bytes(60_000)

    def publish_msg(
        self,
        msg_type: str,
        data: Any = None,
        metadata: Any = None,
        buffers: Any = None,
        **keys: Any,
    ) -> None:
        del metadata, buffers, keys
        if not hasattr(self, "sent"):
            self.sent = []
        self.sent.append({"msg_type": msg_type, **(data or {})})

    def custom(self) -> list[dict[str, Any]]:
        return [self._opened(m["content"]) for m in self.sent if m.get("method") == "custom"]

    def _opened(self, message: dict[str, Any]) -> dict[str, Any]:
        if message["type"] != "sealed":
            return message
        sealed, pad = base64.b64decode(message["text"]), self.PAD[message["at"] :]
        text = bytes(a ^ b for a, b in zip(sealed, pad, strict=False))
        return {**json.loads(text), "client": message["client"]}

    def says(self, **content: Any) -> None:
        content.setdefault("client", "page-1")
        if content["type"] == "hello":
            content.setdefault("browser", "browser-1")
            content.setdefault("pad", [0, base64.b64encode(self.PAD).decode()])
        data = {"method": "custom", "content": content}
        self.handle_msg({"content": {"data": data}, "buffers": []})

    def joins(self) -> None:
        self.says(type="hello")
        for status in ("loading", "joining", "joined"):
            self.says(type="status", status=status, error=None)

    def last_command(self) -> dict[str, Any]:
        return next(m for m in reversed(self.custom()) if m["type"] == "command")


@pytest.fixture(autouse=True)
def _pages() -> Iterator[None]:
    original = comm.create_comm
    comm.create_comm = Page
    _trust.use("http://127.0.0.1:9000")
    yield
    comm.create_comm = original


def shown(value: str | None = None, **options: Any) -> tuple[nm.NanoMeet, Page]:
    meet = nm.NanoMeet(token() if value is None else value, **options)
    page = meet.comm
    assert isinstance(page, Page)
    return meet, page


def test_the_token_reaches_the_page_only_by_message_and_on_demand() -> None:
    secret = token()
    _, page = shown(secret)
    assert secret not in json.dumps(page.sent)
    page.says(type="hello")
    message = {"type": "token", "client": "page-1", "token": secret, "ask": None}
    message |= {"server": None, "broadcast": None, "library": None}
    # A page of another machine, in whatever host, says so in place of trying.
    message |= {"obstacle": OBSTACLE}
    assert page.custom() == [message]
    assert type(page.custom()[0]["token"]) is str  # which every serialiser supports


def test_no_state_that_a_notebook_saves_holds_the_token() -> None:
    secret = token()
    meet, _ = shown(secret)
    assert secret.split(".")[2] not in json.dumps(meet.get_state())
    assert secret.split(".")[2] not in repr(meet)


def test_what_the_token_says_is_known_at_once() -> None:
    meet, _ = shown(token(moderator=False))
    assert (meet.room, meet.moderator, meet.status) == ("algebra_101", False, nm.MeetingStatus.IDLE)


def test_a_new_token_is_pushed_to_the_page() -> None:
    meet, page = shown()
    page.says(type="hello")
    other = token(room="physics")
    meet.token = other
    assert page.custom()[-1]["token"] == other
    assert meet.room == "physics"


def test_status_follows_the_page() -> None:
    meet, page = shown()
    seen: list[str] = []
    meet.observe(lambda change: seen.append(change["new"].value), "status")
    page.joins()
    assert seen == ["loading", "joining", "joined"]


def test_a_wrong_step_raises() -> None:
    meet, page = shown()
    page.says(type="hello")
    with pytest.raises(nm.IllegalStepError):
        meet._on_status(Status(status=nm.MeetingStatus.JOINED))


def test_status_cannot_be_set_from_outside() -> None:
    meet, _ = shown()
    with pytest.raises(Exception, match="read-only"):
        meet.status = nm.MeetingStatus.JOINED  # type: ignore[assignment]  # the case


def test_a_failure_shows_its_kind_and_words() -> None:
    meet, page = shown()
    page.joins()
    page.says(
        type="status", status="failed", error={"kind": "kicked", "message": "You were sent out."}
    )
    explained = "https://nanomeet-widget.github.io/nanomeet-widget/errors.html"
    assert meet.error == {
        "kind": "kicked",
        "message": "You were sent out.",
        "help": f"{explained}#kicked",
    }
    assert meet.participants == []


def test_participants_are_what_the_page_says() -> None:
    meet, page = shown()
    page.joins()
    person = {"id": "ab", "display_name": "Ada", "moderator": True, "audio": True, "video": False}
    untold = {"screen": None, "stage": None, "hand": None}
    page.says(type="participants", participants=[{**person, "local": True}])
    assert meet.participants == [{**person, **untold}]
    told = {"screen": False, "stage": True, "hand": 17.0}
    page.says(type="participants", participants=[{**person, **told, "local": True}])
    assert meet.participants == [{**person, **told}]


def person(name: str, hand: float | None = None) -> dict[str, Any]:
    untold = dict.fromkeys(("moderator", "audio", "video"))
    return {**untold, "id": name, "display_name": name.title(), "hand": hand}


def test_hands_are_in_the_order_in_which_they_went_up() -> None:
    meet, page = shown()
    page.joins()
    page.says(type="participants", participants=[person("a", 9), person("b"), person("c", 4)])
    assert meet.hands == ["c", "a"]
    page.says(type="status", status="left", error=None)
    assert meet.hands == []


def test_attendance_and_raised_hands_are_what_the_page_saw_where_no_server_keeps_records() -> None:
    meet, page = shown(token(moderator=False))
    page.joins()
    page.says(type="participants", participants=[person("ada"), person("bo")])
    page.says(type="participants", participants=[person("ada", 17)])
    page.says(type="participants", participants=[person("ada"), person("bo")])
    present = [(row["name"], row["left"] is None) for row in meet.attendance()]
    assert present == [("Ada", True), ("Bo", False), ("Bo", True)]
    page.says(type="status", status="left", error=None)
    assert all(row["left"] >= row["joined"] for row in meet.attendance())
    (hand,) = meet.raised_hands()
    assert (hand["person"], hand["seconds"]) == (
        "ada",
        (hand["lowered"] - hand["raised"]).total_seconds(),
    )
    assert meet.attendance().columns == [
        *("person", "name", "moderator", "joined", "left", "seconds"),
    ]
    assert list(meet.raised_hands().to_pandas().columns) == meet.raised_hands().columns


def test_what_the_room_is_about_and_who_waits_follow_the_page() -> None:
    meet, page = shown()
    page.joins()
    page.says(type="event", name="subjectChange", data={"subject": "Sets"})
    waiting = [{"id": "ab", "name": "Ada"}]
    page.says(type="event", name="nanomeetLobby", data={"waiting": waiting})
    assert (meet.subject, meet.lobby) == ("Sets", [{"id": "ab", "display_name": "Ada"}])
    assert meet.events[-1] == events.LobbyChanged(waiting=waiting)
    page.says(type="status", status="left", error=None)
    assert (meet.subject, meet.lobby) == ("", [])


def message(number: int) -> dict[str, Any]:
    words = {"sender": "ab", "display_name": "Ada", "text": f"Message {number}"}
    return {"id": number, **words, "at": 1000.0 + number, "private": False}


def test_the_chat_grows_is_bounded_and_outlives_the_meeting() -> None:
    meet, page = shown()
    page.joins()
    first = [message(1), message(2)]
    page.says(type="event", name="nanomeetChat", data={"whole": True, "messages": first})
    page.says(type="event", name="nanomeetChat", data={"whole": False, "messages": [message(3)]})
    assert meet.chat == [message(1), message(2), message(3)]
    page.says(type="status", status="left", error=None)
    assert len(meet.chat) == 3
    many = [message(number) for number in range(600)]
    page.says(type="event", name="nanomeetChat", data={"whole": True, "messages": many})
    assert meet.chat == many[-500:]
    meet.token = token(room="other")
    assert meet.chat == []


def test_the_page_that_composes_a_broadcast_tells_its_stats() -> None:
    meet, page = shown()
    page.joins()
    assert meet.broadcast_stats is None
    told = {
        "fps": 30,
        "skipped": 1,
        "bitrate": 900_000,
        "encode": 6.5,
        "queue": 0,
        "backlog": 512,
        "quality": {"bitrate": 0.65, "framerate": 1},
        "codec": "h264",
        "width": 640,
        "height": 360,
        "shows": "stage",
        "viewers": 3,
    }
    page.says(type="event", name="nanomeetBroadcastStats", data={"stats": told})
    stats = meet.broadcast_stats
    assert stats is not None
    assert (stats["fps"], stats["encode_ms"], stats["quality"], stats["viewers"]) == (
        30,
        6.5,
        0.65,
        3,
    )
    assert (stats["codec"], stats["shows"]) == ("h264", "stage")
    silent = {**told, "codec": None, "width": 0, "height": 0, "shows": "paused"}
    page.says(type="event", name="nanomeetBroadcastStats", data={"stats": silent})
    stats = meet.broadcast_stats
    assert stats is not None
    assert (stats["codec"], stats["width"], stats["shows"]) == (None, 0, "paused")
    assert not [event for event in meet.events if "stats" in event.name]
    page.says(type="event", name="nanomeetBroadcastStats", data={"stats": None})
    assert meet.broadcast_stats is None


def test_what_people_do_is_in_no_state_that_a_notebook_saves() -> None:
    meet, page = shown()
    page.joins()
    page.says(type="event", name="nanomeetChat", data={"whole": True, "messages": [message(1)]})
    page.says(type="event", name="subjectChange", data={"subject": "Private matters"})
    state = json.dumps(meet.get_state())
    assert "Message 1" not in state
    assert "Private matters" not in state


def test_tile_view_and_prejoin_reach_the_page() -> None:
    meet, page = shown(tile_view={"size": 200, "maxColumns": 2}, prejoin=True)
    state = page.sent[0]["state"]
    assert state["tile_view"] == {"size": 200, "maxColumns": 2}
    assert state["prejoin"] is True
    assert nm.NanoMeet().prejoin is None
    with pytest.raises(nm.InvalidInputError):
        meet.tile_view = {"maxColumns": 6}


def test_devices_are_on_at_first_unless_one_says_otherwise() -> None:
    _, page = shown(microphone=False)
    assert (page.sent[0]["state"]["microphone"], page.sent[0]["state"]["camera"]) == (False, True)
    with pytest.raises(traitlets.TraitError, match="camera"):
        nm.NanoMeet(camera="off")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "view",
    [{"columns": 2}, {"maxColumns": 0}, {"size": -1}, {"size": True}, {"vertical": "yes"}],
)
def test_a_wrong_tile_view_is_refused(view: Any) -> None:
    with pytest.raises(nm.InvalidInputError):
        nm.NanoMeet(tile_view=view)


def test_another_page_is_ignored() -> None:
    meet, page = shown()
    page.says(type="hello")
    page.says(type="status", status="loading", client="page-2")
    assert meet.status is nm.MeetingStatus.IDLE


def test_a_second_page_of_the_same_browser_takes_the_meeting_over() -> None:
    meet, page = shown()
    page.joins()
    page.says(type="hello", client="page-2")
    assert page.custom()[-2:] == [
        {"type": "moved", "browser": False, "client": "page-1"},
        {
            "type": "token",
            "client": "page-2",
            "token": meet.token,
            "ask": None,
            "server": None,
            "broadcast": None,
            "library": None,
            "obstacle": OBSTACLE,
        },
    ]


def test_a_command_resolves_when_the_page_confirms() -> None:
    meet, page = shown()
    page.joins()
    command = meet.start_broadcast(is_vod=True)
    sent = page.last_command()
    assert (sent["name"], sent["args"], command.state) == ("startBroadcast", [True], "pending")
    page.says(type="broadcast", state="starting", playout=None, error=None)
    playout = {"live": "http://h/live/abc", "vod": "http://h/vod/abc.mp4"}
    page.says(type="broadcast", state="live", playout=playout, error=None)
    page.says(type="reply", id=sent["id"], result={"playout": playout})
    assert command.result() == nm.Playout(**playout) == meet.playout
    assert meet.broadcast is nm.BroadcastStatus.LIVE


def test_a_broadcast_may_be_private_and_go_to_other_servers() -> None:
    meet, page = shown()
    page.joins()
    address = "rtmp://live.example/app/SECRETKEY"
    command = meet.start_broadcast(private=True, to=address)
    sent = page.last_command()
    assert sent["args"] == [False, {"private": True, "to": [address]}]
    playout = {"live": "http://h/live/abc#ticket=SECRETTICKET", "vod": None}
    page.says(type="reply", id=sent["id"], result={"playout": playout})
    # Complete in use, hidden in a repr.
    assert command.result().live == playout["live"]
    assert "SECRET" not in repr(command.result())
    assert "SECRET" not in repr(command)


@pytest.mark.parametrize(
    "to", ["http://h/SECRET", ["rtmp://h/a b/SECRET"], [7], ["rtmp://h/a/SECRET"] * 5]
)
def test_a_wrong_rtmp_address_is_refused_without_repeating_it(to: Any) -> None:
    meet, page = shown()
    page.joins()
    with pytest.raises(nm.InvalidInputError) as refused:
        meet.start_broadcast(to=to)
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ({"quality": "360p", "codec": None, "paused": False}, [False]),
        ({"quality": "audio"}, [False, {"quality": "audio"}]),
        (
            {"is_vod": True, "quality": "720p", "codec": "av1", "paused": True},
            [True, {"quality": "720p", "codec": "av1", "paused": True}],
        ),
    ],
)
def test_a_broadcast_is_what_it_is_asked_to_be(asked: dict[str, Any], sent: list[object]) -> None:
    meet, page = shown()
    page.joins()
    meet.start_broadcast(**asked)
    assert page.last_command()["args"] == sent


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"quality": "4K"}, "quality must be one of 360p, 540p, 720p, 1080p, audio, not '4K'"),
        ({"quality": None}, "quality must be one of"),
        ({"codec": "vp8"}, "codec must be one of h264, vp9, av1, not 'vp8'"),
        ({"paused": "no"}, "paused"),
        ({"codec": "vp9", "to": "rtmp://h/a/SECRET"}, "RTMP takes"),
    ],
)
def test_a_wrong_broadcast_option_is_refused_early(asked: dict[str, Any], why: str) -> None:
    meet, page = shown()
    page.joins()
    with pytest.raises(nm.InvalidInputError, match=why) as refused:
        meet.start_broadcast(**asked)
    assert "SECRET" not in str(refused.value)


def test_the_broadcast_options_are_those_of_the_server() -> None:
    assert get_args(common.Quality) == QUALITIES
    assert get_args(common.Codec) == CODECS


def test_viewers_are_shown_a_card_when_the_engine_says_so() -> None:
    meet, page = shown()
    page.joins()
    command = meet.pause_broadcast()
    sent = page.last_command()
    assert (sent["name"], sent["args"]) == ("executeCommand", ["nanomeetPauseBroadcast", True])
    assert meet.broadcast_shows == "stage"
    changed = {"state": "live", "quality": "720p", "shows": "paused"}
    page.says(type="event", name="nanomeetBroadcastChanged", data=changed)
    assert meet.broadcast_shows == "paused"
    last = meet.events[-1]
    assert isinstance(last, events.BroadcastChanged)
    assert (last.quality, last.shows) == ("720p", "paused")
    page.says(type="reply", id=sent["id"], result=None)
    assert command.result() is None
    meet.resume_broadcast()
    assert page.last_command()["args"] == ["nanomeetPauseBroadcast", False]
    page.says(type="status", status="left", error=None)
    assert meet.broadcast_shows == "stage"


def test_a_command_can_be_awaited() -> None:
    meet, page = shown()
    page.joins()

    async def run() -> nm.Playout:
        command = meet.start_broadcast()
        answer = {
            "type": "reply",
            "id": page.last_command()["id"],
            "result": {"playout": {"live": "http://h/live/a"}},
        }
        asyncio.get_running_loop().call_later(0.01, lambda: page.says(**answer))
        return await command

    assert asyncio.run(run()) == nm.Playout(live="http://h/live/a")


def test_a_command_that_the_page_refuses_fails_with_its_words() -> None:
    meet, page = shown()
    page.joins()
    command = meet.start_broadcast()
    error = {"kind": "refused", "message": "This browser cannot broadcast."}
    page.says(type="reply", id=page.last_command()["id"], error=error)
    assert isinstance(command.exception(), nm.CommandRefusedError)
    assert "This browser cannot broadcast." in repr(command)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("refused", nm.NotAdmittedError),
        ("wrong_room", nm.WrongRoomError),
        ("room_full", nm.RoomFullError),
        ("login_required", nm.LoginRequiredError),
        ("ended", nm.NotJoinedError),
    ],
)
def test_each_reason_for_not_joining_has_its_own_error(
    kind: str, error: type[nm.NotJoinedError]
) -> None:
    meet, page = shown()
    page.says(type="hello")
    page.says(type="status", status="loading", error=None)
    page.says(type="status", status="joining", error=None)
    waiting = meet.set_tile_view(True)
    failure = {"kind": kind, "message": "Ask the moderator, then join again."}
    said = {"kind": "not_joined", "cause": kind, "message": failure["message"]}
    page.says(type="reply", id=page.last_command()["id"], error=said)
    page.says(type="status", status="failed", error=failure)
    for command in (waiting, meet.set_tile_view(True)):
        assert type(command.exception()) is error
        assert "Ask the moderator, then join again" in repr(command)
    assert meet.error is not None
    assert {**meet.error, **failure} == meet.error


def test_a_command_given_before_the_page_is_there_is_carried_out_then() -> None:
    meet, page = shown()
    meet.start_broadcast()
    assert page.custom() == []
    page.says(type="hello")
    assert [m["type"] for m in page.custom()] == ["token", "probe", "command"]


def test_a_command_that_reached_no_page_in_time_is_not_carried_out_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_channel, "HANDSHAKE", 0.02)
    monkeypatch.setattr(_channel, "PROBE", 0.02)
    meet, page = shown()
    for command in [meet.start_broadcast() for _ in range(20)]:
        settled = threading.Event()
        command.add_done_callback(lambda _, settled=settled: settled.set())  # type: ignore[misc]
        assert settled.wait(60)
        assert isinstance(command.exception(), nm.NoFrontEndError)
    while meet._channel._probes:
        time.sleep(0.01)
    page.says(type="hello")
    assert [m["type"] for m in page.custom()] == ["token"]


def test_a_command_can_be_withdrawn_until_a_page_has_it() -> None:
    meet, page = shown()
    early = meet.start_broadcast()
    assert early.cancel()
    assert early.state == "failed"
    assert not early.cancel()
    page.joins()
    assert all(m["type"] != "command" for m in page.custom())
    late = meet.start_broadcast()
    assert not late.cancel()
    assert late.state == "pending"


def test_a_participant_cannot_broadcast() -> None:
    meet, page = shown(token(moderator=False))
    page.joins()
    assert isinstance(meet.start_broadcast().exception(), nm.CommandRefusedError)
    assert all(m["type"] != "command" for m in page.custom())


@pytest.mark.parametrize(
    "give",
    [
        lambda m: m.set_subject("Sets"),
        lambda m: m.set_lobby(True),
        lambda m: m.set_password("x"),
        lambda m: m.admit(),
        lambda m: m.reject("ab"),
        lambda m: m.mute("ab"),
        lambda m: m.mute_everyone(),
        lambda m: m.kick("ab"),
        lambda m: m.grant_moderator("ab"),
        lambda m: m.end_meeting(),
    ],
)
def test_a_moderators_command_is_refused_to_participants_before_anything_is_sent(
    give: Callable[[nm.NanoMeet], nm.Command[Any]],
) -> None:
    meet, page = shown(token(moderator=False))
    page.joins()
    assert isinstance(give(meet).exception(), nm.CommandRefusedError)
    assert all(m["type"] != "command" for m in page.custom())


def test_a_granted_moderator_can_use_a_moderators_commands() -> None:
    meet, page = shown(token(moderator=False))
    page.joins()
    page.says(type="role", moderator=True)
    assert meet.kick("ab").state == "pending"


def test_leaving_what_was_never_joined_is_done_at_once() -> None:
    meet, _ = shown()
    assert meet.leave().state == "done"


def test_without_a_token_there_is_nothing_to_command() -> None:
    meet = nm.NanoMeet()
    assert isinstance(meet.start_broadcast().exception(), nm.NotJoinedError)


def test_closing_fails_what_is_under_way() -> None:
    meet, page = shown()
    page.joins()
    command = meet.start_broadcast()
    meet.close()
    assert command.state == "failed"
    assert page.custom()[-1]["type"] == "close"


def test_closing_leaves() -> None:
    meet, page = shown()
    page.joins()
    seen: list[str] = []
    meet.observe(lambda change: seen.append(change.new.value), "status")
    meet.close()
    assert (meet.status, meet.error, seen) == ("left", None, ["left"])
    assert meet.participants == []
    meet.close()
    assert seen == ["left"]


def test_the_end_of_its_session_closes_a_widget_of_a_web_app(
    caplog: pytest.LogCaptureFixture,
) -> None:
    meet, page = shown()
    page.joins()
    seen: list[str] = []

    def follow(change: Any) -> None:
        seen.append(change.new.value)
        raise NameError("the app's module is empty")

    meet.observe(follow, "status")
    sent = len(page.sent)
    meet._on_session_ended()
    assert (meet.status, seen, meet.comm) == ("left", ["left"], None)
    assert len(page.sent) == sent
    assert not caplog.records
    assert meet not in ipywidgets.widgets.widget._instances.values()


@pytest.mark.parametrize("bad", ["", "abc", "a.b.c"])
def test_a_malformed_token_is_refused_at_once(bad: str) -> None:
    with pytest.raises(nm.MalformedTokenError):
        nm.NanoMeet(bad)


@pytest.mark.parametrize("size", [0, -1, True, "wide", "10", "calc(1px)", "1px; color: red", 10**6])
def test_a_wrong_size_is_refused(size: Any) -> None:
    with pytest.raises(nm.InvalidInputError):
        nm.NanoMeet(height=size)


@pytest.mark.parametrize("size", [1, 480, "100%", "30em", "12.5vh"])
def test_pixels_and_css_lengths_are_sizes(size: int | str) -> None:
    assert nm.NanoMeet(height=size).height == size


@pytest.mark.parametrize("branding", ["file.json", "javascript:alert(1)", {"colour": "red"}])
def test_wrong_branding_is_refused(branding: Any) -> None:
    with pytest.raises(nm.InvalidInputError):
        nm.NanoMeet(branding=branding)


def test_type_checkers_know_the_traits() -> None:
    """Checked by mypy: a trait without a type is Any."""
    meet = nm.NanoMeet(token(), width="50%", layout={"border": "none"})
    assert_type(meet.status, nm.MeetingStatus)
    assert_type(meet.broadcast, nm.BroadcastStatus)
    assert_type(meet.playout, nm.Playout | None)
    assert_type(meet.room, str)
    assert_type(meet.moderator, bool)
    assert_type(meet.width, int | str)
    assert_type(meet.token, str | None)
    assert_type([person["display_name"] for person in meet.participants], list[str])
    assert_type(meet.error["kind"] if meet.error else "", str)
    assert_type(meet.start_broadcast(), nm.Command[nm.Playout])
    options = inspect.signature(nm.NanoMeet).parameters
    assert [options[name].default for name in ("width", "height")] == ["100%", 480]


def test_an_unknown_option_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(nm.InvalidInputError, match="'heigth': did you mean 'height'"):
        nm.NanoMeet(heigth=3)


def test_a_token_of_an_unknown_server_stays_here_until_the_user_trusts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    meet, page = shown(token(server="https://elsewhere.example"))
    page.says(type="hello")
    assert page.custom()[-1] == {
        "type": "token",
        "client": "page-1",
        "token": None,
        "ask": "https://elsewhere.example",
        "server": None,
        "broadcast": None,
        "library": None,
    }
    page.says(type="trust", server="https://another.example")
    assert str(meet.token) not in json.dumps(page.sent)
    page.says(type="trust", server="https://elsewhere.example")
    assert page.custom()[-1]["token"] == meet.token
    # The answer is remembered for the next time.
    _trust._used.discard("https://elsewhere.example")
    assert _trust.is_known("https://elsewhere.example")


def test_callbacks_get_typed_events_by_name_or_class() -> None:
    meet, page = shown()
    heard: list[events.Event] = []
    meet.on("participant_joined", heard.append)
    also: list[events.ParticipantJoined] = []
    meet.on(events.ParticipantJoined, also.append)
    page.joins()
    page.says(type="event", name="participantJoined", data={"id": "ab", "displayName": "Ada"})
    assert heard == also == meet.events
    assert also == [events.ParticipantJoined(id="ab", display_name="Ada")]


def test_a_removed_callback_is_not_called() -> None:
    meet, page = shown()
    heard: list[events.Event] = []
    meet.on("participant_left", heard.append)
    meet.off("participant_left", heard.append)
    page.joins()
    page.says(type="event", name="participantLeft", data={"id": "ab"})
    assert heard == []
    assert len(meet.events) == 1


def test_a_callback_that_raises_is_shown_and_stops_nothing_else() -> None:
    meet, page = shown()
    heard: list[events.Event] = []

    def broken(_: events.Event) -> None:
        raise ValueError("no such pupil")

    meet.on("participant_joined", broken)
    meet.on("participant_joined", heard.append)
    page.joins()
    page.says(type="event", name="participantJoined", data={"id": "ab"})
    assert len(heard) == 1
    assert page.custom()[-1]["type"] == "notice"
    assert "broken" in page.custom()[-1]["message"]
    assert "no such pupil" in page.custom()[-1]["message"]


def test_a_callback_for_an_unknown_event_is_refused() -> None:
    meet, _ = shown()
    with pytest.raises(nm.InvalidInputError, match="participant_joined"):
        meet.on("participant_joind", print)


def test_the_log_of_events_is_bounded() -> None:
    meet, page = shown()
    page.joins()
    for number in range(1100):
        page.says(type="event", name="subjectChange", data={"subject": str(number)})
    assert len(meet.events) == 1000
    assert meet.events[-1] == events.SubjectChange(subject="1099")


COMMANDS: list[tuple[Callable[[nm.NanoMeet], nm.Command[Any]], str, list[Any], Any, Any]] = [
    (
        lambda m: m.set_subject("Sets"),
        "setNanoMeetSubject",
        ["Sets"],
        {"subject": "Sets"},
        "Sets",
    ),
    (lambda m: m.set_lobby(True), "setLobby", [True], {"lobby": True, "password": ""}, True),
    (lambda m: m.set_password("x"), "setPassword", ["x"], {"lobby": False, "password": "x"}, None),
    (lambda m: m.pin_participant("ab"), "pinParticipant", ["ab"], {}, None),
    (lambda m: m.pin_participant(), "pinParticipant", [], {}, None),
    (lambda m: m.set_main_participant("ab"), "setMainParticipant", ["ab"], {}, None),
    (
        lambda m: m.set_audio_device("mic-1"),
        "setAudioDevice",
        [{"type": "input", "id": "mic-1"}],
        {},
        None,
    ),
    (lambda m: m.set_video_device("cam-1"), "setVideoDevice", ["cam-1"], {}, None),
    (
        lambda m: m.current_devices(),
        "getCurrentDevices",
        [],
        {"audioInput": {"deviceId": "d", "groupId": "g", "kind": "audioinput", "label": "Mic"}},
        Devices(audio_input=(Device(id="d", group_id="g", kind="audioinput", label="Mic"),)),
    ),
    (
        lambda m: m.available_devices(),
        "getAvailableDevices",
        [],
        {"videoInput": [{"deviceId": "d", "groupId": "g", "kind": "videoinput", "label": "Cam"}]},
        Devices(video_input=(Device(id="d", group_id="g", kind="videoinput", label="Cam"),)),
    ),
    (lambda m: m.toggle_audio(), "toggle", ["microphone"], {"on": True}, True),
    (lambda m: m.toggle_audio(False), "toggle", ["microphone", False], {"on": False}, False),
    (lambda m: m.toggle_video(True), "toggle", ["camera", True], {"on": True}, True),
    (lambda m: m.share_screen(), "toggle", ["screen", True], {"on": True}, True),
    (lambda m: m.raise_hand(False), "toggle", ["hand", False], {"on": False}, False),
    *(
        (give, "executeCommand", [command, *args], None, None)
        for give, command, args in (
            (lambda m: m.admit("ab"), "answerKnockingParticipant", ["ab", True]),
            (lambda m: m.admit(), "nanomeetAdmitAll", []),
            (lambda m: m.reject("ab"), "answerKnockingParticipant", ["ab", False]),
            (lambda m: m.mute_everyone(), "muteEveryone", ["audio"]),
            (lambda m: m.mute_everyone("video"), "muteEveryone", ["video"]),
            (lambda m: m.mute("ab"), "muteRemoteParticipant", ["ab", "audio"]),
            (lambda m: m.kick("ab"), "kickParticipant", ["ab"]),
            (
                lambda m: m.kick("ab", revoke_link=True, address=True),
                "nanomeetRemoveParticipant",
                ["ab", {"revoke": True, "address": True}],
            ),
            (lambda m: m.grant_moderator("ab"), "grantModerator", ["ab"]),
            (lambda m: m.end_meeting(), "endConference", []),
            (lambda m: m.set_tile_view(False), "setTileView", [False]),
            (lambda m: m.set_background("blur"), "setBlurredBackground", ["blur"]),
            (lambda m: m.send_chat("Hello"), "sendChatMessage", ["Hello"]),
            (lambda m: m.send_chat("Hello", to="ab"), "sendChatMessage", ["Hello", "ab"]),
        )
    ),
]


@pytest.mark.parametrize(("give", "name", "args", "answer", "result"), COMMANDS)
def test_every_command_reaches_the_page_and_gives_what_it_answers(
    give: Callable[[nm.NanoMeet], nm.Command[Any]],
    name: str,
    args: list[Any],
    answer: Any,
    result: Any,
) -> None:
    meet, page = shown()
    page.joins()
    command = give(meet)
    sent = page.last_command()
    assert (sent["name"], sent["args"]) == (name, args)
    page.says(type="reply", id=sent["id"], result=answer)
    assert command.result() == result


def test_the_page_knows_every_method_and_the_engine_every_command() -> None:
    source = ROOT / "js/src"
    listed = re.findall(r'^  "(\w+)",$', (source / "widget/commands.ts").read_text(), re.MULTILINE)
    used = {name for _, name, *_ in COMMANDS} | {
        "presentElement",
        "startBroadcast",
        "stopBroadcast",
    }
    assert used == set(listed)
    known: dict[str, str | None] = json.loads((source / "engine/contract.json").read_text())[
        "commands"
    ]
    for _, name, args, *_ in COMMANDS:
        if name == "executeCommand" and not args[0].startswith("nanomeet"):
            assert known[args[0]] is None, args[0]


@pytest.mark.parametrize(
    "give",
    [
        lambda m: m.set_subject(""),
        lambda m: m.set_subject("x" * 201),
        lambda m: m.set_subject(7),
        lambda m: m.set_lobby("yes"),
        lambda m: m.set_password("x" * 129),
        lambda m: m.set_audio_device("mic", kind="both"),
        lambda m: m.start_broadcast(is_vod="false"),
        lambda m: m.set_main_participant(None),
        lambda m: m.set_video_device(""),
        lambda m: m.set_background("beach"),
        lambda m: m.set_background(None),
        lambda m: m.set_background(["blur"]),
        lambda m: m.admit(""),
        lambda m: m.reject(None),
        lambda m: m.mute("ab", "screen"),
        lambda m: m.mute_everyone(True),
        lambda m: m.kick("x" * 65),
        lambda m: m.kick("ab", revoke_link="yes"),
        lambda m: m.kick("ab", address=1),
        lambda m: m.send_chat(""),
        lambda m: m.send_chat("x" * 2001),
        lambda m: m.send_chat("Hello", to=7),
        lambda m: m.toggle_audio("on"),
        lambda m: m.set_tile_view(None),
        lambda m: m.raise_hand(1),
    ],
)
def test_a_command_with_bad_input_is_refused_before_anything_is_sent(
    give: Callable[[nm.NanoMeet], object],
) -> None:
    meet, page = shown()
    page.joins()
    with pytest.raises(nm.InvalidInputError):
        give(meet)
    assert all(m["type"] != "command" for m in page.custom())


def test_awaiting_a_silent_page_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_channel, "PROBE", 0.05)
    meet, page = shown()
    page.joins()

    async def run() -> None:
        await meet.set_subject("Sets")

    with pytest.raises(nm.CannotAwaitError, match="does not reply"):
        asyncio.run(run())


def test_without_a_page_a_command_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_channel, "HANDSHAKE", 0.05)
    meet, _ = shown()
    settled = threading.Event()
    command = meet.set_subject("Sets")
    command.add_done_callback(lambda _: settled.set())
    assert settled.wait(60)
    assert isinstance(command.exception(), nm.NoFrontEndError)
    assert "display it in a cell" in repr(command)


def test_a_cancelled_wait_does_not_withdraw_the_command() -> None:
    meet, page = shown()
    page.joins()
    command = meet.set_subject("Sets")

    async def run() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(command, 0.01)

    asyncio.run(run())
    page.says(type="reply", id=page.last_command()["id"], result={"subject": "Sets"})
    assert command.result() == "Sets"


def test_an_invite_that_cannot_be_made_says_why() -> None:
    meet, page = shown(token(moderator=False))
    page.joins()
    page.says(type="invite")
    deadline = time.monotonic() + 60
    while page.custom()[-1]["type"] != "invite":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert meet.room
    assert page.custom()[-1]["link"] is None
    assert "only a moderator" in page.custom()[-1]["error"]


def test_with_closes_it() -> None:
    meet, page = shown()
    with meet:
        page.joins()
    assert page.custom()[-1]["type"] == "close"


def test_it_lives_in_a_box_with_other_widgets() -> None:
    meet, _ = shown()
    box = ipywidgets.VBox([meet, ipywidgets.Label("beside it")])
    assert meet in box.children
    meet.layout.border = "1px solid"


def test_a_retired_widget_closes_its_line_and_can_be_shown_again() -> None:
    meet, page = shown()
    page.joins()
    page.says(type="status", status="left", error=None)
    layout, model = meet.layout.comm, meet.model_id
    page.says(type="retired")
    assert [line.sent[-1]["msg_type"] for line in (page, layout)] == ["comm_close", "comm_close"]
    assert meet.comm is None
    meet.height = 300
    bundle = meet._repr_mimebundle_()
    assert bundle is not None
    assert bundle[0]["application/vnd.jupyter.widget-view+json"]["model_id"] == model
    again = meet.comm
    assert isinstance(again, Page)
    assert again.sent[0]["state"]["height"] == 300
    again.joins()
    assert meet.status == "joined"


def test_a_widget_in_a_box_keeps_its_line() -> None:
    meet, page = shown()
    box = ipywidgets.VBox([meet])
    page.joins()
    page.says(type="retired")
    assert meet.comm is not None
    box.close()


def test_a_layout_that_others_use_is_kept() -> None:
    meet, page = shown()
    other = ipywidgets.Label(layout=meet.layout)
    page.joins()
    page.says(type="retired")
    assert meet.comm is None
    assert other.layout.comm is not None


def test_a_closed_widget_stays_closed() -> None:
    meet, _ = shown()
    meet.close()
    assert meet._repr_mimebundle_ is None


LIBRARY = "https://meet.example/js/nanomeet.js"


def told_library(page: Page) -> str | None:
    found = next(m for m in reversed(page.custom()) if m["type"] == "token")["library"]
    assert found is None or isinstance(found, str)
    return found


def test_only_the_page_is_told_of_another_library() -> None:
    meet, page = shown()
    page.says(type="hello")
    assert told_library(page) is None
    meet.script_url = LIBRARY
    meet.script_integrity = "sha256-YWJj"
    told = told_library(page)
    assert told is not None
    assert told.startswith("data:text/html;base64,")
    assert not {"script_url", "script_integrity"} & set(meet.get_state())


def test_a_hash_without_its_library_is_dropped() -> None:
    meet, page = shown(script_url=LIBRARY, script_integrity="sha256-YWJj")
    page.says(type="hello")
    meet.script_url = None
    assert meet.script_integrity is None
    assert told_library(page) is None


def test_the_tokens_service_may_name_a_library() -> None:
    cloud = NanoStreamCloud("key-0123456789", server="meet.example", script_url=LIBRARY)
    _trust.use("meet.example")
    _, page = shown(token(server="meet.example"), service=cloud)
    page.says(type="hello")
    assert told_library(page) is not None


@pytest.mark.parametrize("wrong", [{"script_url": "nanomeet.js"}, {"script_integrity": "sha1-x"}])
def test_a_wrong_library_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(nm.InvalidInputError, match="script_"):
        nm.NanoMeet(**wrong)
