"""Tests of `rooms.avatars`."""

from __future__ import annotations

import base64
import struct

import av
import numpy as np
import pytest

from nanomeet_widget.server.protocol import decoding, meeting
from nanomeet_widget.server.rooms.avatars import MOST_PIXELS, is_small_picture
from tests.unit.server.conftest import House


def url(data: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def picture(width: int, height: int | None = None) -> str:
    """A real PNG, as an encoder writes it."""
    pixels = np.full((height or width, width, 3), 90, np.uint8)
    codec = av.CodecContext.create("png", "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.height, codec.width, _ = pixels.shape
    codec.pix_fmt = "rgb24"
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    return url(b"".join(bytes(packet) for packet in codec.encode(frame)), "png")


def webp(chunk: bytes, payload: bytes) -> str:
    return url(b"RIFF\0\0\0\0WEBP" + chunk + struct.pack("<I", len(payload)) + payload, "webp")


def extended(width: int, *, flags: int = 0) -> str:
    sides = struct.pack("<I", width - 1)[:3] * 2
    return webp(b"VP8X", bytes([flags, 0, 0, 0]) + sides)


def test_everyone_sees_a_picture(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    avatar = picture(96)
    ben.ask(meeting.SetAvatar(avatar=avatar, ref=1))
    for page in (anna, ben):
        assert page.all(meeting.AvatarChanged) == [meeting.AvatarChanged(id=ben.id, avatar=avatar)]
    assert ben.last(meeting.Ack).ref == 1
    late = house.guest()
    assert late.last(meeting.AvatarChanged).avatar == avatar
    ben.ask(meeting.SetAvatar(avatar=None))
    assert late.last(meeting.AvatarChanged) == meeting.AvatarChanged(id=ben.id, avatar=None)
    assert not house.guest().all(meeting.AvatarChanged)


def test_a_picture_is_told_once_and_forgotten_with_its_owner(house: House) -> None:
    anna, ben = house.moderator(), house.guest()
    for ref in (1, 2):
        ben.ask(meeting.SetAvatar(avatar=picture(96), ref=ref))
        assert ben.last(meeting.Ack).ref == ref
    assert len(anna.all(meeting.AvatarChanged)) == 1
    anna.ask(meeting.Kick(id=ben.id))
    assert not house.guest().all(meeting.AvatarChanged)


def test_people_in_the_lobby_see_no_pictures(house: House) -> None:
    anna = house.moderator()
    anna.ask(meeting.SetLobby(active=True))
    waiting = house.guest()
    anna.ask(meeting.SetAvatar(avatar=picture(96)))
    assert not waiting.all(meeting.AvatarChanged)


def test_changing_pictures_is_limited(house: House) -> None:
    ben = house.guest()
    burst = int(house.config.limits.avatar_burst)
    asked: list[meeting.ClientMessage] = [
        meeting.SetAvatar(avatar=picture(16 + number), ref=number) for number in range(burst + 1)
    ]
    assert ben.try_all(asked) == [("too_many", burst)]


@pytest.mark.parametrize("avatar", [picture(MOST_PIXELS), extended(128)])
def test_a_small_picture_is_taken(avatar: str) -> None:
    assert is_small_picture(avatar)


@pytest.mark.parametrize(
    "avatar",
    [
        picture(MOST_PIXELS + 1),
        picture(16, MOST_PIXELS + 1),
        extended(MOST_PIXELS + 1),
        extended(70_000),
        # It moves.
        extended(128, flags=2),
        webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 4000, 20)),
        webp(b"VP8L", b"\x2f" + struct.pack("<I", 4000)),
        webp(b"EXIF", b"\0" * 40),
        url(b"", "png"),
        url(b"\x89PNG", "png"),
        url(b"RIFF\0\0\0\0WEBPVP8X", "webp"),
        url(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "png"),
        # Of another type than it says.
        picture(16).replace("image/png", "image/webp"),
        "data:image/png;base64,A",
    ],
)
def test_anything_else_is_refused(house: House, avatar: str) -> None:
    anna, ben = house.moderator(), house.guest()
    assert ben.try_all([meeting.SetAvatar(avatar=avatar, ref=7)]) == [("invalid", 7)]
    assert not anna.all(meeting.AvatarChanged)


@pytest.mark.parametrize(
    "avatar",
    [
        "https://tracker.example/me.png",
        "/logout",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:text/html;base64,PHN2Zy8+",
        "data:image/png;base64," + "A" * 20_000,
    ],
)
def test_an_address_or_another_type_is_no_message(avatar: str) -> None:
    with pytest.raises(decoding.InvalidMessageError, match="avatar"):
        decoding.decode_client(f'{{"type": "set_avatar", "avatar": "{avatar}", "ref": 1}}')
