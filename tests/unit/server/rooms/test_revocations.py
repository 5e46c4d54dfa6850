"""Tests of `rooms.revocations`."""

from __future__ import annotations

from nanomeet_widget.server.rooms.revocations import RevocationWatch
from tests.unit.server.conftest import House
from tests.unit.server.fakes import claims


def test_people_with_a_revoked_token_are_out_within_a_second(house: House) -> None:
    tokens = house.store.tokens
    revoked, good = claims(), claims()
    for token in (revoked, good):
        tokens.add(token, parent="")
    guest, other = (house.page().join(token) for token in (revoked, good))
    watch = RevocationWatch(tokens, rooms=house.rooms, timers=house.clock)
    house.clock.advance(10)
    assert tokens.revoke(revoked.jti) == [revoked.jti]
    house.clock.advance(0.9)
    assert guest.farewell is not None
    assert guest.farewell.kind == "token_rejected"
    assert other.farewell is None
    watch.close()
    tokens.revoke(good.jti)
    house.clock.advance(10)
    assert other.farewell is None
