"""Tests of `tokens.api_keys`."""

from __future__ import annotations

import pytest

from nanomeet_widget import AuthenticationError, QuotaExceededError
from nanomeet_widget.server.tokens.api_keys import ApiKeys
from tests.unit.server.fakes import Clock

RIGHT, HERE, THERE = "k-right-0123456789abcdef", "192.0.2.1", "192.0.2.2"


def refused(keys: ApiKeys, address: str, times: int) -> list[int | None]:
    """Try wrong keys; return how each was refused."""
    statuses = []
    for number in range(times):
        with pytest.raises((AuthenticationError, QuotaExceededError)) as error:
            keys.check(f"wrong-{number}", address)
        statuses.append(error.value.status)
    return statuses


def test_wrong_keys_are_limited_by_address() -> None:
    clock = Clock()
    keys = ApiKeys((RIGHT,), timers=clock)
    assert refused(keys, HERE, 35) == [401] * 30 + [429] * 5
    assert refused(keys, THERE, 1) == [401]
    clock.advance(1)
    assert refused(keys, HERE, 2) == [401, 429]


def test_a_right_key_costs_nothing_and_is_never_locked_out() -> None:
    keys = ApiKeys((RIGHT,), timers=Clock())
    for _ in range(100):
        keys.check(RIGHT, HERE)
    assert refused(keys, HERE, 31)[-1] == 429
    for address in (HERE, THERE):
        keys.check(RIGHT, address)


def test_no_key_is_no_wrong_key() -> None:
    keys = ApiKeys((RIGHT,), timers=Clock())
    for missing in (None, "") * 50:
        with pytest.raises(AuthenticationError):
            keys.check(missing, HERE)
    assert refused(keys, HERE, 1) == [401]


def test_a_network_of_ipv6_is_one_address() -> None:
    keys = ApiKeys((RIGHT,), timers=Clock())
    tried = [refused(keys, f"2001:db8:0:1::{n:x}", 1)[0] for n in range(1, 40)]
    assert tried == [401] * 30 + [429] * 9
    assert refused(keys, "2001:db8:0:2::1", 1) == [401]
    assert refused(keys, "::ffff:192.0.2.9", 31)[-1] == 429
    assert refused(keys, "::ffff:192.0.2.10", 1) == [401]


def test_many_addresses_together_are_limited_too() -> None:
    keys = ApiKeys((RIGHT,), timers=Clock())
    tried = [refused(keys, f"10.0.{n // 250}.{n % 250}", 1)[0] for n in range(600)]
    assert tried == [401] * 500 + [429] * 100
    keys.check(RIGHT, THERE)
