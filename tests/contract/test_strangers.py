"""Participants of another make, who know `docs/signalling.md` alone, with each other: no browser takes part."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import RunningServer
from tests.contract.sockets import run

pytest.importorskip("aiortc", reason="aiortc needs Python 3.11")

from tests.stranger import Peer, Stranger, colour, pitch, present

RED, BLUE = (200, 30, 30), (30, 30, 200)


def test_two_strangers_see_and_hear_each_other(server: RunningServer) -> None:
    async def scenario() -> None:
        ada, alan = two(server, "Strangers")
        async with present(ada), present(alan):
            await see_and_hear_each_other(ada, alan)

    run(scenario())


def test_strangers_whose_offers_cross_agree(server: RunningServer) -> None:
    async def scenario() -> None:
        ada, alan = two(server, "Crossing")
        ada.crosses = True
        async with present(ada), present(alan):
            await see_and_hear_each_other(ada, alan)

    run(scenario())


def test_a_stranger_goes_to_the_audience_and_comes_back(server: RunningServer) -> None:
    async def scenario() -> None:
        ada, alan = two(server, "StrangeAudience")
        async with present(ada), present(alan):
            await see_and_hear_each_other(ada, alan)
            await ada.send("send_to_audience", id=alan.own_id)
            await ada.until(lambda: not ada.peers)
            await alan.until(lambda: not alan.peers)
            await ada.send("invite_to_stage", id=alan.own_id)
            await alan.until(lambda: alan.invited)
            await alan.send("enter_stage")
            await see_and_hear_each_other(ada, alan)

    run(scenario())


def two(server: RunningServer, room: str) -> tuple[Stranger, Stranger]:
    token = server.room(room)
    return (
        Stranger(token, "Ada", colour=RED, hertz=440),
        Stranger(server.invite(token), "Alan", colour=BLUE, hertz=660),
    )


async def see_and_hear_each_other(ada: Stranger, alan: Stranger) -> None:
    await sees_and_hears(ada, alan.own_id, BLUE, 660)
    await sees_and_hears(alan, ada.own_id, RED, 440)


async def sees_and_hears(
    stranger: Stranger, other: str, shown: tuple[int, int, int], played: int
) -> None:
    await stranger.until(lambda: other in stranger.peers)
    peer = stranger.peers[other]
    await stranger.until(lambda: peer.counts.get("camera", 0) > 20)
    assert colour(peer.pictures["camera"]) == pytest.approx(shown, abs=20)
    await stranger.until(lambda: heard(peer, played))


def heard(peer: Peer, hertz: int) -> bool:
    sound = peer.sounds.get("microphone", np.zeros(0))
    return len(sound) == 48_000 and abs(pitch(sound) - hertz) <= 2
