"""Frames as a sending page writes them."""

from __future__ import annotations

import base64
import json

from hypothesis import strategies as st

from nanomeet_widget.server.protocol.frames import Frame, Kind, Track

#: An avcC with one sequence and one picture parameter set.
AVCC = bytes.fromhex("0142001fffe1000467420 01f01000468ce3880".replace(" ", ""))
VP9 = {"codec": "vp09.00.31.08", "description": ""}
PICTURE, SOUND = Track.VIDEO, Track.AUDIO


def setup(track: Track = PICTURE, **changes: object) -> bytes:
    fields: dict[str, object] = (
        {
            "codec": "avc1.42001f",
            "description": base64.b64encode(AVCC).decode(),
            "width": 640,
            "height": 360,
        }
        if track is PICTURE
        else {"codec": "opus", "sample_rate": 48000, "channels": 2}
    )
    content = json.dumps({**fields, **changes}).encode()
    return Frame(kind=Kind.SETUP, track=track, timestamp=0, payload=content).encode()


def media(
    time: float, *, key: bool = False, track: Track = PICTURE, payload: bytes = b"x"
) -> bytes:
    return Frame(
        kind=Kind.MEDIA,
        track=track,
        timestamp=int(time * 1_000_000),
        payload=payload,
        keyframe=key,
    ).encode()


any_frame = st.builds(
    Frame,
    kind=st.sampled_from(Kind),
    track=st.sampled_from(Track),
    timestamp=st.integers(-(2**63), 2**63 - 1),
    payload=st.binary(min_size=1, max_size=70_000),
    duration=st.integers(0, 2**32 - 1),
    keyframe=st.booleans(),
)
