"""Pictures that participants show in place of their initials.

A picture is sent as its bytes, never as an address: all other browsers would load an address, from a
host that they did not choose and that would learn who looks at it, and when. The sending page redraws
the picture (`js/src/meeting/media/avatar-picture.ts`), which removes metadata such as the location.
"""

from __future__ import annotations

import base64
import binascii
import struct

from nanomeet_widget.server.config import Limits
from nanomeet_widget.server.protocol import meeting
from nanomeet_widget.server.rooms.participant import Participant
from nanomeet_widget.server.rooms.replies import acknowledge, refuse
from nanomeet_widget.server.rooms.room import Room
from nanomeet_widget.server.rooms.room_parts import RoomListener
from nanomeet_widget.server.timers import Timers
from nanomeet_widget.server.token_bucket import TokenBuckets

#: Pixels of a side at most: a few bytes may decode to a picture that fills a browser's memory.
MOST_PIXELS = 256
_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_ANIMATED = 0x02


class Avatars(RoomListener):
    """The pictures of a room's participants; each is forgotten when its participant is gone.

    Parameters
    ----------
    room : Room
        The room.
    limits : Limits
        How often a participant may change their picture.
    timers : Timers
        The event loop.
    """

    def __init__(self, room: Room, *, limits: Limits, timers: Timers) -> None:
        self._room = room
        self._pictures: dict[str, str] = {}
        self._changes = TokenBuckets(
            burst=limits.avatar_burst, rate=limits.avatar_rate, timers=timers
        )

    def set(self, who: Participant, message: meeting.SetAvatar) -> None:
        """Show everyone a picture, or the initials again.

        Parameters
        ----------
        who : Participant
            The participant.
        message : SetAvatar
            The request.
        """
        avatar = message.avatar
        if avatar is not None and not is_small_picture(avatar):
            words = (
                f"The picture must be a PNG or WebP of at most {MOST_PIXELS}x{MOST_PIXELS} pixels."
            )
            refuse(who, message, "invalid", words)
            return
        if avatar != self._pictures.get(who.id):
            if not self._changes.take(who.id):
                refuse(
                    who, message, "too_many", "Too many pictures. Wait a moment, then try again."
                )
                return
            if avatar is None:
                self._pictures.pop(who.id)
            else:
                self._pictures[who.id] = avatar
            changed = meeting.AvatarChanged(id=who.id, avatar=avatar)
            self._room.tell(self._room.participants, changed)
        acknowledge(who, message)

    def welcomed(self, participant: Participant) -> None:
        """Hear of a participant whose page got a welcome.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        for one, avatar in self._pictures.items():
            participant.send(meeting.AvatarChanged(id=one, avatar=avatar))

    def gone(self, participant: Participant) -> None:
        """Hear of a participant who is gone.

        Parameters
        ----------
        participant : Participant
            The participant.
        """
        self._pictures.pop(participant.id, None)


def is_small_picture(avatar: str) -> bool:
    """Return whether a data: URL has a still picture of its type, and of few pixels.

    Parameters
    ----------
    avatar : str
        The data: URL.
    """
    kind, _, encoded = avatar.partition(";base64,")
    try:
        data = base64.b64decode(encoded, validate=True)
        width, height = _size(data, png=kind.endswith("png"))
    except (binascii.Error, struct.error, ValueError):
        return False
    return 1 <= width <= MOST_PIXELS and 1 <= height <= MOST_PIXELS


def _size(data: bytes, *, png: bool) -> tuple[int, int]:
    """Return the width and height in a picture's header (PNG, and WebP by RFC 9649).

    Raises
    ------
    ValueError, struct.error
        If it is not such a picture, or animated.
    """
    if png:
        if not data.startswith(_PNG):
            raise ValueError("not a PNG")
        width, height = struct.unpack_from(">II", data, len(_PNG))
        return width, height
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("not a WebP")
    match data[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", data, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X" if not struct.unpack_from("<B", data, 20)[0] & _ANIMATED:
            low, high, tall = struct.unpack_from("<HBH", data, 24)
            (top,) = struct.unpack_from("<B", data, 29)
            return (high << 16 | low) + 1, (top << 16 | tall) + 1
    raise ValueError("an unsupported kind of WebP")
