"""What is asked of a broadcast: its quality, its codec, sound alone, and cards in place of the stage."""

from __future__ import annotations

import io

import av
import pytest

from nanomeet_widget._states import BroadcastStatus
from nanomeet_widget.server.protocol import common, ingest, meeting, watch
from nanomeet_widget.server.protocol.frames import Track
from tests.unit.server.broadcast.test_broadcast import Stage
from tests.unit.server.clips import clip
from tests.unit.server.conftest import House
from tests.unit.server.fakes import Page, Sender, Viewer
from tests.unit.server.wire import PICTURE, SOUND, media, setup

VP9 = {"codec": "vp09.00.31.08", "description": ""}


class Wished(Stage):
    """A moderator who broadcasts with wishes."""

    def __init__(self, house: House, **wishes: object) -> None:
        self.house = house
        self.page = house.moderator()
        self.page.ask(meeting.StartBroadcast(options=common.BroadcastOptions(**wishes), ref=1))  # type: ignore[arg-type]
        self.sender = Sender()
        granted = self.page.all(meeting.IngestGranted)
        if granted:
            self.granted = granted[-1]

    @property
    def told(self) -> meeting.BroadcastState:
        return self.page.last(meeting.BroadcastChanged).broadcast


def test_the_page_that_sends_it_is_told_what_is_asked(house: House) -> None:
    granted = Wished(house, quality="720p", codec="vp9", paused=True).granted
    assert (granted.quality, granted.codec, granted.shows) == ("720p", "vp9", "soon")


def test_what_nobody_asks_for_is_left_to_the_page(house: House) -> None:
    granted = Stage(house).granted
    assert (granted.quality, granted.codec, granted.shows) == ("360p", None, "stage")


# --- sound alone -------------------------------------------------------------------------------


def sounding(house: House, **wishes: object) -> Wished:
    stage = Wished(house, quality="audio", **wishes)
    assert stage.connect()
    stage.send(setup(SOUND), media(0, track=SOUND))
    return stage


def test_sound_alone_is_live_with_its_first_sound(house: House) -> None:
    stage = sounding(house)
    assert stage.page.last(meeting.Ack).ref == 1
    assert (stage.told.state, stage.told.quality) == (BroadcastStatus.LIVE, "audio")


def test_a_late_listener_hears_what_comes_at_once(house: House) -> None:
    stage = sounding(house)
    listener = stage.watch()
    assert listener.last(watch.StreamState).picture is False
    assert [frame.setup for frame in listener.frames] == [True]
    stage.send(media(0.02, track=SOUND, payload=b"s"))
    assert listener.frames[-1].wire[-1:] == b"s"
    # There is no picture that a keyframe could be asked of.
    house.clock.advance(5)
    stage.watch()
    assert not stage.sender.all(ingest.KeyframeWanted)


def test_a_picture_has_no_place_in_it(house: House) -> None:
    stage = sounding(house)
    stage.send(setup())
    assert stage.told.state is BroadcastStatus.OFF
    assert stage.told.trouble is not None
    assert "sound alone" in stage.told.trouble.message


def test_its_recording_begins_with_the_sound(house: House) -> None:
    stage = sounding(house, record=True)
    (tape,) = house.tapes
    assert tape.opened is not None
    assert [each.track for each in tape.opened] == [Track.AUDIO]
    assert tape.on_open is not None
    tape.on_open(None)
    assert stage.told.state is BroadcastStatus.LIVE


def test_who_plays_mp4_gets_its_sound(house: House) -> None:
    stage = Wished(house, quality="audio")
    assert stage.connect()
    whole = clip(1, codec=None)
    first, *rest = whole.encoded()
    stage.send(first, rest[0])
    listener = stage.watch()
    stage.send(*rest[1:])
    # Without the headers of WebSocket messages: two of them with the set-up.
    frames = [frame for frame in listener.frames if not frame.setup]
    assert len(frames) == len(rest) - 1
    assert [frame.time for frame in frames] == sorted(frame.time or 0 for frame in frames)


# --- codecs ------------------------------------------------------------------------------------


def test_another_codec_than_the_one_that_was_asked_for_ends_it(house: House) -> None:
    stage = Wished(house, codec="vp9")
    assert stage.connect()
    stage.send(setup())
    assert stage.told.state is BroadcastStatus.FAILED
    assert stage.told.trouble is not None
    assert "vp9" in stage.told.trouble.message


@pytest.mark.parametrize("codec", ["vp9", "av1"])
def test_who_plays_mp4_gets_every_codec(house: House, codec: common.Codec) -> None:
    stage = Wished(house, codec=codec)
    assert stage.connect()
    stage.send(*clip(1, codec=codec, sound=False).encoded())
    viewer = stage.watch()
    file = b"".join(_payloads(viewer))
    with av.open(io.BytesIO(file), "r", format="mp4") as container:
        assert container.streams.video[0].codec_context.codec.canonical_name == codec
        assert len(list(container.decode(video=0))) == 15


def _payloads(viewer: Viewer) -> list[bytes]:
    """What is in the MP4 that a viewer gets: without the headers of messages and of frames."""
    found = []
    for frame in viewer.frames:
        data = frame.fragment[len(frame.wire) if frame.setup else 0 :]
        length = {126: 4, 127: 10}.get(data[1], 2)
        found.append(data[length + 16 :])
    return found


