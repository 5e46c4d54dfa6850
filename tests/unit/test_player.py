from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import comm
import pytest
import traitlets
from comm.base_comm import BaseComm

import nanomeet_widget as nm
from nanomeet_widget import services

LIVE = "https://meet.example/live/lesson_1"
FACTS = {
    "state": "live",
    "paused": False,
    "sound": "playing",
    "title": "Algebra",
    "vod": None,
    "latency": 21.5,
    "behind": 0,
    "kept": 30,
    "frames": 200,
    "width": 640,
    "height": 360,
}


class Page(BaseComm):
    """The page's end: keeps what the kernel sends."""

    def publish_msg(
        self,
        msg_type: str,
        data: Any = None,
        metadata: Any = None,
        buffers: Any = None,
        **keys: Any,
    ) -> None:
        del metadata, buffers, keys
        self.__dict__.setdefault("sent", []).append({"msg_type": msg_type, **(data or {})})

    def custom(self) -> list[dict[str, Any]]:
        return [m["content"] for m in self.__dict__["sent"] if m.get("method") == "custom"]

    def state(self) -> str:
        return json.dumps([m for m in self.__dict__["sent"] if m.get("method") != "custom"])

    def says(self, **content: Any) -> None:
        data = {"method": "custom", "content": content}
        self.handle_msg({"content": {"data": data}, "buffers": []})


@pytest.fixture(autouse=True)
def _pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comm, "create_comm", Page)


@pytest.fixture
def player() -> Iterator[nm.BroadcastPlayer]:
    with nm.BroadcastPlayer(LIVE) as made:
        yield made


def page_of(player: nm.BroadcastPlayer) -> Page:
    page = player.comm
    assert isinstance(page, Page)
    return page


class TestSource:
    def test_a_url_is_taken_as_it_is(self, player: nm.BroadcastPlayer) -> None:
        assert player.source == LIVE
        assert player.state == "connecting"

    def test_a_playout_means_its_live_side(self) -> None:
        with nm.BroadcastPlayer(nm.Playout(live=LIVE, vod="https://meet.example/vod/x.mp4")) as it:
            assert it.source == LIVE

    def test_a_name_means_the_service_in_use(self) -> None:
        key = "k" * 32
        services.configure(services.LocalServer("https://meet.example:8910/base", api_key=key))
        try:
            with nm.BroadcastPlayer("lesson_1") as it:
                assert it.source == "https://meet.example:8910/base/live/lesson_1"
        finally:
            services.configure(None)

    def test_in_the_cloud_a_name_means_its_player(self) -> None:
        services.configure(services.NanoStreamCloud("k" * 32))
        try:
            with nm.BroadcastPlayer("lesson_1") as it:
                assert it.source is not None
                assert it.source.endswith("bintu.streamname=lesson_1")
        finally:
            services.configure(None)

    def test_a_jitsi_without_a_player_is_refused_in_plain_words(self) -> None:
        jitsi = services.Jitsi("meet.example", app_id="a", app_secret="s" * 32)
        services.configure(jitsi)
        try:
            with pytest.raises(nm.InvalidInputError):
                nm.BroadcastPlayer("lesson_1")
        finally:
            services.configure(None)

    @pytest.mark.parametrize(
        "wrong", ["", "no stream!", 5, "https://", "https://me:pw@host/live/x"]
    )
    def test_a_wrong_source_is_refused(self, wrong: Any) -> None:
        with pytest.raises(nm.InvalidInputError):
            nm.BroadcastPlayer(wrong)

    def test_it_never_reaches_the_saved_state(self, player: nm.BroadcastPlayer) -> None:
        page = page_of(player)
        page.says(type="hello")
        assert page.custom() == [{"type": "source", "url": LIVE, "captions": None}]
        assert LIVE not in page.state()
        assert LIVE not in repr(player)

    def test_another_one_is_told_to_the_page(self, player: nm.BroadcastPlayer) -> None:
        page = page_of(player)
        page.says(type="hello")
        player.source = "https://meet.example/live/lesson_2"
        assert page.custom()[-1]["url"] == "https://meet.example/live/lesson_2"
        player.source = None
        assert page.custom()[-1]["url"] is None
        assert player.state == "idle"


