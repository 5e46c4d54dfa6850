"""Participants of another make, who know `docs/signalling.md` alone, with each other: no browser takes part."""

from __future__ import annotations

import asyncio

import pytest

from tests.conftest import RunningServer

pytest.importorskip("aiortc", reason="aiortc needs Python 3.11")

from tests.stranger import Peer, Stranger, colour, pitch, present  # noqa: E402 - needs aiortc

RED, BLUE = (200, 30, 30), (30, 30, 200)


def test_two_strangers_see_and_hear_each_other(server: RunningServer) -> None:
    async def scenario() -> None:
        token = server.room("Strangers")
        ada = Stranger(token, "Ada", colour=RED, hertz=440)
        alan = Stranger(server.invite(token), "Alan", colour=BLUE, hertz=660)
        async with present(ada), present(alan):
            for one, other, shown, played in ((ada, "Alan", BLUE, 660), (alan, "Ada", RED, 440)):
                await one.until(lambda one=one, other=other: other in names(one))
                peer = one.named(other)
                await one.until(lambda peer=peer: peer.counts.get("camera", 0) > 20)
                assert colour(peer.pictures["camera"]) == pytest.approx(shown, abs=20)
                await one.until(lambda peer=peer, played=played: heard(peer, played))

    asyncio.run(asyncio.wait_for(scenario(), 240))


def names(stranger: Stranger) -> set[str]:
    return {one["name"] for one in stranger.participants.values()}


def heard(peer: Peer, hertz: int) -> bool:
    sound = peer.sounds.get("microphone", ())
    return len(sound) == 48_000 and abs(pitch(sound) - hertz) <= 2