def test_only_h264_is_pushed(house: House) -> None:
    to = ["rtmp://media.example/live/SECRET"]
    page = Wished(house, codec="av1", to=to).page
    refusal = page.last(common.Error)
    assert (refusal.kind, refusal.ref) == ("invalid", 1)
    assert "H.264" in refusal.message
    assert not page.all(meeting.IngestGranted)
    page.ask(meeting.StartBroadcast(options=common.BroadcastOptions(to=to), ref=2))
    assert page.last(meeting.IngestGranted).codec == "h264"


def test_the_next_page_goes_on_in_the_same_codec(house: House) -> None:
    stage = Wished(house, quality="540p")
    assert stage.connect()
    stage.send(setup(PICTURE, **VP9), setup(SOUND), media(0, key=True))
    second = house.moderator()
    stage.page.leave()
    granted = second.last(meeting.IngestGranted)
    assert (granted.codec, granted.quality) == ("vp9", "540p")


# --- cards in place of the stage ---------------------------------------------------------------


def pause(page: Page, ref: int, *, paused: bool = True) -> None:
    page.ask(meeting.PauseBroadcast(paused=paused, ref=ref))


def acknowledged(page: Page) -> list[int]:
    return [ack.ref for ack in page.all(meeting.Ack)]


def test_it_is_paused_when_the_page_that_sends_it_says_so(house: House) -> None:
    stage = Stage(house).live()
    viewer, other = stage.watch(), house.moderator()
    pause(other, 5)
    assert acknowledged(other) == []
    assert viewer.last(watch.StreamState).shows == "stage"
    assert stage.page.last(meeting.ShowBroadcast).shows == "paused"
    assert not other.all(meeting.ShowBroadcast)
    stage.page.ask(meeting.BroadcastShown(shows="paused"))
    assert acknowledged(other) == [5]
    assert other.last(meeting.BroadcastChanged).broadcast.shows == "paused"
    assert viewer.last(watch.StreamState).shows == "paused"
    pause(stage.page, 6, paused=False)
    assert stage.page.last(meeting.ShowBroadcast).shows == "stage"
    stage.page.ask(meeting.BroadcastShown(shows="stage"))
    assert acknowledged(stage.page)[-1] == 6
    assert house.guest().welcome.broadcast.shows == "stage"


def test_what_is_so_already_is_acknowledged_at_once(house: House) -> None:
    stage = Stage(house).live()
    pause(stage.page, 5, paused=False)
    assert acknowledged(stage.page)[-1] == 5
    assert not stage.page.all(meeting.ShowBroadcast)


def test_a_broadcast_that_starts_soon_shows_the_stage_when_it_goes_on(house: House) -> None:
    stage = Wished(house, paused=True)
    stage.live()
    assert stage.told.shows == "soon"
    pause(stage.page, 5)
    assert (acknowledged(stage.page)[-1], stage.told.shows) == (5, "soon")
    pause(stage.page, 6, paused=False)
    stage.page.ask(meeting.BroadcastShown(shows="stage"))
    assert (acknowledged(stage.page)[-1], stage.told.shows) == (6, "stage")


def test_only_the_page_that_sends_it_knows_what_is_shown(house: House) -> None:
    stage = Stage(house).live()
    guest, other = house.guest(), house.moderator()
    for page in (guest, other):
        page.ask(meeting.BroadcastShown(shows="paused"))
    assert stage.page.last(meeting.BroadcastChanged).broadcast.shows == "stage"
    pause(guest, 1)
    assert guest.last(common.Error).kind == "forbidden"


def test_who_asks_for_the_opposite_has_the_last_word(house: House) -> None:
    stage = Stage(house).live()
    other = house.moderator()
    pause(other, 5)
    pause(stage.page, 6, paused=False)
    refusal = other.last(common.Error)
    assert (refusal.kind, refusal.ref) == ("conflict", 5)
    stage.page.ask(meeting.BroadcastShown(shows="paused"))
    assert 6 not in acknowledged(stage.page)
    stage.page.ask(meeting.BroadcastShown(shows="stage"))
    assert 6 in acknowledged(stage.page)


def test_who_asks_twice_waits_for_one_answer(house: House) -> None:
    stage = Stage(house).live()
    pause(stage.page, 5)
    pause(stage.page, 6)
    assert stage.page.last(common.Error).ref == 5
    stage.page.ask(meeting.BroadcastShown(shows="paused"))
    assert acknowledged(stage.page)[-1] == 6


def test_the_next_page_goes_on_with_the_card(house: House) -> None:
    stage = Stage(house).live()
    second = house.moderator()
    pause(second, 5)
    stage.page.leave()
    assert second.last(meeting.IngestGranted).shows == "paused"
    second.ask(meeting.BroadcastShown(shows="paused"))
    assert acknowledged(second) == [5]


def test_nobody_waits_longer_than_the_broadcast_lasts(house: House) -> None:
    stage = Stage(house)
    pause(stage.page, 4)
    assert stage.page.last(common.Error).ref == 4
    stage.live()
    pause(stage.page, 5)
    stage.page.ask(meeting.StopBroadcast(ref=6))
    refusal = stage.page.last(common.Error)
    assert (refusal.kind, refusal.ref) == ("conflict", 5)