class TestCaptions:
    def test_of_this_machine_are_told_as_they_are(
        self, player: nm.BroadcastPlayer, tmp_path: Path
    ) -> None:
        file = tmp_path / "lesson.vtt"
        file.write_text("\ufeffWEBVTT\n\n00:00.000 --> 00:02.000\nHello\n", encoding="utf-8")
        page = page_of(player)
        page.says(type="hello")
        player.captions = file
        told = page.custom()[-1]
        assert told["url"] == LIVE
        assert told["captions"]["text"].startswith("WEBVTT\n")
        player.captions = None
        assert page.custom()[-1]["captions"] is None

    def test_of_another_are_told_by_their_address(self) -> None:
        address = "https://meet.example/vod/lesson.captions.vtt"
        with nm.BroadcastPlayer(LIVE, captions=address) as it:
            page = page_of(it)
            page.says(type="hello")
            assert page.custom()[-1]["captions"] == {"url": address}
            assert address not in page.state()
            assert address not in repr(it)

    def test_wrong_captions_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "film.srt").write_text("1\n00:00:00,000 --> 00:00:02,000\nHello\n")
        wrong = ("lesson.vtt", "https://me:pw@host/x.vtt", tmp_path, tmp_path / "film.srt")
        for captions in wrong:
            with pytest.raises(nm.InvalidInputError):
                nm.BroadcastPlayer(LIVE, captions=captions)


class TestState:
    def test_follows_what_the_player_says(self, player: nm.BroadcastPlayer) -> None:
        page_of(player).says(type="facts", facts=FACTS)
        assert (player.state, player.paused, player.title) == ("live", False, "Algebra")
        assert player.latency == pytest.approx(21.5)
        vod = "https://meet.example/vod/lesson_1.mp4"
        page_of(player).says(type="facts", facts={**FACTS, "state": "ended", "vod": vod})
        assert (player.state, player.vod) == ("ended", vod)

    def test_facts_that_were_overtaken_change_nothing(self, player: nm.BroadcastPlayer) -> None:
        page = page_of(player)
        page.says(type="facts", facts={**FACTS, "state": "ended"}, view="a", number=3)
        page.says(type="facts", facts=FACTS, view="a", number=2)
        assert player.state == "ended"
        # Another view, or this one after a reload, counts for itself.
        page.says(type="facts", facts=FACTS, view="b", number=0)
        assert player.state == "live"

    def test_cannot_be_set(self, player: nm.BroadcastPlayer) -> None:
        with pytest.raises(traitlets.TraitError):
            player.state = "live"

    @pytest.mark.parametrize("option", [{"width": 0}, {"height": "5 bananas"}, {"colour": "red"}])
    def test_wrong_options_are_refused(self, option: dict[str, Any]) -> None:
        with pytest.raises(nm.InvalidInputError):
            nm.BroadcastPlayer(LIVE, **option)


class TestCommands:
    def test_settle_when_the_page_has_taken_them(self, player: nm.BroadcastPlayer) -> None:
        page = page_of(player)
        page.says(type="hello")
        command = player.seek(12.5)
        sent = page.custom()[-1]
        assert sent["args"] == [{"name": "seek", "behind": 12.5}]
        assert command.state == "pending"
        page.says(type="reply", id=sent["id"])
        assert command.state == "done"

    def test_return_to_what_is_live(self, player: nm.BroadcastPlayer) -> None:
        page_of(player).says(type="hello")
        player.go_live()
        assert page_of(player).custom()[-1]["args"] == [{"name": "seek", "behind": 0.0}]

    def test_without_a_source_fail_at_once(self) -> None:
        with nm.BroadcastPlayer() as empty:
            assert isinstance(empty.play().exception(), nm.CommandError)

    @pytest.mark.parametrize("wrong", [-1, "5", None, True, float("nan")])
    def test_a_wrong_time_is_refused(self, player: nm.BroadcastPlayer, wrong: Any) -> None:
        with pytest.raises(nm.InvalidInputError):
            player.seek(wrong)

    def test_closing_the_player_fails_what_waits(self, player: nm.BroadcastPlayer) -> None:
        page_of(player).says(type="hello")
        command = player.pause()
        player.close()
        with pytest.raises(nm.CommandError):
            asyncio.run(_wait(command))


async def _wait(command: nm.Command[None]) -> None:
    await command
